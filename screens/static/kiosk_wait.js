// What waiting means for whoever takes a number now: said before the number is spent.

import { joined, say } from "./words.js";

/** @typedef {import("./words.js").Both} Both */
/** @typedef {{low: number, high: number}} Wait minutes */

/** @returns {Wait | undefined} of a service; none where too few were served to say */
export const waitOf = (state, service) => state?.news?.waits?.[service];

/** From how long on the page says that many are waiting. */
export const isBusy = (state, service) => (waitOf(state, service)?.low ?? 0) >= (state?.busy_minutes ?? Infinity);

/** @returns {number | null} windows that take it now; null while the hall has not said */
export const openFor = (state, service) => (state?.news && state.hall !== "down" ? (state.news.open[service] ?? 0) : null);

/** @returns {Both | null} */
export function rangeOf(state, service) {
  const wait = state?.hall === "down" ? undefined : waitOf(state, service);
  if (!wait) return null;
  return wait.low > 0 ? say("wait-range", wait) : say("wait-short", wait);
}

/** In few words, for a button. @returns {Both | null} */
export function shortly(state, { code, waiting }) {
  const said = [waiting === null || waiting === undefined ? null : say("waiting", { count: waiting }), rangeOf(state, code)];
  return said.some(Boolean) ? joined(said.filter(Boolean)) : null;
}
