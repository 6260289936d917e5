// What stands over everything: everybody has to leave, or a drill of it. Any page whose state has `alarm` shows it.

import { make, named, say, write } from "./words.js";

/** @typedef {{kind: "evacuate" | "exercise", text: {zh: string, en: string}} | null} Alarm */

let shown = null;
let standing = null;

/** Show it over the whole page, or take it away. @param {Alarm} [alarm] */
export function drawAlarm(alarm) {
  const now = alarm ? JSON.stringify(alarm) : null;
  if (now === shown) return;
  shown = now;
  standing?.remove();
  document.body.classList.toggle("alarmed", Boolean(alarm));
  for (const part of document.body.children) part.inert = Boolean(alarm);
  standing = alarm ? stand(alarm) : null;
}

/** A modal dialog: over every other that is open, and whatever opens later is not seen (parts.css). */
function stand(alarm) {
  const title = make("h1", { tabIndex: -1 });
  write(title, say(`alarm.${alarm.kind}`));
  const section = make("dialog", { id: "alarm", className: alarm.kind }, title);
  section.setAttribute("role", "alertdialog");
  if (alarm.text.zh) {
    const text = make("p");
    write(text, named(alarm.text.zh, alarm.text.en));
    section.append(text);
  }
  section.addEventListener("cancel", (event) => event.preventDefault());
  section.addEventListener("close", () => section.isConnected && section.showModal());
  document.body.append(section);
  section.showModal();
  title.focus();
  return section;
}
