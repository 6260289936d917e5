// Paper that goes in and paper that comes out: the document scanner and the office printer.
import { both, make, possible, say, write } from "./words.js";
import { group, panel, saidList, touch } from "./bench_parts.js";

const SCANNER_FAULTS = ["jam", "cover-open", "busy", "denied", "not-ready", "cut-image", "early-404", "cancel", "wrong-host", "unplug", "cut-line", "byte-by-byte", "slow", "reset"];
const OFFICE_FAULTS = ["out-of-paper", "paper-low", "jam", "cover-open", "toner-low", "toner-empty", "output-full", "paused", "media-needed", "busy", "abort", "uncounted", "slow-pages", "lose-answer", "silent", "unplug", "cut-line"];
const SOURCES = { Platen: "tray-glass", Feeder: "tray-feeder" };
const FEEDER_SHEETS = 5;

/** A place for paper: what lies there, or that nothing does. */
function tray(key) {
  const paper = make("div", { className: "paper-here" });
  const element = make("figure", { className: "tray" }, make("figcaption", {}, both(say(`tray-${key}`))), paper);
  element.dataset.tray = key;
  let before = null;
  const show = (picture, count = 1) => {
    const now = `${picture} ${count}`;
    if (now === before) return;
    before = now;
    element.dataset.sheets = picture ? count : 0;
    if (!picture) paper.replaceChildren(both(say("tray-empty")));
    else paper.replaceChildren(make("img", { src: picture, alt: "" }), both(say("tray-sheets", { count })));
  };
  return { element, show };
}

function words(key) {
  const element = make("p", { className: "phase" });
  return { element, show: (...keys) => write(element, say(key, Object.assign({}, ...keys))) };
}

/** The scanner: pages on its glass and in its feeder. */
export function scanner(send) {
  const handle = (what, more = {}) => send("/more/do", { line: "scanner", do: what, more });
  const [glass, feeder] = [tray("glass"), tray("feeder")];
  const adf = words("scanner-adf");
  const lay = (key, more) => touch(say(`lay-${key}`), () => handle("lay-page", more), { lay: key });
  const buttons = [
    lay("form-glass", { picture: "form", where: "glass" }),
    lay("blank-glass", { picture: "blank", where: "glass" }),
    lay("form-feeder", { picture: "form", where: "feeder" }),
    lay("forms-feeder", { picture: "form", where: "feeder", sheets: FEEDER_SHEETS }),
    lay("blank-feeder", { picture: "blank", where: "feeder" }),
  ];
  const take = touch(say("take-pages"), () => handle("take-pages"), { do: "take-pages" });
  const said = saidList((event) => say(`scan-${event.event}`, { source: event.source in SOURCES ? say(SOURCES[event.source]) : "", dpi: event.dpi ?? "", number: event.number ?? "", why: event.why ?? "" }));
  const body = panel({
    line: "scanner",
    look: [make("div", { className: "trays" }, glass.element, feeder.element), adf.element, group(say("scan-said"), said.element)],
    hands: [group(say("lay-pages"), make("div", { className: "buttons" }, ...buttons, take))],
    faults: SCANNER_FAULTS,
  }, send);
  const show = ({ more }) => {
    const state = more.lines.scanner;
    glass.show(state?.glass && `/more/sheet/${state.glass}/1`);
    feeder.show(state?.top && `/more/sheet/${state.top.picture}/${state.top.number}`, state?.sheets);
    if (state) adf.show({ adf: say(state.adf) });
    for (const button of [...buttons, take]) possible(button, !!state);
    said.show(more.said.scanner);
    body.show(more);
  };
  return { element: body.element, show };
}

function job(told) {
  const caption = say("office-job", { number: told.job, state: say(`job-${told.state}`), out: told.out, sheets: told.sheets });
  const pictures = told.pages.map((page) => make("img", { src: page, alt: "" }));
  const serials = told.serials.length ? [both(say("office-serials", { serials: told.serials.join(", ") }))] : [];
  const element = make("figure", { className: "job" }, make("figcaption", {}, both(caption), ...serials), ...pictures);
  element.dataset.job = told.job;
  return element;
}

/** The office printer: its trays, and the sheets that came out. */
export function officePrinter(send) {
  const standing = make("p", { className: "phase" });
  const jobs = make("div", { className: "jobs" });
  const refill = touch(say("office-refill"), () => send("/more/do", { line: "office-printer", do: "refill" }), { do: "refill" });
  const body = panel({
    line: "office-printer",
    look: [standing, group(say("office-out"), jobs)],
    hands: [group(say("office-paper"), make("div", { className: "buttons" }, refill))],
    faults: OFFICE_FAULTS,
  }, send);
  let before = "";
  const show = ({ more }) => {
    const state = more.lines["office-printer"];
    possible(refill, !!state);
    if (state) write(standing, say("office-standing", { state: say(`office-${state.state}`), sheets: state.sheets, serial: state.serial }));
    const now = JSON.stringify(more.jobs);
    if (now !== before) jobs.replaceChildren(...(more.jobs.length ? more.jobs.map(job) : [both(say("office-none"))]));
    before = now;
    body.show(more);
  };
  return { element: body.element, show };
}
