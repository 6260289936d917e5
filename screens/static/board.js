// The hall board: nothing to press. It keeps the last known state, and says how old that is.

import { drawAlarm } from "./alarm.js";
import { follow } from "./api.js";
import { drawCalls, turnCalls } from "./board_calls.js";
import { drawTold } from "./board_told.js";
import { drawThemes, turnThemes } from "./board_themes.js";
import { WallClock } from "./board_clock.js";
import { byId, make, named, say, shown, together, write } from "./words.js";

const SILENT_MS = 3600; // the daemon beats every 1.5 s: two beats missed, and said within 5 s
const LOOK_MS = 400;
const NAMED = 6; // open windows that are told by name; of more the numbers

let state = null;
let lost = false;
let heardAt = 0;
const clock = new WallClock();

function draw() {
  write(byId("hall-name"), named(state.hall_name, state.hall_name_en));
  shown(byId("hours"), state.has_hours);
  if (state.has_hours) write(byId("hours"), hours());
  drawCalls(state);
  drawThemes(state);
  drawOpen();
  drawTold(state);
  drawAlarm(state.alarm);
}

function hours() {
  if (!state.hours.length) return say("closed-today");
  return together(say("hours"), ...state.hours.map((range) => say("hours-range", range)));
}

function drawOpen() {
  const list = byId("open");
  const now = JSON.stringify(state.open);
  shown(byId("none-open"), !state.open.length);
  if (list.dataset.told === now) return;
  list.dataset.told = now;
  const many = state.open.length > NAMED;
  list.classList.toggle("many", many);
  list.replaceChildren(...(many ? ranges(state.open).map(figure).map((each) => make("li", {}, each)) : state.open.map(openWindow)));
}

const figure = (text) => make("span", { className: "figure", textContent: text });

function openWindow({ window, name, name_en }) {
  const what = make("span", { className: "what" });
  write(what, named(name, name_en));
  return make("li", {}, figure(String(window)), what);
}

/** Windows side by side are told as one: 1–4. */
function ranges(open) {
  const runs = [];
  for (const { window } of open) {
    if (runs.length && runs.at(-1).last === window - 1) runs.at(-1).last = window;
    else runs.push({ first: window, last: window });
  }
  return runs.map(({ first, last }) => (first === last ? String(first) : `${first}–${last}`));
}

/** What stands here is old: since when, as far as a clock can be believed. */
function drawAge() {
  const time = lost ? clock.at(heardAt) : clock.ofDay(state?.up_ms);
  shown(byId("stale"), lost || Boolean(state?.stale && state.hall_name));
  document.body.classList.toggle("old", lost || Boolean(state?.stale));
  const what = lost ? "lost" : "stale";
  write(byId("stale"), time ? say(`${what}-since`, { time }) : say(what));
}

function tick() {
  const time = clock.at(performance.now());
  shown(byId("clock"), Boolean(time));
  if (byId("clock").textContent !== time) byId("clock").textContent = time;
  drawAge();
  if (!state) return;
  turnCalls(state);
  turnThemes(state);
}

function told(next) {
  state = next;
  lost = false;
  heardAt = performance.now();
  clock.hear(next.now_ms, heardAt);
  draw();
  tick();
}

function lose() {
  lost = heardAt > 0;
  tick();
}

follow("/board/state", { state: told, lost: lose }, { silentMs: SILENT_MS });

setInterval(tick, LOOK_MS);
