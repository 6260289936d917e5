// One matter: what to bring, where else it can be done, what waiting means now; then a touch spends a number.

import { found } from "./kiosk_directory.js";
import { isBusy, openFor, rangeOf } from "./kiosk_wait.js";
import { both, byId, joined, make, named, say, shown, together, write } from "./words.js";

/** @typedef {import("./kiosk_directory.js").Item} Item */
/** @typedef {{service: import("./kiosk_home.js").Service, item?: Item}} Matter */

const DOT = named("·");
const told = (text) => text && named(text.zh, text.en);

/** @param {Matter} matter a service, and of its matters the one that was chosen, if any */
export function drawMatter({ service, item }) {
  write(byId("matter-name"), item ? named(item.name, item.name_en) : named(service.name, service.name_en));
  drawCalled(service, item);
  drawBring(item);
  drawElsewhere(item);
  drawTerms(item);
}

function drawCalled(service, item) {
  const names = [item && named(service.name, service.name_en), service.place && named(service.place, service.place_en)];
  shown(byId("matter-called"), names.some(Boolean));
  if (names.some(Boolean)) write(byId("matter-called"), joined(names.filter(Boolean)));
}

function drawBring(item) {
  shown(byId("bring"), Boolean(item));
  if (!item) return;
  const materials = item.materials.map((each) => make("li", {}, both(material(each))));
  byId("bring-list").replaceChildren(...(materials.length ? materials : [make("li", {}, both(say("bring-nothing")))]));
}

/** Its name, then how many of it. */
function material({ name, name_en, originals, copies }) {
  const counts = [];
  if (originals) counts.push(originals === 1 ? say("originals") : say("originals-many", { count: originals }));
  if (copies) counts.push(copies === 1 ? say("copies-one") : say("copies", { count: copies }));
  return counts.length ? together(named(name, name_en), DOT, joined(counts)) : named(name, name_en);
}

function drawElsewhere(item) {
  const places = [["elsewhere-online", item?.online], ["elsewhere-self", item?.self_service]];
  shown(byId("elsewhere"), places.some(([, text]) => text));
  for (const [id, text] of places) {
    shown(byId(id), Boolean(text));
    if (text) write(byId(id).querySelector("dd"), told(text));
  }
}

function drawTerms(item) {
  shown(byId("terms"), Boolean(item));
  if (!item) return;
  write(byId("matter-days"), days(item.promised_days));
  write(byId("matter-fee"), told(item.fee));
  const unit = found().units.find(({ code }) => code === item.unit);
  write(byId("matter-unit"), unit ? named(unit.name, unit.name_en) : named(item.unit, item.unit));
}

const days = (count) => (count === 0 ? say("days-at-once") : count === 1 ? say("days-one") : say("days-many", { days: count }));

/** What changes while somebody reads: how long, how many, which windows. */
export function drawWait(state, service) {
  const range = rangeOf(state, service.code);
  write(byId("wait-range"), range ?? say("wait-unknown"));
  const open = openFor(state, service.code);
  const more = [];
  if (typeof service.waiting === "number") more.push(say("wait-ahead", { count: service.waiting }));
  if (open) more.push(open === 1 ? say("windows-one") : say("windows-open", { count: open }));
  const list = byId("wait-more");
  const now = JSON.stringify(more);
  if (list.dataset.said !== now) list.replaceChildren(...more.map((text) => make("li", {}, both(text))));
  list.dataset.said = now;
  shown(byId("busy"), isBusy(state, service.code));
  shown(byId("windows-none"), open === 0);
}
