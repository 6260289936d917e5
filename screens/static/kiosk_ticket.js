// What became of a touch: a ticket, a void number, a question, or a plain no.

import { countdown } from "./countdown.js";
import { patience } from "./kiosk_modes.js";
import { show } from "./kiosk_views.js";
import { announce, byId, joined, named, say, sayKeyword, shown, write } from "./words.js";

/** @typedef {{ticket_id: string, number: string, service?: string, service_name?: string, service_name_en?: string,
 *             place?: string, place_en?: string, outcome: "printed" | "not-printed" | "doubtful" | "on-screen" | "noted",
 *             ahead?: number | null, reasons?: string[]}} Ticket */

const RESULT_S = 10;
const DOUBTFUL_S = 30;
const ON_SCREEN_S = 60;
const FIRST_STEP = { printed: "step-take", noted: "step-noted", doubtful: "step-nothing" };
let stop = () => {};

/** Leave whatever runs down on the present view. */
export function settle() {
  stop();
  stop = () => {};
}

/** The number is on paper or noted, or counts as if it were. @param {Ticket} ticket */
export function showResult(ticket, goHome) {
  settle();
  write(byId("result-title"), say(ticket.outcome === "noted" ? "taken-noted" : "taken"));
  byId("result-number").textContent = ticket.number;
  shown(byId("result-service"), Boolean(ticket.service_name));
  if (ticket.service_name) write(byId("result-service"), named(ticket.service_name, ticket.service_name_en));
  drawAhead(ticket.ahead);
  write(byId("step-take"), say(FIRST_STEP[ticket.outcome]));
  const place = ticket.place && named(ticket.place, ticket.place_en);
  write(byId("step-wait"), place ? say("step-wait", { place }) : say("step-wait-anywhere"));
  write(byId("step-go"), say("step-go", { number: ticket.number }));
  document.dispatchEvent(new CustomEvent("ticket-taken", { detail: ticket }));
  show("result");
  announce(say("step-go", { number: ticket.number }));
  stop = countdown(RESULT_S * patience(), (left) => write(byId("result-returning"), say("returning", { seconds: left })), goHome);
}

/** @param {number | null | undefined} ahead null: the hall could not say */
function drawAhead(ahead) {
  if (ahead === 0) return write(byId("result-ahead"), say("ahead-none"));
  const known = typeof ahead === "number";
  write(byId("result-ahead"), known ? say("ahead", { count: ahead }) : say("ahead-unknown"));
}

/** The number is void: which, why, and what to do. @param {Ticket} ticket */
export function showVoid(ticket) {
  settle();
  const reasons = (ticket.reasons ?? []).map((keyword) => sayKeyword("reason", keyword));
  write(byId("void-title"), say("void", { number: ticket.number }));
  write(byId("void-why"), reasons.length ? say("void-why", { reason: joined(reasons) }) : say("void-why-unknown"));
  show("void");
}

/** 小票出来了吗? Silence goes on: only a pressed no voids. @param {Ticket} ticket */
export function askDoubtful(ticket, silence) {
  settle();
  byId("doubtful-number").textContent = ticket.number;
  show("doubtful");
  const tick = (left) => write(byId("doubtful-silence"), say("doubtful-silence", { seconds: left }));
  stop = countdown(DOUBTFUL_S, tick, silence);
}

/** No slip can be printed: the number itself, large, to be noted. Silence drops it. @param {Ticket} ticket */
export function showOnScreen(ticket, why, silence) {
  settle();
  byId("on-screen-number").textContent = ticket.number;
  shown(byId("on-screen-service"), Boolean(ticket.service_name));
  if (ticket.service_name) write(byId("on-screen-service"), named(ticket.service_name, ticket.service_name_en));
  shown(byId("on-screen-why"), Boolean(why));
  if (why) write(byId("on-screen-why"), say("on-screen-why", { reason: sayKeyword("reason", why) }));
  show("on-screen");
  const tick = (left) => write(byId("on-screen-silence"), say("on-screen-silence", { seconds: left }));
  stop = countdown(ON_SCREEN_S, tick, silence);
}

/** No number was taken. @param {import("./words.js").Both} why */
export function showRefused(why) {
  settle();
  write(byId("refused-why"), why);
  show("refused");
}

/** Something is being done; after 6 s the page says that it still is. */
export function showWorking(title) {
  settle();
  write(byId("working-title"), say(title));
  write(byId("working-wait"), say("working-wait"));
  show("working");
  const timer = setTimeout(() => write(byId("working-wait"), say("working-long")), 6000);
  stop = () => clearTimeout(timer);
}
