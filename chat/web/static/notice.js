// One quiet line at the foot of the conversation: what was just done, and a way back.

import { announce } from "./announce.js";
import { button, element } from "./dom.js";

export class Notice {
  #words = null;
  #act;

  constructor(place) {
    this.element = element("div", { class: "notice", hidden: true });
    place.after(this.element);
  }

  // `words()` are the text and the button's face, in the language of the moment.
  show(words, act) {
    this.#words = words;
    this.#act = act;
    this.draw();
    announce(words()[0]);
  }

  clear() {
    this.#words = null;
    this.draw();
  }

  draw() {
    this.element.hidden = !this.#words;
    if (!this.#words) return this.element.replaceChildren();
    const [text, face] = this.#words();
    const back = button(face, { class: "back" }, () => this.#act());
    this.element.replaceChildren(element("span", {}, text), back);
  }
}
