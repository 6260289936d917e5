// The clerk's part of the citizen's screen: the item, its papers, patience, talking in writing. Never the rating.

import { Unanswered, post } from "./api.js";
import { draw } from "./pen.js";
import { both, byId, make, named, say, sayKeyword, shown, write } from "./words.js";

const MINUTES = [2, 5, 10];
const LIMIT_MS = 5000;

export class CustomerPanel {
  /**
   * @param {import("./window_session.js").ClerkSession} session
   * @param {(refused: import("./words.js").Both | null) => void} refused told what the daemon will not do
   */
  constructor(session, refused) {
    this.session = session;
    this.refused = refused;
    this.now = null;
    byId("customer-talk").addEventListener("click", () => this.toggleTalk());
    byId("customer-wipe").addEventListener("click", () => this.act({ act: "wipe" }));
    byId("customer-say").addEventListener("submit", (event) => {
      event.preventDefault();
      this.say({ zh: byId("customer-text").value.trim(), en: "" });
      byId("customer-text").value = "";
    });
    byId("customer-text").addEventListener("keydown", ({ key, target }) => key === "Escape" && target.blur());
    new ResizeObserver(() => this.now && this.drawSheet(this.now.talk)).observe(byId("customer-sheet"));
    const waits = [...MINUTES.map((minutes) => ({ why: "minutes", minutes })), { why: "away", minutes: 0 }];
    byId("customer-waits").append(...waits.map((wait) => this.waitButton(wait)));
  }

  /** @param {string} code a key's place @returns {boolean} whether it was meant for this panel */
  pressed(code) {
    if (!this.now || byId("customer").hidden) return false;
    const line = /^Digit([1-9])$/.exec(code);
    if (line) byId("customer-ticks").children[Number(line[1]) - 1]?.click();
    else if (code === "KeyE") byId("customer-items").querySelector("button")?.focus();
    else if (code === "KeyH") (byId("customer-waits").querySelector("[aria-pressed=true]") ?? byId("customer-waits").firstElementChild).focus();
    else if (code === "KeyW") this.toggleTalk();
    else return false;
    return true;
  }

  toggleTalk() {
    const on = !this.now.talk.open;
    this.act({ act: "talk", on });
    if (on) this.focusText = true;
  }

  /** @param {{zh: string, en: string}} said */
  say(said) {
    if (said.zh) this.act({ act: "say", ...said });
  }

  async act(body) {
    const { base, token } = this.session;
    try {
      const answer = await post(`${base}/customer`, body, { token, limitMs: LIMIT_MS });
      this.refused(answer.status === 200 ? null : (answer.body.text ?? sayKeyword("refusal", answer.body.error)));
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      this.refused(say("unanswered"));
    }
  }

  /** @param {object} state the daemon's window state */
  draw({ customer = null, window }) {
    this.now = customer;
    const held = Boolean(window?.held);
    shown(byId("customer"), Boolean(customer) && (customer.screens > 0 || customer.talk.open));
    if (!customer) return;
    shown(byId("customer-away"), customer.screens === 0);
    shown(byId("customer-photo"), Boolean(customer.photo_fault));
    if (customer.photo_fault) write(byId("customer-photo"), say(customer.photo_fault));
    this.drawItems(customer, held);
    this.drawTicks(customer);
    this.drawWait(customer.wait);
    shown(byId("customer-talk"), held);
    this.drawTalk(customer);
  }

  drawItems({ items, item }, held) {
    const row = byId("customer-items");
    shown(byId("customer-items-none"), held && !items.length);
    fill(row, items, ({ code, name, name_en: english }) =>
      choice(both(named(name, english)), { code }, (button) => this.act({ act: "item", code: isOn(button) ? "" : code })),
    );
    for (const button of row.children) press(button, button.dataset.code === item?.code);
  }

  drawTicks({ item, ticks }) {
    const materials = item?.materials ?? [];
    shown(byId("customer-papers"), materials.length > 0);
    const row = byId("customer-ticks");
    fill(row, materials, ({ name, name_en: english }, line) => {
      const label = [make("span", { className: "tick" }), both(named(name, english)), ...(line < 9 ? [key(line + 1)] : [])];
      return choice(label, { line }, (button) => this.act({ act: "tick", line, on: !isOn(button) }));
    });
    for (const button of row.children) {
      press(button, ticks.includes(Number(button.dataset.line)));
      button.querySelector(".tick").textContent = isOn(button) ? "✓" : "";
    }
  }

  waitButton({ why, minutes }) {
    const words = why === "away" ? say("customer-away") : say("customer-minutes", { count: minutes });
    const asked = (button) => this.act(isOn(button) ? { act: "wait" } : { act: "wait", why, minutes });
    return choice(both(words), { why, minutes }, asked);
  }

  drawWait(wait) {
    for (const button of byId("customer-waits").children) {
      press(button, button.dataset.why === wait?.why && Number(button.dataset.minutes) === wait.minutes);
    }
  }

  drawTalk({ talk, phrases }) {
    press(byId("customer-talk"), talk.open);
    write(byId("customer-talk").querySelector(".both"), say(talk.open ? "customer-talk-end" : "customer-talk"));
    const opens = talk.open && byId("customer-talking").hidden;
    shown(byId("customer-talking"), talk.open);
    if (!talk.open) return;
    fill(byId("customer-phrases"), phrases, (said) => choice(both(named(said.zh, said.en)), {}, () => this.say(said)));
    shown(byId("customer-blank"), !talk.strokes.length);
    shown(byId("customer-typed-line"), Boolean(talk.typed));
    byId("customer-typed").textContent = talk.typed;
    shown(byId("customer-full"), talk.full);
    this.drawSheet(talk);
    if (opens) byId("customer-talking").scrollIntoView({ block: "nearest" });
    if (this.focusText) byId("customer-text").focus();
    this.focusText = false;
  }

  /** As wide as there is room, as high as the citizen's own sheet is. */
  drawSheet({ strokes, aspect }) {
    const canvas = byId("customer-sheet");
    canvas.style.aspectRatio = `${aspect} / 1000`;
    draw(canvas, strokes);
  }
}

const isOn = (button) => button.ariaPressed === "true";
const press = (button, yes) => (button.ariaPressed = String(yes));
const key = (text) => make("kbd", { textContent: text, ariaHidden: "true" });

function choice(label, data, chosen) {
  const button = make("button", { type: "button", className: "pick" }, ...[label].flat());
  Object.assign(button.dataset, data);
  button.addEventListener("click", () => chosen(button));
  return button;
}

/** Draw a row anew where its content has changed, and only then: whoever works by keys stays where they are. */
function fill(row, contents, drawn) {
  const shape = JSON.stringify(contents);
  if (row.dataset.shape === shape) return;
  row.dataset.shape = shape;
  row.replaceChildren(...contents.map(drawn));
}
