// The bench: everything in the hall on one page. State comes by server-sent events, presses and switches go by POST.
import { follow, post } from "./api.js";
import { announce, both, byId, make, say, shown, write } from "./words.js";
import { counters } from "./bench_counters.js";
import { faults } from "./bench_faults.js";
import { moreDevices } from "./bench_more.js";
import { everyonesScreens } from "./bench_screens.js";

const KIOSK = { width: 1080, height: 1920 };
const CLERK_WIDTH = 1180;
const STEPS = ["take", "call", "start", "finish", "rate"];

/** Lay out a framed page at `width` × `height` CSS pixels and scale it to its glass. */
function fit(frame, width, height) {
  const glass = frame.parentElement;
  if (!glass.clientWidth) return; // not seen now
  const scale = glass.clientWidth / width;
  frame.style.width = `${width}px`;
  frame.style.height = `${height ?? glass.clientHeight / scale}px`;
  frame.style.transform = `scale(${scale})`;
}

function showTried(tried) {
  const next = STEPS.find((step) => !tried.includes(step));
  for (const item of byId("try").children) {
    item.classList.toggle("done", tried.includes(item.dataset.step));
    item.classList.toggle("next", item.dataset.step === next);
  }
}

function showHall(hall) {
  for (const figure of ["waiting", "served", "rated", "facts"]) byId(`hall-${figure}`).textContent = hall[figure];
  byId("hall").classList.toggle("down", !hall.up);
}

function slipFigure(slip) {
  const caption = make("figcaption", {}, slip.digits);
  if (!slip.complete) caption.append(both(say("paper-torn")));
  const figure = make("figure", { className: slip.complete ? "" : "torn" }, caption);
  if (slip.png) figure.append(make("img", { src: slip.png, alt: slip.digits }));
  return figure;
}

let paperShown = "";

/** The paper under the cutter first, then the slips, newest first. */
function showPaper(state) {
  const live = state.printer.live;
  const now = JSON.stringify([live, state.slips]);
  if (now === paperShown) return;
  paperShown = now;
  const figures = state.slips.map(slipFigure);
  if (live) figures.unshift(make("figure", {}, make("img", { src: live, alt: "" })));
  byId("paper").replaceChildren(...(figures.length ? figures : [both(say("paper-none"))]));
  byId("paper").scrollTop = 0;
  write(byId("paper-count"), say("paper-count", { count: state.slip_count }));
}

/** Newest first; a fact that is already there keeps its element. @returns {(facts: object[]) => void} */
function factList(list) {
  const rows = new Map();
  return (facts) => {
    for (const row of rows.keys()) if (!facts.some((fact) => fact.row === row)) rows.delete(row);
    for (const fact of facts) {
      if (rows.has(fact.row)) continue;
      const words = both({ "zh-CN": fact["zh-CN"], en: fact.en });
      rows.set(fact.row, make("li", {}, make("time", { textContent: fact.time }), words));
    }
    list.replaceChildren(...facts.map((fact) => rows.get(fact.row)));
  };
}

async function send(path, body, limitMs = 20000) {
  try {
    const { status, body: answer } = await post(path, body, { limitMs });
    if (status === 200) return answer;
    const refused = { "zh-CN": answer.error, en: answer.error };
    announce(refused);
    write(byId("more-said"), say("more-refused", { why: refused }));
    return answer;
  } catch {
    return {}; // the notice of the lost stream says it
  }
}

/** Which of the views is seen, by the address: whoever sends it to somebody sends the view too. */
function views(open) {
  const show = () => {
    const [name, part] = location.hash.slice(1).split("/");
    const seen = name in open ? name : "hall";
    for (const tab of byId("views").children) {
      tab.setAttribute("aria-selected", String(tab.dataset.view === seen));
      shown(byId(`view-${tab.dataset.view}`), tab.dataset.view === seen);
    }
    open[seen]?.(part);
  };
  for (const tab of byId("views").children)
    tab.addEventListener("click", () => (location.hash = tab.dataset.view in open ? `#${tab.dataset.view}` : ""));
  addEventListener("hashchange", show);
  show();
}

async function begin() {
  const about = await (await fetch("/about")).json();
  const showCounters = counters(about.windows, send);
  const showFaults = faults(about.boxes, send);
  const more = moreDevices(about, send, fit);
  const showFacts = [factList(byId("facts")), factList(byId("more-facts"))];
  byId("kiosk").src = about.kiosk;
  const fitAll = () => {
    fit(byId("kiosk"), KIOSK.width, KIOSK.height);
    fit(byId("clerk"), CLERK_WIDTH);
  };
  const watching = new ResizeObserver(fitAll);
  for (const frame of [byId("kiosk"), byId("clerk")]) watching.observe(frame.parentElement);
  const screens = everyonesScreens(about, send, fit);
  views({ more: more.open, screens: screens.open });
  follow("/state", {
    state: (state) => {
      shown(byId("lost"), false);
      showTried(state.tried);
      showHall(state.hall);
      showPaper(state);
      showCounters(state);
      showFaults(state);
      more.show(state);
      screens.show(state);
      for (const show of showFacts) show(state.facts);
    },
    lost: () => shown(byId("lost"), true),
  });
}

begin();
