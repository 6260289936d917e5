// A page's two ways to its daemon: state pushed by server-sent events, and posts.

const STATE = "event: state\ndata: ";
const AGAIN_MS = [500, 1000, 2000, 3000]; // pauses between attempts: back within 3 s of the daemon

/** No answer came: whether the daemon did what was asked is not known. */
export class Unanswered extends Error {}

/**
 * Follow a stream of `state` events until told to stop. The browser's own reconnecting gives up for good on an HTTP
 * error (a daemon that is still starting), so each loss opens a new stream here.
 * @param {string} url
 * @param {{state: (state: object) => void, lost: () => void}} told
 * @param {{silentMs?: number}} [options] silentMs: a stream that says nothing for so long, not even `beat`, is lost: of
 *   a line that says nothing when it is gone (radio, a cable)
 * @returns {() => void} stops it
 */
export function follow(url, told, { silentMs = 0 } = {}) {
  let source = null;
  let failures = 0;
  let timer = 0;
  let stopped = false;

  const expect = (ms, then) => {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  };
  const lose = () => {
    source.close();
    if (stopped) return;
    told.lost();
    expect(AGAIN_MS[Math.min(failures++, AGAIN_MS.length - 1)], connect);
  };
  const heard = () => {
    failures = 0;
    if (silentMs) expect(silentMs, lose);
  };
  const connect = () => {
    source = new EventSource(url);
    source.addEventListener("state", (event) => {
      heard();
      told.state(JSON.parse(event.data));
    });
    source.addEventListener("beat", heard);
    source.onerror = lose;
    if (silentMs) expect(silentMs, lose);
  };
  connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source.close();
  };
}

/**
 * Post JSON and give the answer, whatever its status.
 * @param {string} url
 * @param {object} body
 * @param {{token?: string, limitMs?: number}} [options] limitMs: how long an answer may take
 * @returns {Promise<{status: number, body: any}>}
 * @throws {Unanswered}
 */
export async function post(url, body, { token = "", limitMs = 20000 } = {}) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  try {
    const signal = AbortSignal.timeout(limitMs);
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal });
    return { status: answer.status, body: await answer.json() };
  } catch (error) {
    throw new Unanswered(String(error));
  }
}

/**
 * Post JSON and follow the `state` events that come in answer, until they end. The request is what they belong to: who
 * aborts it is done with them.
 * @param {string} url
 * @param {object} body
 * @param {{token: string, signal: AbortSignal, state: (state: object) => void}} told
 * @returns {Promise<{status: number, body: any} | null>} the answer that came instead of a stream, null at its end
 * @throws {Unanswered} when the connection breaks, and when it was aborted
 */
export async function postAndFollow(url, body, { token, signal, state }) {
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
  try {
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal });
    if (!answer.headers.get("content-type").startsWith("text/event-stream")) {
      return { status: answer.status, body: await answer.json() };
    }
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let unread = "", piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const events = (unread + piece.value).split("\n\n");
      unread = events.pop();
      for (const event of events) if (event.startsWith(STATE)) state(JSON.parse(event.slice(STATE.length)));
    }
    return null;
  } catch (error) {
    throw new Unanswered(String(error));
  }
}

/**
 * As `post`, but tried again while no answer comes, all within `limitMs`. The body's own id keeps it one deed.
 * @returns {Promise<{status: number, body: any}>}
 * @throws {Unanswered}
 */
export async function postUntilAnswered(url, body, { token = "", limitMs = 20000 } = {}) {
  const until = performance.now() + limitMs;
  for (let failures = 0; ; failures++) {
    try {
      return await post(url, body, { token, limitMs: Math.max(1, until - performance.now()) });
    } catch (error) {
      const pause = AGAIN_MS[failures];
      if (pause === undefined || performance.now() + pause > until) throw error;
      await new Promise((resume) => setTimeout(resume, pause));
    }
  }
}
