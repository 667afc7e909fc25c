// What the page says, in the reader's language: that of the address, of the setting, or the browser's.

import { LANGUAGES, filled, firstKnown, tagOf } from "./language.js";
import { get } from "./server.js";

const tables = {};

export let language = "en";

export const tag = () => tagOf(language);

export function chooseLanguage(setting) {
  const asked = new URL(location).searchParams.get("lang");
  return firstKnown([asked, setting, ...navigator.languages]);
}

export async function speak(wish) {
  tables[wish] ??= await get(`wenjin/texts/${wish}.json`);
  language = wish;
  document.documentElement.lang = tag();
}

export const otherLanguage = () => LANGUAGES.find((one) => one !== language);

export function say(key, values = {}) {
  return filled(tables[language][key], values);
}

// A text in both languages, as the server sends it.
export const said = (texts) => texts[language] ?? texts.en;

// Puts words on what stands in the page from the beginning.
export function label(frame) {
  frame.lang = tag();
  for (const one of frame.querySelectorAll("[data-say]")) one.textContent = say(one.dataset.say);
  for (const one of frame.querySelectorAll("[data-say-label]")) one.ariaLabel = say(one.dataset.sayLabel);
  for (const one of frame.querySelectorAll("[data-say-placeholder]")) {
    one.placeholder = say(one.dataset.sayPlaceholder);
  }
}
