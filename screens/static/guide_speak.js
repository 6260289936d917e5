// What a guide tells everybody: notices on the boards, and the alarm, which is asked twice.

import { Unanswered, postUntilAnswered } from "./api.js";
import { button, keyed, line, fill } from "./guide_parts.js";
import { byId, make, named, say, shown, write } from "./words.js";

const LIMIT_MS = 8000;

let alarm = null;

/** The hall as it stands. */
export function drawSpeaking(board) {
  alarm = board.alarm;
  keyed("notice-list", board.notices, (notice) => notice.id, (notice) => {
    const row = make("li", {}, line("what"));
    row.append(button("take-down", "plain", () => tell({ what: "down", id: notice.id })));
    return row;
  }, (row, notice) => fill(row, "what", named(notice.text.zh, notice.text.en)));
  shown(byId("alarm-over"), Boolean(alarm));
  shown(byId("alarm-raise"), !alarm);
}

async function tell(body) {
  shown(byId("speak-why"), false);
  try {
    const answer = await postUntilAnswered("/guide/speak", body, { limitMs: LIMIT_MS });
    if (answer.status === 200) return true;
    write(byId("speak-why"), answer.body.text ?? say("refused-otherwise", { keyword: answer.body.error }));
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    write(byId("speak-why"), say("unanswered-everybody"));
  }
  shown(byId("speak-why"), true);
  return false;
}

/** First what it is, then whether it is meant: two touches at two places. */
function askAlarm() {
  const dialog = byId("alarm-ask");
  const choices = byId("alarm-choices");
  const close = button("cancel", "plain", () => dialog.close());
  const sure = (kind) => () => {
    write(byId("alarm-title"), say(`sure-${kind}`));
    const yes = button(`yes-${kind}`, "danger", async () => (await tell({ what: kind })) && dialog.close());
    choices.replaceChildren(button("cancel", "main", () => dialog.close()), yes);
    byId("alarm-title").focus();
  };
  write(byId("alarm-title"), say("alarm-which"));
  choices.replaceChildren(button("evacuate", "danger", sure("evacuate")), button("exercise", "plain", sure("exercise")), close);
  dialog.showModal();
  byId("alarm-title").focus();
}

byId("alarm-raise").addEventListener("click", askAlarm);
byId("alarm-over").addEventListener("click", () => tell({ what: "over" }));
byId("notice-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const done = await tell({ what: "notice", zh: byId("notice-zh").value, en: byId("notice-en").value });
  if (done) byId("notice-form").reset();
});
