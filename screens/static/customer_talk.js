// What the citizen writes by finger: drawn at once, sent in pieces, one after the other, in order.

import { Unanswered, post } from "./api.js";
import { SIDE, draw } from "./pen.js";
import { byId, named, say, shown, write } from "./words.js";

const PIECE_MS = 120;
const AGAIN_MS = 1000;
const LIMIT_MS = 5000;
const MOST_NUMBERS = 2000; // in one piece
const NOTHING = named("", "");

export class Sheet {
  /** @param {string} base the screen's calls */
  constructor(base) {
    this.base = base;
    this.canvas = byId("talk-canvas");
    this.sheet = 0;
    this.strokes = [];
    this.unsent = []; // {stroke, points}
    this.full = this.drawing = this.sending = false;
    this.watchFinger();
    byId("talk-open").addEventListener("click", () => this.post("talk", { open: true }));
    byId("talk-close").addEventListener("click", () => this.post("talk", { open: false }));
    byId("talk-wipe").addEventListener("click", () => this.post("wipe", {}));
    byId("talk-type").addEventListener("input", () => this.type());
    new ResizeObserver(() => draw(this.canvas, this.strokes)).observe(this.canvas);
  }

  watchFinger() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (this.full || !event.isPrimary) return;
      canvas.setPointerCapture(event.pointerId);
      this.drawing = true;
      this.strokes.push([]);
      this.point(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      for (const each of this.drawing && event.isPrimary ? event.getCoalescedEvents() : []) this.point(each);
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (this.drawing = false));
  }

  point({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const at = (part, whole) => Math.round(Math.min(Math.max(part / whole, 0), 1) * SIDE);
    const xy = [at(clientX - left, width), at(clientY - top, height)];
    const stroke = this.strokes.length - 1;
    this.strokes[stroke].push(...xy);
    const piece = this.unsent.at(-1);
    if (piece?.stroke === stroke && piece.points.length < MOST_NUMBERS) piece.points.push(...xy);
    else this.unsent.push({ stroke, points: xy });
    shown(byId("talk-here"), false);
    draw(this.canvas, this.strokes);
    this.send();
  }

  /** Send what is there, piece by piece; a piece that was not taken is sent again, as long as its sheet is there. */
  async send() {
    if (this.sending) return;
    this.sending = true;
    await pause(PIECE_MS);
    while (this.unsent.length) {
      const { sheet } = this;
      const { stroke, points } = this.unsent.shift();
      const { clientWidth, clientHeight } = this.canvas;
      const aspect = Math.round((1000 * clientWidth) / clientHeight);
      if (await this.post("write", { sheet, stroke, points, aspect })) await pause(PIECE_MS);
      else if (sheet === this.sheet) {
        this.unsent.unshift({ stroke, points });
        await pause(AGAIN_MS);
      }
    }
    this.sending = false;
  }

  /** The line as it stands now; while one is on its way only the newest goes after it. */
  async type() {
    if (this.typing) return;
    this.typing = true;
    for (let text = null; text !== byId("talk-type").value; ) {
      text = byId("talk-type").value;
      await this.post("type", { sheet: this.sheet, text });
      await pause(PIECE_MS);
    }
    this.typing = false;
  }

  /** @returns {Promise<boolean>} whether the daemon has answered */
  async post(name, body) {
    try {
      await post(`${this.base}/${name}`, body, { limitMs: LIMIT_MS });
      if (!this.full) write(byId("talk-trouble"), NOTHING);
      return true;
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      write(byId("talk-trouble"), say("talk-not-sent"));
      return false;
    }
  }

  /** The daemon is gone: whatever it says next is a new sheet. */
  lost() {
    this.sheet = 0;
  }

  /** @param {object} talk the daemon's word: another sheet takes this one away */
  draw(talk) {
    const { sheet, strokes, said, typed, full } = talk;
    const other = sheet !== this.sheet;
    if (other) {
      this.unsent = [];
      this.drawing = false;
      byId("talk-type").value = typed;
    }
    this.sheet = sheet;
    const later = strokes.length >= this.strokes.length; // a sheet only grows; an older word would mix up its strokes
    if (other || (later && !this.drawing && !this.sending)) this.strokes = strokes.map((each) => [...each]);
    if (full !== this.full || other) write(byId("talk-trouble"), full ? say("talk-full") : NOTHING);
    this.full = full;
    const words = byId("talk-said");
    words.classList.toggle("quiet", !said.zh);
    words.classList.toggle("long", said.zh.length > 24);
    write(words, said.zh ? { "zh-CN": said.zh, en: said.en } : say("talk-said-none"));
    shown(byId("talk-here"), !this.strokes.length);
    draw(this.canvas, this.strokes);
  }
}

const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
