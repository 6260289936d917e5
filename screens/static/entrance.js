// The entrance screen: read from afar, touched by nobody. Leaves turn by themselves; keys and buttons turn them too.

import { drawAlarm } from "./alarm.js";
import { follow } from "./api.js";
import { bind, turnTo } from "./entrance_leaves.js";
import { guide, keepGuide } from "./item_guide.js";
import { rowsList } from "./item_rows.js";
import { offerLanguages } from "./language_choice.js";
import { daySaid, openingSaid } from "./opening.js";
import { drawPlan } from "./plan.js";
import { both, byId, make, named, say, shown, speak, write } from "./words.js";

const SHORT = ["procedure", "time_limit", "fee"]; // beside the name: what a public column says at least

const GUEST_MS = 120000; // a language that somebody has chosen; nobody is there to put it back

let state = null;
let leaves = [];
let leaf = 0;
let turned = 0; // how often, since the start: the plan's floors turn with the leaves
let timer = 0;
let stands = false;
let bound = "";
let drawn = "";

function draw() {
  write(byId("hall-name"), named(state.hall_name, state.hall_name_en));
  const day = daySaid(state.date);
  shown(byId("day"), Boolean(day));
  if (day) write(byId("day"), day);
  byId("time").textContent = state.time;
  const opening = openingSaid(state.opening);
  shown(byId("opening"), Boolean(opening));
  if (opening) write(byId("opening"), opening);
  byId("opening").classList.toggle("shut", state.opening?.is_open === false);
  shown(byId("notice-cut-off"), state.hall !== "up");
  drawFoot();
  drawFloor(); // before the book: it takes its part of the screen
  drawBook();
}

function drawFoot() {
  byId("notices").replaceChildren(...state.notices.map(({ text }) => make("li", {}, both(named(text.zh, text.en)))));
  shown(byId("notices"), state.notices.length > 0);
  const phones = guide()?.phones ?? [];
  byId("phones").replaceChildren(...phones.map(phoneSaid));
  shown(byId("phones"), phones.length > 0);
}

function phoneSaid(phone) {
  const number = make("strong", { textContent: phone.number });
  return make("li", {}, both(phone.name), " ", number);
}

/** Windows first, then what is done here; bound anew when either has changed. */
function drawBook() {
  const { clientWidth, clientHeight } = byId("book");
  const now = JSON.stringify([state.windows, guide()?.digest, clientWidth, clientHeight]);
  if (now === bound) return;
  bound = now;
  const chapters = [{ heading: () => title("open-windows"), parts: windowCards() }];
  const items = (guide()?.items ?? []).map(itemCard);
  if (items.length) chapters.push({ heading: () => title("matters"), parts: items });
  leaves = bind(byId("book"), chapters);
  turn(0);
}

const title = (key) => make("h2", {}, both(say(key)));

function windowCards() {
  if (state.windows === null) return [make("p", { className: "empty" }, both(say("windows-unknown")))];
  if (!state.windows.length) return [make("p", { className: "empty" }, both(say("windows-none")))];
  return state.windows.map((window) => {
    const services = make("ul", {}, ...window.services.map(serviceLine));
    const name = make("p", { className: "name" }, both(named(window.name, window.name_en)));
    const number = make("p", { className: "window-number", textContent: window.number });
    const card = make("section", { className: "window-card" }, number, make("div", {}, name, services));
    card.dataset.window = window.number;
    return card;
  });
}

function serviceLine(service) {
  const line = make("li", {}, make("span", { className: "service" }, both(named(service.name, service.name_en))));
  if (service.waiting !== null) line.append(make("span", { className: "count" }, both(waitSaid(service))));
  return line;
}

function waitSaid({ waiting, wait }) {
  if (!wait) return say("waiting", { count: waiting });
  return wait[0] === wait[1]
    ? say("waiting-about", { count: waiting, minutes: wait[1] })
    : say("waiting-range", { count: waiting, low: wait[0], high: wait[1] });
}

function itemCard(item) {
  const rows = item.rows.filter((row) => SHORT.includes(row.key));
  const name = make("h3", {}, both(item.rows.find((row) => row.key === "item").lines[0]));
  const card = make("section", { className: "item-card" }, name, rowsList(rows));
  card.dataset.item = item.code;
  card.dataset.hash = item.hash;
  return card;
}

function drawFloor() {
  const plan = guide()?.plan;
  const floors = plan?.floors ?? [];
  shown(byId("plans"), floors.length > 0);
  if (!floors.length) return;
  const floor = floors[turned % floors.length];
  const open = state.windows === null ? null : new Set(state.windows.map((window) => window.number));
  const now = JSON.stringify([floor.level, guide().digest, open && [...open], state.here]);
  if (now === drawn) return;
  drawn = now;
  write(byId("floor-name"), floor.name);
  const marks = { open, here: state.here, hereSaid: say("here"), closedSaid: say("window-closed") };
  byId("floor").replaceChildren(drawPlan(plan, floor.level, marks));
}

function turn(by) {
  leaf = leaves.length ? (Math.min(leaf, leaves.length - 1) + by + leaves.length) % leaves.length : 0;
  turned = Math.max(0, turned + by);
  turnTo(leaves, leaf);
  byId("leaf").textContent = `${leaf + 1} / ${Math.max(1, leaves.length)}`;
  if (by) drawFloor();
  clearTimeout(timer);
  if (!stands) timer = setTimeout(() => turn(1), (state?.dwell_seconds ?? 12) * 1000);
}

function stand(yes) {
  stands = yes;
  byId("stand").setAttribute("aria-pressed", String(yes));
  write(byId("stand"), say(yes ? "go-on" : "stand"));
  turn(0);
}

byId("before").addEventListener("click", () => turn(-1));
byId("next").addEventListener("click", () => turn(1));
byId("stand").addEventListener("click", () => stand(!stands));
offerLanguages(byId("language"));
let guest = 0;
byId("language").addEventListener("click", () => {
  clearTimeout(guest);
  guest = setTimeout(() => speak("zh-CN"), GUEST_MS);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight") turn(1);
  if (event.key === "ArrowLeft") turn(-1);
});
new ResizeObserver(() => state && drawBook()).observe(byId("book"));
document.fonts.ready.then(() => {
  bound = "";
  if (state) draw();
});

follow("/entrance/state", {
  state(next) {
    state = next;
    shown(byId("notice-lost"), false);
    shown(byId("loading"), false);
    keepGuide(state.guide, draw);
    draw();
    drawAlarm(state.alarm);
  },
  lost() {
    shown(byId("notice-lost"), true);
  },
});
