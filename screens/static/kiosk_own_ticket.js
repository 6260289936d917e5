// A slip scanned at the kiosk: its place, and what its holder wants of it. A hand scanner types as a keyboard does, and is
// known by its pace, wherever the focus is. What the page knew of a slip is forgotten when another view comes.

import { Unanswered, post, postUntilAnswered } from "./api.js";
import { countdown } from "./countdown.js";
import { showWorking } from "./kiosk_ticket.js";
import { show, view } from "./kiosk_views.js";
import { announce, byId, named, say, shown, write } from "./words.js";
import { watchKeys } from "./window_keys.js";

/** @typedef {{number: string, state: string, service_name: string, service_name_en: string, ahead: number | null,
 *             wait: {low: number, high: number} | null, window: number | null, window_name: string,
 *             window_name_en: string, away_ms: number, by_screen: boolean, wishes: string[]}} Place */

const NO_TIME_FOR_IT = ["loading", "working", "doubtful", "on-screen"]; // somebody is in the middle of something
const STAYS = ["working", "own-ticket", "own-sure", "own-said"];
const HALL_AWAY = ["hall-unreachable", "recovering"];
const SAID_S = 15;
const SCAN_MS = 6000;
const WISH_MS = 12000;

let goHome = () => {};
let look = null;
/** @type {Place | null} */
let place = null;
let taken = null;
let stop = () => {};

/** @param {{leave: () => void}} page leave: back to the first view */
export function watchOwnTicket(page) {
  goHome = page.leave;
  watchKeys({ listening: () => !document.querySelector("#alarm"), pressed: () => {}, scanned: scan });
  for (const button of document.querySelectorAll("[data-wish]")) {
    button.addEventListener("click", () => wish(button.dataset.wish));
  }
  byId("own-sure-yes").addEventListener("click", () => tell("give-back"));
  byId("own-sure-no").addEventListener("click", showPlace);
  byId("own-leave").addEventListener("click", goHome);
  byId("own-said-done").addEventListener("click", goHome);
  byId("result-by-screen").addEventListener("click", askForScreens);
  document.addEventListener("ticket-taken", ({ detail }) => (taken = detail));
  document.addEventListener("view", ({ detail }) => {
    stop();
    stop = () => {};
    if (!STAYS.includes(detail)) forget();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || byId("idle").open) return;
    if (view() === "own-sure") showPlace();
    else if (["own-ticket", "own-said"].includes(view())) goHome();
  });
}

function forget() {
  if (look) post("/kiosk/ticket/leave", { look }).catch(() => {}); // the daemon forgets it with the next scan at the latest
  look = place = null;
}

async function scan(text) {
  if (NO_TIME_FOR_IT.includes(view())) return;
  showWorking("own-looking");
  const answer = await answered(post("/kiosk/ticket/scan", { text }, { limitMs: SCAN_MS }));
  if (!answer) return said("own-failed", say("own-unanswered"), { bad: true });
  if (answer.status !== 200) return said("own-failed", whyNot(answer.body), { bad: true });
  look = answer.body.look;
  place = answer.body.place;
  showPlace();
}

/** Why the slip shows nothing: that the hall is away is said as whoever has a number needs to hear it. */
const whyNot = ({ error, text }) => (HALL_AWAY.includes(error) ? say("own-hall-away") : text);

/** What is known of the ticket, and what may be asked of it. */
function showPlace() {
  if (!place) return goHome();
  if (!place.state) return said("own-failed", say("own-unknown"), { bad: true });
  const waits = place.ahead !== null;
  write(byId("own-title"), titleOf(place));
  byId("own-number").textContent = place.number;
  shown(byId("own-service"), Boolean(place.service_name));
  if (place.service_name) write(byId("own-service"), named(place.service_name, place.service_name_en));
  shown(byId("own-ahead"), waits);
  if (waits) write(byId("own-ahead"), place.ahead ? say("ahead", { count: place.ahead }) : say("ahead-none"));
  shown(byId("own-wait"), waits && Boolean(place.wait));
  if (place.wait) write(byId("own-wait"), say("own-wait", place.wait));
  shown(byId("own-screens"), place.by_screen);
  for (const button of document.querySelectorAll("[data-wish]")) {
    shown(button, place.wishes.includes(button.dataset.wish));
  }
  show("own-ticket");
  announce(titleOf(place));
  return undefined;
}

/** @param {Place} at */
function titleOf(at) {
  const minutes = Math.max(1, Math.ceil(at.away_ms / 60000));
  const window = at.window_name ? named(at.window_name, at.window_name_en) : say("own-a-window", { window: at.window });
  return say(`own-state-${at.state}`, { minutes, window });
}

function wish(name) {
  if (name !== "give-back") return tell(name);
  byId("own-sure-number").textContent = place.number;
  return show("own-sure");
}

async function tell(name) {
  const number = place.number;
  showWorking("own-telling");
  const answer = await answered(postUntilAnswered("/kiosk/ticket/wish", { look, wish: name }, { limitMs: WISH_MS }));
  conclude(name, number, answer);
}

/** 请用屏幕叫我, in one touch, by whoever has just taken a number. */
async function askForScreens() {
  const { ticket_id, number } = taken;
  showWorking("own-telling");
  const body = { ticket_id };
  conclude("by-screen", number, await answered(postUntilAnswered("/kiosk/ticket/by-screen", body, { limitMs: WISH_MS })));
}

/** What came of a press. */
function conclude(name, number, answer) {
  if (!answer) return said("own-in-doubt", say("own-unanswered"), { number, bad: true });
  if (answer.status !== 200) return said("own-not-done", answer.body.text, { number, bad: true });
  const { outcome, place: now } = answer.body;
  if (now) place = now;
  if (outcome === "kept") return said("own-kept", say("own-kept-what"), { number });
  if (outcome === "overtaken") return said("own-not-done", titleOf(now), { number, bad: true });
  return said(`own-${name}-done`, say(`own-${name}-what`, { number }), { number });
}

/** The last word of it; then the page goes home by itself. */
function said(title, what, { number = "", bad = false } = {}) {
  byId("own-said-number").textContent = number;
  shown(byId("own-said-number"), Boolean(number));
  byId("own-said-title").classList.toggle("bad", bad);
  write(byId("own-said-title"), say(title));
  write(byId("own-said-what"), what);
  show("own-said");
  announce(what);
  stop = countdown(SAID_S, (left) => write(byId("own-said-returning"), say("returning", { seconds: left })), goHome);
}

/** The answer, or null when none came. */
async function answered(asked) {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return null;
  }
}
