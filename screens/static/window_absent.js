// Whoever was called and has not come yet: how long to wait, and one more question before the number is missed.

import { byId, say, shown, write } from "./words.js";

/** @typedef {{for: "" | "display" | "voice", left_ms: number, seconds: number, calls: number, wanted: number}} Absent */

/** Whether the number may be missed without another question. A daemon that tells nothing of it asks nothing. */
export const mayMiss = (absent, leftMs) => !absent || (leftMs <= 0 && absent.calls >= absent.wanted);

/**
 * @param {Absent | null} absent
 * @param {number} leftMs by this page's clock
 */
export function drawAbsent(absent, leftMs) {
  shown(byId("absent"), Boolean(absent));
  if (!absent) return;
  const due = leftMs <= 0;
  byId("absent").classList.toggle("due", due);
  const part = absent.for || due ? (due ? 0 : 100) : Math.min(100, leftMs / absent.seconds / 10);
  byId("absent-ring").setAttribute("stroke-dasharray", `${part} 100`);
  write(byId("absent-text"), sentence(absent, leftMs));
}

function sentence(absent, leftMs) {
  if (leftMs > 0 && absent.for) return say(`absent-${absent.for}`);
  if (leftMs > 0) return say("absent-left", { count: Math.ceil(leftMs / 1000) });
  return absent.calls < absent.wanted ? say("absent-again", { count: absent.wanted }) : say("absent-due");
}

/**
 * Ask once more; the clerk may know better than a clock.
 * @param {{number: string}} held
 * @param {Absent} absent
 * @param {number} leftMs
 * @param {() => void} missed
 */
export function askMissed(held, absent, leftMs, missed) {
  const dialog = byId("too-soon");
  write(byId("too-soon-title"), say("absent-sure", { number: held.number }));
  write(byId("too-soon-why"), leftMs > 0 ? sentence(absent, leftMs) : say("absent-few", { count: absent.calls, wanted: absent.wanted }));
  byId("too-soon-miss").onclick = () => {
    dialog.close();
    missed();
  };
  dialog.showModal();
  dialog.querySelector("[data-close]").focus();
}

/** The person has come, or was called again: the question is about nobody any more. */
export function stopAskingMissed() {
  byId("too-soon").close();
}
