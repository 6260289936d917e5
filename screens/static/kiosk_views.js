// One view at a time; the new view's heading gets the focus, so that keys and speech start at its top.

import { byId } from "./words.js";

const VIEWS = [...document.querySelectorAll("main > [id^='view-']")].map(({ id }) => id.replace("view-", ""));
let current = "loading";

/** The view in sight. */
export const view = () => current;

/** The view of this name comes into sight; `view` on the document tells those who have something to forget. */
export function show(name) {
  for (const each of VIEWS) byId(`view-${each}`).hidden = each !== name;
  current = name;
  document.dispatchEvent(new CustomEvent("view", { detail: name }));
  window.scrollTo(0, 0);
  byId(`view-${name}`).querySelector("h1").focus({ preventScroll: true });
  document.querySelector("main").scrollTop = 0; // long views scroll by themselves, the footer stays
}

const trail = [];

/** Show a view that one can come back to. @param {() => void} draw draws it and shows it */
export function enter(draw) {
  trail.push(draw);
  draw();
}

/** Where one came from. @param {() => void} home what stands before the first step */
export function oneBack(home) {
  trail.pop();
  (trail.at(-1) ?? home)();
}

/** Draw the view in sight anew: the way of showing has changed. @returns {boolean} whether it was one of the trail */
export function redrawLast() {
  trail.at(-1)?.();
  return trail.length > 0;
}

/** The next way begins at home. */
export function forgetTrail() {
  trail.length = 0;
}
