// Every sentence comes from the page's own word list; data reaches the page as text, never as markup.

/** @typedef {{"zh-CN": string, "en": string}} Both one text in both languages */

const LANGUAGES = ["zh-CN", "en"];
const sentences = JSON.parse(document.getElementById("words").textContent);

/** The language that stands first. */
export const language = () => document.documentElement.dataset.language;

/** Put this language first on the whole page. */
export function speak(chosen) {
  document.documentElement.dataset.language = chosen;
  document.documentElement.lang = chosen;
}

/** The other language. */
export const otherLanguage = () => LANGUAGES.find((each) => each !== language());

/**
 * A sentence in both languages, `{fields}` filled in; a field may itself be in both.
 * @param {string} key
 * @param {Record<string, string | number | Both>} [fields]
 * @returns {Both}
 */
export function say(key, fields = {}) {
  const fill = (chosen) =>
    sentences[chosen][key].replace(/\{(\w+)\}/g, (_, name) => String(fields[name]?.[chosen] ?? fields[name]));
  return { "zh-CN": fill("zh-CN"), en: fill("en") };
}

/** The sentence of this key, or the word itself in both languages where the page has none. */
export function sayOr(key, word) {
  return key in sentences.en ? say(key) : { "zh-CN": String(word), en: String(word) };
}

/** The sentence for a keyword of a shared room (`reason`, `refusal`); an unknown keyword is shown as it is. */
export function sayKeyword(room, keyword) {
  const key = `${room}.${keyword}`;
  return key in sentences.en ? say(key) : say(`${room}.unknown`, { keyword });
}

/** Several texts in one, each language with its own separator. */
export function joined(texts) {
  return { "zh-CN": texts.map((t) => t["zh-CN"]).join("；"), en: texts.map((t) => t.en).join("; ") };
}

/** A name that data carries in two fields; English falls back to Chinese. */
export function named(chinese, english) {
  return { "zh-CN": chinese, en: english || chinese };
}

/** @param {Both} text @returns {HTMLElement} */
export function both(text) {
  const outer = make("span", { className: "both" });
  for (const each of LANGUAGES) outer.append(make("span", { lang: each, textContent: text[each] }), " ");
  return outer;
}

/** Make `element` say `text` in both languages. Unchanged text is left alone, so that nothing is read out twice. */
export function write(element, text) {
  const now = `${text["zh-CN"]}\n${text.en}`;
  if (element.dataset.said === now) return;
  element.dataset.said = now;
  element.replaceChildren(both(text));
}

/** Say it to those who listen: the page's polite live region. */
export function announce(text) {
  byId("announce").textContent = text[language()];
}

/** @returns {HTMLElement} */
export const byId = (id) => document.getElementById(id);

/** A new element with these properties and children. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Show or hide. */
export function shown(element, yes) {
  element.hidden = !yes;
}

/** Possible or not, without taking the focus away from who works by keys. */
export function possible(button, yes) {
  button.setAttribute("aria-disabled", String(!yes));
}

/** @returns {boolean} whether a press of this button counts */
export const isPossible = (button) => button.getAttribute("aria-disabled") !== "true";
