// Who sits here. The token lives as long as this tab: another tab or person signs in anew.

import { post } from "./api.js";

/** @typedef {{token: string, clerk: {staff_no: string, name: string, post: string}, seen: boolean}} Session */

export class ClerkSession {
  /** @param {string} number the window's */
  constructor(number) {
    this.base = `/window/${number}`;
    this.key = `clerk of window ${number}`;
    /** @type {Session | null} */
    this.open = JSON.parse(sessionStorage.getItem(this.key));
  }

  get token() {
    return this.open?.token ?? "";
  }

  get operator() {
    return this.open?.clerk.staff_no ?? "";
  }

  /** @returns {Promise<import("./words.js").Both | null>} why it was refused, null when signed in */
  async signIn(name, pin) {
    const { status, body } = await post(`${this.base}/sign-in`, { name, pin });
    if (status !== 200) return body.text;
    this.keep({ token: body.token, clerk: body.clerk, seen: false });
    return null;
  }

  async signOut() {
    const { token } = this;
    this.end();
    await post(`${this.base}/sign-out`, {}, { token });
  }

  /** The hall's word on who sits here ends a session that it knows nothing of; before its first word it is trusted. */
  compare(window) {
    if (!this.open || !window) return;
    const same = window.clerk?.staff_no === this.operator;
    if (same && !this.open.seen) this.keep({ ...this.open, seen: true });
    if (!same && this.open.seen) this.end();
  }

  keep(session) {
    this.open = session;
    sessionStorage.setItem(this.key, JSON.stringify(session));
  }

  end() {
    this.open = null;
    sessionStorage.removeItem(this.key);
  }
}
