// Where a window or a water tap is, and how to walk there: without a step first.

import { guide } from "./item_guide.js";
import { drawPlan, levelsOf } from "./plan.js";
import { open, view } from "./query_views.js";
import { both, byId, make, named, say, shown, write } from "./words.js";

const PLACES = ["accessible-toilet", "toilet", "lift", "guide-desk", "form-desk", "self-service", "water", "copying", "parcel", "waiting"];

let state = () => null;
let wanted = null;
let found = null;
let by = "level";

/** @param {() => object} told the newest state of the page */
export function begin(told) {
  state = told;
  for (const way of ["level", "steps"]) byId(`route-${way}`).addEventListener("click", () => choose(way));
}

/** All windows, and what else people look for. */
export function openWindows() {
  open({ name: "windows", draw: drawWindows });
}

function drawWindows() {
  const { windows, plan } = guide();
  byId("windows").replaceChildren(...windows.map(windowTile));
  const known = PLACES.filter((kind) => plan.spots.some((spot) => spot.kind === kind));
  byId("places").replaceChildren(...known.map((kind) => placeButton(kind, plan.kinds[kind])));
  shown(byId("places-part"), known.length > 0);
  byId("windows-plan").replaceChildren(...plan.floors.flatMap((floor) => floorParts(floor, {})));
}

function windowTile(window) {
  const isOpen = state().open === null ? null : window.number in state().open;
  const button = make("button", { type: "button", className: "tile window-tile" });
  const said = make("span", { className: "window-said" }, make("strong", {}, both(window.name)));
  if (window.place) said.append(make("span", { className: "below" }, both(window.place)));
  if (isOpen !== null) said.append(make("span", { className: "below" }, both(say(isOpen ? "window-open" : "window-closed"))));
  button.append(make("span", { className: "window-number", textContent: window.number }), said);
  button.addEventListener("click", () => openRoute({ windows: [window.number] }));
  return button;
}

function placeButton(kind, name) {
  const button = make("button", { type: "button" }, both(name));
  button.addEventListener("click", () => openRoute({ kind }));
  return button;
}

/** @param {{windows?: number[], kind?: string}} to the nearest of these windows, or of what is of this kind */
export function openRoute(to) {
  wanted = to;
  found = null;
  by = "level";
  open({ name: "route", draw: drawRoute });
  ask(to);
}

async function ask(to) {
  const query = to.kind ? `kind=${to.kind}` : `window=${to.windows.join()}`;
  let answer = { level: null, steps: null, here: false, lost: true };
  try {
    answer = await (await fetch(`/query/route?${query}`)).json();
  } catch {
    // said as what cannot be shown; the stream of states says the rest
  }
  if (wanted !== to || view() !== "route") return;
  found = answer;
  by = found.level ? "level" : "steps";
  drawRoute();
}

function choose(way) {
  by = way;
  drawRoute();
  byId("route-title").focus({ preventScroll: true });
}

function drawRoute() {
  const route = found?.[by];
  const window = windowOf(route);
  const target = window ? say("window-number", { window: window.number }) : guide().plan.kinds[wanted.kind] ?? say("several-windows");
  write(byId("route-title"), say("way-to", { target }));
  shown(byId("route-about"), Boolean(window));
  if (window) drawAbout(window);
  shown(byId("route-looking"), found === null);
  shown(byId("route-none"), found !== null && !route);
  shown(byId("route-steps-only"), Boolean(route) && by === "steps" && !found.level);
  drawChoice();
  shown(byId("route-way"), Boolean(route));
  if (route) drawWay(route);
}

function windowOf(route) {
  const number = route ? route.window : wanted.windows?.length === 1 ? wanted.windows[0] : 0;
  return guide().windows.find((window) => window.number === number);
}

function drawAbout(window) {
  const isOpen = state().open === null ? null : window.number in state().open;
  const lines = [window.name, ...(window.place ? [window.place] : [])];
  if (isOpen !== null) lines.push(say(isOpen ? "window-open" : "window-closed"));
  if (window.phone) lines.push(say("window-phone", { phone: window.phone }));
  byId("route-about").replaceChildren(...lines.map((line) => make("li", {}, both(line))));
}

function drawChoice() {
  shown(byId("route-choice"), Boolean(found?.level && found?.steps));
  if (!found?.level || !found?.steps) return;
  for (const way of ["level", "steps"]) {
    write(byId(`route-${way}`), say(`route-${way}`, { metres: found[way].metres }));
    byId(`route-${way}`).setAttribute("aria-pressed", String(way === by));
  }
}

function drawWay(route) {
  shown(byId("route-from-door"), !found.here);
  byId("route-sentences").replaceChildren(...route.sentences.map((sentence) => make("li", {}, both(sentence))));
  const levels = levelsOf(route.points);
  const floors = guide().plan.floors.filter((floor) => levels.includes(floor.level));
  floors.sort((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level));
  byId("route-plan").replaceChildren(...floors.flatMap((floor) => floorParts(floor, { route: route.points, target: route.window })));
}

function floorParts(floor, marks) {
  const open = state().open === null ? null : new Set(Object.keys(state().open).map(Number));
  const all = { ...marks, open, here: state().here, hereSaid: say("here"), closedSaid: say("window-closed-short") };
  const scroll = make("div", { className: "plan-scroll", tabIndex: 0 }, drawPlan(guide().plan, floor.level, all));
  scroll.setAttribute("role", "group");
  scroll.setAttribute("aria-label", `${floor.name["zh-CN"]} ${floor.name.en}`);
  return [make("h2", {}, both(named(floor.name["zh-CN"], floor.name.en))), scroll];
}
