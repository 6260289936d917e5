// Fault switches of the lines, and the processes to stop and start.
import { both, byId, make, say, write } from "./words.js";
import { group } from "./bench_parts.js";

const LINES = {
  printer: ["paper-low", "paper-out", "paper-out-mid", "cover-open", "silent", "no-status", "no-gs-h", "cut-line", "unplug", "garble", "byte-by-byte", "slow"],
  displays: ["cut-line", "unplug", "wrong-checksum", "byte-by-byte", "slow"],
  keypads: ["cut-line", "unplug", "wrong-checksum", "byte-by-byte", "slow"],
};

function faultSwitch(line, name, send) {
  const button = make("button", { type: "button" }, both(say(`fault-${name}`)));
  button.dataset.fault = name;
  button.addEventListener("click", () => send("/fault", { line, name, on: button.getAttribute("aria-pressed") !== "true" }));
  button.show = (faults) =>
    button.setAttribute("aria-pressed", String(faults.some((f) => f[0] === line && f[1] === name && f[2] === null)));
  return button;
}

/** A process: whether it runs, and its three switches. */
export function processRow(key, name, send) {
  const now = make("span", { className: "now" });
  const act = (what) => {
    const button = make("button", { type: "button" }, both(say(what)));
    button.addEventListener("click", () => send("/process", { name, do: what }));
    return button;
  };
  const [kill, stop, start] = ["kill", "stop", "start"].map(act);
  const row = make("div", { className: "process" }, make("span", {}, both(say(`process-${key}`)), " ", now), stop, kill, start);
  row.dataset.process = name;
  row.show = (running) => {
    row.classList.toggle("stopped", !running);
    write(now, say(running ? "running" : "stopped"));
    stop.hidden = kill.hidden = !running;
    start.hidden = running;
  };
  return row;
}

/**
 * Build the switches.
 * @param {{kiosk: string, counter: string}} boxes names of the boxes
 * @returns {(state: object) => void} shows a new state
 */
export function faults(boxes, send) {
  const switches = [];
  const groups = Object.entries(LINES).map(([line, names]) => {
    const row = make("div", { className: "switches" }, ...names.map((name) => faultSwitch(line, name, send)));
    row.dataset.line = line;
    switches.push(...row.children);
    if (line === "printer") {
      const refill = make("button", { type: "button", id: "refill" }, both(say("refill")));
      refill.addEventListener("click", () => send("/refill", {}));
      row.append(refill);
    }
    return group(say(`line-${line}`), row);
  });
  const rows = [["hall", "hall"], ["counter", boxes.counter], ["kiosk", boxes.kiosk]].map(([key, name]) => processRow(key, name, send));
  byId("faults").append(...groups);
  byId("processes").append(group(say("processes"), ...rows));
  return (state) => {
    for (const button of switches) button.show(state.faults);
    for (const row of rows) row.show(state.processes[row.dataset.process]);
  };
}
