// What stands over everything: everybody has to leave, or a drill of it. Any page whose state has `alarm` shows it.

import { make, named, say, write } from "./words.js";

/** @typedef {{kind: "evacuate" | "exercise", text: {zh: string, en: string}} | null} Alarm */

let shown = null;

/** Show it over the whole page, or take it away. @param {Alarm} alarm */
export function drawAlarm(alarm) {
  const now = alarm ? JSON.stringify(alarm) : null;
  if (now === shown) return;
  shown = now;
  document.getElementById("alarm")?.remove();
  for (const part of document.body.children) part.inert = Boolean(alarm);
  if (!alarm) return;
  const title = make("h1", { tabIndex: -1 });
  const text = make("p");
  write(title, say(`alarm.${alarm.kind}`));
  write(text, named(alarm.text.zh, alarm.text.en));
  document.body.append(make("section", { id: "alarm", className: alarm.kind, role: "alert" }, title, text));
  title.focus();
}
