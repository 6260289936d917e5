// The two questions a press may need answered first: which service, which number.

import { both, byId, make, named, say, write } from "./words.js";

for (const button of document.querySelectorAll("dialog [data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

/** Whether a question stands open. */
export const asking = () => document.querySelector("dialog[open]") !== null;

/** Close whatever question stands open. */
export function stopAsking() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}

/**
 * @param {{number: string, service: string}} held
 * @param {object[]} services
 * @param {(service: string) => void} chosen
 */
export function askService(held, services, chosen) {
  const dialog = byId("redirect");
  write(byId("redirect-title"), say("redirect-title", { number: held.number }));
  const others = services.filter(({ code }) => code !== held.service);
  byId("redirect-services").replaceChildren(
    ...others.map((service) => {
      const button = make("button", { type: "button" }, both(named(service.name, service.name_en)));
      button.dataset.code = service.code;
      button.addEventListener("click", () => {
        dialog.close();
        chosen(service.code);
      });
      return button;
    }),
  );
  dialog.showModal();
  byId("redirect-services").querySelector("button")?.focus();
}

/** @param {(digits: string) => void} chosen gets digits only: the letter before them is decoration */
export function askNumber(chosen) {
  const dialog = byId("call-number");
  const input = byId("digits");
  input.value = "";
  byId("call-number-form").onsubmit = (event) => {
    event.preventDefault();
    const digits = input.value.replace(/\D/g, "");
    if (!digits) return input.focus();
    dialog.close();
    return chosen(digits);
  };
  dialog.showModal();
  input.focus();
}
