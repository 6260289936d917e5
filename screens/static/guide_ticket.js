// One ticket on the guide's page: whose slip it is, what can be done with it, and a number for who has none.

import { Unanswered, post, postUntilAnswered } from "./api.js";
import { button } from "./guide_parts.js";
import { byId, make, named, say, shown, write } from "./words.js";

const LIMIT_MS = 8000;

let board = null;
let signedOut = () => {};

/** What the dialog needs of the page. */
export function setUp(ended) {
  signedOut = ended;
  byId("ticket-close").addEventListener("click", () => byId("ticket").close());
}

/** The hall as it stands: its services and windows. */
export const setBoard = (now) => (board = now);

/** A deed, sent until it is answered: its own key keeps it one. @returns {Promise<object | null>} null for refused */
export async function send(deed, body, why) {
  try {
    const answer = await postUntilAnswered(`/guide/${deed}`, { request: crypto.randomUUID(), ...body }, { limitMs: LIMIT_MS });
    return settle(answer, why);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    complain(why, say("unanswered"));
    return null;
  }
}

function settle(answer, why) {
  if (answer.status === 200) return answer.body;
  if (answer.status === 401) signedOut();
  complain(why, answer.body.text ?? say("refused-otherwise", { keyword: answer.body.error }));
  return null;
}

function complain(where, text) {
  const element = byId(where);
  shown(element, true);
  write(element, text);
}

/** Look up what was scanned or typed, and open it. */
export async function find(scanned) {
  shown(byId("find-why"), false);
  let found = null;
  try {
    found = settle(await post("/guide/find", { scanned }, { limitMs: LIMIT_MS }), "find-why");
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    complain("find-why", say("unanswered"));
  }
  if (!found) return;
  if (found.found.length === 1) openTicket(found.found[0]);
  else chooseTicket(found.found);
}

function open(title, text, ...choices) {
  write(byId("ticket-title"), title);
  shown(byId("ticket-text"), Boolean(text));
  if (text) write(byId("ticket-text"), text);
  shown(byId("ticket-said"), false);
  byId("ticket-choices").replaceChildren(...choices);
  byId("ticket").classList.remove("done");
  if (!byId("ticket").open) byId("ticket").showModal();
  byId("ticket").scrollTo(0, 0);
  byId("ticket-title").focus();
}

/** @param {{number: string, state: string}[]} tickets */
function chooseTicket(tickets) {
  const choices = tickets.map((ticket) => {
    const made = make("button", { type: "button" });
    write(made, about(ticket));
    made.addEventListener("click", () => openTicket(ticket));
    return made;
  });
  open(say("number", { number: tickets[0].number }), say("which"), ...choices);
}

function about(ticket) {
  const parts = [say(`state-${ticket.state}`), serviceName(ticket.service), windowName(ticket.window), say("ticket-since", { time: clock(ticket.place_ms) })];
  const given = parts.filter(Boolean);
  return { "zh-CN": given.map((part) => part["zh-CN"]).join(" · "), en: given.map((part) => part.en).join(" · ") };
}

function openTicket(ticket) {
  const deeds = { transfer: () => chooseService(ticket), readmit: () => carry("readmit", ticket), "give-back": () => askGiveBack(ticket) };
  const choices = ticket.may.map((deed) => button(deed, deed === "give-back" ? "plain" : "main", deeds[deed]));
  if (!choices.length) choices.push(quiet(say("nothing-to-do")));
  open(say("number", { number: ticket.number }), about(ticket), ...choices);
}

function chooseService(ticket) {
  const others = board.services.filter((service) => service.code !== ticket.service);
  const choices = others.map((service) => serviceButton(service, () => carry("transfer", ticket, { service: service.code })));
  open(say("transfer-which"), say("number", { number: ticket.number }), ...choices, button("back", "plain", () => openTicket(ticket)));
}

function askGiveBack(ticket) {
  const keep = button("back", "main", () => openTicket(ticket));
  open(say("give-back-sure", { number: ticket.number }), null, keep, button("give-back-yes", "plain", () => carry("give-back", ticket)));
}

const DONE = { transfer: "transfer-done", readmit: "readmit-done", "give-back": "give-back-done" };

async function carry(deed, ticket, more = {}) {
  busy("doing");
  const done = await send(deed, { ticket: ticket.ticket, ...more }, "ticket-said");
  byId("ticket-choices").replaceChildren();
  if (!done) return;
  open(say("number", { number: ticket.number }), say(DONE[deed], { service: serviceName(done.ticket.service) ?? "" }));
  byId("ticket").classList.add("done");
}

/** A number for a visitor who has none. */
export function takeNumber() {
  const choices = board.services.map((service) => serviceButton(service, () => take(service)));
  open(say("take-title"), say("take-which"), ...choices);
}

async function take(service) {
  busy("taking");
  const taken = await send("take", { service: service.code }, "ticket-said");
  byId("ticket-choices").replaceChildren();
  if (!taken) return;
  const number = make("p", { className: "figure huge", textContent: taken.ticket.number });
  const place = service.place ? named(service.place, service.place_en) : null;
  open(say("taken"), say("taken-next"), number, quiet(named(service.name, service.name_en)), ...(place ? [quiet(place)] : []));
}

function busy(key) {
  byId("ticket-choices").replaceChildren(make("div", { className: "turning" }), quiet(say(key)));
}

function quiet(text) {
  const made = make("p", { className: "quiet" });
  write(made, text);
  return made;
}

function serviceButton(service, pressed) {
  const made = make("button", { type: "button", className: "service" });
  write(made, named(`${service.letter}${service.code} ${service.name}`, `${service.letter}${service.code} ${service.name_en || service.name}`));
  made.addEventListener("click", pressed);
  return made;
}

function serviceName(code) {
  const service = board.services.find((each) => each.code === code);
  return service ? named(service.name, service.name_en) : null;
}

function windowName(number) {
  const window = board.windows.find((each) => each.window === number);
  return window ? named(window.name, window.name_en) : null;
}

/** Hours and minutes in China, wherever the tablet thinks it is. */
function clock(ms) {
  return new Date(ms + 8 * 3600000).toISOString().slice(11, 16);
}
