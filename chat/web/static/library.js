// The articles of the library: listed, searched, sorted and filtered; read, added and removed.

import { announce } from "./announce.js";
import { button, element } from "./dom.js";
import { fields, ORDERS } from "./narrowing.js";
import { plots } from "./plots.js";
import { Removal } from "./removal.js";
import { Failure, get, post } from "./server.js";
import { articleAddress, byline } from "./sources.js";
import { said, say, tag } from "./texts.js";
import { withToken } from "./token.js";
import { Uploads } from "./upload.js";

const ROWS = 50; // that are fetched at a time
const PAUSE = 200; // milliseconds without a key before a search

const written = (number) => number.toLocaleString(tag());

export async function prepareLibrary(section, page) {
  const library = new Library(section, page);
  library.draw();
  await Promise.all([library.search(), library.count()]);
  return library;
}

class Library {
  #wanted = { query: "", author: "", source: "", from: "", to: "", sort: ORDERS[0] };
  #articles = [];
  #total = 0;
  #statistics = null;
  #isKnown = false; // whether anything was found yet, be it nothing
  #failure = null;
  #asked = null; // the request under way: the last one counts
  #timer = 0;
  #list = element("ol", { class: "listed" });
  #stated = element("p", { class: "stated" });
  #counted = element("div", { class: "counted" });
  #narrowing = element("form", { class: "narrowing", role: "search" });
  #more = null;

  constructor(section, page) {
    this.section = section;
    this.page = page;
    this.removal = new Removal((article) => this.#putBack(article));
    this.uploads = new Uploads(section, () => this.changed());
    this.#more = element("button", { type: "button", class: "more", onclick: () => this.#fetch() });
    this.#narrowing.addEventListener("submit", (event) => event.preventDefault());
    const watch = new IntersectionObserver(([seen]) => seen.isIntersecting && this.#fetch());
    watch.observe(this.#more);
  }

  // Draw all of it, as in another language.
  draw() {
    const { changes } = this.page.library;
    this.#drawNarrowing();
    this.#drawList();
    this.#drawCounted();
    this.uploads.draw();
    this.removal.draw();
    this.section.replaceChildren(
      element("h1", {}, say("section.articles")),
      ...(changes ? [this.uploads.element] : []),
      this.#counted,
      this.#narrowing,
      this.#stated,
      this.#list,
      this.#more,
      this.removal.element,
    );
  }

  // Articles came or went.
  async changed() {
    await Promise.all([this.page.refresh(), this.search(), this.count()]).catch(passed);
  }

  async count() {
    try {
      this.#statistics = await get("api/statistics");
    } catch (error) {
      passed(error);
    }
    this.#drawCounted();
    this.#drawNarrowing();
  }

  // Begin the list anew.
  async search() {
    this.#asked?.abort();
    this.#asked = null;
    await this.#fetch(true);
  }

  async #fetch(anew = false) {
    if (this.#asked || (!anew && this.#articles.length >= this.#total)) return;
    const asked = new AbortController();
    this.#asked = asked;
    const offset = anew ? 0 : this.#articles.length;
    const query = new URLSearchParams({ ...this.#wanted, offset, limit: ROWS });
    try {
      const found = await get(`api/articles?${query}`, { signal: asked.signal });
      this.#failure = null;
      this.#isKnown = true;
      this.#articles = [...(anew ? [] : this.#articles), ...found.articles];
      this.#total = found.total;
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#failure = passed(error);
    }
    if (this.#asked === asked) this.#asked = null;
    this.#drawList(anew ? 0 : offset);
  }

  #narrow(name, value) {
    this.#wanted[name] = value;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.search(), PAUSE);
  }

  #clear() {
    const { sort } = this.#wanted;
    this.#wanted = { query: "", author: "", source: "", from: "", to: "", sort };
    this.#narrowing.replaceChildren();
    this.#drawNarrowing();
    this.search();
    this.#narrowing.querySelector("input").focus();
  }

  get #isNarrowed() {
    return ["query", "author", "source", "from", "to"].some((name) => this.#wanted[name]);
  }

  #drawNarrowing() {
    const focused = this.#narrowing.contains(document.activeElement) && document.activeElement.name;
    const narrow = (name, value) => this.#narrow(name, value);
    this.#narrowing.replaceChildren(...fields(this.#wanted, this.#statistics, narrow));
    if (focused) this.#narrowing.elements[focused]?.focus();
    this.#narrowing.hidden = !this.#isNarrowed && this.#statistics?.articles === 0;
  }

  #drawList(from = 0) {
    const rows = this.#articles.slice(from).map((article) => this.#row(article));
    if (from) this.#list.append(...rows);
    else this.#list.replaceChildren(...rows);
    this.#list.lang = tag();
    this.#more.textContent = say("articles.more");
    this.#more.hidden = this.#articles.length >= this.#total;
    const told = this.#told();
    if (told !== this.#stated.textContent) announce(told);
    this.#stated.replaceChildren(told);
    if (!this.#failure && !this.#total && this.#isNarrowed) {
      this.#stated.append(" ", button(say("articles.clear"), {}, () => this.#clear()));
    }
  }

  #told() {
    if (this.#failure) return this.#failure;
    if (!this.#isKnown) return say("searching");
    if (this.#total) return say("articles.total", { total: written(this.#total), shown: written(this.#articles.length) });
    return this.#isNarrowed ? say("articles.none") : say("empty");
  }

  #drawCounted() {
    const open = this.#counted.querySelector("details")?.open;
    this.#counted.replaceChildren(...(this.#statistics?.articles ? [plots(this.#statistics, open)] : []));
  }

  #row(article) {
    const address = articleAddress(article.id);
    const title = element("a", { class: "open", href: address, lang: article.language }, article.label);
    const known = byline(article);
    const facts = [
      say("articles.characters", { count: written(article.characters) }),
      article.reprint_of ? say("articles.reprint") : "",
    ];
    const remove = button(
      say("articles.remove"),
      { class: "remove", "aria-label": say("articles.remove.one", { title: article.label }) },
      () => this.#remove(article, remove),
    );
    return element(
      "li",
      {},
      element("div", {}, element("h2", {}, title), known),
      element("p", { class: "size" }, facts.filter(Boolean).join(" · ")),
      this.page.library.changes ? remove : null,
    );
  }

  async #remove(article, pressed) {
    pressed.disabled = true;
    try {
      const path = `api/articles/${encodeURIComponent(article.id)}`;
      this.removal.show(await withToken((headers) => get(path, { method: "DELETE", headers })));
    } catch (error) {
      pressed.disabled = false;
      this.removal.fail(passed(error));
      return;
    }
    this.#articles = this.#articles.filter((one) => one.id !== article.id);
    this.#total -= 1;
    this.#drawList();
    if (this.#asked) this.search(); // what is on its way still has it
    await Promise.all([this.page.refresh(), this.count()]).catch(passed);
  }

  async #putBack(article) {
    try {
      await withToken((headers) => post("api/articles", { articles: [article] }, { headers }));
    } catch (error) {
      this.removal.fail(passed(error));
      return;
    }
    await this.changed();
  }
}

// What the server says went wrong; anything else is a mistake of ours.
function passed(error) {
  if (!(error instanceof Failure)) throw error;
  return error.texts ? said(error.texts) : say("articles.failed");
}
