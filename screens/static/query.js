// The query page: what is done here, what it needs, where, and how far it is. No number is taken here.

import { drawAlarm } from "./alarm.js";
import { follow } from "./api.js";
import { guide, keepGuide } from "./item_guide.js";
import { watchIdle } from "./idle.js";
import { offerLanguages } from "./language_choice.js";
import { openingSaid } from "./opening.js";
import * as help from "./query_help.js";
import * as items from "./query_items.js";
import * as progress from "./query_progress.js";
import * as routes from "./query_route.js";
import { back, begin, onChange, redraw, view } from "./query_views.js";
import { both, byId, language, make, named, say, shown, speak, write } from "./words.js";

const FIRST_LANGUAGE = "zh-CN";
const PERSONAL_S = 10; // and 20 s of warning: what is personal is gone after 30 s
const STAYS = ["windows"]; // drawn whole: only a new guide changes them under somebody's finger

let state = null;
const told = () => state;

const HOME = { name: "home", draw: drawHome };

function goHome() {
  speak(FIRST_LANGUAGE);
  begin(state && guide() ? HOME : { name: "loading", draw() {} });
}

function drawHome() {
  const tiles = [
    items.tile(say("search"), items.openSearch, say("search-below")),
    items.tile(say("by-themes"), () => items.openGroups("themes")),
    items.tile(say("by-units"), () => items.openGroups("units")),
    items.tile(say("by-audience"), () => items.openGroups("audience")),
  ];
  if (guide().events.length) tiles.push(items.tile(say("by-events"), () => items.openGroups("events"), say("events-below")));
  tiles.push(items.tile(say("find-window"), routes.openWindows, say("find-window-below")));
  if (state.progress) tiles.push(items.tile(say("progress"), progress.openProgress, say("progress-below")));
  tiles.push(items.tile(say("complaint"), help.openComplaint, say("complaint-below")));
  const shape = JSON.stringify([guide().digest, state.progress]);
  if (byId("tiles").dataset.shape !== shape) byId("tiles").replaceChildren(...tiles);
  byId("tiles").dataset.shape = shape;
  byId("phones").replaceChildren(...guide().phones.map((phone) => make("li", {}, both(phone.name), make("strong", { textContent: phone.number }))));
  shown(byId("phones-part"), guide().phones.length > 0);
}

function drawHeader() {
  write(byId("hall-name"), named(state.hall_name, state.hall_name_en));
  const opening = openingSaid(state.opening);
  shown(byId("opening"), Boolean(opening));
  if (opening) write(byId("opening"), opening);
  byId("notices").replaceChildren(...state.notices.map(({ text }) => make("li", {}, both(named(text.zh, text.en)))));
  shown(byId("notices"), state.notices.length > 0);
  shown(byId("notice-cut-off"), state.hall !== "up");
}

byId("home").addEventListener("click", goHome);
byId("back").addEventListener("click", back);
offerLanguages(byId("language"));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !byId("idle").open) back();
});
items.begin(told);
routes.begin(told);
progress.begin();
help.begin(told);

const idleAnew = watchIdle({
  seconds: () => (view() === "progress" ? PERSONAL_S : state?.idle_seconds ?? 60),
  resting: () => view() === "loading" || (view() === "home" && language() === FIRST_LANGUAGE),
  leave: goHome,
});
onChange(idleAnew);

function drawAll() {
  if (view() === "loading" && guide()) begin(HOME);
  else if (!STAYS.includes(view())) redraw();
}

follow("/query/state", {
  state(next) {
    const patienceChanged = next.idle_seconds !== state?.idle_seconds;
    state = next;
    shown(byId("notice-lost"), false);
    drawHeader();
    help.drawHelp();
    drawAlarm(state.alarm);
    keepGuide(state.guide, drawAll);
    if (guide()) drawAll();
    if (patienceChanged) idleAnew();
  },
  lost() {
    shown(byId("notice-lost"), true);
  },
});
