// What stands at home's end: when the hall is open today, and its telephone numbers; and what its staff have put up.

import { found } from "./kiosk_directory.js";
import { both, byId, joined, make, named, say, shown } from "./words.js";

/** @param {string} date the business date, YYYY-MM-DD, or "" */
export function hoursOf(date) {
  const { hours } = found();
  if (!date || !hours.length) return null;
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
  const day = date.slice(5);
  const inSeason = ({ begins, ends }) => (begins <= ends ? begins <= day && day <= ends : begins <= day || day <= ends);
  const times = hours.filter((each) => each.weekdays.includes(weekday) && inSeason(each));
  if (!times.length) return say("today-closed");
  return say("today-open", { times: times.map(({ opens, closes }) => `${opens}–${closes}`).sort().join(" ") });
}

/** @param {{date: string, news: {notices: {text: {zh: string, en: string}}[]} | null}} state */
export function drawFacts(state) {
  const today = hoursOf(state.date);
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
