// 换纸: a mark held for three seconds, the staff's code, five pictures, and how the printers are meanwhile.

import { Unanswered, post } from "./api.js";
import { both, byId, joined, language, make, say, sayKeyword, sayOr, shown, write } from "./words.js";

const HOLD_MS = 3000;
const PAD_LEFT_MS = 30000; // a number pad that nobody types on closes
const AGAIN_MS = 1500;
const TOUCHED_MS = 5000; // the daemon hears of touches at most so often
const LINE_MS = 25000; // a line's own deadline in the daemon is below
const DIGITS = 12;

const dialog = byId("care");
let code = "";
let source = null;
let again = 0;
let padLeft = 0;
let toldMs = 0;

function openPad() {
  code = "";
  drawDigits();
  shown(byId("care-why"), false);
  part("code");
  if (!dialog.open) dialog.showModal();
  byId("care-code").querySelector("h2").focus();
  padAnew();
}

function part(name) {
  shown(byId("care-code"), name === "code");
  shown(byId("care-work"), name === "work");
}

function padAnew() {
  clearTimeout(padLeft);
  if (!byId("care-code").hidden) padLeft = setTimeout(() => dialog.close(), PAD_LEFT_MS);
}

/** Dots alone: who stands behind reads no code. */
function drawDigits() {
  byId("care-digits").textContent = "•".repeat(code.length);
  const said = say("care.digits", { count: code.length });
  byId("care-digits").ariaLabel = said[language()] ?? said["zh-CN"];
}

function type(digit) {
  if (code.length < DIGITS) code += digit;
  drawDigits();
}

async function enter() {
  if (!code) return;
  const typed = code;
  code = "";
  drawDigits();
  write(byId("care-why"), say("care.checking"));
  shown(byId("care-why"), true);
  const answer = await send("enter", { code: typed }, "care-why");
  if (!answer) return;
  clearTimeout(padLeft);
  part("work");
  shown(byId("care-said"), false);
  draw(answer);
  byId("care-title").focus();
  follow();
}

/** @returns {Promise<object | null>} null for what is refused, or not answered: it says why */
async function send(what, body, why) {
  try {
    const answer = await post(`/kiosk/care/${what}`, body, { limitMs: what === "line" ? LINE_MS : 5000 });
    if (answer.status === 200) return answer.body;
    write(byId(why), answer.body.text);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    write(byId(why), say("care.unanswered"));
  }
  shown(byId(why), true);
  return null;
}

/** How the printers are, for as long as the view is open. */
function follow() {
  source = new EventSource("/kiosk/care");
  source.addEventListener("state", (event) => {
    shown(byId("care-lost"), false);
    const state = JSON.parse(event.data);
    if (state.open) draw(state);
    else dialog.close();
  });
  source.onerror = () => {
    source.close();
    shown(byId("care-lost"), true);
    again = setTimeout(follow, AGAIN_MS);
  };
}

function draw(state) {
  const list = byId("care-printers");
  while (list.children.length < state.printers.length) list.append(row());
  state.printers.forEach((printer, index) => drawPrinter(list.children[index], printer));
}

function row() {
  const made = make("li", {}, make("p", { className: "name" }), make("p", { className: "how" }), make("p", { className: "line" }));
  const again_ = make("button", { type: "button", className: "plain line-again" }, both(say("care.again")));
  again_.addEventListener("click", () => send("line", { printer: made.dataset.printer }, "care-said"));
  const refilled = make("button", { type: "button", className: "plain refilled" }, both(say("care.refilled")));
  refilled.addEventListener("click", async () => {
    if (!(await send("refilled", { printer: made.dataset.printer }, "care-said"))) return;
    write(byId("care-said"), say("care.refilled-done"));
    shown(byId("care-said"), true);
  });
  made.append(make("div", { className: "row" }, again_, refilled));
  return made;
}

const QUIET = ["simulated", "in-maintenance"];

function drawPrinter(element, printer) {
  element.dataset.printer = printer.name;
  element.querySelector(".name").textContent = printer.name;
  const reasons = printer.reasons.map(({ keyword }) => keyword).filter((keyword) => !QUIET.includes(keyword));
  const how = reasons.length ? joined(reasons.map((keyword) => sayKeyword("reason", keyword))) : say("care.ready");
  write(element.querySelector(".how"), how);
  element.classList.toggle("bad", !printer.accepting);
  shown(element.querySelector(".line"), Boolean(printer.line));
  if (printer.line) write(element.querySelector(".line"), sayOr(`care.line-${printer.line}`, printer.line));
  shown(element.querySelector(".line-again"), printer.accepting && printer.line !== "printing");
  shown(element.querySelector(".refilled"), printer.counts);
}

function holdToOpen(mark) {
  let timer = 0;
  const release = () => {
    clearTimeout(timer);
    timer = 0;
    mark.classList.remove("held");
  };
  const hold = (event) => {
    if (event.type === "keydown" && !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    if (timer || event.repeat) return;
    mark.classList.add("held");
    timer = setTimeout(() => {
      release();
      openPad();
    }, HOLD_MS);
  };
  for (const sign of ["pointerdown", "keydown"]) mark.addEventListener(sign, hold);
  for (const sign of ["pointerup", "pointerleave", "pointercancel", "keyup", "blur"]) mark.addEventListener(sign, release);
  mark.addEventListener("contextmenu", (event) => event.preventDefault());
}

holdToOpen(byId("care-mark"));
for (const key of dialog.querySelectorAll("[data-digit]")) key.addEventListener("click", () => type(key.dataset.digit));
byId("care-delete").addEventListener("click", () => {
  code = code.slice(0, -1);
  drawDigits();
});
byId("care-enter").addEventListener("click", enter);
byId("care-cancel").addEventListener("click", () => dialog.close());
byId("care-leave").addEventListener("click", async () => (await send("leave", {}, "care-said")) && dialog.close());
dialog.addEventListener("cancel", (event) => byId("care-code").hidden && event.preventDefault()); // Escape leaves no kiosk shut
dialog.addEventListener("close", () => {
  clearTimeout(padLeft);
  clearTimeout(again);
  source?.close();
  source = null;
  code = "";
});
dialog.addEventListener("keydown", (event) => {
  if (byId("care-code").hidden || event.ctrlKey || event.altKey || event.metaKey) return;
  if (/^\d$/.test(event.key)) type(event.key);
  else if (event.key === "Backspace") byId("care-delete").click();
  else if (event.key === "Enter" && !event.target.matches("button")) enter();
});
for (const sign of ["pointerdown", "keydown"]) {
  dialog.addEventListener(sign, () => {
    padAnew();
    if (byId("care-work").hidden || performance.now() - toldMs < TOUCHED_MS) return;
    toldMs = performance.now();
    post("/kiosk/care/touched", {}).catch(() => {}); // the next touch tells it
  });
}
