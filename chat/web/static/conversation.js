// One conversation: its turns, and the answer that is under way.

import { announce } from "./announce.js";
import { behavior } from "./dom.js";
import { Notice } from "./notice.js";
import { Failure, ask } from "./server.js";
import { said, say, tag } from "./texts.js";
import { TurnView, isUnderWay, languageOf } from "./turn.js";

// Fires "running" when an answer begins or ends, and "draft" with a question for the box (or with null
// when that question is wanted no more).
export class Conversation extends EventTarget {
  #place; // where it stands in the page
  #listener;
  #notice;
  #views = [];
  #waiting = []; // questions that come after the answer under way
  #running = null;

  turns = [];

  // `listener` is told whenever something has changed for good, and draws the page anew:
  // {changed(conversation), draw()}.
  constructor(place, listener) {
    super();
    this.#place = place;
    this.#listener = listener;
    this.#notice = new Notice(place);
  }

  get isEmpty() {
    return this.turns.length === 0;
  }

  get isRunning() {
    return this.#running !== null;
  }

  // Ask; during an answer, as soon as it has ended.
  ask(question) {
    this.#notice.clear();
    if (!this.#running) return this.#begin({ question, without: [] }, this.turns.length);
    this.#waiting.push(question);
    this.#notice.show(
      () => [say("queued", { question: this.#waiting.join(" · ") }), say("take.back")],
      () => this.#returnWaiting(),
    );
  }

  // Ask a turn's question anew.
  again(turn, without = turn.without) {
    if (this.#running) return;
    this.#notice.clear();
    this.#begin({ question: turn.question, without }, this.turns.indexOf(turn));
  }

  drop(turn, keys) {
    this.again(turn, [...turn.without, ...keys]);
  }

  // Ask another question in a turn's place. The turns after it go, as they may have leaned on it.
  edit(turn, question) {
    if (this.#running) return;
    const former = [...this.turns];
    const place = this.turns.indexOf(turn);
    const count = this.turns.splice(place + 1).length;
    for (const view of this.#views.splice(place + 1)) view.element.remove();
    this.#begin({ question, without: [] }, place);
    const text = () => (count ? say("edited.later", { count }) : say("edited"));
    this.#notice.show(() => [text(), say("put.back")], () => this.#putBack(former));
  }

  // A turn was told what the reader thinks of it.
  noted() {
    this.#listener.changed(this);
  }

  // Take the last question back into the box.
  takeBack() {
    if (this.#running || this.isEmpty) return;
    const former = [...this.turns];
    this.show(former.slice(0, -1));
    this.#listener.draw();
    this.#draft(former.at(-1).question);
    this.#notice.show(
      () => [say("taken.back"), say("put.back")],
      () => {
        this.#putBack(former);
        this.#draft(null);
      },
    );
  }

  // End the answer under way: what has been said of it stays.
  stop() {
    this.#returnWaiting();
    this.#running?.abort();
  }

  // Draw other turns. An answer that was still under way then comes no more.
  show(turns) {
    this.#waiting = [];
    this.#running?.abort();
    this.#run(null);
    this.#notice.clear();
    for (const turn of turns.filter(isUnderWay)) turn.state = "stopped";
    this.turns = turns;
    this.#views = turns.map((turn, i) => new TurnView(turn, i + 1, this));
    this.#place.replaceChildren(...this.#views.map((view) => view.element));
    this.redraw();
  }

  // Draw the same in another language.
  redraw() {
    this.#place.lang = tag();
    this.#views.forEach((view, i) => view.draw(this.turns[i]));
    this.#notice.draw();
    this.#hold();
  }

  async #begin(asked, place) {
    const running = new AbortController();
    const turn = { ...asked, state: "searching", answer: null, error: null };
    this.#put(turn, place);
    this.#run(running);
    announce(say("searching"));
    try {
      const { question, without } = asked;
      const history = this.turns.slice(0, place).map((one) => one.answer?.exchange).filter(Boolean);
      await ask({ question, without, history }, {
        signal: running.signal,
        on: (event, record) => this.#take(turn, event, record),
      });
    } catch (error) {
      if (turn.state === "done") return; // what comes after an answer may be missing
      if (error.name === "AbortError") turn.state = "stopped";
      else if (error instanceof Failure) fail(turn, error);
      else throw error;
    } finally {
      if (this.#running === running) this.#end(turn);
    }
  }

  #end(turn) {
    this.#run(null);
    this.#view(turn)?.draw(turn);
    announce(outcome(turn));
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
      const wasFocused = former.element.contains(document.activeElement);
      former.element.replaceWith(view.element);
      if (wasFocused) view.focus();
    } else {
      this.#place.append(view.element);
      view.element.scrollIntoView({ behavior: behavior() });
    }
    this.#listener.changed(this);
  }

  #take(turn, event, record) {
    const view = this.#view(turn);
    if (!view) return;
    turn.loading = event === "loading" ? record.what : null;
    if (event === "loading") {
      view.draw(turn);
      announce(say("loading", { model: record.what }));
    } else if (event === "found") {
      turn.state = "reading";
      turn.answer = { ...record, sentences: [], citations: [], abstained: false };
      view.draw(turn);
    } else if (event === "sentence") {
      addSentence(turn.answer, record);
      view.grow(turn);
      announce(record.text, languageOf(record.citations));
    } else if (event === "done") {
      turn.state = "done";
      turn.answer = { searched: turn.answer.searched, ...record };
      this.#end(turn);
    } else if (event === "suggestions") {
      turn.answer.suggestions = record.questions;
      view.draw(turn);
      this.#listener.changed(this);
    }
    this.#hold();
  }

  #view(turn) {
    return this.#views[this.turns.indexOf(turn)];
  }

  #run(running) {
    this.#running = running;
    this.#hold();
    this.dispatchEvent(new Event("running"));
  }

  // Nothing that asks anew can be done during an answer.
  #hold() {
    for (const one of this.#place.querySelectorAll("button.asks")) one.disabled = this.isRunning;
  }

  #draft(question) {
    this.dispatchEvent(new CustomEvent("draft", { detail: question }));
  }

  #returnWaiting() {
    if (!this.#waiting.length) return;
    this.#draft(this.#waiting.join("\n"));
    this.#waiting = [];
    this.#notice.clear();
  }

  #putBack(former) {
    this.show(former);
    this.#listener.draw();
    this.#views.at(-1).focus();
  }
}

function addSentence(answer, { text, citations }) {
  const known = new Set(answer.citations.map((citation) => citation.number));
  const fresh = citations.filter((citation) => !known.has(citation.number));
  answer.sentences = [...answer.sentences, { text, citations: citations.map((one) => one.number) }];
  answer.citations = [...answer.citations, ...fresh];
}

function fail(turn, { status, texts }) {
  Object.assign(turn, { state: "failed", status, error: texts ?? null });
}

// What came of a turn, in a few words.
function outcome({ state, answer, error }) {
  if (state === "stopped") return say("stopped");
  if (state === "failed") return `${say("error")} ${error ? said(error) : say("no.answer")}`;
  return answer.abstained ? say("refused") : say("answered", { count: answer.citations.length });
}
