// By theme: who should make ready, how many wait, and what waiting means for whoever takes a number now.

import { Pages, stand } from "./board_pages.js";
import { byId, make, named, say, shown, write } from "./words.js";

const pages = new Pages(byId("themes"));
const rows = new Map(); // by name

/** @typedef {{name: string, name_en: string, next: string[], waiting: number | null, open: boolean,
 *   wait: {low: number, high: number} | null}} Theme */

/** @param {{themes: Theme[]}} state */
export function drawThemes(state) {
  const names = new Set(state.themes.map((theme) => theme.name));
  for (const name of [...rows.keys()]) if (!names.has(name)) rows.delete(name);
  for (const theme of state.themes) take(rows.get(theme.name) ?? add(theme), theme);
  turnThemes(state);
}

export function turnThemes(state) {
  const seen = pages.turned(state.themes.length);
  stand(byId("themes"), state.themes.slice(seen.from, seen.to).map((theme) => rows.get(theme.name).part));
  shown(byId("themes-page"), seen.pages > 1);
  if (seen.pages > 1) write(byId("themes-page"), say("more-calls", seen));
}

function add(theme) {
  const name = make("span", { className: "name" });
  const next = make("span", { className: "next" });
  const people = make("span", { className: "people" });
  const wait = make("span", { className: "wait" });
  write(name, named(theme.name, theme.name_en));
  const row = { part: make("li", {}, name, next, people, wait), next, people, wait };
  rows.set(theme.name, row);
  return row;
}

/** @param {Theme} theme */
function take(row, theme) {
  const now = theme.next.join(" ");
  if (row.next.dataset.told !== now) {
    row.next.dataset.told = now;
    row.next.replaceChildren(...theme.next.map((number) => make("span", { className: "number", textContent: number })));
  }
  shown(row.people, theme.waiting !== null);
  if (theme.waiting !== null) write(row.people, say("people", { count: theme.waiting }));
  write(row.wait, waitOf(theme));
}

/** @param {Theme} theme */
function waitOf({ open, wait }) {
  if (!open) return say("no-window");
  if (!wait) return say("time-unknown");
  return wait.low ? say("minutes", wait) : say("minutes-up-to", wait);
}
