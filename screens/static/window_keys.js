// Keys of a clerk and of a scanner that types as a keyboard: only their pace tells them apart. So each key waits until
// it is sure who pressed it; a slip's code must not press a single button on its way.

const GAP_MS = 80; // a scanner's keys follow each other within 30 ms, a person's rarely within 100
const LEAST = 8; // so many keys at that pace are no person: a long number and Enter are 7
const SHIFTS = ["Shift", "CapsLock"]; // a scanner uses them between its letters
const END_MS = 300; // a scanner may rest between two lines of a code

/** @typedef {{code: string, char: string, target: Element}} Key */

/**
 * @param {{listening: () => boolean, pressed: (code: string) => void, scanned: (text: string) => void}} told
 *   pressed: a person's key outside of any field, by its place on the keyboard; scanned: all lines of one code
 */
export function watchKeys(told) {
  /** @type {Key[]} */
  let run = [];
  let timer = 0;

  const end = () => {
    clearTimeout(timer);
    const keys = run;
    run = [];
    if (keys.length >= LEAST) told.scanned(keys.map(({ char }) => char).join("").trim());
    else for (const key of keys) replay(key, told.pressed);
  };

  const listener = (event) => {
    const char = charOf(event);
    if (!char && !SHIFTS.includes(event.key)) end(); // what was pressed before Tab or Escape comes before it
    if (!char || event.repeat || event.ctrlKey || event.altKey || event.metaKey || !told.listening()) return;
    const typing = event.target.matches("input");
    if (!typing || char === "\n") event.preventDefault();
    run.push({ code: event.code, char, target: event.target });
    const scanning = run.length >= LEAST;
    if (scanning) clearField(event, typing);
    clearTimeout(timer);
    timer = setTimeout(end, scanning ? END_MS : GAP_MS);
  };
  document.addEventListener("keydown", listener, { capture: true });
}

/** What a key types: a scanner knows nothing of a locked shift. "" for keys that type nothing. */
function charOf(event) {
  if (event.key === "Enter") return "\n";
  if (event.key.length !== 1) return "";
  if (!event.getModifierState("CapsLock") || !/[a-z]/i.test(event.key)) return event.key;
  return event.key === event.key.toLowerCase() ? event.key.toUpperCase() : event.key.toLowerCase();
}

/** What a scanner has typed into a field so far was not meant for it. */
function clearField(event, typing) {
  if (!typing) return;
  event.preventDefault();
  event.target.value = "";
}

/** A person's key, done now: letters are shortcuts, Enter and space press what has the focus. @param {Key} key */
function replay({ code, char, target }, pressed) {
  const submits = char === "\n" && target.form;
  if (target.matches("input")) return submits && target.form.requestSubmit();
  if ((char === "\n" || char === " ") && target.matches("button, a, summary")) return target.click();
  return pressed(code);
}
