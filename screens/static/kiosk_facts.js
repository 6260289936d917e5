// What stands at home's end: when the hall is open today, and its telephone numbers; and what its staff have put up.

import { found } from "./kiosk_directory.js";
import { both, byId, joined, make, named, say, shown } from "./words.js";

/** @param {[string, string][] | null} today from and until; null where nobody knows the day or the hours */
function hoursSaid(today) {
  if (!today) return null;
  if (!today.length) return say("today-closed");
  return say("today-open", { times: today.map((range) => range.join("–")).join(" ") });
}

/** @param {{today: [string, string][] | null, news: {notices: {text: {zh: string, en: string}}[]} | null}} state */
export function drawFacts(state) {
  const today = hoursSaid(state.today);
  const lines = found().phones.map(({ name, name_en, number }) => [named(name, name_en), number]);
  fill(byId("hall-facts"), JSON.stringify([today, lines]), () => [
    ...(today ? [make("div", { className: "today" }, make("dd", {}, both(today)))] : []),
    ...lines.map(([name, number]) => make("div", {}, make("dt", {}, both(name)), make("dd", { className: "phone", textContent: number }))),
  ]);
  const notices = (state.news?.notices ?? []).map(({ text }) => named(text.zh, text.en));
  fill(byId("hall-notices"), JSON.stringify(notices), () => notices.map((text) => make("li", {}, both(text))));
  drawPhone();
}

/** Only when it has changed: nothing is read out twice. */
function fill(element, now, draw) {
  if (element.dataset.said === now) return;
  element.dataset.said = now;
  element.replaceChildren(...draw());
  shown(element, element.children.length > 0);
}

function drawPhone() {
  const phones = found().phones.filter(({ kind }) => kind === "information");
  shown(byId("unsure-phone"), phones.length > 0);
  const text = joined(phones.map(({ number }) => named(number)));
  if (phones.length) byId("unsure-phone").querySelector("dd").textContent = text["zh-CN"];
}
