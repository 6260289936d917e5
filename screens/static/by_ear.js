// While somebody uses the kiosk by ear: the page says so, calmly, and answers to no touch. Their keys alone lead.

import { make, say, write } from "./words.js";

let cover = null;

/** Cover the page, or uncover it; whether it was covered just now. @param {boolean | undefined} inUse */
export function drawByEar(inUse) {
  if (Boolean(inUse) === Boolean(cover)) return false;
  cover?.remove();
  cover = null;
  for (const part of document.body.children) if (part.id !== "alarm") part.inert = Boolean(inUse);
  if (!inUse) return false;
  const title = make("h1", { tabIndex: -1 });
  const text = make("p");
  write(title, say("by-ear-title"));
  write(text, say("by-ear-what"));
  cover = make("section", { id: "by-ear", role: "status" }, title, text);
  document.body.append(cover);
  return true;
}

/** Where the eyes and a screen reader are led to. */
export const focusOnCover = () => cover?.querySelector("h1").focus();
