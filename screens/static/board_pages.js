// What does not fit stands on pages that turn by themselves.

const TURN_MS = 8000;

/** The pages of one list: as many entries at a time as have room in it. */
export class Pages {
  #list;
  #room = 0;
  #page = 0;
  #turnAt = 0;

  /** @param {HTMLElement} list a grid whose rows have a least height */
  constructor(list) {
    this.#list = list;
    new ResizeObserver(() => (this.#room = 0)).observe(list);
  }

  /** Back to the first page: something new stands there. */
  first() {
    this.#page = 0;
    this.#turnAt = performance.now() + TURN_MS;
  }

  /** Turn when it is time. @returns {{from: number, to: number, page: number, pages: number}} the entries to be seen */
  turned(count) {
    const size = this.#size();
    const pages = Math.max(1, Math.ceil(count / size));
    const now = performance.now();
    if (this.#turnAt === 0) this.#turnAt = now + TURN_MS;
    if (now >= this.#turnAt) {
      this.#page += 1;
      this.#turnAt = now + TURN_MS;
    }
    if (this.#page >= pages) this.#page = 0;
    const from = this.#page * size;
    return { from, to: from + size, page: this.#page + 1, pages };
  }

  /** How many entries have room; measured anew when the list's own size has changed. */
  #size() {
    if (this.#room) return this.#room;
    if (!this.#list.clientHeight) return 1;
    const style = getComputedStyle(this.#list);
    const row = parseFloat(style.gridAutoRows.replace("minmax(", ""));
    const gap = parseFloat(style.rowGap);
    this.#room = Math.max(1, Math.floor((this.#list.clientHeight + gap) / (row + gap)));
    return this.#room;
  }
}

/** Let exactly these parts stand in the list; nothing is touched when they stand there already. */
export function stand(list, parts) {
  if (parts.length === list.children.length && parts.every((part, index) => part === list.children[index])) return;
  list.replaceChildren(...parts);
}
