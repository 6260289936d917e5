// One view at a time; the new view's heading gets the focus, so that keys and speech start at its top.

import { byId } from "./words.js";

const VIEWS = ["loading", "home", "working", "result", "doubtful", "on-screen", "void", "refused"];
let current = "loading";

/** The view in sight. */
export const view = () => current;

/** @param {"home" | "working" | "result" | "doubtful" | "on-screen" | "void" | "refused"} name */
export function show(name) {
  for (const each of VIEWS) byId(`view-${each}`).hidden = each !== name;
  current = name;
  window.scrollTo(0, 0);
  byId(`view-${name}`).querySelector("h1").focus({ preventScroll: true });
}
