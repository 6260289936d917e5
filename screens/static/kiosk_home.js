// The first page: all services by theme, how many wait, and plain words when no number can be had.

import { both, byId, make, named, possible, say, sayKeyword, shown, write } from "./words.js";

/** @typedef {{code: string, name: string, name_en: string, theme: string, theme_en: string, letter: string,
 *             place: string, place_en: string, waiting: number | null}} Service */

let drawn = "";

/**
 * @param {object} state the daemon's kiosk state
 * @param {boolean} lost the daemon itself does not answer
 * @param {(service: Service) => void} choose
 */
export function drawHome(state, lost, choose) {
  drawHeader(state);
  drawNotices(state, lost);
  const services = state.services;
  const shape = JSON.stringify(services.map(({ waiting, ...fixed }) => fixed));
  if (shape !== drawn) {
    drawn = shape;
    byId("themes").replaceChildren(...byTheme(services).map((theme) => themeSection(theme, choose)));
  }
  for (const service of services) drawService(service, state.can_issue && !lost);
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

function drawService(service, canIssue) {
  const button = byId("themes").querySelector(`[data-code="${service.code}"]`);
  const count = button.querySelector(".count");
  possible(button, canIssue);
  shown(count, service.waiting !== null);
  if (service.waiting !== null) write(count, say("waiting", { count: service.waiting }));
}
