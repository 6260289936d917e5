// One view at a time; the new view's heading gets the focus, so that keys and speech start at its top.

import { byId } from "./words.js";

const VIEWS = ["loading", "closed", "idle", "called", "serve", "talk", "rate", "thanks"];
let current = "loading";

/** @param {"closed" | "idle" | "called" | "serve" | "talk" | "rate" | "thanks"} name */
export function show(name) {
  if (name === current) return;
  for (const each of VIEWS) byId(`view-${each}`).hidden = each !== name;
  current = name;
  document.body.dataset.view = name;
  window.scrollTo(0, 0);
  byId(`view-${name}`).querySelector("h1").focus({ preventScroll: true });
}
