// What both pages of the entrance say of matters and the house: fetched once for each new directory of the hall.

let made = null;
let asking = "";

/** The newest guide; null before the first. */
export const guide = () => made;

/**
 * Have the guide of this digest; `had` is called once it is there. A daemon that does not answer is asked again with
 * its next state.
 * @param {string} digest
 * @param {() => void} had
 */
export async function keepGuide(digest, had) {
  if (made?.digest === digest || asking === digest) return;
  asking = digest;
  try {
    const answer = await fetch("/guide");
    if (answer.ok) made = await answer.json();
  } catch {
    // the stream of states is lost as well, and says so
  } finally {
    asking = "";
  }
  if (made?.digest === digest) had();
}
