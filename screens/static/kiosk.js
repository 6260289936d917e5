// The kiosk page: one touch on a service gives a number.

import { Unanswered, follow, postUntilAnswered } from "./api.js";
import { drawByEar, focusOnCover } from "./by_ear.js";
import { watchIdle } from "./idle.js";
import { drawHome } from "./kiosk_home.js";
import { askDoubtful, settle, showOnScreen, showRefused, showResult, showVoid, showWorking } from "./kiosk_ticket.js";
import { show, view } from "./kiosk_views.js";
import { offerLanguages } from "./language_choice.js";
import { byId, language, say, sayKeyword, speak } from "./words.js";

const FIRST_LANGUAGE = "zh-CN";
const PRINTING_MS = 40000; // a slip's own deadline in the daemon is well below
const ENDS_BY_ITSELF = ["loading", "working", "result", "doubtful", "on-screen"];

let state = null;
let lost = false;
let busy = false;
const asked = new Set(); // tickets this page has asked about already

const redraw = () => state && drawHome(state, lost, choose);

function goHome() {
  settle();
  speak(FIRST_LANGUAGE);
  show(state ? "home" : "loading");
  askAboutLeftOver();
}

/** @param {import("./kiosk_home.js").Service} service */
function choose(service) {
  if (busy) return undefined;
  if (lost || !state.can_issue) return byId(lost ? "notice-lost" : "notice-cannot").focus();
  showWorking("working");
  return settleTouch("/kiosk/tickets", { service: service.code, touch: crypto.randomUUID() });
}

/** @param {import("./kiosk_ticket.js").Ticket} ticket */
function answerDoubtful(ticket, cameOut) {
  showWorking(cameOut ? "loading" : "reprinting");
  return settleTouch("/kiosk/tickets/came-out", { ticket_id: ticket.ticket_id, came_out: cameOut }, ticket);
}

/** @param {import("./kiosk_ticket.js").Ticket} ticket */
function answerNoted(ticket, noted) {
  showWorking("noting");
  return settleTouch("/kiosk/tickets/noted", { ticket_id: ticket.ticket_id, noted }, ticket);
}

/** Post one touch and show what became of it. A second touch meanwhile is no touch. */
async function settleTouch(url, body, known = {}) {
  if (busy) return;
  busy = true;
  try {
    const answer = await postUntilAnswered(url, body, { limitMs: PRINTING_MS });
    if (answer.status === 200) showOutcome({ ...known, ...answer.body });
    else showFailure(body, known, answer.body.text ?? sayKeyword("reason", answer.body.error));
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    showFailure(body, known, say("noted" in body ? "noted-unanswered" : "unanswered"));
  } finally {
    busy = false;
    idleAnew();
  }
}

/** A *yes* that did not get through takes nothing away: a doubtful number is as callable as a printed one. */
function showFailure(body, known, why) {
  if (body.came_out) showResult({ ...known, outcome: "printed" }, goHome);
  else showRefused(why);
}

/** @param {import("./kiosk_ticket.js").Ticket} ticket */
function showOutcome(ticket) {
  if (["printed", "noted"].includes(ticket.outcome)) showResult(ticket, goHome);
  else if (ticket.outcome === "not-printed") showVoid(ticket);
  else if (ticket.outcome === "on-screen") showNumber(ticket);
  else if (ticket.outcome === "dropped") goHome();
  else ask(ticket);
}

let inQuestion = null;

/** @param {import("./kiosk_ticket.js").Ticket} ticket */
function ask(ticket) {
  asked.add(ticket.ticket_id);
  inQuestion = ticket;
  askDoubtful(ticket, () => showResult({ ...ticket, outcome: "doubtful" }, goHome));
}

/** @param {import("./kiosk_ticket.js").Ticket} ticket */
function showNumber(ticket) {
  asked.add(ticket.ticket_id);
  inQuestion = ticket;
  showOnScreen(ticket, state?.without_paper, goHome);
}

/** A question may stand from before this page was loaded: ask once, when nobody is in the middle of something. */
function askAboutLeftOver() {
  const left = state?.doubtful ?? state?.on_screen;
  if (!left || state.by_ear || view() !== "home" || busy || asked.has(left.ticket_id)) return;
  if (state.doubtful) ask({ ...left, outcome: "doubtful" });
  else showNumber(left);
}

byId("doubtful-yes").addEventListener("click", () => answerDoubtful(inQuestion, true));
byId("doubtful-no").addEventListener("click", () => answerDoubtful(inQuestion, false));
byId("on-screen-yes").addEventListener("click", () => answerNoted(inQuestion, true));
byId("on-screen-no").addEventListener("click", () => answerNoted(inQuestion, false));
for (const id of ["result-done", "void-back", "refused-back"]) byId(id).addEventListener("click", goHome);
offerLanguages(byId("language"));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && ["result", "void", "refused"].includes(view()) && !byId("idle").open) goHome();
});

const idleAnew = watchIdle({
  seconds: () => state?.idle_seconds ?? 60,
  resting: () => ENDS_BY_ITSELF.includes(view()) || (view() === "home" && language() === FIRST_LANGUAGE),
  leave: goHome,
});

follow("/kiosk/state", {
  state(next) {
    const patienceChanged = next.idle_seconds !== state?.idle_seconds;
    state = next;
    lost = false;
    redraw();
    if (drawByEar(state.by_ear)) {
      goHome();
      focusOnCover();
    }
    if (patienceChanged) idleAnew();
    if (view() === "loading") show("home");
    askAboutLeftOver();
  },
  lost() {
    lost = true;
    redraw();
    drawByEar(false); // what the daemon knew of a visit is gone with it
    byId("notice-lost").hidden = false;
  },
});
