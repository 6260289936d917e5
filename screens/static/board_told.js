// Faults, void numbers and notices, one after the other, each for as long as it takes to read.

import { byId, named, say, sayOr, shown, together, write } from "./words.js";

const LEAST_MS = 6000;
const SIGN_MS = 220; // a character, for who reads slowly
const MOST_MS = 25000;
const LONG = 32; // characters that have room in one line upright

let entries = [];
let now = 0;
let turn = 0;

/** @param {{faults: object[], void: string[], notices: object[]}} state */
export function drawTold(state) {
  const told = [...(state.void.length ? [voidNumbers(state.void)] : []), ...state.faults.map(fault), ...state.notices.map(notice)];
  if (JSON.stringify(told) === JSON.stringify(entries)) return;
  const stood = entries[now]?.key;
  entries = told;
  now = Math.max(0, entries.findIndex((entry) => entry.key === stood));
  show();
}

function show() {
  clearTimeout(turn);
  shown(byId("told"), entries.length > 0);
  if (!entries.length) return;
  const { title, text, bad } = entries[now];
  byId("told").classList.toggle("bad", bad);
  write(byId("told-title"), title);
  write(byId("told-text"), text);
  byId("told-text").classList.toggle("long", text["zh-CN"].length > LONG);
  byId("told-count").textContent = entries.length > 1 ? `${now + 1}/${entries.length}` : "";
  if (entries.length === 1) return;
  turn = setTimeout(() => {
    now = (now + 1) % entries.length;
    show();
  }, Math.min(MOST_MS, LEAST_MS + SIGN_MS * text["zh-CN"].length));
}

function voidNumbers(numbers) {
  const told = numbers.join("  ");
  return { key: "void", title: say("void"), text: together(named(told, told), say("void-next")), bad: true };
}

function fault({ what, where }) {
  const key = `fault-${what}`;
  const unknown = sayOr(key, "").en === "";
  const text = unknown ? say("fault-unknown") : where ? say(key, { where: named(where.zh, where.en) }) : say(`${key}-somewhere`);
  return { key: `${key}/${where?.zh ?? ""}`, title: say("faults"), text, bad: true };
}

function notice({ id, text }) {
  return { key: id, title: say("notice"), text: named(text.zh, text.en), bad: false };
}
