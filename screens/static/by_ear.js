// While somebody uses the kiosk by ear: the page says so, calmly, and answers to no touch. Their keys alone lead.

import { make, say, write } from "./words.js";

let shown = false;

/** Cover the page, or uncover it; whether it was covered just now. @param {boolean | undefined} inUse */
export function drawByEar(inUse) {
  if (Boolean(inUse) === shown) return false;
  shown = Boolean(inUse);
  document.getElementById("by-ear")?.remove();
  for (const part of document.body.children) if (part.id !== "alarm") part.inert = shown;
  if (!shown) return false;
  const title = make("h1", { tabIndex: -1 });
  const text = make("p");
  write(title, say("by-ear-title"));
  write(text, say("by-ear-what"));
  document.body.append(make("section", { id: "by-ear", role: "status" }, title, text));
  title.focus();
  return true;
}
