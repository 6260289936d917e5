// Which matters are meant: by keys of the kiosk, a few letters or strokes, and which part of a name they stand for; or by
// whatever is typed at the query page. Pure.

/** @typedef {import("./kiosk_directory.js").Item} Item */
/** @typedef {{item: Item, name: number, from: number, to: number, rank: number}} Found
 *   name: 0 the item's own, then its everyday names, -1 its English one; from, to: the characters that were meant */

export const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];
export const STROKES = [..."12345"];
const IN_LETTERS = /^[a-z]+$/;

/** What can be searched by in these matters. @returns {("letters" | "strokes")[]} */
export function kindsOf(items) {
  const kinds = [];
  if (items.some((item) => item.initials.some(Boolean))) kinds.push("letters");
  if (items.some((item) => item.strokes.some((name) => name.some(Boolean)))) kinds.push("strokes");
  return kinds;
}

/**
 * Best first: the beginning of a name before its middle, a matter's own name before an everyday one.
 * @param {Item[]} items @param {"letters" | "strokes"} kind @param {string} typed @returns {Found[]}
 */
export function search(items, kind, typed, english = false) {
  if (!typed) return [];
  const found = items.map((item) => best(item, kind, typed, english)).filter(Boolean);
  return found.sort((one, other) => one.rank - other.rank); // stable: else as the catalogue has them
}

/** The keys after which something is still found. */
export function possibleKeys(items, kind, typed, english = false) {
  const keys = kind === "letters" ? LETTERS : STROKES;
  return new Set(keys.filter((key) => items.some((item) => best(item, kind, typed + key, english))));
}

function best(item, kind, typed, english) {
  const names = kind === "letters" ? item.initials.map((letters) => inLetters(letters, typed)) : item.strokes.map((name) => inStrokes(name, typed));
  const found = names.flatMap((span, name) => (span ? [{ item, name, ...span, rank: (span.from ? 2 : 0) + (name ? 1 : 0) }] : []));
  if (english && kind === "letters") found.push(...inEnglish(item, typed));
  return found.sort((one, other) => one.rank - other.rank)[0];
}

/** Letters stand one for each character; what nobody types, such as 、, is passed over. */
function inLetters(letters, typed) {
  const typable = [...letters].flatMap((letter, at) => (/[a-z0-9]/.test(letter) ? [at] : []));
  const at = typable.map((place) => letters[place]).join("").indexOf(typed);
  return at < 0 ? null : { from: typable[at], to: typable[at + typed.length - 1] + 1 };
}

/** Strokes begin with a character's first, and go on into the next one. */
function inStrokes(name, typed) {
  for (let from = 0; from < name.length; from++) {
    let written = "";
    for (let to = from; to < name.length && name[to] && typed.startsWith(written); to++) {
      written += name[to];
      if (written.startsWith(typed)) return { from, to: to + 1 };
    }
  }
  return null;
}

/** An English name is found by the beginning of any of its words. */
function inEnglish(item, typed) {
  const at = ` ${item.name_en.toLowerCase()}`.indexOf(` ${typed}`);
  return at < 0 ? [] : [{ item, name: -1, from: at, to: at + typed.length, rank: at ? 2 : 0 }];
}

/**
 * By pinyin initials, by any part of what people call it, by English words.
 * @param {object[]} items of the query page's guide
 * @param {string} text as typed
 * @returns {object[]} the best first
 */
export function find(items, text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const found = items.map((item) => ({ item, rank: rankOf(item, wanted) })).filter(({ rank }) => rank < Infinity);
  return found.sort((one, other) => one.rank - other.rank).map(({ item }) => item); // stable, as above
}

/** 0 begins like it, 1 a word of it does, 2 has it within; Infinity for another matter. */
function rankOf(item, wanted) {
  const names = [...item.called, item.unit_name?.["zh-CN"] ?? "", item.unit_name?.en ?? ""].map((name) => name.toLowerCase());
  const letters = IN_LETTERS.test(wanted) ? item.initials.map((each) => inLetters(each.toLowerCase(), wanted)).filter(Boolean) : [];
  if (names.some((name) => name.startsWith(wanted)) || letters.some(({ from }) => from === 0)) return 0;
  if (names.some((name) => name.split(" ").some((word) => word.startsWith(wanted)))) return 1;
  const isOneLetter = wanted.length === 1 && IN_LETTERS.test(wanted); // it is within nearly every English name
  return letters.length || (!isOneLetter && names.some((name) => name.includes(wanted))) ? 2 : Infinity;
}
