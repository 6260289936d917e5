// Keys on the screen, for fingers: what they type goes where a keyboard's would.

import { both, make, say } from "./words.js";

const ROWS = { letters: ["ABCDEFGHI", "JKLMNOPQR", "STUVWXYZ"], digits: ["1234567890", "X-"] };

/**
 * @param {HTMLElement} panel empty before
 * @param {("letters" | "digits")[]} kinds
 * @param {() => HTMLInputElement} into the field that is being filled in
 */
export function drawKeys(panel, kinds, into) {
  const rows = kinds.flatMap((kind) => ROWS[kind]).map((row) => make("div", { className: "key-row" }, ...[...row].map((sign) => key(sign, into))));
  const ends = [
    action("key-delete", () => put(into(), into().value.slice(0, -1))),
    action("key-clear", () => put(into(), "")),
  ];
  panel.replaceChildren(...rows, make("div", { className: "key-row" }, ...ends));
}

function key(sign, into) {
  const button = make("button", { type: "button", className: "key", textContent: sign });
  button.addEventListener("click", () => {
    const field = into();
    if (field.maxLength < 0 || field.value.length < field.maxLength) put(field, field.value + sign);
  });
  return button;
}

function action(name, act) {
  const button = make("button", { type: "button", className: "key wide" }, both(say(name)));
  button.addEventListener("click", act);
  return button;
}

function put(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input"));
}
