// The language button: two languages change places at a touch; of more, one is chosen by its own name.

import { allLanguages, language, make, otherLanguage, say, speak, write } from "./words.js";

/** @param {HTMLElement} button */
export function offerLanguages(button) {
  button.addEventListener("click", () => (allLanguages().length > 2 ? choose() : speak(otherLanguage())));
}

function choose() {
  const title = make("h2", { id: "languages-title" });
  write(title, say("languages.choose"));
  const dialog = make("dialog", { className: "languages" }, title, ...allLanguages().map(choice));
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.addEventListener("click", (event) => {
    const chosen = event.target.closest("button");
    if (chosen) speak(chosen.lang);
    if (chosen || event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function choice({ tag, name }) {
  const button = make("button", { type: "button", lang: tag, textContent: name });
  button.setAttribute("aria-pressed", String(tag === language()));
  return button;
}
