// How the page shows itself to this visitor: elder, high contrast, low reach. Marks on <html>, CSS does the rest;
// nothing of it outlives the visit.

const marks = document.documentElement.dataset;
const MODES = ["elder", "contrast", "low"];
const buttons = document.querySelectorAll("[data-way]");
let changed = () => {};

/** Whether the page is large and slow now. */
export const isElder = () => "elder" in marks;

/** Whether all that can be touched stands low. */
export const isLow = () => "low" in marks;

/** Whether this visitor has chosen any way of showing. */
export const isChanged = () => MODES.some((mode) => mode in marks);

/** By how much longer everything waits. */
export const patience = () => (isElder() ? 3 : 1);

/** Choose one, or take it back. @param {"elder" | "contrast" | "low"} mode */
export function setMode(mode, on) {
  if (on === mode in marks) return;
  if (on) marks[mode] = "";
  else delete marks[mode];
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.way in marks));
  changed(mode, on);
}

/** The visit is over. */
export function forgetModes() {
  for (const mode of MODES) setMode(mode, false);
}

/** From which height on, of the screen's own, everything can be reached sitting. @param {number} band 0 to 1 */
export function reachBelow(band) {
  document.documentElement.style.setProperty("--low-band", String(band));
}

/** Begin. @param {(mode: string, on: boolean) => void} told after each change */
export function watchModes(told) {
  changed = told;
  for (const button of buttons) {
    button.addEventListener("click", () => {
      setMode(button.dataset.way, !(button.dataset.way in marks));
      button.focus({ preventScroll: true }); // the view was drawn anew; whoever works by keys is still here
    });
  }
}
