// Whom the guide should go to: who asks for help, who is to be looked for, what was left behind.

import { button, figure, fill, keyed, line, placeOf, since } from "./guide_parts.js";
import { announce, byId, make, possible, say, sayKeyword, shown } from "./words.js";

const rows = new WeakMap(); // by row: what it shows now
let known = null; // calls for help this page has told of

/**
 * @param {object} board
 * @param {(deed: string, body: object) => void} carry
 * @param {() => void} ring somebody new asks for help
 */
export function drawPeople(board, carry, ring) {
  drawHelp(board.help, carry);
  drawWalk(board.walk, carry);
  drawLeft(board.left);
  const fresh = board.help.filter((call) => known && !known.has(call.help));
  if (fresh.length) {
    announce(say("help-new", { where: placeOf(fresh[0].where) }));
    ring();
  }
  known = new Set(board.help.map((call) => call.help));
}

function drawHelp(calls, carry) {
  figure("help-count", calls.length);
  shown(byId("help-none"), !calls.length);
  const create = () => {
    const row = make("li", {}, line("place"), line("what"), line("when"), line("state"));
    const coming = (yes) => () => carry("coming", { help: rows.get(row).help, coming: yes });
    const been = () => carry("been-there", { help: rows.get(row).help });
    row.append(make("div", { className: "row" }, button("me", "main me", coming(true)), button("been-there", "main done", been), button("not-me", "plain not-me", coming(false))));
    return row;
  };
  keyed("help-list", calls, (call) => call.help, create, (row, call) => {
    rows.set(row, call);
    fill(row, "place", placeOf(call.where));
    const at = call.where.window === null && call.at === "kiosk" ? say("at-kiosk") : null;
    fill(row, "what", joined([call.number ? say("number", { number: call.number }) : say("no-number"), at]));
    fill(row, "when", since(call.since_ms));
    fill(row, "state", call.coming ? say("on-the-way") : null);
    row.classList.toggle("taken", call.coming);
    swap(row, call.coming);
  });
}

/** The focus does not fall to the page's top when the button under it goes. */
function swap(row, coming) {
  const [me, done, notMe] = ["me", "done", "not-me"].map((name) => row.querySelector(`button.${name}`));
  const had = row.contains(document.activeElement);
  shown(me, !coming);
  shown(done, coming);
  shown(notMe, coming);
  if (had && document.activeElement.hidden) (coming ? done : me).focus();
}

function drawWalk(people, carry) {
  figure("walk-count", people.length);
  shown(byId("walk-none"), !people.length);
  const create = () => {
    const row = make("li", {}, make("p", { className: "big" }), line("place"), line("what"), line("when"), line("state"));
    const looked = (found) => () => carry("looked-for", { ticket: rows.get(row).ticket, call: rows.get(row).call, found });
    const look = make("div", { className: "row look" }, button("found", "main", looked(true)), button("not-found", "plain", looked(false)));
    row.append(look, make("div", { className: "row open" }, button("open", "plain", () => carry("open", { scanned: rows.get(row).number }))));
    return row;
  };
  keyed("walk-list", people, (person) => `${person.ticket} ${person.call}`, create, (row, person) => {
    rows.set(row, person);
    row.querySelector(".big").textContent = person.number;
    fill(row, "place", person.window === null ? placeOf(person.where) : say("to-place", { where: placeOf(person.where) }));
    const reason = person.reason ? sayKeyword("reason", person.reason) : "";
    fill(row, "what", say(`why-${person.why}`, { reason }));
    fill(row, "when", since(person.since_ms));
    fill(row, "state", person.looked === null ? null : say(person.looked ? "was-found" : "was-not-found"));
    row.classList.toggle("taken", person.looked !== null);
    shown(row.querySelector(".look"), Boolean(person.call));
    shown(row.querySelector(".open"), !person.call);
  });
}

function drawLeft(things) {
  figure("left-count", things.length);
  shown(byId("left-none"), !things.length);
  const create = () => make("li", {}, line("place"), line("what"), line("number"), line("when"));
  keyed("left-list", things, (left) => `${left.what} ${left.where.zh} ${left.since_ms}`, create, (row, left) => {
    fill(row, "place", placeOf(left.where));
    fill(row, "what", say(`left-${left.what}`));
    fill(row, "number", left.number ? say("number", { number: left.number }) : null);
    fill(row, "when", since(left.since_ms));
  });
}

function joined(texts) {
  const given = texts.filter(Boolean);
  return { "zh-CN": given.map((text) => text["zh-CN"]).join("，"), en: given.map((text) => text.en).join(", ") };
}

/** Nothing can be pressed while the hall is away. */
export function possibleAll(yes) {
  for (const each of document.querySelectorAll("#work-view button")) possible(each, yes);
}
