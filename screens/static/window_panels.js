// What a clerk sees: the current number, who waits, who is parked, the rating, the devices.

import { announce, both, byId, isPossible, joined, make, named, possible, say, sayKeyword, shown, together, write } from "./words.js";

let announced = "";

/** @param {object} state the daemon's window state */
export function drawPanels(state) {
  drawHeader(state);
  drawCurrent(state);
  drawWaiting(state);
  drawLastRating(state);
  drawDevices(state);
}

function drawHeader({ link, info, window, alone, recovering, revoked }) {
  write(byId("link-text"), say(`link-${revoked ? "revoked" : recovering ? "recovering" : link}`));
  shown(byId("alone"), Boolean(alone));
  write(byId("alone-what"), say(recovering ? "alone-recovering" : "alone"));
  byId("link").classList.toggle("down", link === "down");
  shown(byId("window-name"), Boolean(info));
  if (info) write(byId("window-name"), named(info.name, info.name_en));
  byId("clerk").textContent = window?.clerk ? window.clerk.name : "";
}

function drawCurrent(state) {
  const { phase = "closed", held = null, finished = null } = state.window ?? {};
  write(byId("phase"), say(`phase-${phase}`));
  byId("phase").className = `phase ${phase}`;
  const number = byId("number");
  number.classList.toggle("none", !held);
  write(number, held ? named(held.number) : say("nobody"));
  for (const id of ["service", "calls"]) shown(byId(id), Boolean(held));
  if (held) {
    write(byId("service"), serviceName(state, held.service));
    write(byId("calls"), say("calls", { count: held.calls }));
  }
  const past = !held && finished;
  shown(byId("before"), Boolean(past));
  if (past) write(byId("before"), say("before", { number: finished.number }));
  shown(byId("implied"), Boolean((held ?? finished)?.start_implied));
  announceCurrent(phase, held);
}

/** Told once for each change of number, phase or count of calls. */
function announceCurrent(phase, held) {
  const now = held ? `${held.number} ${phase} ${held.calls}` : phase;
  if (now === announced) return;
  announced = now;
  const state = say(`phase-${phase}`);
  announce(held ? together(named(held.number), state) : state);
}

/** @returns {import("./words.js").Both} */
export function serviceName({ services }, code) {
  const service = services.find((each) => each.code === code);
  return service ? named(service.name, service.name_en) : named(code);
}

/** Who waits is the hall's to say: without it nobody knows. */
function drawWaiting(state) {
  const known = state.link === "up";
  const count = (code) => (known ? (state.waiting[code] ?? 0) : "–");
  byId("waiting-here").textContent = known ? state.waiting_here : "–";
  const mine = new Set(state.info?.services ?? []);
  const line = ({ code }) =>
    make("li", {}, both(serviceName(state, code)), make("span", {}, both(say("people", { count: count(code) }))));
  const others = state.services.filter(({ code }) => !mine.has(code));
  byId("waiting").replaceChildren(...state.services.filter(({ code }) => mine.has(code)).map(line));
  byId("waiting-others").replaceChildren(...others.map(line));
  shown(byId("others-title"), others.length > 0);
}

/**
 * @param {object[]} parked
 * @param {(held: object) => void} takeBack
 */
export function drawParked(parked, takeBack) {
  shown(byId("parked-none"), parked.length === 0);
  const list = byId("parked");
  const shape = parked.map(({ ticket }) => ticket).join(" ");
  if (list.dataset.shape === shape) return;
  list.dataset.shape = shape;
  list.replaceChildren(...parked.map((held) => parkedLine(held, takeBack)));
}

function parkedLine(held, takeBack) {
  const button = make("button", { type: "button", className: "plain" }, both(say("take-back")));
  button.dataset.act = "take-back";
  button.addEventListener("click", () => isPossible(button) && takeBack(held));
  return make("li", {}, make("strong", { textContent: held.number }), button);
}

/** Every act's button: pressable or not. @param {Set<string>} acts */
export function drawActs(acts) {
  for (const button of document.querySelectorAll("[data-act]")) possible(button, acts.has(button.dataset.act));
}

/** A button for each kind of card reader that stands ready; a card is read for whoever holds the window's number. */
export function drawCardReaders({ card_readers: readers = [], window }, idle) {
  for (const button of document.querySelectorAll("[data-card]")) {
    shown(button, readers.includes(button.dataset.card));
    possible(button, idle && Boolean(window?.held));
  }
}

/** The undo's number and seconds. @param {number} leftMs */
export function drawUndo(undo, leftMs) {
  const open = Boolean(undo) && leftMs > 0;
  shown(byId("undo-what"), open);
  shown(byId("undo-left"), open);
  if (!open) return;
  write(byId("undo-what"), say(`undo-${undo.step}`, { number: undo.number }));
  write(byId("undo-left"), say("seconds", { count: Math.ceil(leftMs / 1000) }));
}

/** The open rating and its time. @param {number} leftMs */
export function drawRating(rating, leftMs) {
  const open = Boolean(rating) && leftMs > 0;
  shown(byId("rating-open"), open);
  shown(byId("rating-left"), open);
  if (!open) return;
  const seconds = Math.ceil(leftMs / 1000);
  const asked = say("rating-open", { number: rating.number });
  const left = say("seconds", { count: seconds });
  write(byId("rating-open"), together(asked, left));
  Object.assign(byId("rating-left"), { max: rating.seconds, value: seconds });
}

function drawLastRating({ last_rating: last }) {
  if (!last) return write(byId("rating-last"), say("rating-none"));
  const grade = say(last.grade ? `grade-${last.grade}` : `not-rated-${last.reason}`);
  return write(byId("rating-last"), say("rating-last", { number: last.number, grade }));
}

function drawDevices({ devices }) {
  const ill = devices.filter(({ phase, reasons }) => phase === "stopped" || reasons.some(isComplaint));
  const lines = ill.map(deviceLine);
  if (!lines.length) lines.push(make("li", { className: "fine" }, both(say("devices-fine"))));
  const list = byId("devices");
  const shape = lines.map((line) => line.textContent).join("\n");
  if (list.dataset.shape === shape) return;
  list.dataset.shape = shape;
  list.replaceChildren(...lines);
}

/** A technician at work is no fault, but the clerk has to know why the display says 8888. */
const isComplaint = ({ keyword, severity }) => severity !== "report" || keyword === "in-maintenance";

function deviceLine({ name, reasons }) {
  const complaints = reasons.filter(isComplaint);
  const reason = joined((complaints.length ? complaints : [{ keyword: "offline" }]).map(({ keyword }) => sayKeyword("reason", keyword)));
  const mild = complaints.length > 0 && !complaints.some(({ severity }) => severity === "error");
  return make("li", { className: mild ? "warning" : "error" }, both(say("device", { name, reason })));
}
