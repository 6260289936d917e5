// One press is one deed: it has an id for ever, and keeps it when it must be sent again.

import { postUntilAnswered } from "./api.js";

const LIMIT_MS = 8000;
const SLOW_MS = 300; // from here on a person wants to see that something is going on

export class Presses {
  /**
   * @param {import("./window_session.js").ClerkSession} session
   * @param {(slow: boolean) => void} working told when a press takes long, and when it is over
   */
  constructor(session, working) {
    this.session = session;
    this.working = working;
    this.busy = false;
    this.unanswered = null;
  }

  /**
   * Do one act. A press that got no answer keeps its id when the same is pressed again, as long as the window still
   * stands where it stood: the daemon then gives the first answer again instead of doing it twice.
   * @param {object} deed act and what it needs
   * @param {string} standing the window's version when pressed
   * @returns {Promise<{status: number, body: any} | null>} null when another press is still on its way
   * @throws {Unanswered}
   */
  async press(deed, standing) {
    if (this.busy) return null;
    this.busy = true;
    const slow = setTimeout(() => this.working(true), SLOW_MS);
    const same = JSON.stringify([deed, standing]);
    const press = this.unanswered?.same === same ? this.unanswered.press : crypto.randomUUID();
    this.unanswered = { same, press };
    try {
      const body = { ...deed, press };
      const answer = await postUntilAnswered(`${this.session.base}/press`, body, { token: this.session.token, limitMs: LIMIT_MS });
      this.unanswered = null;
      return answer;
    } finally {
      clearTimeout(slow);
      this.busy = false;
      this.working(false);
    }
  }
}

