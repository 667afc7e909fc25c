// The list of conversations: by day, or those that were found.

import { announce } from "./announce.js";
import { isComposing } from "./box.js";
import { button, element } from "./dom.js";
import { find, titleOf } from "./history.js";
import { say, tag } from "./texts.js";

const DAY = 24 * 60 * 60 * 1000;
const AROUND = 12; // characters shown before what was found
const LONGEST = 120; // characters of a title or of what was found

export class Sidebar {
  #nav;
  #store;
  #listener;
  #removed = null;
  #renamed = null; // the id of the one that is being renamed

  // `listener` is {open(conversation), current(), removed(id)}.
  constructor(nav, store, listener) {
    this.#nav = nav;
    this.#store = store;
    this.#listener = listener;
    this.#search.addEventListener("input", () => this.draw());
    this.#search.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#search.value || isComposing(event)) return;
      event.preventDefault(); // a drawer stays open
      this.#search.value = "";
      this.draw();
    });
  }

  get #search() {
    return this.#nav.querySelector("#find");
  }

  get #words() {
    return this.#search.value.trim().split(/\s+/).filter(Boolean);
  }

  draw() {
    const { activeElement } = document;
    if (activeElement?.matches(".renaming input") && this.#renamed) return; // not under one's fingers
    const focused = this.#nav.contains(activeElement) && activeElement.closest("li")?.dataset.id;
    const all = this.#store.all();
    const words = this.#words;
    const found = find(all, words);
    this.#search.parentElement.hidden = !all.length;
    this.#nav.querySelector(".list").replaceChildren(
      ...(words.length ? this.#found(found, words) : this.#byDay(all)),
    );
    this.#nav.querySelector(".unkept").hidden = this.#store.isKept;
    this.#drawUndo();
    if (focused) this.#focus(focused);
  }

  #byDay(all) {
    const days = Map.groupBy(all, ({ updated }) => dayName(updated));
    return [...days].map(([day, conversations]) => [
      element("h2", {}, day),
      element("ul", {}, conversations.map((one) => this.#row(one, [], null))),
    ]).flat();
  }

  #found(found, words) {
    const count = element("p", { class: "found", role: "status" }, say("found", { count: found.length }));
    const rows = found.map(({ conversation, shown }) => this.#row(conversation, words, shown));
    return [count, element("ul", {}, rows)];
  }

  #row(conversation, words, shown) {
    if (conversation.id === this.#renamed) return this.#renaming(conversation);
    const title = titleOf(conversation);
    const isOpen = conversation.id === this.#listener.current();
    const face = [
      element("span", { class: "title" }, marked(title.slice(0, LONGEST), words)),
      shown ? element("span", { class: "shown" }, marked(around(shown, words), words)) : null,
    ];
    const attributes = { class: "to", title, "aria-current": isOpen ? "true" : null };
    return element(
      "li",
      { "data-id": conversation.id },
      button(face, attributes, () => this.#listener.open(conversation)),
      tool("✎", say("rename", { title }), "rename", () => this.#rename(conversation.id)),
      tool("×", say("remove", { title }), "remove", () => this.#remove(conversation.id)),
    );
  }

  #rename(id) {
    this.#renamed = id;
    this.draw();
    this.#nav.querySelector(".renaming input").select();
  }

  #renaming(conversation) {
    const box = element("input", { "aria-label": say("rename.label"), maxlength: LONGEST });
    box.value = titleOf(conversation);
    const end = (title) => {
      if (this.#renamed !== conversation.id) return; // it has ended before
      this.#renamed = null;
      const isPlain = title === conversation.turns[0].question;
      if (title !== null) this.#store.rename(conversation.id, isPlain ? "" : title);
      this.draw();
    };
    box.addEventListener("keydown", (event) => {
      if (isComposing(event) || !["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      end(event.key === "Enter" ? box.value.trim() : null);
      this.#focus(conversation.id);
    });
    box.addEventListener("blur", () => end(box.value.trim()));
    return element("li", { class: "renaming", "data-id": conversation.id }, box);
  }

  #focus(id) {
    this.#nav.querySelector(`li[data-id="${CSS.escape(id)}"] .to`)?.focus();
  }

  #remove(id) {
    const wasOpen = id === this.#listener.current();
    this.#removed = { conversation: this.#store.remove(id), wasOpen };
    if (wasOpen) this.#listener.removed();
    this.draw();
    announce(say("removed", { title: titleOf(this.#removed.conversation) }));
    this.#nav.querySelector(".undo button").focus();
  }

  // The offer to put back what was removed stands until something else is done.
  forget() {
    this.#removed = null;
  }

  #drawUndo() {
    const place = this.#nav.querySelector(".undo");
    place.hidden = !this.#removed;
    if (!this.#removed) return place.replaceChildren();
    const title = titleOf(this.#removed.conversation).slice(0, LONGEST);
    const words = element("span", {}, say("removed", { title }));
    place.replaceChildren(words, button(say("put.back"), {}, () => this.#putBack()));
  }

  #putBack() {
    const { conversation, wasOpen } = this.#removed;
    this.forget();
    this.#store.put(conversation);
    if (wasOpen) this.#listener.open(conversation);
    this.draw();
    this.#focus(conversation.id);
  }
}

const tool = (face, label, name, act) =>
  button(face, { class: `tool ${name}`, "aria-label": label, title: label }, act);

function dayName(time) {
  const day = new Date(time).setHours(0, 0, 0, 0);
  const ago = Math.round((new Date().setHours(0, 0, 0, 0) - day) / DAY);
  if (ago <= 0) return say("today");
  if (ago === 1) return say("yesterday");
  const year = new Date(time).getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return new Date(time).toLocaleDateString(tag(), { year, month: "long", day: "numeric" });
}

function pattern(words) {
  const plain = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return new RegExp(`(${plain.join("|")})`, "giu");
}

// A text with the words that were looked for as marks.
function marked(text, words) {
  if (!words.length) return text;
  return text.split(pattern(words)).map((piece, i) => (i % 2 ? element("mark", {}, piece) : piece));
}

function around(text, words) {
  const from = Math.max(0, text.search(pattern(words)) - AROUND);
  return `${from ? "…" : ""}${text.slice(from, from + LONGEST)}`;
}
