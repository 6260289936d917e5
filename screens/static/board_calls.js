// The last calls, newest first: large, and what is new moves, turns its colours over and bears a mark.

import { Pages, stand } from "./board_pages.js";
import { announce, byId, make, named, say, shown, together, write } from "./words.js";

/** @typedef {{window: number, number: string, phase: string, calls: number, by_screen: boolean, service: string,
 *   service_en: string, place: string, place_en: string}} Call */

const FLASH_MS = 15000;

const rows = new Map(); // by window; rows of windows that hold nobody are dropped
const pages = new Pages(byId("calls"));
let begun = false;

/** @param {{calls: Call[]}} state */
export function drawCalls(state) {
  const windows = new Set(state.calls.map((call) => call.window));
  for (const [window, row] of rows) if (!windows.has(window)) drop(window, row);
  for (const call of state.calls) take(rows.get(call.window) ?? add(call.window), call);
  begun = true;
  shown(byId("no-calls"), !state.calls.length);
  turnCalls(state);
}

/** Also without news: pages turn, and what was new grows old. */
export function turnCalls(state) {
  const seen = pages.turned(state.calls.length);
  const places = new Set(state.calls.map((call) => call.place)).size > 1;
  const now = performance.now();
  const parts = state.calls.slice(seen.from, seen.to).map((call) => {
    const row = rows.get(call.window);
    row.part.classList.toggle("flash", call.phase === "called" && (call.by_screen || now < row.flashUntil));
    shown(row.where, places);
    return row.part;
  });
  stand(byId("calls"), parts);
  shown(byId("calls-page"), seen.pages > 1);
  if (seen.pages > 1) write(byId("calls-page"), say("more-calls", seen));
}

function drop(window, row) {
  row.part.remove();
  rows.delete(window);
}

function add(window) {
  const number = make("span", { className: "number" });
  const to = make("span", { className: "to" });
  const phase = make("span", { className: "phase" });
  const where = make("span", { className: "where" });
  const mark = make("span", { className: "mark", ariaHidden: "true" });
  const part = make("li", {}, mark, number, to, make("span", { className: "about" }, phase, where));
  const figure = make("span", { className: "figure", textContent: String(window) });
  const word = make("span", { className: "word" });
  write(word, say("window-short"));
  to.append(figure, word);
  const row = { part, number, phase, where, key: "", flashUntil: 0 };
  rows.set(window, row);
  return row;
}

/** @param {Call} call */
function take(row, call) {
  const key = `${call.number}/${call.calls}`;
  const isNew = row.key !== key && call.phase === "called";
  row.key = key;
  row.part.className = `${call.phase}${call.by_screen ? " by-screen" : ""}`;
  if (row.number.textContent !== call.number) row.number.textContent = call.number;
  write(row.phase, phaseOf(call));
  write(row.where, named(call.place || call.service, call.place_en || call.service_en));
  if (!isNew || !begun) return;
  row.flashUntil = performance.now() + FLASH_MS;
  pages.first();
  announce(together(named(call.number, call.number), say("to-window", { number: call.window })));
}

/** @param {Call} call */
function phaseOf(call) {
  if (call.phase === "serving") return say("phase-serving");
  if (call.by_screen) return say("by-screen");
  return say(call.calls > 1 ? "recalled" : "phase-called");
}
