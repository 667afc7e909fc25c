// Tells those who listen to the page what happens on it, each thing once.

import { element } from "./dom.js";

const KEPT = 20; // so that what nobody hears any more goes away

export const announce = (text, lang) => tell(document.getElementById("told"), text, lang);

export function tell(told, text, lang) {
  told.append(element("span", { lang }, `${text} `));
  while (told.childElementCount > KEPT) told.firstElementChild.remove();
}
