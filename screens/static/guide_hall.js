// How the hall's machines, queues and windows are.

import { figure, fill, keyed, line, placeOf, since } from "./guide_parts.js";
import { byId, joined, make, named, say, sayKeyword, shown, write } from "./words.js";

const CALM = ["simulated", "starting", "card-present"]; // nobody has to go and see to these

/** @param {object} board */
export function drawHall(board) {
  drawSupplies(board.boxes);
  keyed("services-list", board.services, (service) => service.code, () => make("li", {}, line("name"), line("count")), (row, service) => {
    const { letter, code, name, name_en } = service;
    fill(row, "name", { "zh-CN": `${letter}${code} ${name}`, en: `${letter}${code} ${name_en || name}` });
    fill(row, "count", say("waiting", { count: service.waiting }));
    row.classList.toggle("none", service.waiting === 0);
  });
  keyed("windows-list", board.windows, (window) => String(window.window), () => make("li", {}, line("name"), line("count")), (row, window) => {
    fill(row, "name", { "zh-CN": `${window.window} ${window.name}`, en: `${window.window} ${window.name_en || window.name}` });
    fill(row, "count", say(window.open ? `phase-${window.phase === "closed" ? "idle" : window.phase}` : "window-closed"));
    row.classList.toggle("none", !window.open);
  });
}

function drawSupplies(boxes) {
  const troubles = boxes.flatMap(troublesOf);
  figure("supplies-count", troubles.length);
  shown(byId("all-well"), !troubles.length);
  keyed("supplies-list", troubles, (trouble) => trouble.key, () => make("li", {}, line("place"), line("what"), line("when")), (row, trouble) => {
    fill(row, "place", trouble.place);
    fill(row, "what", trouble.what);
    fill(row, "when", trouble.since_ms === null ? null : since(trouble.since_ms, "for"));
  });
}

/** What somebody has to see to at one box; kiosks whose paper ends come before what can wait. */
function troublesOf(box) {
  const place = box.where.zh === box.box ? named(box.box, box.box) : placeOf(box.where);
  const away = box.connected ? [] : [{ key: `${box.box} away`, place, what: say("box-away"), since_ms: null }];
  const devices = box.devices.flatMap((device) => {
    const reasons = device.reasons.filter((word) => !CALM.includes(word));
    if (!reasons.length) return [];
    const what = joined(reasons.map((word) => sayKeyword("reason", word)));
    const at = { "zh-CN": `${place["zh-CN"]} · ${device.name}`, en: `${place.en} · ${device.name}` };
    return [{ key: `${box.box} ${device.name}`, place: at, what, since_ms: device.since_ms }];
  });
  return [...away, ...devices];
}

/** Everybody has to leave, or a drill of it: said above all else, while the guide goes on guiding. */
export function drawAlarmHere(alarm) {
  shown(byId("notice-alarm"), Boolean(alarm));
  if (!alarm) return;
  write(byId("alarm-kind"), say(`alarm.${alarm.kind}`));
  write(byId("alarm-text"), named(alarm.text.zh, alarm.text.en));
}
