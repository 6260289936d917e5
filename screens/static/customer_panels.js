// What stands on the citizen's screen beside writing and rating: the plate, the number, the checklist.

import { both, byId, joined, make, named, say, shown, write } from "./words.js";

/** @param {{zh: string, en: string} | null} said @returns {import("./words.js").Both} */
const text = (said) => named(said?.zh ?? "", said?.en ?? "");

export function drawHall({ hall }) {
  write(byId("hall"), text(hall));
}

/** The name-plate of whoever sits there. */
export function drawPlate(plate, base) {
  shown(byId("plate"), Boolean(plate));
  if (!plate) return;
  shown(byId("plate-unit"), Boolean(plate.unit));
  write(byId("plate-unit"), text(plate.unit));
  byId("plate-name").textContent = plate.name;
  byId("plate-post").textContent = plate.post;
  byId("plate-staff-no").textContent = plate.staff_no;
  const photo = byId("plate-photo");
  const source = plate.photo && `${base}/photo?is=${plate.photo}`;
  if (source && photo.getAttribute("src") !== source) photo.src = source;
  shown(photo, Boolean(source));
  byId("plate-outline").classList.toggle("away", Boolean(source));
}

/** The clerk asks for patience. */
export function drawWait(wait) {
  shown(byId("wait"), Boolean(wait));
  if (wait) write(byId("wait"), say(`wait-${wait.why}`, { count: wait.minutes }));
}

export function drawIdle({ services }) {
  fill(byId("idle-services"), services.map(text), (name) => make("li", {}, both(name)));
}

export function drawCalled({ number, service }) {
  write(byId("called-number"), say("called", { number }));
  write(byId("called-service"), text(service));
}

/** What is being done, what it takes and what it costs. */
export function drawServe({ number, service, item, ticks }) {
  write(byId("serve-title"), say(item ? "serving" : "greeting"));
  byId("serve-number").textContent = number;
  write(byId("serve-item"), item ? named(item.name, item.name_en) : text(service));
  shown(byId("serve-none"), !item);
  for (const id of ["serve-details", "serve-terms"]) shown(byId(id), Boolean(item));
  byId("serve-title").classList.toggle("unseen", Boolean(item));
  if (!item) return;
  const { materials, fee, promised_days: days } = item;
  const progress = materials.length ? say("progress", { total: materials.length, done: ticks.length }) : say("materials-none");
  write(byId("serve-progress"), progress);
  write(byId("serve-fee"), text(fee));
  write(byId("serve-promised"), days ? say("promised-days", { count: days }) : say("promised-at-once"));
  const lines = materials.map((material, line) => ({ ...material, done: ticks.includes(line) }));
  fill(byId("serve-materials"), lines, materialLine);
}

function materialLine({ name, name_en: english, originals, copies, done }) {
  const counts = [originals && say("originals", { count: originals }), copies && say("copies", { count: copies })];
  const mark = make("span", { className: "tick", textContent: done ? "✓" : "" });
  mark.setAttribute("aria-hidden", "true");
  return make(
    "li",
    { className: done ? "done" : "" },
    mark,
    make(
      "span",
      { className: "name" },
      both(named(name, english)),
      make("span", { className: "counts" }, both(joined(counts.filter(Boolean)))),
    ),
    make("span", { className: "state" }, both(say(done ? "handed" : "not-handed"))),
  );
}

/** Draw a list anew where its content has changed, and only then. */
function fill(list, contents, drawn) {
  const shape = JSON.stringify(contents);
  if (list.dataset.shape === shape) return;
  list.dataset.shape = shape;
  list.replaceChildren(...contents.map(drawn));
}
