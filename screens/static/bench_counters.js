// Three windows on the bench: display, caller and rating keypad of each, and the tabs of the clerk page.
import { announce, both, byId, make, say } from "./words.js";

const NAMED = ["start", "wait", "call", "recall", "cancel", "function"]; // as on the device
const GRADES = [4, 3, 2, 1, 0]; // raw grades of the wire, best first
const SVG = "http://www.w3.org/2000/svg";
const MOUTHS = { 4: "M7 14q5 6 10 0", 3: "M7 15q5 4 10 0", 2: "M7 16h10", 1: "M7 17q5-4 10 0", 0: "M7 18q5-6 10 0" };

function face(grade) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", `M12 2a10 10 0 1 0 .01 0M8.5 9v1.2M15.5 9v1.2${MOUTHS[grade]}`);
  for (const [name, value] of Object.entries({ fill: "none", stroke: "currentColor", "stroke-width": 1.7, "stroke-linecap": "round" }))
    path.setAttribute(name, value);
  svg.append(path);
  return svg;
}

/** A small switch that makes one device fall silent. */
function silence(line, address, send) {
  const button = make("button", { type: "button" }, both(say("fault-silent")));
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () =>
    send("/fault", { line, name: "silent", address, on: button.getAttribute("aria-pressed") !== "true" }),
  );
  button.show = (faults) =>
    button.setAttribute("aria-pressed", String(faults.some((f) => f[0] === line && f[1] === "silent" && f[2] === address)));
  return button;
}

function device(key, extra, button) {
  return make("p", { className: "device" }, both(say(key)), extra, button);
}

/** The keys of a caller: digits are collected, a named key sends them. */
function callerKeys(number, typed, send) {
  const keys = make("div", { className: "keys", title: say("key-hint")["zh-CN"] + "\n" + say("key-hint").en });
  const press = (className, label, act) => {
    const button = make("button", { type: "button", className }, label);
    button.addEventListener("click", act);
    keys.append(button);
  };
  for (const digit of "1234567890")
    press("digit", digit, () => (typed.textContent = (typed.textContent + digit).slice(-7)));
  press("digit clear", both(say("clear")), () => (typed.textContent = ""));
  for (const name of NAMED)
    press("named", both(say(`key-${name}`)), async () => {
      const sent = [...typed.textContent, name].join(",");
      typed.textContent = "";
      const answer = await send("/press", { window: number, keys: sent });
      announce(say(answer.acknowledged ? "acknowledged" : "unacknowledged"));
    });
  return keys;
}

/** The five faces of a rating keypad; `press` is told the raw grade. */
export function padKeys(press) {
  const pad = make("div", { className: "pad" });
  for (const grade of GRADES) {
    const button = make("button", { type: "button" }, face(grade), both(say(`grade-${grade}`)));
    button.dataset.grade = grade;
    button.addEventListener("click", () => press(grade));
    pad.append(button);
  }
  return pad;
}

/** The dots of a window's display. */
export function ledPicture() {
  const picture = make("img", { alt: "" });
  const element = make("div", { className: "led" }, picture);
  const show = (state) => {
    if (state.png && picture.getAttribute("src") !== state.png) picture.src = state.png;
    picture.alt = state.text;
    element.title = state.text;
  };
  return { element, show };
}

/** One window's devices. @returns {{element: HTMLElement, show: (state: object, faults: any[]) => void}} */
function counter(number, send) {
  const led = ledPicture();
  const typed = make("span", { className: "typed" });
  const told = make("span", { className: "typed" });
  const pad = padKeys(async (grade) => {
    const answer = await send("/grade", { window: number, grade });
    announce(say(answer.acknowledged ? "acknowledged" : "unacknowledged"));
  });
  const silences = [silence("displays", number, send), silence("keypads", number, send), silence("keypads", 128 + number, send)];
  const element = make(
    "article", { className: "counter" },
    device("display", "", silences[0]), led.element,
    device("caller", make("span", {}, told, " ", typed), silences[1]), callerKeys(number, typed, send),
    device("pad", "", silences[2]), pad,
  );
  element.dataset.window = number;
  const show = (state, faults) => {
    led.show(state);
    told.textContent = state.caller.waiting === null ? "" : `${state.caller.digits}·${state.caller.waiting}`;
    pad.classList.toggle("lit", state.lit);
    pad.title = say(state.lit ? "pad-lit" : "pad-dark")["zh-CN"];
    for (const button of silences) button.show(faults);
  };
  return { element, show };
}

/** Tabs of windows: choosing one shows its clerk's page in `frame`. @returns {(number: number) => void} */
export function clerkTabs(tabs, frame, windows, chosen = () => {}) {
  const choose = (each) => {
    frame.src = each.url;
    for (const tab of tabs.children) tab.setAttribute("aria-selected", String(tab.dataset.window === String(each.number)));
    chosen(each.number);
  };
  for (const each of windows) {
    const words = both(say("window", { window: each.number }));
    const signIn = make("span", { className: "sign-in" }, `${each.clerk} · PIN ${each.pin}`);
    const hint = say("sign-in-as", { name: each.clerk, pin: each.pin });
    const tab = make("button", { type: "button", title: `${hint["zh-CN"]}\n${hint.en}` }, words, signIn);
    tab.setAttribute("role", "tab");
    tab.dataset.window = each.number;
    tab.addEventListener("click", () => choose(each));
    tabs.append(tab);
  }
  return (number) => choose(windows.find((each) => each.number === number));
}

/**
 * Build tabs and counters.
 * @returns {(state: object) => void} shows a new state
 */
export function counters(windows, send) {
  const parts = new Map(windows.map((each) => [each.number, counter(each.number, send)]));
  byId("counters").append(...[...parts.values()].map((part) => part.element));
  const choose = clerkTabs(byId("tabs"), byId("clerk"), windows, (chosen) => {
    for (const [number, part] of parts) part.element.classList.toggle("chosen", number === chosen);
  });
  choose(windows[0].number);
  return (state) => {
    for (const [number, part] of parts) part.show(state.windows[number], state.faults);
  };
}
