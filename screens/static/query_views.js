// One view at a time, and the way back. The new view's heading gets the focus; a view that is left is wiped.

import { byId } from "./words.js";

const VIEWS = ["loading", "home", "search", "groups", "list", "item", "windows", "route", "progress", "complaint"];

/** @typedef {{name: string, draw: () => void, wipe?: () => void}} View */

/** @type {View[]} */
let path = [];
let changed = () => {};

/** The name of the view in sight. */
export const view = () => path.at(-1)?.name ?? "loading";

/** Call this after each change of view. */
export const onChange = (call) => {
  changed = call;
};

/** @param {View} next stands over what was in sight */
export function open(next) {
  path.push(next);
  show();
}

/** To what was in sight before. */
export function back() {
  if (path.length > 1) path.pop().wipe?.();
  show();
}

/** @param {View} first everything else is left */
export function begin(first) {
  for (const each of path.reverse()) each.wipe?.();
  path = [first];
  show();
}

/** Draw what is in sight anew, the focus left where it is. */
export const redraw = () => path.at(-1)?.draw();

function show() {
  const { name, draw } = path.at(-1);
  for (const each of VIEWS) byId(`view-${each}`).hidden = each !== name;
  byId("back").hidden = byId("home").hidden = path.length < 2;
  draw();
  window.scrollTo(0, 0);
  byId(`view-${name}`).querySelector("h1").focus({ preventScroll: true });
  changed();
}
