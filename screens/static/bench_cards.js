// Cards: an ID card reader whose cards lie there, and the virtual reader of smart cards, where it runs.
import { both, make, possible, say, shown, write } from "./words.js";
import { group, panel, saidList, touch } from "./bench_parts.js";

const LINE = ["cut-line", "unplug", "garble", "byte-by-byte", "slow"];
const ID_FAULTS = ["silent", "wrong-checksum", "short-preamble", "vendor-time-out", "self-test-failed", "no-30-01", ...LINE];
const SMART_FAULTS = ["mute", "byte-by-byte", "slow"];
const SMART_CARDS = ["social-1.00", "social-2.00", "social-2.00-rare-name", "social-2.00-long-name", "social-2.00-minority", "social-3.00", "identity", "bank", "transit", "storage"];
const TORN_AFTER = 3; // whole answers: in the middle of any card's reading

/** A card as it lies on a reader: its kind, and what stands on it. */
function cardPicture(kind, fields) {
  const lines = ["name", "english", "english-1", "number", "address", "issuer"].filter((field) => fields[field]);
  const rows = lines.map((field) => make("p", { className: `on-card ${field}` }, fields[field]));
  return make("div", { className: "card" }, make("h4", {}, both(kind)), ...rows);
}

function reader(empty) {
  const element = make("div", { className: "reader" });
  let before = null;
  const show = (name, picture) => {
    if (name === before) return;
    before = name;
    element.dataset.card = name;
    element.replaceChildren(name ? picture() : both(empty));
  };
  return { element, show };
}

/** The ID card reader. `cards`: name → what is printed on it. */
export function idCard(cards, send) {
  const handle = (what, more = {}) => send("/more/do", { line: "id-card", do: what, more });
  const place = reader(say("reader-empty"));
  const phase = make("p", { className: "phase" });
  const extras = ["fingerprint", "newest-address"].map((name) => {
    const button = touch(say(`id-${name}`), () => button.setAttribute("aria-checked", String(!checked(button))), { extra: name });
    button.setAttribute("role", "switch");
    button.setAttribute("aria-checked", "false");
    return button;
  });
  const checked = (button) => button.getAttribute("aria-checked") === "true";
  const address = cards.resident.address;
  const lay = Object.keys(cards).map((card) =>
    touch(say(`id-card-${card}`), () => handle("lay-card", { card, fingerprint: checked(extras[0]), newest_address: checked(extras[1]) ? address : "" }), { card }),
  );
  const lift = touch(say("card-lift"), () => handle("lift-card"), { do: "lift" });
  const tear = touch(say("card-tear"), () => handle("tear-card"), { do: "tear" });
  const said = saidList((event) => say("id-answered", { request: say(`id-request-${event.request}`), code: event.sw3 }));
  const body = panel({
    line: "id-card",
    look: [place.element, phase, group(say("id-said"), said.element)],
    hands: [
      group(say("card-lay"), make("div", { className: "buttons" }, ...lay), make("div", { className: "buttons" }, ...extras)),
      group(say("card-take"), make("div", { className: "buttons" }, lift, tear)),
    ],
    faults: ID_FAULTS,
  }, send);
  const show = ({ more }) => {
    const state = more.lines["id-card"];
    const card = state?.card ?? "";
    place.show(card, () => cardPicture(say(`id-card-${card}`), cards[card] ?? {}));
    write(phase, say(`id-phase-${state?.phase ?? "nothing"}`));
    for (const button of [...lay, ...extras]) possible(button, !!state && !card);
    possible(lift, !!card);
    possible(tear, ["laid", "found", "selected"].includes(state?.phase));
    said.show(more.said["id-card"]);
    body.show(more);
  };
  return { element: body.element, show };
}

const named = (card) => say(`smart-${card.replace(".", "_")}`);

/** The smart card reader: without the service there is no card to lay down, and the page says how to get it. */
export function smartCard(send) {
  const handle = (what, more = {}) => send("/more/do", { line: "smart-card", do: what, more });
  const place = reader(say("reader-empty"));
  const missing = make("div", { className: "notice mild", id: "no-card-service" });
  const lay = SMART_CARDS.map((card) => touch(named(card), () => handle("insert", { card }), { card }));
  const lift = touch(say("card-lift"), () => handle("remove"), { do: "lift" });
  const tear = touch(say("card-tear"), () => handle("tear", { after: TORN_AFTER }), { do: "tear" });
  const said = saidList((event) => say(`smart-event-${event.event}`, { card: named(event.card ?? "any") }));
  const body = panel({
    line: "smart-card",
    look: [missing, place.element, group(say("smart-said"), said.element)],
    hands: [
      group(say("card-lay"), make("div", { className: "buttons" }, ...lay)),
      group(say("card-take"), make("div", { className: "buttons" }, lift, tear)),
    ],
    faults: SMART_FAULTS,
  }, send);
  const show = ({ more }) => {
    const state = more.lines["smart-card"];
    const here = more.cards === "here";
    shown(missing, !here);
    if (!here) write(missing, say(`cards-${more.cards}`));
    const card = state?.card ?? "";
    place.show(card, () => cardPicture(named(card), {}));
    for (const button of lay) possible(button, here && !!state);
    for (const button of [lift, tear]) possible(button, !!card);
    said.show(more.said["smart-card"]);
    body.show(more);
  };
  return { element: body.element, show };
}
