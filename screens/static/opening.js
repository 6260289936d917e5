// When the hall is open, said in one line: the hours of today, and open or closed where a clock is sure.

import { joined, say } from "./words.js";

/** @param {{today: [string, string][], is_open: boolean | null} | null} opening @returns {object | null} */
export function openingSaid(opening) {
  if (!opening) return null;
  if (!opening.today.length) return say("closed-today");
  const hours = joined(opening.today.map(([opens, closes]) => say("hours", { opens, closes })));
  const key = opening.is_open === null ? "hours-today" : opening.is_open ? "open-now" : "closed-now";
  return say(key, { hours });
}

/** The day, in words. @param {string} date "YYYY-MM-DD" or "" */
export function daySaid(date) {
  const [year, month, day] = date.split("-").map(Number);
  if (!day) return null;
  return say("date", { year, month, day, weekday: say(`weekday-${new Date(Date.UTC(year, month - 1, day)).getUTCDay()}`) });
}
