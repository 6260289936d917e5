// What is said of a matter: rows as the daemon made them, the same on every page.

import { both, make } from "./words.js";

/** @typedef {{key: string, label: object, lines: object[], numbered: boolean}} Row */

/** @param {Row[]} rows @returns {HTMLElement} a description list, a field a row */
export function rowsList(rows) {
  const list = make("dl", { className: "rows" });
  for (const row of rows) {
    const said = make("dd", {}, linesOf(row));
    said.dataset.key = row.key;
    list.append(make("div", {}, make("dt", {}, both(row.label)), said));
  }
  return list;
}

function linesOf(row) {
  const lines = row.lines.map((line) => both(line));
  if (lines.length === 1) return lines[0];
  return make(row.numbered ? "ol" : "ul", {}, ...lines.map((line) => make("li", {}, line)));
}
