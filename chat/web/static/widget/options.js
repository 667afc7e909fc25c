// What can be set for a widget, by attributes of its script.

import { firstKnown } from "../language.js";

export const optionsOf = ({ dataset }) => ({
  // data-lang: zh or en. Otherwise the page's language, then the reader's.
  language: firstKnown([dataset.lang, document.documentElement.lang, ...navigator.languages]),
  // data-title: what the button and the panel are called.
  title: dataset.title,
  // data-greeting: what stands there before the first question.
  greeting: dataset.greeting,
  // data-questions: what could be asked first, "…|…". Otherwise the library's own examples.
  questions: (dataset.questions ?? "").split("|").map((one) => one.trim()).filter(Boolean),
  // data-color: of the button, as in CSS.
  colour: dataset.color,
  // data-position: left or right.
  side: dataset.position === "left" ? "left" : "right",
  // data-open="true": open from the start, unless the panel would cover the page.
  isOpen: dataset.open === "true",
});
