// A card on the kiosk's reader, and what somebody has left here. The page is told one yes or no of a card, and what to do.

import { Unanswered, follow, post } from "./api.js";
import { countdown } from "./countdown.js";
import { show, view } from "./kiosk_views.js";
import { byId, language, say, shown, write } from "./words.js";

const VIEWS = ["card", "card-wait", "card-elder", "card-said"];
const SAID_OF = ["no-card", "lies-still", "torn", "needs-id-reader", "not-supported"];
const WAIT_S = 20; // as the daemon waits for a card
const SAY_AGAIN_MS = 8000;

let goHome = () => {};
let told = { card: null, card_lies: null, slip_lies: false };
let stop = () => {};
let asking = 0;

/** @param {{leave: () => void}} page leave: back to the first view */
export function watchCard(page) {
  goHome = page.leave;
  byId("card-offer").addEventListener("click", () => show("card"));
  for (const id of ["card-begin", "card-again"]) byId(id).addEventListener("click", begin);
  for (const id of ["card-no", "card-cancel", "card-elder-no", "card-said-home"]) byId(id).addEventListener("click", goHome);
  byId("card-elder-yes").addEventListener("click", chooseElder);
  byId("card-taken").addEventListener("click", () => tell("/kiosk/card/taken"));
  document.addEventListener("view", ({ detail }) => {
    stop();
    stop = () => {};
    if (!VIEWS.includes(detail) && told.card && told.card.phase !== "idle") tell("/kiosk/card/leave");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && VIEWS.includes(view()) && !byId("idle").open) goHome();
  });
  follow("/kiosk/left/state", { state: draw, lost: () => shown(byId("card-offer"), false) });
}

/** The daemon says how it is. A press that gets no answer changes nothing here: the page says so by itself. */
async function tell(path) {
  try {
    return await post(path, {}, { limitMs: 5000 });
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return null;
  }
}

async function begin() {
  write(byId("card-wait-title"), say(`card-lay-${told.card?.reader ?? "id_card"}`));
  show("card-wait");
  stop = countdown(WAIT_S, (left) => write(byId("card-wait-left"), say("card-wait-left", { seconds: left })), () => {});
  const answer = await tell("/kiosk/card/read");
  if (answer?.status !== 200 && view() === "card-wait") failed("reader-lost");
}

function draw(next) {
  told = next;
  const { card, card_lies: lies, slip_lies: slip } = next;
  shown(byId("card-offer"), Boolean(card?.ready));
  if (card && view() === "card-wait") conclude(card);
  shown(byId("notice-card"), Boolean(lies));
  if (lies) {
    write(byId("notice-card-title"), say(card?.reader === "smart_card" ? "card-take-smart" : "card-take"));
    shown(byId("notice-card-left"), lies.left);
    shown(byId("card-taken"), !lies.sees);
  }
  askAloud(Boolean(lies));
  shown(byId("notice-slip"), slip);
}

/** What became of the card that was asked for. */
function conclude({ phase, outcome, elder }) {
  if (phase === "failed") failed(outcome);
  else if (phase === "read" && elder) show("card-elder");
  else if (phase === "read") said("card-read", say("card-read-what"), false);
}

function failed(outcome) {
  said("card-failed", say(SAID_OF.includes(outcome) ? `card-failed-${outcome}` : "card-failed-other"), true);
}

function said(title, what, again) {
  write(byId("card-said-title"), say(title));
  write(byId("card-said-what"), what);
  shown(byId("card-again"), again);
  show("card-said");
}

/** 长辈版, by whoever was offered it: whoever draws the page large listens. */
function chooseElder() {
  show("home");
  document.dispatchEvent(new CustomEvent("offer-elder"));
}

/** While a card lies there it is asked for aloud, where there is a loudspeaker. */
function askAloud(lies) {
  if (lies === Boolean(asking)) return;
  clearInterval(asking);
  asking = 0;
  if (!lies) return;
  const speak = () => post("/kiosk/say", { key: "card-take", language: language() }, { limitMs: 3000 }).catch(() => {});
  speak(); // a kiosk without a loudspeaker has nothing to say it with
  asking = setInterval(speak, SAY_AGAIN_MS);
}
