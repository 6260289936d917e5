// Every sentence comes from the page's own word list; data reaches the page as text, never as markup.

/** @typedef {Record<string, string>} Both one text by language; at least in the first two, whatever packs there are */

const CHINESE = "zh-CN";
const ENGLISH = "en";
const languages = JSON.parse(document.getElementById("words").textContent);
const LANGUAGES = languages.map((each) => each.tag);
const sentences = Object.fromEntries(languages.map((each) => [each.tag, each.words]));

/** The language that stands first. */
export const language = () => document.documentElement.dataset.language;

/** Put this language first on the whole page. */
export function speak(chosen) {
  const page = document.documentElement;
  page.dataset.language = page.lang = chosen;
  ({ direction: page.dir, writing: page.dataset.writing } = languages.find((each) => each.tag === chosen));
}

/** The other of the first two languages. */
export const otherLanguage = () => (language() === CHINESE ? ENGLISH : CHINESE);

/** All languages of the page: tag and name, each in itself. @returns {{tag: string, name: string}[]} */
export const allLanguages = () => languages.map(({ tag, name }) => ({ tag, name }));

/** What `said` gives in each language of the page that `has` it. @returns {Both} */
const inEach = (has, said) => Object.fromEntries(LANGUAGES.filter(has).map((each) => [each, said(each)]));

/** A text may be in fewer languages than the page: then it is in Chinese, else in English. */
const inLanguage = (text, chosen) => text[chosen] ?? text[CHINESE] ?? text[ENGLISH] ?? "";

/**
 * A sentence in every language, `{fields}` filled in; a field may itself be in several.
 * @param {string} key
 * @param {Record<string, string | number | Both>} [fields]
 * @returns {Both}
 */
export function say(key, fields = {}) {
  const filled = (field, chosen) => (field && typeof field === "object" ? inLanguage(field, chosen) : field);
  const fill = (chosen) => sentences[chosen][key].replace(/\{(\w+)\}/g, (_, name) => String(filled(fields[name], chosen)));
  return inEach((each) => key in sentences[each] || each === CHINESE, fill);
}

/** The sentence of this key, or the word itself in both languages where the page has none. */
export function sayOr(key, word) {
  return key in sentences[ENGLISH] ? say(key) : { [CHINESE]: String(word), [ENGLISH]: String(word) };
}

/** The sentence for a keyword of a shared room (`reason`, `refusal`); an unknown keyword is shown as it is. */
export function sayKeyword(room, keyword) {
  const key = `${room}.${keyword}`;
  return key in sentences[ENGLISH] ? say(key) : say(`${room}.unknown`, { keyword });
}

/** Several texts in one, each language with its own separator. */
export function joined(texts) {
  const join = (chosen) => texts.map((text) => inLanguage(text, chosen)).join(chosen.startsWith("zh") ? "；" : "; ");
  return inEach((each) => texts.every((text) => each in text), join);
}

/** Texts one after the other, as one. */
export function together(...texts) {
  return inEach((each) => texts.every((text) => each in text), (each) => texts.map((text) => text[each]).join(" "));
}

/** A name that data carries in two fields; English falls back to Chinese. */
export function named(chinese, english) {
  return { [CHINESE]: chinese, [ENGLISH]: english || chinese };
}

/** @param {Both} text @returns {HTMLElement} */
export function both(text) {
  const outer = make("span", { className: "both" });
  for (const { tag, direction } of languages.filter((each) => each.tag in text)) {
    outer.append(make("span", { lang: tag, dir: direction, textContent: text[tag] }), " ");
  }
  return outer;
}

/** Make `element` say `text` in both languages. Unchanged text is left alone, so that nothing is read out twice. */
export function write(element, text) {
  const now = LANGUAGES.map((each) => text[each]).join("\n");
  if (element.dataset.said === now) return;
  element.dataset.said = now;
  element.replaceChildren(both(text));
}

/** Say it to those who listen: the page's polite live region. */
export function announce(text) {
  byId("announce").textContent = inLanguage(text, language());
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
