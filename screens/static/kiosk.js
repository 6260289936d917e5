// The kiosk page: a matter, what it needs, a number. In a hall that lists no matters, one touch on a service.

import { drawAlarm } from "./alarm.js";
import { Unanswered, follow, postUntilAnswered } from "./api.js";
import { drawByEar, focusOnCover } from "./by_ear.js";
import { watchIdle } from "./idle.js";
import { watchCard } from "./kiosk_card.js";
import { canSpeak, readAloud, sayAloud } from "./kiosk_aloud.js";
import { keepDirectory } from "./kiosk_directory.js";
import { openUnsure } from "./kiosk_find.js";
import { askHelp, drawCall, watchHelp } from "./kiosk_help.js";
import { drawHome } from "./kiosk_home.js";
import { drawMatter, drawWait } from "./kiosk_matter.js";
import { forgetModes, isChanged, patience, reachBelow, setMode, watchModes } from "./kiosk_modes.js";
import { beginSearch, drawSearch } from "./kiosk_search.js";
import { askDoubtful, settle, showOnScreen, showRefused, showResult, showVoid, showWorking } from "./kiosk_ticket.js";
import { watchOwnTicket } from "./kiosk_own_ticket.js";
import { enter, forgetTrail, oneBack, redrawLast, show, view } from "./kiosk_views.js";
import { offerLanguages } from "./language_choice.js";
import { byId, isPossible, language, named, possible, say, sayKeyword, speak, write } from "./words.js";

const FIRST_LANGUAGE = "zh-CN";
const WARNING_S = 20;
const PRINTING_MS = 40000; // a slip's own deadline in the daemon is well below
const BROWSING = ["find", "list", "search", "matter", "unsure"];
const ENDS_BY_ITSELF = ["loading", "working", "result", "doubtful", "on-screen"];

let state = null;
let lost = false;
let busy = false;
const asked = new Set(); // tickets this page has asked about already

const serviceOf = (code) => state.services.find((service) => service.code === code);

/** What the ways to a matter need of this page. @type {import("./kiosk_find.js").Page} */
const page = {
  state: () => state,
  services: () => state.services,
  service: serviceOf,
  open: openMatter,
  search: () => {
    beginSearch((item) => serviceOf(item.service) && openMatter(serviceOf(item.service), item));
    enter(() => {
      drawSearch();
      show("search");
    });
  },
};

let matter = null;

function redraw() {
  if (!state) return;
  drawHome(state, lost, choose, page);
  if (view() === "matter") redrawMatter();
}

function otherMatters() {
  redraw();
  if (view() === "search") drawSearch();
}

/** @param {import("./kiosk_home.js").Service} service @param {import("./kiosk_directory.js").Item} [item] */
function openMatter(service, item) {
  enter(() => {
    matter = { service, item };
    drawMatter(matter);
    redrawMatter();
    show("matter");
  });
}

function redrawMatter() {
  drawWait(state, serviceOf(matter.service.code) ?? matter.service);
  possible(byId("take"), state.can_issue && !lost);
}

/** The visit is over: nothing of it stays. */
function goHome() {
  settle();
  holding = "";
  speak(FIRST_LANGUAGE);
  forgetTrail();
  forgetModes();
  show(state ? "home" : "loading");
  askAboutLeftOver();
}

/** Home in the middle of a visit: language and ways of showing stay. */
function showHome() {
  forgetTrail();
  show(state ? "home" : "loading");
}

/** @param {import("./kiosk_home.js").Service} service @param {import("./kiosk_directory.js").Item} [item] */
function choose(service, item) {
  if (busy) return undefined;
  if (lost || !state.can_issue) return byId(lost ? "notice-lost" : "notice-cannot").focus();
  const touch = { service: service.code, touch: crypto.randomUUID(), may_ask: true };
  return spend(item ? { ...touch, item: item.code } : touch);
}

/** One touch that spends a number. @param {{service: string, touch: string}} touch */
function spend(touch) {
  showWorking("working");
  return settleTouch("/kiosk/tickets", touch);
}

let holding = ""; // the ticket of whoever stands here
let interrupted = "home"; // by asking for a person

/** Where one was before asking for a person; a question of the daemon's may have ended meanwhile. */
function goOn() {
  const asking = inQuestion?.ticket_id === (state?.doubtful ?? state?.on_screen)?.ticket_id;
  if (["doubtful", "on-screen"].includes(interrupted) && inQuestion && asking) show(interrupted);
  else if (interrupted === "result") goHome();
  else if (!redrawLast()) showHome();
}

let second = null;

/** 还要一张吗? @param {{service: string, touch: string}} touch */
function askOneMore(touch) {
  second = touch;
  const { name, name_en } = serviceOf(touch.service) ?? { name: touch.service };
  write(byId("one-more-why"), say("one-more-why", { service: named(name, name_en) }));
  show("one-more");
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
    else if (answer.body.error === "one-more") askOneMore(body);
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
  holding = ticket.ticket_id;
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
byId("one-more-yes").addEventListener("click", () => busy || spend({ ...second, again: true }));
byId("take").addEventListener("click", () => choose(matter.service, matter.item));
byId("unsure").addEventListener("click", () => {
  if (!isPossible(byId("unsure"))) return;
  if (view() === "result") goHome();
  if (view() !== "unsure") openUnsure(page);
});
byId("ask-help").addEventListener("click", () => {
  if (!isPossible(byId("ask-help")) || view() === "help") return;
  if (view() === "result") settle();
  interrupted = view();
  askHelp(holding);
});
for (const button of document.querySelectorAll("[data-back]")) button.addEventListener("click", () => oneBack(showHome));
for (const id of ["result-done", "void-back", "refused-back", "one-more-no"]) byId(id).addEventListener("click", goHome);
offerLanguages(byId("language"));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || byId("idle").open) return;
  if (["result", "void", "refused"].includes(view())) goHome();
  if (["find", "list", "search", "matter", "unsure"].includes(view())) oneBack(showHome);
});
watchHelp(goOn);
watchModes((mode, on) => {
  redraw();
  if (BROWSING.includes(view())) redrawLast();
  if (mode === "elder" && on) sayAloud("elder-on");
  idleAnew();
});
document.addEventListener("view", ({ detail: name }) => {
  possible(byId("unsure"), !["loading", "working", "doubtful", "on-screen"].includes(name));
  possible(byId("ask-help"), !["loading", "working"].includes(name));
  readAloud(byId(`view-${name}`).querySelector("h1").dataset.aloud);
});
document.addEventListener("offer-elder", () => setMode("elder", true)); // whoever shows a card has said yes

const idleAnew = watchIdle({
  seconds: () => (state?.idle_seconds ?? 60) * patience(),
  warning: () => WARNING_S * patience(),
  warned: () => sayAloud("idle-aloud"),
  resting: () => ENDS_BY_ITSELF.includes(view()) || (view() === "home" && language() === FIRST_LANGUAGE && !isChanged()),
  leave: goHome,
});

watchOwnTicket({ leave: goHome });
watchCard({ leave: goHome });

follow("/kiosk/state", {
  state(next) {
    const patienceChanged = next.idle_seconds !== state?.idle_seconds;
    state = next;
    lost = false;
    canSpeak(next.speaks);
    reachBelow(next.low_band ?? 1);
    drawCall(next.help);
    keepDirectory(next.directory ?? "", otherMatters);
    drawAlarm(state.alarm);
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
