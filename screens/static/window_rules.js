// Which acts a window's state allows: the same table as the hall's, so that a button never promises what will be refused.

/** @typedef {{ticket: string, number: string, service: string, calls: number, start_implied: boolean}} Held */
/** @typedef {{window: number, term: {n: number}, version: number, phase: "closed" | "idle" | "called" | "serving",
 *             held: Held | null, parked: Held[], finished: Held | null,
 *             undo: {step: "miss" | "finish", ticket: string, number: string, operator: string, left_ms: number} | null,
 *             clerk: {staff_no: string, name: string, post: string} | null}} WindowState */

const BY_PHASE = {
  closed: [],
  idle: ["next", "call-number", "take-back"],
  called: ["next", "call-number", "recall", "start", "finish", "missed", "park", "redirect", "invite"],
  serving: ["next", "call-number", "finish", "park", "redirect", "invite"],
};

/**
 * @param {object} state the daemon's window state
 * @param {string} operator the clerk's staff number
 * @param {number} undoLeftMs
 * @returns {Set<string>}
 */
export function possibleActs(state, operator, undoLeftMs) {
  const { window } = state;
  if (!window) return new Set();
  const acts = new Set(BY_PHASE[window.phase]);
  if (window.phase !== "closed" && unrated(state)) acts.add("invite");
  if (window.undo && undoLeftMs > 0 && window.undo.operator === operator) acts.add("undo");
  return acts;
}

/** The visit finished last may still be asked for its rating. */
function unrated({ window, rating, last_rating }) {
  if (!window.finished || rating) return false;
  return !(last_rating?.grade && last_rating.number === window.finished.number);
}

/**
 * Whether `next` changes what is shown: the higher (term, version) wins; none at all, when the box itself knows none.
 * @param {WindowState | null} next
 * @param {WindowState | null} now
 */
export function later(next, now) {
  if (!next || !now) return next !== now;
  return next.term.n !== now.term.n ? next.term.n > now.term.n : next.version > now.version;
}
