// The bench's second view: every family of devices that the hall itself does not need, one at a time.
import { both, byId, make, say, shown, write } from "./words.js";
import { processRow } from "./bench_faults.js";
import { idCard, smartCard } from "./bench_cards.js";
import { officePrinter, scanner } from "./bench_sheets.js";
import { speaker } from "./bench_speaker.js";
import { stations } from "./bench_stations.js";

const CLERK_WIDTH = 1180;
const OPEN_MS = 60_000;
const SVG = "http://www.w3.org/2000/svg";
const PICTURES = {
  windows: "M3 5h18v6H3zM6 8h3M11 8h2M15 8h3M5 15h6v5H5zM14 15h5v5h-5z",
  "id-card": "M3 6h18v12H3zM6 10h5v5H6zM14 10h4M14 13h4",
  "smart-card": "M3 6h18v12H3zM6 9h4v4H6zM6 11h4M14 15h4",
  scanner: "M3 14h18v5H3zM5 14l3-9h10l2 9M6 17h4",
  "office-printer": "M7 9V4h10v5M4 9h16v7H4zM7 14h10v6H7z",
  speaker: "M4 10v4h4l5 4V6l-5 4zM16 9q2 3 0 6M18.5 6.5q4 5.5 0 11",
};
const MODELS = {
  windows: "onbon-bx5e · strip-a090 · usb-caller · usb-keypad · ascii-caller · ascii-pad",
  "id-card": "sdt-reader", "smart-card": "pcsc-reader", scanner: "escl-scanner", "office-printer": "ipp-printer", speaker: "speaker",
};
const WATCHED = {
  windows: ["display-4", "caller-4", "pad-4", "display-5", "caller-5", "pad-5"],
};

function picture(family) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries({ d: PICTURES[family], fill: "none", stroke: "currentColor", "stroke-width": 1.6, "stroke-linejoin": "round" }))
    path.setAttribute(name, value);
  svg.append(path);
  return svg;
}

function familyTab(family) {
  const dot = make("span", { className: "dot" });
  const tab = make("button", { type: "button", className: "touch" }, picture(family), both(say(`family-${family}`)), dot);
  tab.setAttribute("role", "tab");
  tab.dataset.family = family;
  tab.addEventListener("click", () => (location.hash = `#more/${family}`));
  /** Whether its box has something to say against one of its devices. */
  tab.show = (devices) => {
    const told = (WATCHED[family] ?? [family]).map((name) => devices[name]);
    const lost = told.some((each) => !each || each.reasons.some((reason) => reason.severity === "error"));
    dot.classList.toggle("bad", lost);
    dot.title = say(lost ? "family-look" : "family-fine")["zh-CN"];
  };
  return tab;
}

/**
 * Build the view.
 * @returns {{open: (family?: string) => void, show: (state: object) => void}} `open` starts what does not run yet
 */
export function moreDevices(about, send, fit) {
  const windows = stations(about.more.windows, send);
  const families = {
    windows,
    "id-card": idCard(about.more.id_cards, send),
    "smart-card": smartCard(send),
    scanner: scanner(send),
    "office-printer": officePrinter(send),
    speaker: speaker(send),
  };
  const tabs = Object.keys(families).map(familyTab);
  byId("families").append(...tabs);
  for (const [family, { element }] of Object.entries(families)) {
    element.dataset.family = family;
    element.prepend(make("h2", {}, picture(family), both(say(`family-${family}`)), make("span", { className: "model" }, MODELS[family])));
    byId("panels").append(element);
  }
  const row = processRow("more", about.boxes.more, send);
  byId("more-process").append(row);
  new ResizeObserver(() => fit(windows.frame, CLERK_WIDTH)).observe(windows.frame.parentElement);
  const open = (wanted) => {
    const chosen = wanted in families ? wanted : "windows";
    for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.family === chosen));
    for (const [family, { element }] of Object.entries(families)) shown(element, family === chosen);
    byId("panels").parentElement.scrollTop = 0;
    write(byId("more-said"), { "zh-CN": "", en: "" }); // what came of a press in another family is of no more use
    if (byId("view-more").dataset.standing === "closed") send("/more/open", {}, OPEN_MS);
  };
  const show = (state) => {
    const { more } = state;
    const first = byId("view-more").dataset.standing === undefined;
    byId("view-more").dataset.standing = more.standing;
    if (first && !byId("view-more").hidden) open(location.hash.split("/")[1]);
    shown(byId("more-standing"), more.standing !== "open");
    write(byId("more-standing"), say(`more-${more.standing}`, { why: more.why }));
    for (const tab of tabs) tab.show(more.devices);
    for (const family of Object.values(families)) family.show(state);
    row.show(state.processes[about.boxes.more]);
  };
  return { open, show };
}
