// The conversation on the page among those that are kept: which one is shown, and when it is kept.

import { History, begun, settled } from "./history.js";
import { Sidebar } from "./sidebar.js";
import { read, write } from "./storage.js";

const SHOWN = "wenjin.shown"; // the one that this tab comes back with after a reload
const STAYED = 2000; // milliseconds after which a page that was to go is still there

export class Conversations {
  #conversation;
  #page;
  #history;
  #sidebar;
  #current = begun();
  #kept = "[]"; // its turns as they were kept last
  #isLeaving = false;

  // `page` is {draw()}, called when another conversation is shown.
  constructor(nav, conversation, page) {
    this.#conversation = conversation;
    this.#page = page;
    this.#history = new History(() => this.#follow());
    this.#sidebar = new Sidebar(nav, this.#history, {
      current: () => this.#current.id,
      open: (one) => this.open(one),
      removed: () => this.#show(begun()),
    });
    addEventListener("pagehide", () => this.keep());
    addEventListener("beforeunload", () => this.#leave());
  }

  draw() {
    this.#sidebar.draw();
  }

  // What this tab showed before a reload.
  restore() {
    const former = this.#history.get(read("sessionStorage", SHOWN));
    if (former) this.#show(former);
  }

  begin() {
    this.keep();
    this.#sidebar.forget();
    this.#show(begun());
  }

  open(conversation) {
    if (conversation.id === this.#current.id) return;
    this.keep();
    this.#sidebar.forget();
    this.#show(this.#history.get(conversation.id) ?? conversation);
  }

  // Keeps what has changed since; an answer under way as if it had been stopped.
  keep() {
    if (this.#isLeaving) return;
    const turns = this.#conversation.turns.map(settled);
    const text = JSON.stringify(turns);
    if (text === this.#kept) return;
    this.#kept = text;
    if (turns.length) this.#current = this.#history.keep(this.#current, turns);
    else this.#history.remove(this.#current.id);
    write("sessionStorage", SHOWN, this.#current.id);
    this.draw();
  }

  // An answer under way fails when the page goes, and isn't to come back as if the server had failed.
  #leave() {
    this.keep();
    this.#isLeaving = true;
    setTimeout(() => (this.#isLeaving = false), STAYED);
  }

  #show(conversation) {
    this.#current = conversation;
    this.#kept = JSON.stringify(conversation.turns);
    write("sessionStorage", SHOWN, conversation.id);
    this.#conversation.show(structuredClone(conversation.turns));
    this.#page.draw();
  }

  // Another tab has changed something.
  #follow() {
    const theirs = this.#history.get(this.#current.id);
    const isNewer = theirs && theirs.updated !== this.#current.updated;
    if (isNewer && !this.#conversation.isRunning) this.#show(theirs);
    else this.draw();
  }
}
