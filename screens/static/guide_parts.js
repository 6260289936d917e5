// Parts of the guide's lists: rows that stay the same elements while what they say changes, and how long ago it was.

import { byId, make, say, shown, write } from "./words.js";

let hallMs = 0;
let heardMs = 0;

/** The hall's clock, as it was told last. */
export function setTime(nowMs) {
  hallMs = nowMs;
  heardMs = performance.now();
}

const minutesSince = (sinceMs) => Math.max(0, Math.floor((hallMs + performance.now() - heardMs - sinceMs) / 60000));

/** "3 分钟前"; in words of this prefix, `ago` or `for`. */
export function since(sinceMs, prefix = "ago") {
  const minutes = minutesSince(sinceMs);
  if (minutes === 0) return say(`${prefix}-now`);
  if (minutes < 60) return say(`${prefix}-minutes`, { minutes });
  return say(`${prefix}-long`, { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** A place as the hall names it. */
export const placeOf = (where) => ({ "zh-CN": where.zh, en: where.en });

/**
 * Make a list show these items, each by its key. Rows that stay keep their element, and so the focus.
 * @param {string} id of the list
 * @param {object[]} items
 * @param {(item: object) => string} keyOf
 * @param {(item: object) => HTMLElement} create
 * @param {(row: HTMLElement, item: object) => void} update
 */
export function keyed(id, items, keyOf, create, update) {
  const list = byId(id);
  const rows = new Map([...list.children].map((row) => [row.dataset.key, row]));
  items.forEach((item, index) => {
    const key = keyOf(item);
    let row = rows.get(key);
    if (!row) {
      row = create(item);
      row.dataset.key = key;
    }
    rows.delete(key);
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    update(row, item);
  });
  for (const row of rows.values()) row.remove();
}

/** A line of a row that `fill` finds again by its class. */
export const line = (name) => make("p", { className: name });

/** Write into the part of a row with this class; nothing there without a text. */
export function fill(row, name, text) {
  const part = row.querySelector(`.${name}`);
  shown(part, Boolean(text));
  if (text) write(part, text);
}

/** A count beside a heading; none for nothing. */
export function figure(id, count) {
  byId(id).textContent = count || "";
}

/** A button that says this. */
export function button(key, className, pressed) {
  const made = make("button", { type: "button", className });
  write(made, say(key));
  made.addEventListener("click", pressed);
  return made;
}
