// The guide's page (导办): a tablet that its guide walks about with. The hall itself serves it.

import { Unanswered, follow, post } from "./api.js";
import { drawAlarmHere, drawHall } from "./guide_hall.js";
import { setTime } from "./guide_parts.js";
import { drawPeople, possibleAll } from "./guide_people.js";
import { ring, setUpSound } from "./guide_sound.js";
import { drawSpeaking } from "./guide_speak.js";
import { find, send, setBoard, setUp, takeNumber } from "./guide_ticket.js";
import { offerLanguages } from "./language_choice.js";
import { watchKeys } from "./window_keys.js";
import { byId, isPossible, named, say, shown, write } from "./words.js";

const AGE_MS = 15000; // how often "3 minutes ago" is looked at again
const AGAIN_MS = 1500;
const SILENT_MS = 4000; // the hall says something every 1.5 s (hall/guides/stream.py), and radio that is gone nothing

let board = null;
let stop = () => {};

function show(view) {
  for (const each of ["loading", "sign-in", "work"]) shown(byId(`${each}-view`), each === view);
  shown(byId("sign-out"), view === "work");
  const heading = byId(`${view}-view`).querySelector("h2");
  if (view === "sign-in") byId("name").focus();
  else if (heading.tabIndex === -1) heading.focus();
}

function draw() {
  write(byId("hall-name"), named(board.hall_name, board.hall_name_en));
  shown(byId("notice-recovering"), board.recovering);
  drawAlarmHere(board.alarm);
  drawPeople(board, carry, ring);
  drawHall(board);
  drawSpeaking(board);
}

function told({ now_ms, board: next }) {
  setTime(now_ms);
  board = next;
  setBoard(board);
  shown(byId("notice-lost"), false);
  draw();
  possibleAll(true);
  if (byId("work-view").hidden) show("work");
}

function lost() {
  shown(byId("notice-lost"), true);
  possibleAll(false);
  whoAmI();
}

/** Whether the hall still knows this tablet's guide: a hall that was started anew knows nobody. */
async function whoAmI() {
  try {
    const answer = await fetch("/guide/session", { signal: AbortSignal.timeout(3000) });
    const { guide } = await answer.json();
    if (guide) signedIn(guide);
    else signedOut();
  } catch {
    return; // the hall is away: the line itself tries on
  }
}

function signedIn(guide) {
  write(byId("guide-name"), say("signed-in-as", { name: guide.name }));
  if (stop.following) return;
  stop = follow("/guide/state", { state: told, lost }, { silentMs: SILENT_MS });
  stop.following = true;
}

function signedOut() {
  stop();
  stop = () => {};
  byId("guide-name").replaceChildren();
  delete byId("guide-name").dataset.said;
  if (byId("ticket").open) byId("ticket").close();
  shown(byId("notice-lost"), false);
  byId("pin").value = "";
  show("sign-in");
}

async function enter(event) {
  event.preventDefault();
  shown(byId("sign-in-why"), false);
  try {
    const answer = await post("/guide/sign-in", { name: byId("name").value.trim(), pin: byId("pin").value });
    byId("pin").value = "";
    if (answer.status === 200) return signedIn(answer.body.guide);
    write(byId("sign-in-why"), answer.body.text);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    write(byId("sign-in-why"), say("lost"));
  }
  shown(byId("sign-in-why"), true);
  byId("pin").focus();
}

/** A press in one of the lists. */
function carry(deed, body) {
  if (!isPossible(byId("find-go"))) return byId("notice-lost").focus();
  return deed === "open" ? find(body.scanned) : send(deed, body, "find-why");
}

function lookUp(scanned) {
  if (!scanned) return;
  byId("scanned").value = "";
  carry("open", { scanned });
}

byId("sign-in").addEventListener("submit", enter);
byId("sign-out").addEventListener("click", async () => {
  await post("/guide/sign-out", {}).catch(() => {});
  signedOut();
});
byId("find-form").addEventListener("submit", (event) => {
  event.preventDefault();
  lookUp(byId("scanned").value.trim());
});
byId("take").addEventListener("click", () => isPossible(byId("take")) && takeNumber());
offerLanguages(byId("language"));
watchKeys({
  listening: () => !byId("work-view").hidden,
  pressed: () => {},
  scanned: (text) => {
    if (byId("ticket").open) byId("ticket").close();
    lookUp(text);
  },
});
setUpSound();
setUp(signedOut);
setInterval(() => board && draw(), AGE_MS);

(async function begin() {
  await whoAmI();
  if (!byId("loading-view").hidden && !stop.following) setTimeout(begin, AGAIN_MS);
})();
