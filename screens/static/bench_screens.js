// The screens of everybody in the hall: board, entrance, query page, and the person in front of the counter.
import { processRow } from "./bench_faults.js";
import { both, byId, make, say, shown } from "./words.js";

const PORTRAIT = { width: 1080, height: 1920 };
const LANDSCAPE = { width: 1920, height: 1080 };
const SHAPES = { entrance: LANDSCAPE, "customer-1": LANDSCAPE, "customer-2": LANDSCAPE, "customer-3": LANDSCAPE };

/**
 * @param {{screens: Record<string, string>, guide: {page: string, name: string, pin: string}, boxes: {lobby: string}}} about
 * @returns {{open: (name?: string) => void, show: (state: object) => void}}
 */
export function everyonesScreens(about, send, fit) {
  const frame = byId("screen");
  const process = processRow("lobby", about.boxes.lobby, send);
  const tabs = Object.keys(about.screens).map(tab);
  let chosen = "";
  byId("screens").append(...tabs, guideLink(about.guide));
  byId("lobby-process").append(process);

  function refit() {
    const { width, height } = SHAPES[chosen] ?? PORTRAIT;
    const glass = frame.parentElement;
    glass.style.aspectRatio = `${width} / ${height}`;
    fit(frame, width, height);
  }

  async function open(name) {
    const next = name in about.screens ? name : chosen || "board";
    if (next === chosen) return;
    chosen = next;
    for (const each of tabs) each.setAttribute("aria-selected", String(each.dataset.screen === chosen));
    shown(byId("screens-opening"), true);
    await send("/process", { name: about.boxes.lobby, do: "start" });
    shown(byId("screens-opening"), false);
    if (next !== chosen) return; // another one was chosen meanwhile
    frame.src = about.screens[chosen];
    refit();
  }

  new ResizeObserver(refit).observe(frame.parentElement);
  return { open, show: (state) => process.show(state.processes[about.boxes.lobby]) };
}

function tab(name) {
  const button = make("button", { type: "button", role: "tab" }, both(say(`screen-${name}`)));
  button.dataset.screen = name;
  button.addEventListener("click", () => (location.hash = `#screens/${name}`));
  return button;
}

function guideLink({ page, name, pin }) {
  const link = make("a", { href: page, target: "_blank", rel: "noopener" }, both(say("screen-guide")));
  return make("p", { className: "guide" }, link, both(say("screen-guide-how", { name, pin })));
}
