// The time of day as the box's clock has it, where it can be believed; else none. China keeps UTC+8 all year.

const EAST_MS = 8 * 3600 * 1000;

const ofDay = (ms) => new Date(ms + EAST_MS).toISOString().slice(11, 16);

export class WallClock {
  #off = null;

  /** @param {number | null} wallMs what the box says it is now, UTC; null when it cannot be believed */
  hear(wallMs, now) {
    this.#off = wallMs === null ? null : wallMs - now;
  }

  /** "14:05" at this reading of performance.now(); "" without a clock. */
  at(now) {
    return this.#off === null ? "" : ofDay(now + this.#off);
  }

  /** "14:05" of this moment, UTC in ms; "" for none. */
  ofDay(ms) {
    return ms === null || ms === undefined ? "" : ofDay(ms);
  }
}
