// All boxes of the hall, first whoever needs a person most. The hall itself serves it, to its staff.

import { drawAlarm } from "./alarm.js";
import { Unanswered, follow, post } from "./api.js";
import { WallClock } from "./board_clock.js";
import { drawBoxes, drawNeeds } from "./boxes_list.js";
import { offerLanguages } from "./language_choice.js";
import { announce, byId, named, say, shown, write } from "./words.js";

const AGAIN_MS = 1500;
const SILENT_MS = 4000; // the hall says something every 1.5 s (hall/guides/stream.py): a page says within 5 s that it is lost

const clock = new WallClock();
let stop = null; // of the line to the hall, while somebody is signed in
let summary = "";

function show(view) {
  for (const each of ["loading", "sign-in", "list"]) shown(byId(`${each}-view`), each === view);
  for (const id of ["print", "sign-out"]) shown(byId(id), view === "list");
  if (view === "sign-in") byId("name").focus();
}

function told({ now_ms, board }) {
  clock.hear(now_ms, performance.now());
  shown(byId("notice-lost"), false);
  draw(board);
  if (byId("list-view").hidden) {
    show("list");
    byId("summary").focus();
  }
}

function draw(board) {
  write(byId("hall-name"), named(board.hall_name, board.hall_name_en));
  shown(byId("notice-recovering"), board.recovering);
  drawAlarm(board.alarm);
  const text = summaryOf(board);
  write(byId("summary"), text);
  byId("summary").classList.toggle("well", board.all > 0 && board.open === 0);
  if (summary && summary !== text["zh-CN"]) announce(text);
  summary = text["zh-CN"];
  write(byId("stage"), say(`stage-${board.stage}`, { opens: board.opens, minutes: board.minutes }));
  drawNeeds(byId("own"), board.own);
  drawBoxes(board.boxes);
  write(byId("printed-at"), say("printed-at", { date: board.date, time: clock.at(performance.now()) }));
}

function summaryOf(board) {
  if (!board.all) return say("no-boxes");
  return say(board.open ? "some-not" : "all-ready", board);
}

function lost() {
  shown(byId("notice-lost"), true);
  whoLooks();
}

/** Whether the hall lets whoever sits here look: a hall that was started anew knows no guide. */
async function whoLooks() {
  try {
    const answer = await fetch("/boxes/session", { signal: AbortSignal.timeout(3000) });
    const { who } = await answer.json();
    if (who) signedIn(who);
    else signedOut();
  } catch {
    return; // the hall is away: the line itself tries on
  }
}

function signedIn(who) {
  write(byId("who"), say("signed-in-as", { name: who }));
  stop ??= follow("/boxes/state", { state: told, lost }, { silentMs: SILENT_MS });
}

function signedOut() {
  drawAlarm(null);
  stop?.();
  stop = null;
  summary = "";
  byId("who").replaceChildren();
  delete byId("who").dataset.said;
  byId("boxes").replaceChildren();
  for (const id of ["notice-lost", "notice-recovering"]) shown(byId(id), false);
  byId("pin").value = "";
  show("sign-in");
}

async function enter(event) {
  event.preventDefault();
  shown(byId("sign-in-why"), false);
  try {
    const answer = await post("/guide/sign-in", { name: byId("name").value.trim(), pin: byId("pin").value });
    byId("pin").value = "";
    if (answer.status === 200) return signedIn(answer.body.guide.name);
    write(byId("sign-in-why"), answer.body.text);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    write(byId("sign-in-why"), say("lost"));
  }
  shown(byId("sign-in-why"), true);
  byId("pin").focus();
}

byId("sign-in").addEventListener("submit", enter);
byId("sign-out").addEventListener("click", async () => {
  await post("/guide/sign-out", {}).catch(() => {});
  signedOut();
});
byId("print").addEventListener("click", () => window.print());
offerLanguages(byId("language"));

(async function begin() {
  await whoLooks();
  if (!byId("loading-view").hidden && stop === null) setTimeout(begin, AGAIN_MS);
})();
