// 请工作人员帮忙: one call for the place, however often it is pressed; the page says what has become of it.

import { Unanswered, post } from "./api.js";
import { sayAloud } from "./kiosk_aloud.js";
import { show, view } from "./kiosk_views.js";
import { announce, byId, say, shown, write } from "./words.js";

/** @typedef {{help: string, coming: boolean} | null} Call */

const LIMIT_MS = 8000;
let call = null;

/** What the daemon says of it. @param {Call} now */
export function drawCall(now) {
  const before = call;
  call = now ?? null;
  const says = call ? (call.coming ? "help-coming" : "help-button-asked") : "help";
  write(byId("ask-help-says"), say(says));
  byId("ask-help").classList.toggle("asked", Boolean(call));
  if (view() === "help" && (call || before)) drawAnswer(call ? (call.coming ? "help-coming" : "help-asked") : "help-ended");
  if (call?.coming && !before?.coming) {
    announce(say("help-coming"));
    sayAloud("help-coming");
  }
}

/** Ask for a person. @param {string} ticket of whoever holds one just now, or "" */
export async function askHelp(ticket) {
  drawAnswer("help-asking");
  show("help");
  try {
    const answer = await post("/help", { at: "kiosk", ticket }, { limitMs: LIMIT_MS });
    if (answer.status !== 200) return drawAnswer("help-failed");
    drawCall(answer.body);
    if (!call.coming) sayAloud("help-asked");
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    drawAnswer("help-failed");
  }
}

async function end(how) {
  if (!call) return;
  try {
    const answer = await post("/help/ended", { help: call.help, how }, { limitMs: LIMIT_MS });
    if (answer.status === 200) drawCall(null);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error; // it stands: the state says so
  }
}

function drawAnswer(key) {
  const stands = ["help-asked", "help-coming"].includes(key);
  write(byId("help-title"), say(key));
  for (const id of ["help-came", "help-not-needed", "help-meanwhile"]) shown(byId(id), stands);
}

/** @param {() => void} goOn */
export function watchHelp(goOn) {
  byId("help-go-on").addEventListener("click", goOn);
  byId("help-came").addEventListener("click", () => end("came").then(goOn));
  byId("help-not-needed").addEventListener("click", () => end("not-needed").then(goOn));
}
