// A person is asked for with one touch, from every view; the answer stands beside the button.

import { Unanswered, post } from "./api.js";
import { byId, make, both, say, shown } from "./words.js";

export class CitizenHelp {
  /** @param {() => object} state */
  constructor(state) {
    this.state = state;
    this.failed = false;
    byId("help").addEventListener("click", () => this.ask());
  }

  /** Somebody should come to this window. */
  async ask() {
    const { window, ticket } = this.state() ?? { window: Number(document.body.dataset.window), ticket: "" };
    await this.send("/help", { at: "window", window, ticket });
  }

  async send(url, body) {
    try {
      this.failed = (await post(url, body, { limitMs: 5000 })).status !== 200;
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      this.failed = true;
    }
    this.draw(this.state() ?? { help: null });
  }

  draw({ help }) {
    const line = byId("help-line");
    const word = help ? (help.coming ? "help-coming" : "help-asked") : this.failed ? "help-failed" : "";
    if (help) this.failed = false;
    shown(byId("help"), !help);
    const shape = `${word} ${help?.help ?? ""}`;
    if (line.dataset.shape === shape) return;
    line.dataset.shape = shape;
    line.replaceChildren(...(word ? [make("p", {}, both(say(word)))] : []));
    if (!help) return;
    const enough = make("button", { type: "button", className: "other", id: "help-enough" }, both(say("help-not-needed")));
    enough.addEventListener("click", () => this.send("/help/ended", { help: help.help, how: "not-needed" }));
    line.append(enough);
  }
}
