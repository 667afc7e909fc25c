// The conversation in a panel. It is kept nowhere: it goes with the page.

import { tell } from "../announce.js";
import { grow, sends } from "../box.js";
import { Failure } from "../client.js";
import { behavior, element } from "../dom.js";
import { whyUnreached } from "./trouble.js";
import { Turn, questionButtons } from "./turn.js";

const EXAMPLES = 4;
const MARGIN = 12; // pixels around what is scrolled to

export class Talk {
  #panel;
  #client;
  #first; // what stands there before the first question
  #turns = [];
  #running = null;
  #isReached = false; // whether the server has ever answered: then it lets this site ask

  // `base` is the address of the server that `client` asks.
  constructor(panel, { base, client, voice, options }) {
    this.base = base;
    this.voice = voice;
    this.#panel = panel;
    this.#client = client;
    const greeting = element("p", { class: "greeting" }, options.greeting || voice.say("greeting"));
    this.#first = element("div", {}, greeting);
    panel.log.append(this.#first);
    if (options.questions.length) this.#offer(options.questions);
    else panel.addEventListener("open", () => this.#look(), { once: true });
    this.#listen();
  }

  ask(question) {
    const turn = new Turn(this, question, []);
    this.#first.remove();
    this.#panel.log.append(turn.element);
    this.#turns.push(turn);
    this.#begin(turn);
  }

  // Ask a turn's question anew.
  again(former, without) {
    const turn = new Turn(this, former.question, without);
    former.element.replaceWith(turn.element);
    this.#turns[this.#turns.indexOf(former)] = turn;
    this.#begin(turn);
  }

  // Put a question back into the box.
  edit(question) {
    const { box } = this.#panel;
    box.value = question;
    grow(box);
    box.focus();
  }

  // Scroll to what has opened, as little as it takes.
  reveal(one) {
    const { log } = this.#panel;
    const [inner, outer] = [one, log].map((each) => each.getBoundingClientRect());
    const top = Math.min(inner.bottom - outer.bottom + MARGIN, inner.top - outer.top - MARGIN);
    if (top > 0) log.scrollBy({ top, behavior: behavior() });
  }

  #listen() {
    const { box, form, send } = this.#panel;
    box.addEventListener("input", () => grow(box));
    box.addEventListener("keydown", (event) => {
      if (!sends(event)) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const question = box.value.trim();
      if (!question || this.#running) return;
      box.value = "";
      grow(box);
      this.ask(question);
    });
    send.addEventListener("click", (event) => {
      if (!this.#running) return;
      event.preventDefault();
      if (event.detail < 2) this.#running.abort(); // not the second half of a double click
    });
    this.#panel.addEventListener("escape", (event) => {
      if (!this.#running) return;
      event.preventDefault();
      this.#running.abort();
    });
  }

  // See what there is to ask about.
  async #look() {
    try {
      const { articles, examples } = await this.#client.get("api/library");
      this.#isReached = true;
      if (articles) this.#offer(examples.slice(0, EXAMPLES));
      else this.#first.firstElementChild.textContent = this.voice.say("empty");
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (!error.status) await whyUnreached(this.base, this.voice); // the reader is told when he asks
    }
  }

  #offer(questions) {
    if (questions.length) this.#first.append(questionButtons(this.voice.say("examples"), questions, this));
  }

  async #begin(turn) {
    this.#running?.abort();
    const running = new AbortController();
    this.#run(running);
    const before = this.#turns.slice(0, this.#turns.indexOf(turn));
    const history = before.map((one) => one.exchange).filter(Boolean);
    const { question, without } = turn;
    turn.wait(this.voice.say("searching"));
    this.#tell(this.voice.say("searching"));
    this.#panel.log.scrollTo({ top: turn.element.offsetTop, behavior: behavior() });
    this.#panel.keepFocus(turn.element.querySelector("h3"));
    try {
      await this.#client.ask({ question, without, history }, {
        signal: running.signal,
        on: (event, record) => this.#take(turn, running, event, record),
      });
    } catch (error) {
      if (turn.isDone) return; // what comes after an answer may be missing
      if (error.name === "AbortError") this.#stop(turn);
      else if (error instanceof Failure) await this.#fail(turn, error);
      else throw error;
    } finally {
      this.#over(running);
    }
  }

  #take(turn, running, event, record) {
    this.#isReached = true;
    if (event === "loading") {
      turn.wait(this.voice.say("loading", { model: record.what }));
    } else if (event === "found") {
      turn.found(record);
    } else if (event === "sentence") {
      turn.add(record);
      this.#tell(record.text, record.citations[0]?.language);
    } else if (event === "done") {
      this.#tell(turn.finish(record));
      this.#over(running);
    } else if (event === "suggestions") {
      turn.suggest(record.questions);
    }
  }

  #stop(turn) {
    turn.stop();
    this.#tell(this.voice.say("stopped"));
  }

  async #fail(turn, failure) {
    const why = await this.#why(failure);
    turn.fail(why, failure);
    this.#tell(`${this.voice.say("error")} ${why}`);
  }

  #why({ status, texts }) {
    if (texts) return this.voice.said(texts);
    return status || this.#isReached ? this.voice.say("gone") : whyUnreached(this.base, this.voice);
  }

  #over(running) {
    if (this.#running === running) this.#run(null);
  }

  #run(running) {
    this.#running = running;
    this.#panel.send.textContent = this.voice.say(running ? "stop" : "send");
  }

  #tell(text, lang) {
    tell(this.#panel.told, text, lang);
  }
}
