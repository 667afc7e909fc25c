// Says what was removed, and puts it back for as long as it says so.

import { announce } from "./announce.js";
import { button, element } from "./dom.js";
import { say } from "./texts.js";

const TIME = 8000; // milliseconds; none pass while somebody is at it

export class Removal {
  #article = null;
  #failure = "";
  #timer = 0;
  #back;

  constructor(back) {
    this.#back = back;
    this.element = element("div", { class: "removal", hidden: true });
    for (const name of ["mouseenter", "focusin"]) {
      this.element.addEventListener(name, () => clearTimeout(this.#timer));
    }
    for (const name of ["mouseleave", "focusout"]) this.element.addEventListener(name, () => this.#wait());
  }

  show(article) {
    this.#article = article;
    this.#failure = "";
    this.draw();
    announce(this.element.firstChild.textContent);
    this.element.querySelector("button").focus({ preventScroll: true });
  }

  fail(text) {
    this.#failure = text;
    this.draw();
    announce(text);
    this.#wait();
  }

  draw() {
    const text = this.#failure || (this.#article && say("articles.removed", { title: this.#article.label }));
    this.element.hidden = !text;
    if (!text) return this.element.replaceChildren();
    const undo = this.#article && button(say("articles.undo"), {}, () => this.#undo());
    this.element.replaceChildren(element("span", {}, text), ...(undo ? [undo] : []));
  }

  #undo() {
    const article = this.#article;
    this.#clear();
    this.#back(article);
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#clear(), TIME);
  }

  #clear() {
    clearTimeout(this.#timer);
    this.#article = null;
    this.#failure = "";
    this.draw();
  }
}
