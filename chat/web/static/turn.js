// A turn as it stands in the page: the question, how it was understood, and what came of it.
//
// A turn is {question, without, state, answer, error}: `state` is searching, reading, done, stopped or
// failed; `answer` is the server's record of it, or what there is of it by now.

import { button, element } from "./dom.js";
import { nearestCards, sourceCards, sourceId } from "./sources.js";
import { said, say, tag } from "./texts.js";

export const isUnderWay = (turn) => turn.state === "searching" || turn.state === "reading";

export class TurnView {
  #number;
  #actions;
  #shown = []; // the sentences that are on the page

  // `actions` are what its buttons do: {drop(turn, keys)}.
  constructor(turn, number, actions) {
    this.#number = number;
    this.#actions = actions;
    this.element = element("section", { class: "turn", id: `turn-${number}` });
    this.draw(turn);
  }

  // Draw all of it: when it begins, when it has ended, and in another language.
  draw(turn) {
    const { element: section } = this;
    const wasFocused = section.contains(document.activeElement);
    section.lang = tag();
    section.ariaLabel = say("question", { question: turn.question });
    section.replaceChildren(this.#asked(turn), this.#reply(turn), ...this.#beside(turn));
    this.#shown = turn.answer?.sentences ?? [];
    if (wasFocused) this.focus();
  }

  focus() {
    this.element.querySelector(".question").focus({ preventScroll: true });
  }

  // Add what has come since: what is there stays, so that nothing is read aloud twice.
  grow(turn) {
    const sentences = turn.answer.sentences;
    let place = this.element.querySelector("p.said");
    if (!place) return this.draw(turn);
    for (const sentence of sentences.slice(this.#shown.length)) place.append(...this.#sentence(sentence));
    this.#shown = sentences;
    this.element.querySelector(".beside")?.remove();
    this.element.append(...this.#beside(turn));
  }

  #asked(turn) {
    const query = turn.answer?.query;
    const understood =
      query && query.text !== turn.question
        ? element("p", { class: "understood" }, say("understood", { question: query.text }))
        : null;
    return element(
      "div",
      { class: "asked" },
      element("h2", { class: "question", tabindex: -1 }, turn.question),
      understood,
      this.#filters(turn),
    );
  }

  #filters(turn) {
    const filters = turn.answer?.query.filters ?? [];
    if (!filters.length) return null;
    const chips = filters.map((filter) => {
      const words = said(filter.label);
      return element("li", {}, words, this.#drop(turn, "×", say("drop", { filter: words }), [filter]));
    });
    return element("ul", { class: "filters", "aria-label": say("filters") }, chips);
  }

  #drop(turn, face, label, filters) {
    const keys = filters.map((filter) => filter.key);
    const attributes = { class: "drop", "aria-label": label, disabled: isUnderWay(turn) };
    return button(face, attributes, () => this.#actions.drop(turn, keys));
  }

  #reply(turn) {
    if (turn.state === "failed") return this.#failed(turn);
    if (turn.state === "done" && turn.answer.abstained) return this.#refusal(turn);
    return element("div", { class: "reply answer" }, this.#said(turn), this.#progress(turn));
  }

  #failed(turn) {
    const why = turn.error ? said(turn.error) : say("unreachable");
    return element(
      "div",
      { class: "reply failed", role: "alert" },
      element("strong", {}, say("error")),
      element("p", {}, why),
    );
  }

  #refusal(turn) {
    const { hits, query } = turn.answer;
    const note = query.filters.length ? "refused.filtered" : hits.length ? "refused.note" : "refused.none";
    const everything = say("everything");
    return element(
      "div",
      { class: "reply refusal" },
      element("strong", {}, say("refused")),
      element("p", {}, say(note)),
      query.filters.length ? this.#drop(turn, everything, everything, query.filters) : null,
      this.#facts(turn),
    );
  }

  #said(turn) {
    const sentences = turn.answer?.sentences ?? [];
    if (!sentences.length) return null;
    if (!turn.answer.disagreement) {
      return element(
        "p",
        { class: "said" },
        sentences.map((sentence) => this.#sentence(sentence)),
      );
    }
    const cited = new Map(turn.answer.citations.map((citation) => [citation.number, citation]));
    const sides = Map.groupBy(sentences, (sentence) => cited.get(sentence.citations[0]).article_id);
    const items = [...sides.values()].map((side) => {
      const { source, label, published } = cited.get(side[0].citations[0]);
      const who = [source ?? label, published].filter(Boolean).join(" ");
      return element("li", {}, element("span", { class: "who" }, who), side.map((one) => this.#sentence(one)));
    });
    return [
      element("p", { class: "differ" }, say("disagreement")),
      element("ul", { class: "said" }, items),
    ];
  }

  #sentence({ text, citations }) {
    const marks = citations.map((number) =>
      button(String(number), {
        class: "mark",
        "aria-label": say("source", { number }),
        "aria-controls": sourceId(this.#number, number),
      }),
    );
    return [element("span", { class: "sentence" }, text, element("sup", {}, marks)), " "];
  }

  #progress(turn) {
    if (turn.state === "done") return this.#facts(turn);
    if (turn.state === "stopped") return element("p", { class: "facts" }, say("stopped"));
    const key = turn.state === "searching" ? "searching" : "reading";
    return element("p", { class: "waiting", role: "status" }, say(key));
  }

  #facts(turn) {
    const { query, searched, timings } = turn.answer;
    const what = query.filters.length ? say("searched.filtered") : say("searched", { count: searched });
    const seconds = say("seconds", { seconds: (timings.total / 1000).toFixed(2) });
    return element("p", { class: "facts" }, `${what} · ${seconds}`);
  }

  #beside(turn) {
    const answer = turn.answer;
    if (!answer) return [];
    const nearest = turn.state === "done" && answer.abstained;
    const cards = nearest ? nearestCards(answer.hits) : sourceCards(this.#number, answer.citations);
    if (!cards.length) return [];
    const title = element("h3", {}, say(nearest ? "nearest" : "sources"));
    return [element("aside", { class: "beside" }, title, cards)];
  }
}
