// One view at a time; the new view's heading gets the focus, so that keys and speech start at its top.

import { byId } from "./words.js";

const VIEWS = ["loading", "home", "find", "list", "search", "matter", "one-more", "unsure", "help", "working", "result",
  "doubtful", "on-screen", "void", "refused"];
let current = "loading";
let told = () => {};

/** The view in sight. */
export const view = () => current;

/** Call this with each view that is shown, and with its heading. @param {(name: string, title: HTMLElement) => void} call */
export function onShow(call) {
  told = call;
}

/** @param {string} name one of VIEWS */
export function show(name) {
  for (const each of VIEWS) byId(`view-${each}`).hidden = each !== name;
  current = name;
  window.scrollTo(0, 0);
  document.querySelector("main").scrollTop = 0; // in low reach it scrolls by itself
  const title = byId(`view-${name}`).querySelector("h1");
  title.focus({ preventScroll: true });
  told(name, title);
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
