// Codes with which machines become boxes of the hall, and boxes taken back. The hall itself serves it, to technicians.

import { Unanswered, post } from "./api.js";
import { offerLanguages } from "./language_choice.js";
import { announce, byId, isPossible, make, named, possible, say, shown, write } from "./words.js";

const LOOK_MS = 1500;
const LIMIT_MS = 3000; // with LOOK_MS: a hall that is gone is missed within 5 s

let codeFor = ""; // whose code stands on the screen
let toRevoke = "";

function show(view) {
  for (const each of ["loading", "sign-in", "list"]) shown(byId(`${each}-view`), each === view);
  shown(byId("sign-out"), view === "list");
  if (view === "sign-in" && document.activeElement !== byId("pin")) byId("name").focus();
}

async function look() {
  try {
    const answer = await fetch("/enrolment/state", { signal: AbortSignal.timeout(LIMIT_MS) });
    told(await answer.json());
  } catch {
    lost();
  }
}

function told(state) {
  shown(byId("notice-lost"), false);
  if (state.who === null) return signedOut();
  write(byId("who"), named(state.who, state.who));
  shown(byId("notice-not-allowed"), !state.allowed);
  shown(byId("notice-no-authority"), state.allowed && !state.authority);
  if (state.allowed) {
    write(byId("hall-name"), named(state.hall_name, state.hall_name_en));
    drawBoxes(state.boxes, state.authority);
    drawUsed(state.boxes.find(({ box }) => box === codeFor));
  }
  if (byId("list-view").hidden) show("list");
}

function lost() {
  shown(byId("notice-lost"), true);
  for (const button of byId("boxes").querySelectorAll("button")) possible(button, false);
}

function signedOut() {
  byId("boxes").replaceChildren();
  byId("who").replaceChildren();
  delete byId("who").dataset.said;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const id of ["notice-not-allowed", "notice-no-authority", "why"]) shown(byId(id), false);
  if (byId("sign-in-view").hidden) show("sign-in");
}

function drawBoxes(boxes, authority) {
  const list = byId("boxes");
  boxes.forEach((each, place) => drawBox(list.children[place] ?? list.appendChild(row()), each, authority));
  while (list.children.length > boxes.length) list.lastChild.remove();
}

function row() {
  const which = make("div", { className: "which" }, ...["box", "state", "when"].map((name) => make("p", { className: name })));
  const deeds = ["get-code", "revoke"].map((deed) => {
    const button = make("button", { type: "button", className: deed });
    write(button, say(deed));
    return button;
  });
  return make("li", {}, which, ...deeds);
}

function drawBox(item, each, authority) {
  item.dataset.box = each.box;
  item.dataset.state = each.state;
  const part = (name) => item.querySelector(`.${name}`);
  part("box").textContent = each.box;
  write(part("state"), say(`state-${each.state}`));
  write(part("when"), standing(each));
  possible(part("get-code"), authority);
  possible(part("revoke"), each.state === "enrolled" || each.state === "seen");
}

function standing(each) {
  if (each.code_used) return say("code-used");
  if (each.code_minutes !== null) return say("code-waits", { minutes: each.code_minutes });
  return say(each.connected ? "box-connected" : "box-away");
}

/** A code on the screen whose machine has come: it may be closed. */
function drawUsed(each) {
  if (!each?.code_used || !byId("code-done").hidden) return;
  shown(byId("code-done"), true);
  announce(say("code-done"));
}

async function enter(event) {
  event.preventDefault();
  shown(byId("sign-in-why"), false);
  const body = { name: byId("name").value.trim(), pin: byId("pin").value };
  byId("pin").value = "";
  const answer = await asked("/guide/sign-in", body);
  if (answer?.status === 200) return look();
  write(byId("sign-in-why"), answer ? answer.body.text : say("lost"));
  shown(byId("sign-in-why"), true);
  byId("pin").focus();
}

/** The answer, or null when none came. */
async function asked(url, body) {
  try {
    return await post(url, body, { limitMs: 10000 });
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return null;
  }
}

async function carry(url, box) {
  shown(byId("why"), false);
  const answer = await asked(url, { box });
  if (answer?.status === 200) return answer.body;
  write(byId("why"), answer?.body.text ?? say("unanswered"));
  shown(byId("why"), true);
  return null;
}

async function showCode(box, replaces) {
  const made = await carry("/enrolment/code", box);
  if (!made) return;
  codeFor = box;
  write(byId("code-title"), say("code-for", made));
  byId("code").textContent = made.code;
  write(byId("code-hall"), say("code-hall", { url: location.origin }));
  write(byId("code-once"), say("code-once", made));
  write(byId("code-replaces"), say("code-replaces", made));
  shown(byId("code-replaces"), replaces);
  shown(byId("code-done"), false);
  byId("code-dialog").showModal();
}

function press(event) {
  const button = event.target.closest("button");
  if (!button || !isPossible(button)) return;
  const { box, state } = button.closest("li").dataset;
  if (button.classList.contains("get-code")) return showCode(box, state !== "none");
  toRevoke = box;
  write(byId("sure-title"), say("sure", { box }));
  byId("sure-dialog").showModal();
  byId("revoke-no").focus();
}

byId("sign-in").addEventListener("submit", enter);
byId("sign-out").addEventListener("click", async () => {
  await asked("/guide/sign-out", {});
  look();
});
byId("boxes").addEventListener("click", press);
byId("code-close").addEventListener("click", () => byId("code-dialog").close());
byId("code-dialog").addEventListener("close", () => {
  codeFor = "";
  byId("code").textContent = "";
});
byId("revoke-no").addEventListener("click", () => byId("sure-dialog").close());
byId("revoke-yes").addEventListener("click", async () => {
  byId("sure-dialog").close();
  const done = await carry("/enrolment/revoke", toRevoke);
  if (done) announce(say("revoked", done));
  look();
});
offerLanguages(byId("language"));

(async function follow() {
  await look();
  setTimeout(follow, LOOK_MS);
})();
