// Seconds that run down in sight. Measured on the page's steady clock: wall time may jump.

/**
 * Call `tick` with the whole seconds left, now and each second, then `end` once.
 * @param {number} seconds
 * @param {(left: number) => void} tick
 * @param {() => void} end
 * @returns {() => void} stops it; `end` is then never called
 */
export function countdown(seconds, tick, end) {
  const until = performance.now() + seconds * 1000;
  const timer = setInterval(() => {
    const left = Math.ceil((until - performance.now()) / 1000);
    if (left > 0) return tick(left);
    clearInterval(timer);
    end();
  }, 250);
  tick(seconds);
  return () => clearInterval(timer);
}
