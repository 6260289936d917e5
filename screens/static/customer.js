// The screen that faces the citizen at a counter: who serves, what is being done, writing, rating.

import { drawAlarm } from "./alarm.js";
import { follow } from "./api.js";
import { CitizenHelp } from "./customer_help.js";
import { Rating } from "./customer_rate.js";
import { drawCalled, drawHall, drawIdle, drawPlate, drawServe, drawWait } from "./customer_panels.js";
import { Sheet } from "./customer_talk.js";
import { show } from "./customer_views.js";
import { offerLanguages } from "./language_choice.js";
import { byId, shown, speak } from "./words.js";

const FIRST = "zh-CN";
const base = `/customer/${document.body.dataset.window}`;
const help = new CitizenHelp(() => state);
const sheet = new Sheet(base);
const rating = new Rating(base, () => redraw());
let state = null;
let citizen = ""; // whose ticket was greeted last

/** What the citizen needs to see now. */
function viewOf({ phase, number, talk }) {
  if (number && talk.open) return "talk";
  if (rating.open && phase !== "serving") return "rate";
  if (rating.thanking && phase !== "serving" && phase !== "called") return "thanks";
  return { called: "called", serving: "serve", idle: "idle" }[phase] ?? "closed";
}

/** The next citizen is spoken to in Chinese, whatever the one before has chosen. */
function greet(view) {
  if (state.ticket === citizen || !["called", "serve"].includes(view)) return;
  speak(FIRST);
  citizen = state.ticket;
}

function redraw() {
  if (!state) return;
  drawHall(state);
  drawPlate(state.plate, base);
  drawWait(state.wait);
  drawIdle(state);
  drawCalled(state);
  drawServe(state);
  rating.draw(state);
  help.draw(state);
  const view = viewOf(state);
  show(view);
  greet(view);
  sheet.draw(state.talk);
}

offerLanguages(byId("language"));
byId("manager").addEventListener("click", () => help.ask());

follow(`${base}/state`, {
  state(next) {
    state = next;
    shown(byId("lost"), false);
    rating.take(state);
    redraw();
    drawAlarm(state.alarm);
  },
  lost() {
    sheet.lost();
    shown(byId("lost"), true);
  },
});
