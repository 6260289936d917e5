// Windows 4 and 5: a dot display beside a strip, a caller and a keypad that type, a caller and a keypad by a table.
import { both, make, say, write } from "./words.js";
import { clerkTabs, ledPicture, padKeys } from "./bench_counters.js";
import { boxSays, check, faultSwitches, group, tell, touch } from "./bench_parts.js";

const PAIRED = ["cut-line", "unplug", "garble", "byte-by-byte", "slow"];
const SERIAL = ["silent", ...PAIRED];
const DISPLAY = ["silent", "wrong-checksum", ...PAIRED];
const TYPED = ["unplug", "top-row", "num-lock", "held", "bounce", "overrun"];
const STATIONS = {
  4: {
    kind: "typed",
    // Rows of a keypad of numbers, as it lies on the desk; a key's own name and, where it has one, its meaning.
    keys: [["7"], ["8"], ["9"], ["/", "wait"], ["4"], ["5"], ["6"], ["*", "start"], ["1"], ["2"], ["3"], ["-", "cancel"],
      ["0"], [".", "function"], ["+", "recall"], ["enter", "call"]],
    devices: { display: ["dots-4", DISPLAY], caller: ["usb-4", TYPED], pad: ["usb-4", TYPED] },
  },
  5: {
    kind: "table",
    keys: [["1"], ["2"], ["3"], ["start", "start"], ["4"], ["5"], ["6"], ["wait", "wait"], ["7"], ["8"], ["9"], ["cancel", "cancel"],
      ["0"], ["function", "function"], ["recall", "recall"], ["call", "call"]],
    devices: { display: ["strip-5", DISPLAY], caller: ["caller-5", SERIAL], pad: ["pad-5", SERIAL] },
  },
};
const CAPS = { enter: "↵", "*": "×", "/": "÷", "-": "−" };

/** What came of a press: a keypad that types is never answered. */
function outcome(answer) {
  if (answer.acknowledged === null) return say(answer.heard ? "typed-heard" : "typed-unheard");
  return say(answer.acknowledged ? "acknowledged" : "unacknowledged");
}

function callerKeys(number, { kind, keys }, send) {
  const element = make("div", { className: "keys" });
  for (const [name, meaning] of keys) {
    const cap = /^[0-9]$/.test(name) ? name : (CAPS[name] ?? (name === meaning ? "" : name));
    const press = async () => tell(outcome(await send("/more/keys", { window: number, keys: name })));
    const words = meaning ? say(`key-${meaning}`) : { "zh-CN": cap, en: "" };
    const button = touch(words, press, { key: name });
    if (meaning && kind === "typed") button.prepend(make("kbd", {}, cap));
    if (meaning) button.classList.add("named");
    element.append(button);
  }
  return element;
}

/** What the box says of a device, its check and its faults. */
function workings(number, key, [line, names], send) {
  const name = `${key}-${number}`;
  const says = boxSays(name);
  const tried = check(name, send);
  const switches = faultSwitches(line, names, send);
  const show = (more) => {
    says.show(more.devices);
    tried.show(more.checks);
    switches.show(more.lines[line]?.faults ?? []);
  };
  return { says: says.element, parts: [tried.element, switches.element], show };
}

function station(number, send) {
  const { kind, devices } = STATIONS[number];
  const led = ledPicture();
  const told = make("output", { className: "typed" });
  const pad = padKeys(async (grade) => tell(outcome(await send("/more/keys", { window: number, grade }))));
  const light = make("p", { className: "quiet" });
  const looks = { display: [led.element], caller: [...(kind === "typed" ? [] : [told]), callerKeys(number, STATIONS[number], send)], pad: [pad, light] };
  const folded = make("details", {}, make("summary", {}, both(say("workings"))));
  const element = make("article", { className: "station" }, make("h3", {}, both(say("window", { window: number }))));
  element.dataset.window = number;
  const works = Object.entries(devices).map(([key, device]) => {
    const work = workings(number, key, device, send);
    const title = say(`${key}-${kind}`);
    element.append(make("section", {}, make("h4", {}, both(title)), ...looks[key], work.says));
    folded.append(group(title, ...work.parts));
    return work;
  });
  element.append(folded);
  const show = (state) => {
    const window = state.windows[number];
    led.show(window);
    told.textContent = window.caller.digits;
    pad.classList.toggle("lit", window.lit);
    write(light, say(kind === "typed" ? "pad-no-light" : window.lit ? "pad-lit" : "pad-dark"));
    for (const each of works) each.show(state.more);
  };
  return { element, show };
}

/** Both windows beside the clerk's page. */
export function stations(windows, send) {
  const parts = windows.map((each) => station(each.number, send));
  const tabs = make("div", { className: "tabs" });
  tabs.setAttribute("role", "tablist");
  const frame = make("iframe", { id: "more-clerk", title: say("clerk-page")["zh-CN"] });
  const glass = make("div", { className: "glass" }, frame);
  const choose = clerkTabs(tabs, frame, windows);
  const element = make("div", { className: "stations" }, ...parts.map((part) => part.element), make("div", { className: "clerk" }, tabs, glass));
  let running = false;
  frame.addEventListener("load", () => requestAnimationFrame(() => (element.closest(".stage").scrollTop = 0))); // it takes the focus
  const show = (state) => {
    for (const part of parts) part.show(state);
    const runs = Object.keys(state.more.devices).length > 0;
    if (runs && !running) choose(windows[0].number); // its box answers now: there was no page before
    running = runs;
  };
  return { element, frame, show };
}
