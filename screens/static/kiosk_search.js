// Search with large keys: pinyin initials or strokes; what is found stands there while one types.

import { drawChoices } from "./kiosk_choices.js";
import { found } from "./kiosk_directory.js";
import { LETTERS, STROKES, kindsOf, possibleKeys, search } from "./matter_search.js";
import { isElder, isLow } from "./kiosk_modes.js";
import { view } from "./kiosk_views.js";
import { both, byId, isPossible, language, make, named, possible, say, shown, write } from "./words.js";

/** @typedef {import("./matter_search.js").Found} Found */

const SHOWN = { letters: [4, 2], strokes: [5, 3] }; // of what is found; in low reach
const FOR_ELDERS = { letters: [2, 1], strokes: [3, 2] };
const MOST = 24; // strokes or letters: more than any name needs
const faceOf = (key) => (STROKES.includes(key) ? say(`stroke-key-${key}`)["zh-CN"] : key.toUpperCase());
let kind = "letters";
let typed = "";
let choose = () => {};

/** Whether there is anything to search by. */
export const canSearch = () => kindsOf(found().items).length > 0;

/** Begin anew. @param {(item: import("./kiosk_directory.js").Item) => void} chosen */
export function beginSearch(chosen) {
  choose = chosen;
  begin(kindsOf(found().items)[0]);
  drawSearch();
}

function begin(by = "letters") {
  kind = by;
  typed = "";
}

/** Keys, what was typed, what it finds. */
export function drawSearch() {
  const kinds = kindsOf(found().items);
  if (!kinds.includes(kind)) begin(kinds[0]); // the hall has told other matters meanwhile
  for (const button of byId("search-kinds").children) {
    shown(button, kinds.includes(button.dataset.kind));
    button.setAttribute("aria-pressed", String(button.dataset.kind === kind));
  }
  drawKeys();
  drawTyped();
  drawFound();
}

function drawKeys() {
  const keys = byId("keys");
  if (keys.dataset.kind !== kind) {
    keys.dataset.kind = kind;
    keys.replaceChildren(...(kind === "letters" ? LETTERS : STROKES).map(keyOf));
  }
  const some = possibleKeys(found().items, kind, typed, language() === "en");
  for (const key of keys.children) possible(key, some.has(key.dataset.key));
  for (const id of ["key-delete", "key-clear"]) possible(byId(id), typed !== "");
}

function keyOf(key) {
  const button = make("button", { type: "button", className: "key", textContent: faceOf(key) });
  button.dataset.key = key;
  if (STROKES.includes(key)) button.append(make("span", { className: "key-name" }, both(say(`stroke-${key}`))));
  button.addEventListener("click", () => isPossible(button) && type(key));
  return button;
}

function type(key) {
  if (typed.length >= MOST) return;
  typed += key;
  drawSearch();
}

function drawTyped() {
  byId("typed").textContent = [...typed].map(faceOf).join(" ");
}

function drawFound() {
  const all = search(found().items, kind, typed, language() === "en");
  drawChoices(byId("results"), all.slice(0, (isElder() ? FOR_ELDERS : SHOWN)[kind][isLow() ? 1 : 0]).map(choiceOf));
  shown(byId("results-none"), all.length === 0);
  if (!all.length) write(byId("results-none"), say(typed ? "search-none" : `search-empty-${kind}`));
  shown(byId("found"), all.length > 0);
  if (all.length) write(byId("found"), say("search-found", { count: all.length }));
}

/** @param {Found} hit */
function choiceOf(hit) {
  const { item } = hit;
  const title = both(named(item.name, item.name_en));
  if (hit.name === 0) title.querySelector('[lang="zh-CN"]').replaceChildren(...marked(item.name, hit));
  if (hit.name === -1) title.querySelector('[lang="en"]').replaceChildren(...marked(item.name_en, hit));
  const choice = { title, mark: { item: item.code }, choose: () => choose(item) };
  if (hit.name > 0) choice.sub = called(item.also_called[hit.name - 1], hit);
  return choice;
}

/** The everyday name by which it was found, in both languages Chinese. */
function called(alias, hit) {
  const sub = both(say("also-called"));
  for (const text of sub.querySelectorAll("[lang]")) text.append(...marked(alias, hit));
  return sub;
}

function marked(name, { from, to }) {
  const letters = [...name];
  const part = make("mark", { textContent: letters.slice(from, to).join("") });
  return [letters.slice(0, from).join(""), part, letters.slice(to).join("")];
}

for (const button of byId("search-kinds").children) {
  button.addEventListener("click", () => {
    begin(button.dataset.kind);
    drawSearch();
  });
}
byId("key-delete").addEventListener("click", () => {
  typed = typed.slice(0, -1);
  drawSearch();
});
byId("key-clear").addEventListener("click", () => {
  typed = "";
  drawSearch();
});

const languageChanged = () => view() === "search" && drawSearch();
new MutationObserver(languageChanged).observe(document.documentElement, { attributeFilter: ["data-language"] });

document.addEventListener("keydown", (event) => {
  if (view() !== "search" || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Backspace") {
    byId("key-delete").click();
    return;
  }
  byId("keys").querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`)?.click();
});
