// Buttons in rows and columns: what all first pages are made of. Long lists come in pages, for nobody has to scroll.

import { isElder, isLow } from "./kiosk_modes.js";
import { both, byId, make, possible, isPossible, say, shown, write } from "./words.js";

/** @typedef {import("./words.js").Both} Both */
/** @typedef {{title: Both | Node, sub?: Both | Node, picture?: string, mark?: Record<string, string>,
 *             choose: () => void}} Choice */

const ON_A_PAGE = 10;
const FOR_ELDERS = 5;
const FOR_ELDERS_LOW = 3;

/** @param {HTMLElement} list an empty <ul> @param {Choice[]} choices */
export function drawChoices(list, choices) {
  list.replaceChildren(...choices.map((choice) => make("li", {}, buttonOf(choice))));
}

function buttonOf({ title, sub, picture, mark = {}, choose }) {
  const button = make("button", { type: "button", className: "choice" });
  if (picture) button.append(make("img", { src: `/static/pictures/${picture}.svg`, alt: "", className: "picture" }));
  const texts = make("span", { className: "texts" }, make("span", { className: "name" }, nodeOf(title)));
  if (sub) texts.append(make("span", { className: "sub" }, nodeOf(sub)));
  button.append(texts);
  Object.assign(button.dataset, mark);
  button.addEventListener("click", choose);
  return button;
}

const nodeOf = (text) => (text instanceof Node ? text : both(text));

let choices = [];
let page = 0;

/** A list of its own, page by page. @param {Both} title @param {string} aloud @param {Choice[]} all */
export function drawList(title, aloud, all, first = 0) {
  choices = all;
  page = first;
  write(byId("list-title"), title);
  byId("list-title").dataset.aloud = aloud;
  drawPage();
}

/** The page of the list in sight. */
export const listPage = () => page;

function drawPage() {
  const size = isElder() ? (isLow() ? FOR_ELDERS_LOW : FOR_ELDERS) : ON_A_PAGE;
  const pages = Math.max(1, Math.ceil(choices.length / size));
  page = Math.min(page, pages - 1);
  byId("list").classList.toggle("rows", isElder());
  drawChoices(byId("list"), choices.slice(page * size, (page + 1) * size));
  write(byId("page"), say("page", { page: page + 1, pages }));
  for (const id of ["page-before", "page", "page-next"]) shown(byId(id), pages > 1);
  possible(byId("page-before"), page > 0);
  possible(byId("page-next"), page < pages - 1);
}

for (const [id, step] of [["page-before", -1], ["page-next", 1]]) {
  byId(id).addEventListener("click", () => {
    if (!isPossible(byId(id))) return;
    page += step;
    drawPage();
  });
}
