// The languages there are texts in, and how texts are said.

export const LANGUAGES = ["zh", "en"];
const TAGS = { zh: "zh-CN", en: "en" };

export const tagOf = (language) => TAGS[language];

// The first wish that is known: names such as "zh-TW", or nothing.
export function firstKnown(wishes) {
  for (const wish of wishes) {
    const known = LANGUAGES.find((one) => wish?.toLowerCase().startsWith(one));
    if (known) return known;
  }
  return "en";
}

// A text with values in its places.
export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
