// What citizens may look up: fetched from the daemon whenever its state names another one.

const AGAIN_MS = 3000;
const NOTHING = { digest: "", units: [], items: [], events: [], hours: [], phones: [] };
const EIGHT = 8;
let directory = NOTHING;
let wanted = "";

/** @typedef {{code: string, name: string, name_en: string, service: string, unit: string, promised_days: number,
 *             materials: {name: string, name_en: string, originals: number, copies: number}[],
 *             fee: {zh: string, en: string}, online: {zh: string, en: string} | null,
 *             self_service: {zh: string, en: string} | null, also_called: string[],
 *             initials: string[], strokes: string[][]}} Item */

/** All of it, as hall.contract.Directory has it. */
export const found = () => directory;

/** The matter of this code. @returns {Item | undefined} */
export const itemOf = (code) => directory.items.find((item) => item.code === code);

/** Those that are asked for most, filled up in the catalogue's order. @param {string[]} popular @returns {Item[]} */
export function commonest(popular) {
  const known = popular.map(itemOf).filter(Boolean);
  return [...known, ...directory.items.filter((item) => !known.includes(item))].slice(0, EIGHT);
}

/** Keep it as the daemon names it. @param {string} digest "" for none @param {() => void} changed */
export async function keepDirectory(digest, changed) {
  if (digest === wanted) return;
  wanted = digest;
  const told = digest ? await fetched() : NOTHING;
  if (digest !== wanted) return; // another one has been named meanwhile
  if (told) {
    directory = told;
    changed();
  } else {
    wanted = directory.digest;
    setTimeout(() => keepDirectory(digest, changed), AGAIN_MS);
  }
}

async function fetched() {
  try {
    const answer = await fetch("/directory");
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // the daemon is away: asked again
  }
}
