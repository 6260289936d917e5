// How far a case is. Number and ending are on the screen only while somebody is there, and are kept nowhere.

import { Unanswered, post } from "./api.js";
import { drawKeys } from "./query_keys.js";
import { open } from "./query_views.js";
import { announce, both, byId, make, say, sayOr, shown, write } from "./words.js";

const DATES = ["accepted", "changed", "promised"];
const ENDING = /^\d{3}[\dXx]$/;

let field = null;
let asked = 0;

export function begin() {
  for (const id of ["case-number", "case-last4"]) {
    byId(id).addEventListener("focus", () => (field = byId(id)));
    byId(id).addEventListener("input", drop);
  }
  drawKeys(byId("progress-keys"), ["digits", "letters"], () => field ?? byId("case-number"));
  byId("progress-form").addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
}

export function openProgress() {
  wipe();
  open({ name: "progress", draw() {}, wipe });
}

/** Nothing of it stays, not even for the way back of the browser. */
function wipe() {
  byId("progress-form").reset();
  field = null;
  drop();
}

/** What was answered belongs to what was asked: another letter takes it away. */
function drop() {
  asked += 1;
  byId("progress-answer").replaceChildren();
  shown(byId("progress-answer"), false);
}

async function ask() {
  drop();
  const [number, last4] = ["case-number", "case-last4"].map((id) => byId(id).value.trim());
  if (!number || !ENDING.test(last4)) return tell([make("p", {}, both(say("progress-incomplete")))], say("progress-incomplete"));
  const mine = asked;
  tell([make("p", {}, both(say("progress-asking")))], say("progress-asking"));
  let parts = null;
  try {
    const answer = await post("/query/progress", { case: number, last4 });
    parts = answer.status === 200 ? answerParts(answer.body) : [make("p", {}, both(answer.body.text))];
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    parts = [make("p", {}, both(say("progress-unanswered")))];
  }
  if (mine === asked) tell(parts, say("progress-answered"));
  return undefined;
}

function answerParts(found) {
  if (!found.state) return [make("p", { className: "nothing" }, both(say("progress-nothing")))];
  const state = make("p", { className: "state" });
  write(state, sayOr(`progress-${found.state}`, found.state));
  const lines = found.item_name ? [make("p", {}, both(found.item_name))] : [];
  for (const date of DATES) if (found[date]) lines.push(make("p", {}, both(say(`progress-on-${date}`, { date: found[date] }))));
  return [state, ...lines];
}

function tell(parts, heard) {
  byId("progress-answer").replaceChildren(...parts);
  shown(byId("progress-answer"), true);
  byId("progress-answer").scrollIntoView({ block: "nearest" });
  announce(heard);
}
