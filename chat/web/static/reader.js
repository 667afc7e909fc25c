// Lights up a mark and its source together, and opens articles beside the conversation: at a citation,
// with the others of the same answer marked in it, and the way to the next and the previous one.

import { copyText } from "./clipboard.js";
import { behavior, element } from "./dom.js";
import { markQuotes } from "./quotes.js";
import { say } from "./texts.js";

const WIDE = 1280; // from here on the article stands beside the answer, if there is room
const ROOM = 480;
const GAP = 24;
const STEPS = { ArrowLeft: -1, "[": -1, ArrowRight: 1, "]": 1 };

function light(mark) {
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (!mark) return null;
  const source = document.getElementById(mark.getAttribute("aria-controls"));
  mark.classList.add("lit");
  source?.classList.add("lit");
  return source;
}

const markOf = (source) => document.querySelector(`.mark[aria-controls="${source.id}"]`);

function lightUnder(target) {
  const mark = target.closest?.(".mark");
  const source = target.closest?.(".source[id]");
  if (mark) light(mark);
  else if (source) light(markOf(source));
}

// Where a link leads: the article, and the characters that are quoted of it.
function placeOf(link) {
  const address = new URL(link.href);
  const [start, end] = ["start", "end"].map((name) => Number(address.searchParams.get(name)));
  return { link, href: link.href, path: address.pathname, start, end };
}

// The places among which one goes from a link on: the citations of its turn, or its nearest articles.
function placesAround(link) {
  const turn = link.closest(".turn");
  const numbers = [...(turn?.querySelectorAll("a.number") ?? [])];
  const cited = numbers.toSorted((one, other) => Number(one.textContent) - Number(other.textContent));
  const first = link.closest(".excerpt")?.querySelector("a.number");
  const cards = [...(turn?.querySelectorAll(".excerpt > a.open") ?? [])];
  for (const [links, from] of [[cited, link], [cited, first], [cards, link]]) {
    if (links.includes(from)) return { places: links.map(placeOf), at: links.indexOf(from) };
  }
  return { places: [placeOf(link)], at: 0 };
}

async function articleAt({ href }) {
  const address = new URL(href);
  for (const name of ["start", "end"]) address.searchParams.delete(name); // the marks are made here
  try {
    const answer = await fetch(address);
    // A document made so runs no script and fetches nothing.
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const article = document.adoptNode(page.querySelector("article"));
    for (const link of article.querySelectorAll("a")) {
      link.href = new URL(link.getAttribute("href"), address);
    }
    return article;
  } catch {
    return element("p", {}, say("unreachable"));
  }
}

class Reader {
  #dialog;
  #origin = null; // what has the focus back in the end
  #mark = null; // the mark from which the reader came to a source
  #places = [];
  #at = 0;
  #shown = ""; // the path of the article that stands there

  constructor(dialog) {
    this.#dialog = dialog;
    dialog.addEventListener("keydown", (event) => this.#key(event));
    dialog.addEventListener("close", () => this.#closed());
    this.#part(".previous").addEventListener("click", () => this.#step(-1));
    this.#part(".next").addEventListener("click", () => this.#step(1));
    this.#part(".copy").addEventListener("click", () => this.#copy());
    this.#part(".close").addEventListener("click", () => dialog.close());
  }

  // From a mark in an answer to the source beside it, or on to that in the open article.
  follow(mark) {
    const source = light(mark);
    this.#mark = mark;
    const link = source?.querySelector("a.number");
    if (link && this.#dialog.open) return this.open(link);
    source?.scrollIntoView({ block: "nearest", behavior: behavior() });
    source?.focus({ preventScroll: true });
  }

  open(link) {
    const source = link.closest(".source");
    const inside = this.#dialog.contains(link);
    if (!inside) this.#origin = source && this.#mark && markOf(source) === this.#mark ? this.#mark : link;
    const { places, at } = placesAround(link);
    this.#places = places;
    return this.#show(at);
  }

  #part(selector) {
    return this.#dialog.querySelector(selector);
  }

  async #show(at) {
    this.#at = at;
    const place = this.#places[at];
    if (!this.#dialog.open) this.#stand(place.link);
    if (this.#shown !== place.path) {
      this.#shown = place.path;
      const article = await articleAt(place);
      if (this.#places[this.#at] !== place) return; // gone on meanwhile
      this.#part(".title").textContent = article.querySelector("h1")?.textContent ?? "";
      this.#part(".sheet").replaceChildren(article);
      this.#part(".sheet").scrollTop = 0;
    }
    this.#mention(place);
    const others = this.#places.filter((one) => one.path === place.path);
    markQuotes(this.#part(".sheet"), place, others);
    this.#part("mark:not(.weak)")?.scrollIntoView({ block: "center" });
  }

  // Beside the answer if there is room, over the page if not.
  #stand(link) {
    const edge = link.closest(".turn")?.querySelector(".reply")?.getBoundingClientRect().right ?? innerWidth;
    const wide = innerWidth >= WIDE && innerWidth - edge - GAP >= ROOM;
    this.#dialog.style.setProperty("--edge", `${Math.round(edge + GAP)}px`);
    if (wide) this.#dialog.show();
    else this.#dialog.showModal();
    this.#part(".sheet").focus({ preventScroll: true });
  }

  #mention({ link, href }) {
    const count = this.#places.length;
    const source = link.closest(".source");
    if (source) light(markOf(source));
    this.#part(".own").href = href;
    this.#part(".copy").textContent = say("copy.link");
    this.#part(".place").textContent = count > 1 ? say("place", { number: this.#at + 1, count }) : "";
    for (const step of this.#dialog.querySelectorAll(".previous, .next")) step.hidden = count < 2;
    this.#part(".previous").disabled = this.#at === 0;
    this.#part(".next").disabled = this.#at === count - 1;
  }

  #step(by) {
    const at = this.#at + by;
    if (at < 0 || at >= this.#places.length) return;
    this.#show(at);
    if (document.activeElement.disabled) this.#part(".sheet").focus({ preventScroll: true });
  }

  async #copy() {
    const done = await copyText(this.#part(".own").href);
    this.#part(".copy").textContent = say(done ? "copied" : "copy.failed");
  }

  #key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      return this.#dialog.close();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in STEPS)) return null;
    event.preventDefault();
    return this.#step(STEPS[event.key]);
  }

  // The conversation stands where it stood.
  #closed() {
    this.#shown = "";
    this.#part(".sheet").replaceChildren();
    this.#origin?.focus({ preventScroll: true });
    this.#origin = null;
  }
}

const isPlain = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

export function prepareReader(frame) {
  const dialog = frame.querySelector("#reader");
  const reader = new Reader(dialog);
  frame.addEventListener("mouseover", (event) => lightUnder(event.target));
  frame.addEventListener("focusin", (event) => lightUnder(event.target));
  frame.addEventListener("click", (event) => {
    const mark = event.target.closest(".mark");
    const link = event.target.closest("a.open");
    const quoted = event.target.closest(".source")?.querySelector("a.number");
    if (mark) {
      reader.follow(mark);
    } else if (link && isPlain(event)) {
      event.preventDefault();
      reader.open(link);
    } else if (quoted && !link && getSelection().isCollapsed) {
      reader.open(quoted);
    } else if (event.target === dialog) {
      dialog.close(); // beside the sheet
    }
  });
  return reader;
}
