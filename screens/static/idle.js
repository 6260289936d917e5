// A page left alone goes home, but asks first: WCAG 2.2.1 wants a warning and 20 s to say no by a simple act.

import { countdown } from "./countdown.js";
import { byId, say, write } from "./words.js";

const WARNING_S = 20;

/**
 * Watch for touches and keys. `resting` says that there is nothing to go home from.
 * @param {{seconds: () => number, resting: () => boolean, leave: () => void, warning?: () => number,
 *          warned?: () => void}} page warning: seconds of the countdown; warned: it has begun
 * @returns {() => void} begins the wait anew: to be called when the page changes by itself
 */
export function watchIdle(page) {
  const dialog = byId("idle");
  let waiting = 0;
  let stopWarning = () => {};

  const restart = () => {
    clearTimeout(waiting);
    waiting = setTimeout(warn, page.seconds() * 1000);
  };
  const warn = () => {
    if (page.resting()) return restart();
    dialog.showModal();
    page.warned?.();
    stopWarning = countdown(
      page.warning?.() ?? WARNING_S,
      (left) => write(byId("idle-left"), say("idle-left", { seconds: left })),
      () => {
        dialog.close();
        page.leave();
      },
    );
  };
  dialog.addEventListener("close", () => {
    stopWarning();
    restart();
  });
  byId("idle-continue").addEventListener("click", () => dialog.close());
  for (const sign of ["pointerdown", "keydown"]) {
    document.addEventListener(sign, () => dialog.open || restart(), { capture: true });
  }
  restart();
  return restart;
}
