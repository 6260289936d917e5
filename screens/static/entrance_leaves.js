// What does not fit on the screen at once comes leaf by leaf.

import { make } from "./words.js";

/**
 * Put `parts` into as many leaves of `book` as they need; a heading is repeated on each leaf that its parts go over.
 * @param {HTMLElement} book empty afterwards but for its leaves
 * @param {{heading: () => HTMLElement, parts: HTMLElement[]}[]} chapters
 * @returns {HTMLElement[]} the leaves, none of them in sight
 */
export function bind(book, chapters) {
  book.replaceChildren();
  const leaves = [];
  for (const { heading, parts } of chapters) {
    let leaf = null;
    for (const part of parts) {
      leaf?.append(part);
      if (leaf && leaf.scrollHeight <= leaf.clientHeight + 1) continue;
      leaf = make("div", { className: "leaf" }, heading(), part);
      book.append(leaf);
      leaves.push(leaf);
    }
  }
  return leaves;
}

/** Show one of them. */
export function turnTo(leaves, index) {
  for (const [each, leaf] of leaves.entries()) {
    leaf.classList.toggle("turned", each !== index);
    leaf.setAttribute("aria-hidden", String(each !== index));
  }
}
