// The first page: the eight commonest matters and the ways to all others, or, in a hall that lists no matters, all
// services by theme; how many wait, and plain words when no number can be had.

import { drawChoices } from "./kiosk_choices.js";
import { commonest, found } from "./kiosk_directory.js";
import { drawFacts } from "./kiosk_facts.js";
import { itemChoices, openFind, wayChoices } from "./kiosk_find.js";
import { isElder } from "./kiosk_modes.js";
import { shortly } from "./kiosk_wait.js";
import { both, byId, make, named, possible, say, sayKeyword, shown, write } from "./words.js";

/** @typedef {{code: string, name: string, name_en: string, theme: string, theme_en: string, letter: string,
 *             place: string, place_en: string, waiting: number | null}} Service */

let drawn = "";
let chosen = "";

/**
 * @param {object} state the daemon's kiosk state
 * @param {boolean} lost the daemon itself does not answer
 * @param {(service: Service) => void} choose
 * @param {import("./kiosk_find.js").Page} page
 */
export function drawHome(state, lost, choose, page) {
  drawHeader(state);
  drawNotices(state, lost);
  drawFacts(state);
  const matters = found().items.length > 0;
  shown(byId("themes"), !matters);
  for (const id of ["eight", "ways"]) shown(byId(id), matters);
  if (matters) drawEight(state, page);
  else drawServices(state, lost, choose);
}

/** Drawn anew only when other matters stand there: a count that changes takes nobody's focus away. */
function drawEight(state, page) {
  const eight = commonest(state.news?.popular ?? []).flatMap((item) => itemChoices(item, page));
  const now = JSON.stringify([found().digest, isElder(), eight.map(({ mark }) => mark.item)]);
  if (now !== chosen) {
    chosen = now;
    drawChoices(byId("eight"), eight);
    const more = { title: say("find-more"), picture: "search", mark: { way: "find" }, choose: () => openFind(page) };
    drawChoices(byId("ways"), isElder() ? [more] : wayChoices(page));
  }
  for (const { mark, sub } of eight) drawSub(byId("eight").querySelector(`[data-item="${mark.item}"]`), sub);
}

function drawSub(button, sub) {
  const line = button.querySelector(".sub") ?? button.querySelector(".texts").appendChild(make("span", { className: "sub" }));
  shown(line, Boolean(sub));
  if (sub) write(line, sub);
}

function drawServices(state, lost, choose) {
  const services = state.services;
  const shape = JSON.stringify(services.map(({ waiting, ...fixed }) => fixed));
  if (shape !== drawn) {
    drawn = shape;
    byId("themes").replaceChildren(...byTheme(services).map((theme) => themeSection(theme, choose)));
  }
  for (const service of services) drawService(state, service, state.can_issue && !lost);
}

function drawHeader(state) {
  write(byId("hall-name"), named(state.hall_name, state.hall_name_en));
  const [year, month, day] = (state.date || "").split("-").map(Number);
  shown(byId("date"), Boolean(day));
  if (!day) return;
  const weekday = say(`weekday-${new Date(Date.UTC(year, month - 1, day)).getUTCDay()}`);
  write(byId("date"), say("date", { year, month, day, weekday }));
}

function drawNotices(state, lost) {
  const cannot = !lost && !state.can_issue;
  shown(byId("notice-lost"), lost);
  shown(byId("notice-cannot"), cannot);
  shown(byId("notice-settings-refused"), !lost && Boolean(state.settings_refused));
  shown(byId("notice-going-on"), !lost && state.can_issue && state.hall === "down");
  const paperless = !lost && state.can_issue && Boolean(state.without_paper);
  shown(byId("notice-without-paper"), paperless);
  if (paperless) write(byId("notice-without-paper"), say("without-paper", { reason: sayKeyword("reason", state.without_paper) }));
  if (cannot) write(byId("cannot-why"), say("cannot-why", { reason: sayKeyword("reason", state.why_not) }));
}

/** @returns {Service[][]} services of one theme together, themes in the catalogue's order */
function byTheme(services) {
  const themes = new Map();
  for (const service of services) {
    if (!themes.has(service.theme)) themes.set(service.theme, []);
    themes.get(service.theme).push(service);
  }
  return [...themes.values()];
}

function themeSection(services, choose) {
  const [{ theme, theme_en }] = services;
  const title = theme ? named(theme, theme_en) : say("theme-other");
  const list = make("ul", {}, ...services.map((service) => make("li", {}, serviceButton(service, choose))));
  const className = services.length > 2 ? "theme many" : "theme";
  return make("section", { className }, make("h2", {}, both(title)), list);
}

function serviceButton(service, choose) {
  const name = make("span", { className: "name" }, both(named(service.name, service.name_en)));
  const button = make("button", { type: "button", className: "service-button" }, name);
  button.append(make("span", { className: "count" }));
  button.dataset.code = service.code;
  button.addEventListener("click", () => choose(service));
  return button;
}

function drawService(state, service, canIssue) {
  const button = byId("themes").querySelector(`[data-code="${service.code}"]`);
  const count = button.querySelector(".count");
  possible(button, canIssue);
  const waiting = shortly(state, service);
  shown(count, waiting !== null);
  if (waiting) write(count, waiting);
}
