// The rows of the list of boxes: each a mark, a word, and what a person does there.

import { fill, keyed, line, placeOf } from "./guide_parts.js";
import { joined, make, say, shown, write } from "./words.js";

/** Beside the word, for who looks from afar: the word alone would do. */
const MARKS = { ready: "✓", look: "!", "in-maintenance": "⚙", "not-ready": "✗", "not-heard": "?", gone: "✗" };

/** @typedef {{device: string, fault: string, severity: string, what: object, mend: object, until: object}} Need */

/** @param {{box: string, where: object, does: string[], windows: number[], standing: string, heard_minutes: number | null,
 *   needs: Need[], version: string}[]} boxes */
export function drawBoxes(boxes) {
  keyed("boxes", boxes, (box) => box.box, create, update);
}

function create() {
  const mark = make("span", { className: "mark" });
  mark.setAttribute("aria-hidden", "true");
  const head = make("p", { className: "head" }, mark, make("span", { className: "standing" }), make("strong", { className: "name" }));
  return make("li", {}, head, line("does"), line("heard"), make("div", { className: "needs" }));
}

function update(row, box) {
  row.className = box.standing;
  row.querySelector(".mark").textContent = MARKS[box.standing];
  fill(row, "standing", say(`standing-${box.standing}`));
  row.querySelector(".name").textContent = box.box;
  fill(row, "does", doesOf(box));
  fill(row, "heard", box.heard_minutes === null ? null : heard(box.heard_minutes));
  drawNeeds(row.querySelector(".needs"), box.needs);
}

function doesOf(box) {
  const does = box.does.map((each) => say(`does-${each}`, { windows: box.windows.join(" ") }));
  const place = box.where ? [placeOf(box.where)] : [];
  const version = box.version ? [say("version", { version: box.version })] : [];
  return joined([...(does.length ? does : [say("does-other")]), ...place, ...version]);
}

const heard = (minutes) => (minutes ? say("heard-ago", { minutes }) : say("heard-just-now"));

/** Left alone while it says the same: whoever reads or listens is not thrown out. */
export function drawNeeds(part, needs) {
  const now = JSON.stringify(needs);
  if (part.dataset.told === now) return;
  part.dataset.told = now;
  part.replaceChildren(...needs.map(needOf));
  shown(part, needs.length > 0);
}

/** What it is, what to do, and what carries the hall until then. @param {Need} need */
function needOf(need) {
  const rows = ["what", "mend", "until"].filter((key) => need[key].en || need[key]["zh-CN"]);
  return make("dl", { className: need.severity }, ...rows.flatMap((key) => {
    const term = make("dt");
    const told = make("dd", { className: key });
    write(term, say(key));
    write(told, need[key]);
    return [term, told];
  }));
}
