// Finding a matter: by pinyin initials, by any part of what people call it, by English words. Pure.

const LETTERS = /^[a-z]+$/;

/**
 * @param {object[]} items of the guide
 * @param {string} text as typed
 * @returns {object[]} the best first
 */
export function find(items, text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const ranked = items.map((item, order) => ({ item, order, rank: rankOf(item, wanted) }));
  const found = ranked.filter(({ rank }) => rank < Infinity);
  return found.sort((one, other) => one.rank - other.rank || one.order - other.order).map(({ item }) => item);
}

/** 0 begins like it, 1 a word of it does, 2 has it within; Infinity for another matter. */
function rankOf(item, wanted) {
  const names = [...item.called, item.unit_name?.["zh-CN"] ?? "", item.unit_name?.en ?? ""].map((name) => name.toLowerCase());
  const initials = LETTERS.test(wanted) ? item.initials.map((each) => each.toLowerCase()) : [];
  if ([...names, ...initials].some((name) => name.startsWith(wanted))) return 0;
  if (names.some((name) => name.split(" ").some((word) => word.startsWith(wanted)))) return 1;
  const within = initials.some((each) => each.includes(wanted)) || (names.some((name) => name.includes(wanted)) && !isOneLetter(wanted));
  return within ? 2 : Infinity;
}

/** One Latin letter is within nearly every English name. */
const isOneLetter = (wanted) => wanted.length === 1 && LETTERS.test(wanted);
