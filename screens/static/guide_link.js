// The tablet's line to the hall. It moves about: radio that is gone says nothing, so silence itself is the sign.

const SILENT_MS = 4000; // the hall says something every 1.5 s (hall/guides/stream.py)
const AGAIN_MS = 1500;

/**
 * Follow the hall until told to stop. A line that breaks or falls silent is opened anew.
 * @param {string} url
 * @param {{state: (state: {now_ms: number, board: object}) => void, lost: () => void}} told
 * @returns {() => void} stops it
 */
export function followHall(url, told) {
  let source = null;
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
    expect(AGAIN_MS, connect);
  };
  const heard = () => expect(SILENT_MS, lose);
  const connect = () => {
    source = new EventSource(url);
    source.addEventListener("state", (event) => {
      heard();
      told.state(JSON.parse(event.data));
    });
    source.addEventListener("beat", heard);
    source.onerror = lose;
    expect(SILENT_MS, lose);
  };
  connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source.close();
  };
}
