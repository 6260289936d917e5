// Which acts a window's state allows: the same table as the hall's, so that a button never promises what will be refused.

/** @typedef {{ticket: string, number: string, service: string, calls: number, start_implied: boolean}} Held */
/** @typedef {{window: number, term: {n: number}, version: number, phase: "closed" | "idle" | "called" | "serving",
 *             steps: number,
 *             held: Held | null, parked: Held[], finished: Held | null,
 *             undo: {step: "miss" | "finish", ticket: string, number: string, operator: string, left_ms: number} | null,
 *             clerk: {staff_no: string, name: string, post: string} | null}} WindowState */

const BY_PHASE = {
  closed: [],
  idle: ["next", "call-number", "take-back"],
  called: ["next", "call-number", "recall", "start", "finish", "missed", "park", "redirect", "invite"],
  serving: ["next", "call-number", "finish", "park", "redirect", "invite"],
};

/** What only the hall can do. */
const OF_THE_HALL = ["park", "redirect", "take-back"];

/**
 * @param {object} state the daemon's window state; `alone`: the window goes on without the hall
 * @param {string} operator the clerk's staff number
 * @param {number} undoLeftMs
 * @returns {Set<string>}
 */
export function possibleActs(state, operator, undoLeftMs) {
  const { window } = state;
  if (!window) return new Set();
  const acts = new Set(BY_PHASE[window.phase]);
  if (window.phase !== "closed" && unrated(state)) acts.add("invite");
  if (!state.alone && window.undo && undoLeftMs > 0 && window.undo.operator === operator) acts.add("undo");
  for (const act of state.alone ? OF_THE_HALL : []) acts.delete(act);
  return acts;
}

/** The visit finished last may still be asked for its rating. */
function unrated({ window, rating, last_rating }) {
  if (!window.finished || rating) return false;
  return !(last_rating?.grade && last_rating.number === window.finished.number);
}

/**
 * Whether `next` changes what is shown: the higher (term, version, steps) wins, steps being what the box has done by
 * itself since it was started; none at all, when the box itself knows none.
 * @param {WindowState | null} next
 * @param {WindowState | null} now
 */
export function later(next, now) {
  if (!next || !now) return next !== now;
  if (next.term.n !== now.term.n) return next.term.n > now.term.n;
  return next.version !== now.version ? next.version > now.version : (next.steps ?? 0) > (now.steps ?? 0);
}
