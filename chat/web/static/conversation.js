// One conversation: its turns, and the answer that is under way.

import { Failure, ask } from "./server.js";
import { behavior, element } from "./dom.js";
import { say, tag } from "./texts.js";
import { TurnView } from "./turn.js";

export class Conversation {
  #place; // where it stands in the page
  #listener;
  #views = [];
  #waiting = []; // questions that come after the answer under way
  #running = null;

  turns = [];

  // `listener` is told whenever something has changed for good: {changed(conversation)}.
  constructor(place, listener) {
    this.#place = place;
    this.#listener = listener;
  }

  get isEmpty() {
    return this.turns.length === 0;
  }

  // Ask; during an answer, as soon as it has ended.
  ask(question) {
    if (this.#running) this.#waiting.push(question);
    else this.#begin({ question, without: [] }, this.turns.length);
  }

  // Ask a turn's question anew.
  again(turn, without = turn.without) {
    if (!this.#running) this.#begin({ question: turn.question, without }, this.turns.indexOf(turn));
  }

  drop(turn, keys) {
    this.again(turn, [...turn.without, ...keys]);
  }

  // End the answer under way: what has been said of it stays.
  stop() {
    this.#waiting = [];
    this.#running?.abort();
  }

  // Draw other turns, or the same in another language.
  show(turns) {
    this.stop();
    this.#running = null;
    this.turns = turns;
    this.redraw();
  }

  redraw() {
    this.#views = this.turns.map((turn, i) => new TurnView(turn, i + 1, this));
    this.#place.lang = tag();
    this.#place.replaceChildren(...this.#views.map((view) => view.element));
  }

  async #begin(asked, place) {
    const running = new AbortController();
    const turn = { ...asked, state: "searching", answer: null, error: null };
    this.#running = running;
    this.#put(turn, place);
    try {
      const { question, without } = asked;
      const history = this.turns.slice(0, place).map((one) => one.answer?.exchange).filter(Boolean);
      await ask({ question, without, history }, {
        signal: running.signal,
        on: (event, record) => this.#take(turn, event, record),
      });
    } catch (error) {
      if (error.name === "AbortError") turn.state = "stopped";
      else if (error instanceof Failure) Object.assign(turn, { state: "failed", error: error.texts ?? null });
      else throw error;
    } finally {
      if (this.#running === running) this.#end(turn);
    }
  }

  #end(turn) {
    this.#running = null;
    this.#view(turn)?.draw(turn);
    this.#listener.changed(this);
    if (this.#waiting.length) this.ask(this.#waiting.shift());
  }

  #put(turn, place) {
    const view = new TurnView(turn, place + 1, this);
    const former = this.#views[place];
    if (this.isEmpty) this.#place.replaceChildren();
    this.turns[place] = turn;
    this.#views[place] = view;
    if (former) {
      former.element.replaceWith(view.element);
      view.focus();
    } else {
      this.#place.append(view.element);
      view.element.scrollIntoView({ behavior: behavior() });
    }
    this.#listener.changed(this);
  }

  #take(turn, event, record) {
    const view = this.#view(turn);
    if (!view) return;
    if (event === "found") {
      turn.state = "reading";
      turn.answer = { ...record, sentences: [], citations: [], abstained: false };
      view.draw(turn);
    } else if (event === "sentence") {
      const numbers = record.citations.map((citation) => citation.number);
      const known = new Set(turn.answer.citations.map((citation) => citation.number));
      const citations = record.citations.filter((citation) => !known.has(citation.number));
      turn.answer.sentences = [...turn.answer.sentences, { text: record.text, citations: numbers }];
      turn.answer.citations = [...turn.answer.citations, ...citations];
      view.grow(turn);
    } else if (event === "done") {
      turn.state = "done";
      turn.answer = { searched: turn.answer.searched, ...record };
    }
  }

  #view(turn) {
    return this.#views[this.turns.indexOf(turn)];
  }
}

// What stands where a conversation will be.
export function welcome(articles) {
  if (articles) {
    return element(
      "div",
      { class: "welcome" },
      element("h1", {}, say("welcome")),
      element("p", {}, say("welcome.note")),
    );
  }
  const command = (text) => element("pre", {}, element("code", {}, text));
  return element(
    "div",
    { class: "welcome empty" },
    element("h1", {}, say("empty")),
    element("p", {}, say("empty.ingest")),
    command("wenjin ingest PATH"),
    element("p", {}, say("empty.demo")),
    command("wenjin demo"),
  );
}

