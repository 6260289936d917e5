// A short sound and a shake when somebody new asks for help; the guide may silence both. Browsers let a page sound only
// after a touch: the sign-in is one. Opening the sound takes a browser longer than the touch may be kept waiting, so it
// is opened when the touch has been answered.

import { byId, say, write } from "./words.js";

const ANSWERED_MS = 100;

let context = null;
let on = true;

/** Begin to listen for the switch. */
export function setUpSound() {
  const draw = () => {
    write(byId("sound"), say(on ? "sound-on" : "sound-off"));
    byId("sound").setAttribute("aria-pressed", String(on));
  };
  byId("sound").addEventListener("click", () => {
    on = !on;
    draw();
    if (on) ring();
  });
  for (const sign of ["pointerup", "keydown"]) {
    document.addEventListener(sign, () => setTimeout(openSound, ANSWERED_MS), { once: true, capture: true });
  }
  draw();
}

function openSound() {
  context ??= new AudioContext();
}

/** Two tones, a fourth apart. */
export function ring() {
  if (!on) return;
  navigator.vibrate?.([200, 100, 200]);
  if (context?.state !== "running") return;
  [660, 880].forEach((hertz, index) => {
    const begins = context.currentTime + index * 0.22;
    const tone = new OscillatorNode(context, { frequency: hertz });
    const loudness = new GainNode(context, { gain: 0.25 });
    loudness.gain.setValueAtTime(0.25, begins);
    loudness.gain.exponentialRampToValueAtTime(0.001, begins + 0.2);
    tone.connect(loudness).connect(context.destination);
    tone.start(begins);
    tone.stop(begins + 0.2);
  });
}
