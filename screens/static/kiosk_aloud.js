// The daemon reads the page's own questions aloud, named by key; the page has no sound of its own.

import { Unanswered, post } from "./api.js";
import { isElder } from "./kiosk_modes.js";
import { language } from "./words.js";

const LIMIT_MS = 3000;
const SPOKEN = ["zh-CN", "en"];
let speaks = false;

/** Whether the kiosk has a loudspeaker that works. */
export function canSpeak(yes) {
  speaks = Boolean(yes);
}

/** Say it whoever is here. @param {string} key a sentence without fields that the daemon may say */
export async function sayAloud(key) {
  if (!speaks) return;
  try {
    const chosen = SPOKEN.includes(language()) ? language() : SPOKEN[0]; // a language pack has no voice
    await post("/kiosk/say", { key, language: chosen }, { limitMs: LIMIT_MS });
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error; // it stands on the screen all the same
  }
}

/** Say it where the page reads aloud: in elder mode. @param {string | undefined} key */
export const readAloud = (key) => key && isElder() && sayAloud(key);
