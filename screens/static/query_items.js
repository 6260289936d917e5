// Matters: in groups, in lists, one with its nine fields and what can be done about it.

import { Unanswered, post } from "./api.js";
import { guide } from "./item_guide.js";
import { rowsList } from "./item_rows.js";
import { find } from "./matter_search.js";
import { drawKeys } from "./query_keys.js";
import { openRoute } from "./query_route.js";
import { open } from "./query_views.js";
import { announce, both, byId, language, make, possible, isPossible, say, sayKeyword, shown, write } from "./words.js";

const PRINTED = ["zh-CN", "en"]; // what the hall says of matters is in these

let state = () => null;

/** @param {() => object} told the newest state of the page */
export function begin(told) {
  state = told;
  drawKeys(byId("search-keys"), ["letters"], () => byId("search-text"));
  byId("search-text").addEventListener("input", drawFound);
}

/** @returns {HTMLButtonElement} a large one with a name, and a line below */
export function tile(text, act, below = null) {
  const button = make("button", { type: "button", className: "tile" }, make("strong", {}, both(text)));
  if (below) button.append(make("span", { className: "below" }, both(below)));
  button.addEventListener("click", act);
  return button;
}

export function openSearch() {
  open({ name: "search", draw: drawFound, wipe: () => (byId("search-text").value = "") });
}

function drawFound() {
  const text = byId("search-text").value;
  const found = find(guide()?.items ?? [], text);
  byId("search-found").replaceChildren(...found.map(itemTile));
  shown(byId("search-none"), Boolean(text.trim()) && !found.length);
  write(byId("search-count"), text.trim() ? say("found", { count: found.length }) : say("search-how"));
}

/** @param {"units" | "themes" | "events" | "audience"} by */
export function openGroups(by) {
  open({
    name: "groups",
    draw() {
      write(byId("groups-title"), say(`by-${by}`));
      const groups = groupsOf(by).filter(({ items }) => items.length);
      byId("groups").replaceChildren(...groups.map((group) => tile(group.name, () => openList(group), say("matters", { count: group.items.length }))));
    },
  });
}

function groupsOf(by) {
  const { items, units, events } = guide();
  if (by === "units") return units.map((unit) => ({ name: unit.name, items: items.filter((item) => item.unit === unit.code) }));
  if (by === "events") return events.map((event) => ({ name: event.name, items: items.filter((item) => event.items.includes(item.code)) }));
  if (by === "audience") {
    return ["person", "company"].map((who) => ({ name: say(`for-${who}`), items: items.filter((item) => [who, "both"].includes(item.audience)) }));
  }
  const themes = new Map();
  for (const item of items) {
    const theme = item.theme ?? say("theme-other");
    themes.set(theme["zh-CN"], { name: theme, items: [...(themes.get(theme["zh-CN"])?.items ?? []), item] });
  }
  return [...themes.values()];
}

function openList(group) {
  open({
    name: "list",
    draw() {
      write(byId("list-title"), group.name);
      byId("list").replaceChildren(...group.items.map(itemTile));
    },
  });
}

const itemTile = (item) => tile(item.rows[0].lines[0], () => openItem(item.code), item.unit_name);

/** @param {string} code */
export function openItem(code) {
  shown(byId("print-status"), false);
  open({ name: "item", draw: () => drawItem(guide().items.find((item) => item.code === code)) });
}

function drawItem(item) {
  if (!item) return;
  write(byId("item-title"), item.rows[0].lines[0]);
  if (byId("item-rows").dataset.hash !== item.hash || byId("item-rows").dataset.item !== item.code) {
    byId("item-rows").replaceChildren(rowsList(item.rows));
    Object.assign(byId("item-rows").dataset, { hash: item.hash, item: item.code });
  }
  byId("item-elsewhere").replaceChildren(...item.elsewhere.map((place) => make("li", {}, both(place))));
  shown(byId("item-elsewhere-part"), item.elsewhere.length > 0);
  write(byId("item-version"), say("version", { version: guide().version }));
  drawActs(item);
}

function drawActs(item) {
  const acts = [];
  if (item.windows.length) acts.push(act("to-window", () => openRoute({ windows: serving(item) })));
  for (const how of state().print) acts.push(act(`print-${how}`, (button) => print(item, how, button)));
  const now = acts.map((button) => button.dataset.act).join() + item.code;
  if (byId("item-acts").dataset.drawn === now) return;
  byId("item-acts").dataset.drawn = now;
  byId("item-acts").replaceChildren(...acts);
}

/** Windows where somebody takes it just now; all that do where nobody does, or nobody knows. */
function serving(item) {
  const taken = Object.entries(state().open ?? {}).filter(([, services]) => services.includes(item.service));
  return taken.length ? taken.map(([number]) => Number(number)) : item.windows;
}

function act(name, pressed) {
  const button = make("button", { type: "button", className: "main" }, both(say(name)));
  button.dataset.act = name;
  button.addEventListener("click", () => isPossible(button) && pressed(button));
  return button;
}

async function print(item, how, button) {
  possible(button, false);
  told(say("printing"));
  try {
    const chosen = PRINTED.includes(language()) ? language() : PRINTED[0];
    const answer = await post("/query/print", { item: item.code, how, language: chosen }, { limitMs: 75000 });
    told(answer.status === 200 ? outcomeSaid(answer.body) : answer.body.text);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    told(say("unanswered"));
  } finally {
    possible(button, true);
  }
}

function outcomeSaid({ outcome, reasons }) {
  if (outcome !== "not-printed") return say(outcome);
  return reasons.length ? say("not-printed", { reason: sayKeyword("reason", reasons[0]) }) : say("not-printed-unknown");
}

function told(text) {
  write(byId("print-status"), text);
  shown(byId("print-status"), true);
  announce(text);
}
