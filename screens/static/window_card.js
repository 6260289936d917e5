// Reading a card: the notice first, then the card, then what it told, masked, until it is forgotten. Values stand in
// the page only while the daemon holds them, and never in the page's own storage.

import { Unanswered, post, postAndFollow } from "./api.js";
import { both, byId, make, named, say, sayKeyword, shown, write } from "./words.js";

const VIEWS = ["announced", "reading", "read", "failed", "over"];
const FIRST = { reading: "card-cancel", read: "card-forget", failed: "card-again", over: "card-close" };
const TICK_MS = 250;

export class CardReading {
  /**
   * @param {import("./window_session.js").ClerkSession} session
   * @param {(refused: import("./words.js").Both) => void} refused told what the daemon will not do
   */
  constructor(session, refused) {
    this.session = session;
    this.refused = refused;
    this.dialog = byId("card");
    this.state = null;
    this.aborting = null;
    this.whole = false;
    this.until = 0;
    this.dialog.addEventListener("close", () => this.left());
    const press = (id, deed) => byId(id).addEventListener("click", deed);
    press("card-agree", () => this.ask("read"));
    press("card-again", () => this.ask("read"));
    press("card-decline", () => this.ask("end", { why: "declined" }));
    press("card-give-up", () => this.ask("end", { why: "declined" }));
    press("card-cancel", () => this.ask("end", { why: "canceled" }));
    press("card-forget", () => this.ask("end", { why: "done" }));
    press("card-show", () => this.toggle());
    press("card-close", () => this.dialog.close());
    press("card-turn", () => byId("card-sheet").classList.toggle("turned"));
    setInterval(() => this.drawTimes(), TICK_MS);
  }

  /** Put the notice up. @param {"id_card" | "smart_card"} reader */
  async begin(reader) {
    if (this.aborting) return;
    this.aborting = new AbortController();
    const { token, base } = this.session;
    const told = { token, signal: this.aborting.signal, state: (state) => this.take(state) };
    try {
      const instead = await postAndFollow(`${base}/card`, { reader }, told);
      if (instead) this.refused(instead.body.text ?? sayKeyword("refusal", instead.body.error));
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      if (!this.state && !told.signal.aborted) this.refused(say("unanswered"));
    }
    this.aborting = null;
    if (this.dialog.open && this.state.phase !== "over") this.take({ ...this.state, phase: "over", card: null, why: "lost", lies: null });
  }

  /** The dialog was closed, by a button, Escape or a scanned slip: the daemon forgets when its stream ends. */
  left() {
    this.aborting?.abort();
    this.clear();
    this.state = null;
    byId("card-sheet").classList.remove("turned");
  }

  async ask(what, more = {}) {
    const { token, base } = this.session;
    if (what === "end") this.clear();
    try {
      const { status, body } = await post(`${base}/card/${what}`, { reading: this.state.reading, ...more }, { token });
      if (status === 200) return body;
      this.dialog.close();
      this.refused(body.text ?? sayKeyword("refusal", body.error));
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      this.dialog.close();
      this.refused(say("unanswered"));
    }
    return null;
  }

  /** The whole values, on the clerk's press; masked again on the next. */
  async toggle() {
    const whole = this.whole ? null : await this.ask("show");
    if (this.state?.phase !== "read") return;
    this.whole = Boolean(whole);
    this.drawValues(whole?.values ?? this.state.card.values);
  }

  take(state) {
    const moved = this.state?.phase !== state.phase;
    this.state = state;
    this.until = performance.now() + state.left_ms;
    if (state.phase !== "read") this.clear();
    this.draw();
    if (!this.dialog.open) this.dialog.showModal();
    if (moved) byId(FIRST[state.phase] ?? "card-title").focus();
  }

  clear() {
    this.whole = false;
    byId("card-values").replaceChildren();
  }

  draw() {
    const { phase, why, outcome, reader } = this.state;
    for (const view of VIEWS) shown(byId(`card-${view}`), view === phase);
    write(byId("card-title"), this.title());
    if (phase === "announced") this.drawNotice();
    if (phase === "read" && !this.whole) this.drawValues(this.state.card.values);
    if (phase === "failed") write(byId("card-outcome"), say(`card-not-${outcome}`));
    shown(byId("card-failed-take"), reader === "smart_card");
    for (const id of ["card-take", "card-failed-take"]) write(byId(id), this.takeBack());
    shown(byId("card-take"), !["declined", "lost"].includes(why));
    shown(byId("card-otherwise"), why === "declined");
    this.drawTimes();
  }

  title() {
    const { phase, reader, card, why } = this.state;
    if (phase === "announced") return say("card-notice");
    if (phase === "reading") return say(reader === "id_card" ? "card-lay" : "card-put");
    if (phase === "read") return say(`card-kind-${card.kind}`);
    return phase === "failed" ? say("card-not-read") : say(`card-over-${why}`);
  }

  takeBack() {
    const { lies } = this.state;
    return lies === null ? say("card-take") : say(lies ? "card-take-lies" : "card-take-gone");
  }

  drawNotice() {
    const { notice, reader } = this.state;
    const { window, purpose, purpose_en, keep_seconds } = notice;
    const hall = named(notice.hall, notice.hall_en);
    write(byId("card-who"), notice.hall ? say("card-who-is", { hall, window }) : say("card-who-here", { window }));
    write(byId("card-purpose"), purpose ? named(purpose, purpose_en) : say("card-purpose-default"));
    write(byId("card-what"), say(reader === "id_card" ? "card-what-id" : "card-what-smart"));
    write(byId("card-keep"), say("card-keep-is", { count: keep_seconds }));
  }

  /** @param {{key: string, text: string}[]} values */
  drawValues(values) {
    const { validity, valid_until: date, sound } = this.state.card;
    const lines = values.map(({ key, text }) => line(`card-line-${key}`, make("span", { className: "value", textContent: text })));
    const until = make("span", { className: validity }, both(say(`card-valid-${validity}`, { date })));
    byId("card-values").replaceChildren(...lines.flat(), ...line("card-line-validity", until));
    shown(byId("card-unsound"), !sound);
    write(byId("card-show"), say(this.whole ? "card-hide" : "card-show"));
  }

  /** What runs down. */
  drawTimes() {
    if (!this.state) return;
    const left = Math.max(0, this.until - performance.now());
    const count = Math.ceil(left / 1000);
    if (this.state.phase === "reading") {
      byId("card-ring").setAttribute("stroke-dasharray", `${left / (10 * this.state.notice.wait_seconds)} 100`);
      write(byId("card-seconds"), say("seconds", { count }));
    }
    if (this.state.phase === "read") write(byId("card-left"), say("card-left", { count }));
  }
}

/** A line of what a card told: its name and its value. */
const line = (key, value) => [make("dt", {}, both(say(key))), make("dd", {}, value)];
