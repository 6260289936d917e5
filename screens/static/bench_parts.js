// What every device on the bench's second view has: things to do, faults to switch, what its box says, and a check.
import { both, byId, isPossible, joined, make, possible, say, sayKeyword, sayOr, write } from "./words.js";

const CHECK_MS = 70_000; // with a person to wait for
const LEVELS = ["internal", "external", "interactive"];

/** A heading and what belongs under it. */
export function group(title, ...children) {
  return make("div", { className: "group" }, make("h3", {}, both(title)), ...children);
}

/** A button that is large enough for a finger; `data` becomes its data attributes. */
export function touch(text, act, data = {}) {
  const button = make("button", { type: "button", className: "touch" }, both(text));
  Object.assign(button.dataset, data);
  button.addEventListener("click", () => isPossible(button) && act());
  return button;
}

/** Switches of one line's faults. @returns {{element: HTMLElement, show: (on: string[]) => void}} */
export function faultSwitches(line, names, send) {
  const switches = names.map((name) => {
    const turn = () => send("/fault", { line, name, on: button.getAttribute("aria-pressed") !== "true" });
    const button = touch(say(`fault-${name}`), turn, { fault: name });
    button.setAttribute("aria-pressed", "false");
    return button;
  });
  const element = make("div", { className: "buttons" }, ...switches);
  element.dataset.line = line;
  const show = (on) => {
    for (const button of switches) button.setAttribute("aria-pressed", String(on.includes(button.dataset.fault)));
  };
  return { element, show };
}

/** What the box says of a device: fine, or its reasons. */
export function boxSays(device) {
  const element = make("p", { className: "box-says" });
  element.dataset.device = device;
  const show = (devices) => {
    const told = devices[device];
    const reasons = (told?.reasons ?? []).filter((reason) => reason.keyword !== "simulated");
    const words = reasons.map((reason) => sayKeyword("reason", reason.keyword));
    const bad = !told || reasons.some((reason) => reason.severity === "error");
    element.classList.toggle("bad", bad);
    element.classList.toggle("mild", !bad && reasons.length > 0);
    const said = !told ? say("more-no-word") : words.length ? joined(words) : say("phase-idle");
    write(element, say("more-box-says", { said }));
  };
  return { element, show };
}

/** One thing that a check found: what it is, and what it was; in words where there are any. */
function thing([name, value]) {
  const words = sayOr(name === "card" ? `id-card-${value}` : `key-${value}`, value);
  const plain = words.en === String(value); // a figure, or a word that is none of any language
  return [make("dt", {}, both(sayOr(`found-${name}`, name))), make("dd", {}, plain ? words.en : both(words))];
}

/** Let the box check a device, and show what it answered. */
export function check(device, send) {
  const ask = (level) => () => send("/more/check", { device, level }, CHECK_MS);
  const buttons = LEVELS.map((level) => touch(say(`check-${level}`), ask(level), { check: level }));
  const answer = make("p", { className: "answer" });
  const found = make("dl", { className: "found" });
  const element = make("div", { className: "check" }, make("div", { className: "buttons" }, ...buttons), answer, found);
  element.dataset.device = device;
  let before = "";
  const show = (checks) => {
    const told = checks[device];
    for (const button of buttons) possible(button, !told?.running);
    const now = JSON.stringify(told ?? null);
    if (now === before) return;
    before = now;
    answer.dataset.outcome = told?.outcome ?? "";
    if (!told) return;
    write(answer, told.running ? say(`checking-${told.level}`) : told.text);
    const things = told.running ? [] : Object.entries(told.found ?? {});
    if (told.fault) things.push(["fault", told.fault]);
    found.replaceChildren(...things.flatMap(thing));
  };
  return { element, show };
}

/** A list of what happened last, newest first; `words` says one event. */
export function saidList(words) {
  const element = make("ol", { className: "events" });
  let before = "";
  const show = (events) => {
    const now = JSON.stringify(events);
    if (now === before) return;
    before = now;
    const rows = events.map((event) => make("li", {}, make("time", {}, event.time), both(words(event))));
    element.replaceChildren(...(rows.length ? rows : [both(say("facts-none"))]));
  };
  return { element, show };
}

/**
 * The panel of one device: how it looks, what a hand may do, its faults, its box.
 * @param {{line: string, device?: string, look: HTMLElement[], hands: HTMLElement[], faults: string[]}} parts
 * @returns {{element: HTMLElement, show: (more: object) => void}}
 */
export function panel({ line, device = line, look, hands, faults }, send) {
  const switches = faultSwitches(line, faults, send);
  const says = boxSays(device);
  const tried = check(device, send);
  const element = make(
    "div", { className: "panel" },
    make("div", { className: "look" }, ...look),
    make("div", { className: "hands" }, ...hands, group(say("check"), says.element, tried.element)),
    group(say("faults"), switches.element),
  );
  element.lastChild.classList.add("faulty");
  const show = (more) => {
    switches.show(more.lines[line]?.faults ?? []);
    says.show(more.devices);
    tried.show(more.checks);
  };
  return { element, show };
}

/** Say to everybody what came of a press. */
export function tell(text) {
  write(byId("more-said"), text);
}
