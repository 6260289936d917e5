// The citizen's grade. Nothing is chosen beforehand; what was touched is sent on the button, or by itself after some
// seconds in sight, because who has touched a face and walked away has rated. Who has touched nothing has not.

import { Unanswered, postUntilAnswered } from "./api.js";
import { countdown } from "./countdown.js";
import { both, byId, isPossible, make, named, possible, say, shown, write } from "./words.js";

const ALONE_S = 15; // a touched face is sent by itself after so long
const BEFORE_END_S = 2; // and in any case before the daemon closes the rating
const THANKS_S = 10;
const SORRY_S = 25; // long enough to read the offer and decide
const GOODBYE_S = 6;
const LIMIT_MS = 6000;
const NOTHING = named("", "");
const PRAISED = ["very-satisfied", "satisfied"];
const SORRY = ["dissatisfied", "very-dissatisfied"];

export class Rating {
  /**
   * @param {string} base the screen's calls
   * @param {() => void} changed told when another view may be due
   */
  constructor(base, changed) {
    this.base = base;
    this.changed = changed;
    this.asked = null; // {ticket, number}: the rating that is open
    this.sent = ""; // the ticket that was rated here
    this.grade = "";
    this.tags = new Set();
    this.until = 0;
    this.thanking = null;
    this.stopSending = this.stopThanking = () => {};
    byId("rate-submit").addEventListener("click", () => isPossible(byId("rate-submit")) && this.submit());
    setInterval(() => this.drawLeft(), 500);
  }

  /** Whether the citizen can rate now. */
  get open() {
    return Boolean(this.asked) && this.sent !== this.asked.ticket;
  }

  /** The daemon's word: a rating opens, or has ended here or on the keypad. */
  take({ rating, rated }) {
    this.until = performance.now() + (rating?.left_ms ?? 0);
    const before = this.asked;
    if (before?.ticket === rating?.ticket) return;
    this.asked = rating;
    this.forget();
    if (rating) this.thank(null);
    else if (before && before.ticket === rated?.ticket && this.sent !== before.ticket) this.ended(rated);
  }

  /** It ended without this screen: a grade from the keypad, or the time was over. */
  ended({ grade, reason }) {
    if (grade) this.thank({ key: "thanks", grade });
    else if (reason === "timed-out") this.thank({ key: "goodbye", grade: "" });
  }

  forget() {
    this.stopSending();
    this.grade = "";
    this.tags = new Set();
    write(byId("rate-trouble"), NOTHING);
  }

  /** @param {string} grade */
  choose(grade) {
    if (grade !== this.grade) this.tags = new Set();
    this.grade = grade;
    this.hurry();
    this.changed();
  }

  /** Begin the seconds anew: somebody is still choosing. */
  hurry() {
    this.stopSending();
    const left = (this.until - performance.now()) / 1000 - BEFORE_END_S;
    const seconds = Math.max(1, Math.min(ALONE_S, Math.floor(left)));
    const tick = (count) => write(byId("submit-left"), say("submit-left", { count }));
    this.stopSending = countdown(seconds, tick, () => this.submit());
  }

  toggle(tag) {
    if (!this.tags.delete(tag)) this.tags.add(tag);
    this.hurry();
    this.changed();
  }

  async submit() {
    if (!this.open || !this.grade) return;
    const { ticket } = this.asked;
    const { grade } = this;
    this.stopSending();
    possible(byId("rate-submit"), false);
    write(byId("submit-left"), say("sending"));
    try {
      const body = { ticket, grade, tags: [...this.tags] };
      const answer = await postUntilAnswered(`${this.base}/rate`, body, { limitMs: LIMIT_MS });
      if (answer.status !== 200) throw new Unanswered(String(answer.status));
      this.sent = ticket;
      this.forget();
      this.thank({ rated: { key: "thanks", grade }, "rated-before": { key: "rate-before" } }[answer.body.kept] ?? { key: "rate-over" });
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      write(byId("rate-trouble"), say("not-sent"));
      write(byId("submit-left"), NOTHING);
    }
    possible(byId("rate-submit"), true);
    this.changed();
  }

  /** @param {{key: string, grade?: string} | null} thanks */
  thank(thanks) {
    this.stopThanking();
    this.thanking = thanks;
    if (!thanks) return;
    const seconds = SORRY.includes(thanks.grade) ? SORRY_S : thanks.grade ? THANKS_S : GOODBYE_S;
    this.stopThanking = countdown(seconds, () => {}, () => {
      this.thanking = null;
      this.changed();
    });
  }

  /** @param {object} state */
  draw({ grades, number, phase }) {
    this.drawGrades(grades);
    if (this.open) {
      const { number: rated } = this.asked;
      write(byId("rate-title"), rated ? say("rate-number", { number: rated }) : say("rate"));
      shown(byId("rate-next"), phase === "called");
      write(byId("rate-next"), say("rate-next", { number }));
      this.drawTags(grades.find(({ grade }) => grade === this.grade)?.tags ?? []);
    }
    if (this.thanking) this.drawThanks(this.thanking);
  }

  drawGrades(grades) {
    const row = byId("rate-grades");
    if (!row.children.length) row.append(...grades.map(({ grade }) => this.face(grade)));
    for (const button of row.children) button.setAttribute("aria-pressed", String(button.dataset.grade === this.grade));
  }

  face(grade) {
    const drawing = byId("faces").content.querySelector(`[data-grade="${grade}"]`).cloneNode(true);
    const button = make("button", { type: "button", className: "grade" }, drawing, both(say(`grade-${grade}`)));
    button.dataset.grade = grade;
    button.addEventListener("click", () => this.choose(grade));
    return button;
  }

  drawTags(tags) {
    shown(byId("rate-more"), Boolean(this.grade));
    byId("view-rate").classList.toggle("chosen", Boolean(this.grade));
    if (!this.grade) return;
    write(byId("rate-question"), say(PRAISED.includes(this.grade) ? "tags-praise" : "tags-wrong"));
    const row = byId("rate-tags");
    if (row.dataset.grade !== this.grade) {
      row.dataset.grade = this.grade;
      row.replaceChildren(...tags.map((tag) => this.tag(tag)));
    }
    for (const button of row.children) button.setAttribute("aria-pressed", String(this.tags.has(button.dataset.tag)));
  }

  tag(tag) {
    const button = make("button", { type: "button", className: "tag" }, both(say(`tag-${tag}`)));
    button.dataset.tag = tag;
    button.addEventListener("click", () => this.toggle(tag));
    return button;
  }

  drawThanks({ key, grade = "" }) {
    write(byId("thanks-title"), say(key === "goodbye" ? "goodbye-next" : key));
    shown(byId("thanks-grade"), Boolean(grade));
    if (grade) write(byId("thanks-grade"), say("thanks-grade", { grade: say(`grade-${grade}`) }));
    shown(byId("thanks-sorry"), SORRY.includes(grade));
  }

  drawLeft() {
    const left = Math.max(0, Math.ceil((this.until - performance.now()) / 1000));
    if (this.open) write(byId("rate-left"), say("rate-left", { count: left }));
  }
}
