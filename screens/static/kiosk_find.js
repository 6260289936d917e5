// Ways to a matter that is not among the eight: themes, offices, life events. Each is a list, then a matter.

import { drawChoices, drawList, listPage } from "./kiosk_choices.js";
import { found, itemOf } from "./kiosk_directory.js";
import { canSearch } from "./kiosk_search.js";
import { shortly } from "./kiosk_wait.js";
import { enter, show } from "./kiosk_views.js";
import { byId, joined, named, say, shown } from "./words.js";

/** @typedef {import("./kiosk_choices.js").Choice} Choice */
/** @typedef {import("./kiosk_directory.js").Item} Item */
/** @typedef {import("./kiosk_home.js").Service} Service */
/** @typedef {{service: (code: string) => Service | undefined, services: () => Service[], state: () => object,
 *             open: (service: Service, item?: Item) => void, search: () => void}} Page */

/** A list that one can come back to, at the page it was left. @param {() => Choice[]} choices drawn anew each time */
function enterList(title, aloud, choices) {
  let page = 0;
  let entered = false;
  enter(() => {
    if (entered) page = listPage();
    entered = true;
    drawList(title, aloud, choices(), page);
    show("list");
  });
}

const counted = (count) => (count === 1 ? say("matters-one") : say("matters", { count }));

/** @param {Item} item @param {Page} page @returns {Choice[]} nothing for one whose service is not offered now */
export function itemChoices(item, page) {
  const service = page.service(item.service);
  if (!service) return [];
  const sub = shortly(page.state(), service);
  return [{ title: named(item.name, item.name_en), sub, mark: { item: item.code }, choose: () => page.open(service, item) }];
}

const itemsOf = (items, page) => items.flatMap((item) => itemChoices(item, page));

/** @param {Page} page */
export function openThemes(page) {
  enterList(say("find-theme"), "find-theme", () => themes(page).map((services) => {
    const [{ theme, theme_en }] = services;
    const title = theme ? named(theme, theme_en) : say("theme-other");
    const sub = joined(services.map(({ name, name_en }) => named(name, name_en)));
    return { title, sub, mark: { theme }, choose: () => enterList(title, "find-matter", () => ofTheme(services, page)) };
  }));
}

function themes(page) {
  const byTheme = new Map();
  for (const service of page.services()) byTheme.set(service.theme, [...(byTheme.get(service.theme) ?? []), service]);
  return [...byTheme.values()];
}

/** Its matters, and each of its services for whatever else there is. */
function ofTheme(services, page) {
  const matters = services.flatMap(({ code }) => itemsOf(found().items.filter(({ service }) => service === code), page));
  const rest = services.map((service) => ({
    title: named(service.name, service.name_en),
    sub: say("other-matter"),
    mark: { code: service.code },
    choose: () => page.open(service),
  }));
  return [...matters, ...rest];
}

/** @param {Page} page */
export function openUnits(page) {
  const itemsIn = (unit) => found().items.filter((item) => item.unit === unit.code);
  enterList(say("find-unit"), "find-unit", () => found().units.filter((unit) => itemsIn(unit).length).map((unit) => {
    const title = named(unit.name, unit.name_en);
    const choose = () => enterList(title, "find-matter", () => itemsOf(itemsIn(unit), page));
    return { title, sub: counted(itemsIn(unit).length), mark: { unit: unit.code }, choose };
  }));
}

/** The life events as choices. @param {Page} page @returns {Choice[]} */
export function eventChoices(page) {
  return found().events.map((event) => {
    const title = named(event.name, event.name_en);
    const items = () => event.items.map(itemOf).filter(Boolean);
    const choose = () => enterList(title, "find-matter", () => itemsOf(items(), page));
    return { title, sub: counted(items().length), picture: event.picture, mark: { event: event.code }, choose };
  });
}

/** @param {Page} page */
export const openEvents = (page) => enterList(say("find-event"), "find-event", () => eventChoices(page));

/** The four ways, as far as this hall has them. @param {Page} page @returns {Choice[]} */
export function wayChoices(page) {
  const ways = [
    [canSearch(), "search", page.search],
    [found().events.length > 0, "event", () => openEvents(page)],
    [true, "theme", () => openThemes(page)],
    [found().units.length > 0, "unit", () => openUnits(page)],
  ];
  return ways.filter(([is]) => is).map(([, way, choose]) => ({
    title: way === "search" ? say("find-search") : say(`find-${way}-name`),
    sub: say(`find-${way}-hint`),
    picture: way,
    mark: { way },
    choose,
  }));
}

/** All four on a page of their own, where home asks one question only. @param {Page} page */
export function openFind(page) {
  enter(() => {
    drawChoices(byId("find-ways"), wayChoices(page));
    show("find");
  });
}

/** Who does not know what they need. @param {Page} page */
export function openUnsure(page) {
  enter(() => {
    drawChoices(byId("unsure-events"), eventChoices(page));
    shown(byId("unsure-events").previousElementSibling, found().events.length > 0);
    show("unsure");
  });
}
