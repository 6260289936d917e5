// The clerk's page: every act is a button and a key, and says at once what it did.

import { drawAlarm } from "./alarm.js";
import { Unanswered, follow } from "./api.js";
import { askMissed, drawAbsent, mayMiss, stopAskingMissed } from "./window_absent.js";
import { CardReading } from "./window_card.js";
import { CustomerPanel } from "./window_customer.js";
import { askNumber, askService, asking, stopAsking } from "./window_dialogs.js";
import { watchKeys } from "./window_keys.js";
import { drawActs, drawCardReaders, drawPanels, drawParked, drawRating, drawUndo } from "./window_panels.js";
import { Presses } from "./window_press.js";
import { later, possibleActs } from "./window_rules.js";
import { ClerkSession } from "./window_session.js";
import { offerLanguages } from "./language_choice.js";
import { both, byId, isPossible, say, sayKeyword, shown, write } from "./words.js";

/** Places on the keyboard, not letters: a Chinese input method may stand between. */
const KEYS = {
  KeyN: "next",
  KeyS: "start",
  KeyF: "finish",
  KeyR: "recall",
  KeyM: "missed",
  KeyP: "park",
  KeyT: "redirect",
  KeyC: "call-number",
  KeyI: "invite",
  KeyU: "undo",
};

const CARD_KEYS = { KeyD: "id_card", KeyK: "smart_card" };

const session = new ClerkSession(document.body.dataset.window);
const presses = new Presses(session, (yes) => {
  slow = yes;
  shown(byId("progress"), slow);
  drawTimes();
});
const cards = new CardReading(session, (refused) => tell(refused));
const customer = new CustomerPanel(session, (refused) => tell(refused));
let state = null;
let lost = false;
let slow = false;
let undoUntil = 0;
let ratingUntil = 0;
let absentUntil = 0;

function redraw() {
  shown(byId("lost"), lost);
  shown(byId("settings-refused"), Boolean(state?.settings_refused) && !lost);
  shown(byId("sign-in-view"), !session.open);
  shown(byId("work-view"), Boolean(session.open && state));
  shown(byId("sign-out"), Boolean(session.open));
  drawSignInHint();
  if (!state) return;
  drawPanels(state);
  customer.draw(state);
  drawParked(state.window?.parked ?? [], ({ ticket }) => send({ act: "take-back", ticket }));
  drawTimes();
}

/** Also once a second, for what runs down. */
function drawTimes() {
  if (!state) return;
  const undoLeft = undoUntil - performance.now();
  drawUndo(state.window?.undo, undoLeft);
  drawRating(state.rating, ratingUntil - performance.now());
  drawAbsent(state.absent, absentUntil - performance.now());
  const idle = session.open && !lost && !slow;
  drawActs(!idle ? new Set() : possibleActs(state, session.operator, undoLeft));
  drawCardReaders(state, idle);
}

function drawSignInHint() {
  const other = state?.window?.clerk;
  write(byId("sign-in-hint"), other ? say("signed-in-other", { name: other.name }) : say("sign-in-hint"));
}

/** Take the window as it now stands; an older word than the one shown is dropped, the same word changes nothing. */
function takeWindow(window) {
  if (!later(window, state.window)) return;
  state = { ...state, window };
  undoUntil = performance.now() + (window?.undo?.left_ms ?? 0);
}

function tell(text, bad = true) {
  const box = byId("message");
  box.className = bad ? "message tell bad" : "message tell";
  box.replaceChildren(...(text ? [both(text)] : []));
}

/** @param {string} name an act, by button or key */
function act(name) {
  if (name === "redirect") return askService(state.window.held, state.services, (service) => send({ act: name, service }));
  const byHand = name === "next" && state.alone && !state.window.held; // nobody else can say who is next
  if (name === "call-number" || byHand) return askNumber((digits) => send({ act: "call-number", digits }));
  if (name === "missed" && !mayMiss(state.absent, absentUntil - performance.now())) return missAfterAll(state.window.held);
  return send({ act: name });
}

/** The one who was called when it was asked, and nobody who is called by now. */
function missAfterAll(held) {
  askMissed(held, state.absent, absentUntil - performance.now(), () => isHeld(held) && send({ act: "missed" }));
}

/** Whether this announcement still stands. */
function isHeld({ call, calls }) {
  const { phase, held } = state.window ?? {};
  return phase === "called" && held.call === call && held.calls === calls;
}

async function send(deed) {
  tell(null);
  const { term, version, steps } = state.window;
  byId("work-view").ariaBusy = "true";
  try {
    const answer = await presses.press(deed, `${term.n}/${version}/${steps}`);
    if (answer) heed(answer);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    tell(say("unanswered"));
  }
  byId("work-view").ariaBusy = "false";
  redraw();
}

function heed({ status, body }) {
  if (status === 401) session.end();
  if (body.window) takeWindow(body.window);
  if (status !== 200 || body.outcome === "refused") tell(body.text ?? sayKeyword("refusal", body.reason ?? body.error));
  if (!session.open) toSignIn();
}

function toSignIn() {
  redraw();
  byId("name").focus();
}

byId("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [name, pin] = [byId("name").value.trim(), byId("pin").value];
  const empty = !name ? byId("name") : !pin ? byId("pin") : null;
  if (empty) return empty.focus();
  tell(say("signing-in"), false);
  try {
    const refused = await session.signIn(name, pin);
    tell(refused);
    byId("pin").value = "";
    redraw();
    (refused ? byId("pin") : document.querySelector(".act.next")).focus();
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    tell(say("unanswered"));
  }
});

byId("sign-out").addEventListener("click", async () => {
  tell(say("signed-out"), false);
  const told = session.signOut();
  toSignIn();
  await told.catch(() => tell(say("lost")));
});

offerLanguages(byId("language"));

for (const button of document.querySelectorAll("main [data-act]")) {
  button.addEventListener("click", () => isPossible(button) && act(button.dataset.act));
}

for (const button of document.querySelectorAll("[data-card]")) {
  button.addEventListener("click", () => isPossible(button) && cards.begin(button.dataset.card));
}

watchKeys({
  listening: () => Boolean(session.open && state),
  pressed(code) {
    if (!asking() && customer.pressed(code)) return;
    const name = KEYS[code];
    const reader = document.querySelector(`[data-card="${CARD_KEYS[code]}"]`);
    if (reader && !reader.hidden && !asking() && isPossible(reader)) cards.begin(reader.dataset.card);
    if (name && !asking() && isPossible(document.querySelector(`[data-act="${name}"]`))) act(name);
  },
  scanned(text) {
    stopAsking();
    if (possibleActs(state, session.operator, 0).has("call-number") && !lost) send({ act: "scan", text });
  },
});

follow(`${session.base}/state`, {
  state(next) {
    const wasOpen = Boolean(session.open);
    const asked = state?.window?.held;
    const shown = lost ? null : state?.window; // a daemon that was started anew counts its steps anew
    lost = false;
    state = { ...next, window: shown ?? null };
    takeWindow(next.window);
    drawAlarm(next.alarm);
    ratingUntil = performance.now() + (next.rating?.left_ms ?? 0);
    absentUntil = performance.now() + (next.absent?.left_ms ?? 0);
    if (asked && !isHeld(asked)) stopAskingMissed();
    session.compare(state.window);
    redraw();
    if (wasOpen && !session.open) byId("name").focus();
  },
  lost() {
    lost = true;
    redraw();
    leaveIfShutOut();
  },
});

/** A PC whose pairing was undone is told nothing more: where this page stood, its box now asks for a code. */
async function leaveIfShutOut() {
  const answer = await fetch(location.pathname, { method: "HEAD", signal: AbortSignal.timeout(3000) }).catch(() => null); // the box is away
  if (answer?.status === 401) location.reload();
}

setInterval(drawTimes, 500);
redraw();
if (!session.open) byId("name").focus();
