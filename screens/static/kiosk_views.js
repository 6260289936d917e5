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
}
