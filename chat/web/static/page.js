// The page: wires its parts once Gradio has put the frame there.

import { drawAbout } from "./about.js";
import { prepareComposer } from "./composer.js";
import { Connection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { Conversations } from "./conversations.js";
import { button, element } from "./dom.js";
import { prepareDrawer } from "./drawer.js";
import { exportMenu } from "./export.js";
import { placeFrame } from "./frame.js";
import { prepareReader } from "./reader.js";
import { nameDocument, prepareSections, shownSection } from "./sections.js";
import { Failure, get, root } from "./server.js";
import { chooseLanguage, label, otherLanguage, say, speak } from "./texts.js";
import { nextTheme, themeFace, watchTheme } from "./theme.js";
import { welcome } from "./welcome.js";

const EXAMPLES = 4;
const LOOK_AGAIN = 2000; // milliseconds between two looks into an empty library

const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

// Tried until the server answers; one that is being started may not yet.
async function reached(wanted) {
  for (;;) {
    try {
      return await wanted();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      await pause(LOOK_AGAIN);
    }
  }
}

export class Page {
  #find = (selector) => this.frame.querySelector(selector);
  #conversations = null;
  #library = null; // the section of articles, once it was shown

  constructor(frame, library) {
    this.frame = frame;
    this.library = library;
    this.isBare = root() !== ""; // in a frame on somebody's page: nothing but the talk
    this.conversation = new Conversation(this.#find(".conversation"), this);
    this.box = prepareComposer(frame, this.conversation);
    this.connection = new Connection(this.#find("#trouble"), this);
    prepareReader(frame);
    this.#prepareButtons();
    watchTheme(() => this.#drawTheme());
    if (!this.isBare) this.#prepareHouse();
    this.draw();
    this.#conversations?.restore();
    this.#awaitArticles();
  }

  // Draw all of it, as in another language.
  draw() {
    label(this.frame);
    nameDocument(this.isBare ? "ask" : shownSection());
    this.#drawTheme();
    this.#drawLibrary();
    this.conversation.redraw();
    this.connection.draw();
    this.changed();
    if (this.conversation.isEmpty) this.#welcome();
    this.#conversations?.draw();
    this.#library?.draw?.();
  }

  // Something of the conversation has changed.
  changed() {
    const { isEmpty } = this.conversation;
    this.#find("#new").hidden = isEmpty;
    this.#find("#export").hidden = isEmpty;
    this.#find("#examples").hidden = !isEmpty || !this.library.examples.length;
    this.#conversations?.keep();
    if (this.conversation.isRunning) this.connection.settle();
  }

  // Look again what the library holds: articles came or went.
  async refresh() {
    this.library = await get("api/library");
    this.#drawLibrary();
    if (this.conversation.isEmpty) this.#welcome();
    this.changed();
  }

  startAgain() {
    if (this.isBare) {
      this.conversation.show([]);
      this.draw();
    } else {
      this.#conversations.begin();
      location.hash = "#/ask";
    }
    this.box.focus();
  }

  // For the connection: the server is back; and what its absence has spoiled.
  async back() {
    await reached(() => this.refresh());
  }

  failedTurn() {
    const last = this.conversation.turns.at(-1);
    return last?.state === "failed" && !last.error ? last : null;
  }

  again(turn) {
    this.conversation.again(turn);
  }

  #welcome() {
    const { library, isBare } = this;
    this.#find(".conversation").replaceChildren(welcome({ ...library, changes: library.changes && !isBare }));
  }

  #drawLibrary() {
    this.#find(".count").textContent = say("count", { count: this.library.articles });
    drawAbout(this.#find("#about"), this.library);
    const examples = this.library.examples.slice(0, EXAMPLES).map((example) =>
      button(example, {}, () => this.conversation.ask(example)),
    );
    this.#find("#examples").replaceChildren(element("p", {}, say("examples")), ...examples);
  }

  #drawTheme() {
    const { face, key } = themeFace();
    const theme = this.#find("#theme");
    theme.textContent = face;
    theme.title = say(key);
    theme.ariaLabel = say(key);
  }

  #prepareButtons() {
    this.#find("#new").before(exportMenu(this.conversation));
    this.#find("#new").addEventListener("click", () => this.startAgain());
    this.#find("#language").addEventListener("click", () => this.#switchLanguage());
    this.#find("#theme").addEventListener("click", () => {
      nextTheme();
      this.#drawTheme();
    });
    this.#find("#skip").addEventListener("click", (event) => {
      event.preventDefault(); // the address says which section is shown
      if (shownSection() === "ask" || this.isBare) this.box.focus();
      else this.#find(`#${shownSection()}`).focus();
    });
  }

  #prepareHouse() {
    this.#conversations = new Conversations(this.#find("#conversations"), this.conversation, this);
    prepareDrawer(this.frame);
    this.frame.addEventListener("click", (event) => {
      if (event.target.closest("#conversations .to")) location.hash = "#/ask";
    });
    prepareSections(this.frame, (name, section) => name === "articles" && this.#showArticles(section));
  }

  // The part for articles comes when it is first wanted.
  async #showArticles(section) {
    if (this.#library) return;
    this.#library = {};
    const { prepareLibrary } = await import("./library.js");
    this.#library = (await prepareLibrary(section, this)) ?? {};
  }

  async #switchLanguage() {
    try {
      await speak(otherLanguage());
    } catch (error) {
      if (error instanceof Failure) return; // the connection's bar says it
      throw error;
    }
    const address = new URL(location);
    address.searchParams.set("lang", document.documentElement.lang.slice(0, 2));
    history.replaceState(history.state, "", address);
    this.draw();
  }

  async #awaitArticles() {
    while (!this.library.articles) {
      await pause(LOOK_AGAIN);
      if (!document.hidden) await reached(() => this.refresh());
    }
  }
}

const frame = await placeFrame();
const opened = reached(() => get("api/library"));
await reached(() => speak(chooseLanguage(frame.dataset.language)));
label(frame);
const opening = element("p", { class: "opening", role: "status" }, say("opening"));
frame.querySelector(".conversation").append(opening);
new Page(frame, await opened);
