// Somebody is asked to come: the same button at the same place on every view, and the complaint line.

import { Unanswered, post } from "./api.js";
import { guide } from "./item_guide.js";
import { open } from "./query_views.js";
import { announce, both, byId, isPossible, make, possible, say, shown, write } from "./words.js";

let state = () => null;
let failed = null;

/** @param {() => object} told the newest state of the page */
export function begin(told) {
  state = told;
  for (const id of ["help", "complaint-help"]) byId(id).addEventListener("click", () => isPossible(byId(id)) && ask());
  byId("help-not-needed").addEventListener("click", end);
}

export function openComplaint() {
  open({ name: "complaint", draw: drawComplaint });
}

function drawComplaint() {
  const phones = (guide()?.phones ?? []).filter((phone) => phone.kind === "complaint");
  byId("complaint-phones").replaceChildren(...phones.map((phone) => make("li", {}, both(phone.name), make("strong", { textContent: phone.number }))));
  shown(byId("complaint-phones-part"), phones.length > 0);
}

/** What has become of the call. */
export function drawHelp() {
  const call = state()?.help;
  if (call) failed = null;
  shown(byId("help-said"), Boolean(call || failed));
  shown(byId("help-not-needed"), Boolean(call));
  const text = call ? say(call.coming ? "help-coming" : "help-asked") : failed;
  if (text && byId("help-text").dataset.heard !== text["zh-CN"]) {
    byId("help-text").dataset.heard = text["zh-CN"];
    write(byId("help-text"), text);
    announce(text);
  }
  if (!text) delete byId("help-text").dataset.heard;
  for (const id of ["help", "complaint-help"]) possible(byId(id), !call);
}

const ask = () => send("/help", { at: "entrance" });
const end = () => state()?.help && send("/help/ended", { help: state().help.help, how: "not-needed" });

async function send(url, body) {
  failed = null;
  try {
    const answer = await post(url, body);
    if (answer.status !== 200) failed = say("help-failed");
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    failed = say("help-failed");
  }
  drawHelp();
}
