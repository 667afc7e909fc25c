// The page: wires its parts once Gradio has put the frame there.

import { prepareComposer } from "./composer.js";
import { Conversation, welcome } from "./conversation.js";
import { button, element } from "./dom.js";
import { prepareReader } from "./reader.js";
import { get } from "./server.js";
import { chooseLanguage, label, otherLanguage, say, speak } from "./texts.js";

const EXAMPLES = 4;

function whenThere(id) {
  return new Promise((resolve) => {
    const look = () => document.getElementById(id);
    if (look()) return resolve(look());
    const observer = new MutationObserver(() => {
      if (!look()) return;
      observer.disconnect();
      resolve(look());
    });
    observer.observe(document.documentElement, { childList: true, subtree: true });
  });
}

class Page {
  constructor(frame, library) {
    this.frame = frame;
    this.library = library;
    this.place = frame.querySelector(".conversation");
    this.conversation = new Conversation(this.place, this);
    this.box = prepareComposer(frame, (question) => this.conversation.ask(question));
    prepareReader(frame);
    frame.querySelector("#new").addEventListener("click", () => this.startAgain());
    frame.querySelector("#language").addEventListener("click", () => this.switchLanguage());
    // In a widget's frame, Esc closes the widget (unless it closes an article).
    frame.addEventListener("keydown", (event) => {
      const reading = frame.querySelector("#reader").open;
      if (event.key === "Escape" && parent !== window && !reading && !event.isComposing) {
        parent.postMessage("wenjin:close", "*");
      }
    });
    this.draw();
  }

  draw() {
    label(this.frame);
    this.frame.querySelector(".count").textContent = say("count", { count: this.library.articles });
    this.conversation.redraw();
    if (this.conversation.isEmpty) this.place.replaceChildren(welcome(this.library.articles));
    const examples = this.library.examples.slice(0, EXAMPLES).map((example) =>
      button(example, {}, () => this.conversation.ask(example)),
    );
    this.frame.querySelector("#examples").replaceChildren(element("p", {}, say("examples")), ...examples);
    this.changed();
  }

  changed() {
    const { isEmpty } = this.conversation;
    this.frame.querySelector("#new").hidden = isEmpty;
    this.frame.querySelector("#examples").hidden = !isEmpty || !this.library.examples.length;
  }

  startAgain() {
    this.conversation.show([]);
    this.draw();
    this.box.focus();
  }

  async switchLanguage() {
    await speak(otherLanguage());
    const address = new URL(location);
    address.searchParams.set("lang", document.documentElement.lang.slice(0, 2));
    history.replaceState(history.state, "", address);
    this.draw();
  }
}

const frame = await whenThere("wenjin");
const [library] = await Promise.all([get("api/library"), speak(chooseLanguage(frame.dataset.language))]);
new Page(frame, library);
