// A turn as it stands in the page: the question, how it was understood, and what came of it.
//
// A turn is {question, without, state, answer, error}: `state` is searching, reading, done, stopped or
// failed; `answer` is the server's record of it, or what there is of it by now; `loading` the model that
// is being loaded; `status` that of a failure.

import { grow } from "./box.js";
import { button, element } from "./dom.js";
import { dropButton, filterChips } from "./filters.js";
import { feedback } from "./feedback.js";
import { longQuestion, questionForm } from "./question.js";
import { nearestCards, sourceCards, sourceId } from "./sources.js";
import { suggestions } from "./suggestions.js";
import { said, say, tag } from "./texts.js";
import { toolbar } from "./tools.js";
import { whyButton } from "./why.js";

const BAD_QUESTION = 422; // asked again, it would fail again

export const isUnderWay = (turn) => turn.state === "searching" || turn.state === "reading";

// The language of a sentence: that of what it rests on.
export const languageOf = (citations) => citations[0]?.language;

export class TurnView {
  #number;
  #actions;
  #shown = []; // the sentences that are on the page
  #form = null; // in which the question is being rewritten

  // `actions` are what its buttons do: {drop(turn, keys), again(turn), edit(turn, question), takeBack()}.
  constructor(turn, number, actions) {
    this.#number = number;
    this.#actions = actions;
    this.element = element("section", { class: "turn", id: `turn-${number}` });
    this.draw(turn);
  }

  // Draw all of it: when it begins, when it has ended, and in another language. What the reader has
  // opened or begun to write stays.
  draw(turn) {
    const { element: section } = this;
    const focus = focusIn(section);
    const asked = this.#form ? this.#rewriting(turn, this.#form.elements[0].value) : this.#asked(turn);
    const why = section.querySelector(".why")?.ariaExpanded === "true";
    section.lang = tag();
    section.ariaLabel = say("question", { question: turn.question });
    section.replaceChildren(asked, this.#reply(turn), ...this.#beside(turn), ...this.#after(turn, why));
    this.#shown = turn.answer?.sentences ?? [];
    if (this.#form) grow(this.#form.elements[0]);
    if (focus) (section.querySelectorAll(focus.alike)[focus.index] ?? this).focus({ preventScroll: true });
  }

  focus() {
    this.element.querySelector(".question, .edit textarea").focus({ preventScroll: true });
  }

  // Add what has come since: what is there stays as it is, with what the reader does to it.
  grow(turn) {
    const sentences = turn.answer.sentences;
    const place = this.element.querySelector("p.said");
    if (!place) return this.draw(turn);
    for (const one of sentences.slice(this.#shown.length)) place.append(...this.#sentence(turn, one));
    this.#shown = sentences;
    this.element.querySelector(".beside")?.remove();
    this.element.querySelector(".reply").after(...this.#beside(turn));
  }

  // Write another question in place of this.
  edit(turn) {
    if (!this.#form) this.element.querySelector(".asked").replaceWith(this.#rewriting(turn, turn.question));
    this.#form.elements[0].focus();
  }

  #rewriting(turn, text) {
    const send = (question) => this.#actions.edit(turn, question);
    const cancel = () => {
      this.#form.replaceWith(this.#asked(turn));
      this.#form = null;
      this.element.querySelector(".tool.rewrite")?.focus();
    };
    this.#form = questionForm(text, send, cancel);
    return this.#form;
  }

  #asked(turn) {
    const query = turn.answer?.query;
    const understood =
      query && query.text !== turn.question
        ? element("p", { class: "understood" }, say("understood", { question: query.text }))
        : null;
    const heading = element("h2", { class: "question", tabindex: -1 }, turn.question);
    return element(
      "div",
      { class: "asked" },
      heading,
      longQuestion(heading),
      understood,
      filterChips(turn, this.#actions),
    );
  }

  #reply(turn) {
    if (turn.state === "failed") return this.#failed(turn);
    if (turn.state === "done" && turn.answer.abstained) return this.#refusal(turn);
    return element("div", { class: "reply answer" }, this.#said(turn), this.#progress(turn));
  }

  #failed(turn) {
    const why = turn.error ? said(turn.error) : say("no.answer");
    return element(
      "div",
      { class: "reply failed" },
      this.#said(turn),
      element("strong", {}, say("error")),
      element("p", {}, why),
      this.#wayOut(turn),
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
      query.filters.length
        ? dropButton(turn, this.#actions, everything, everything, query.filters)
        : null,
    );
  }

  #said(turn) {
    const sentences = turn.answer?.sentences ?? [];
    if (!sentences.length) return null;
    if (!turn.answer.disagreement) {
      return element(
        "p",
        { class: "said" },
        sentences.map((sentence) => this.#sentence(turn, sentence)),
      );
    }
    const cited = new Map(turn.answer.citations.map((citation) => [citation.number, citation]));
    const sides = Map.groupBy(sentences, (sentence) => cited.get(sentence.citations[0]).article_id);
    const items = [...sides.values()].map((side) => {
      const { source, label, published } = cited.get(side[0].citations[0]);
      const who = [source ?? label, published].filter(Boolean).join(" ");
      const sentences = side.map((sentence) => this.#sentence(turn, sentence));
      return element("li", {}, element("span", { class: "who" }, who), sentences);
    });
    return [
      element("p", { class: "differ" }, say("disagreement")),
      element("ul", { class: "said" }, items),
    ];
  }

  #sentence(turn, { text, citations }) {
    const marks = citations.map((number) =>
      button(String(number), {
        class: "mark",
        "aria-label": say("source", { number }),
        "aria-controls": sourceId(this.#number, number),
      }),
    );
    const lang = languageOf(turn.answer.citations.filter(({ number }) => citations.includes(number)));
    const letters = [...text];
    const last = letters.splice(-2).join(""); // so that no mark stands alone in a line
    const end = element("span", { class: "end" }, last, element("sup", {}, marks));
    return [element("span", { class: "sentence", lang }, letters.join(""), end), " "];
  }

  #progress(turn) {
    if (turn.state === "done") return null;
    if (turn.state === "stopped") {
      return [element("p", { class: "facts" }, say("stopped")), this.#wayOut(turn)];
    }
    const loading = turn.loading && say("loading", { model: turn.loading });
    const doing = turn.state === "searching" ? say("searching") : say("reading");
    return element("p", { class: "waiting" }, loading ?? doing);
  }

  #facts(turn) {
    const { query, searched, timings } = turn.answer;
    const what = query.filters.length ? say("searched.filtered") : say("searched", { count: searched });
    const seconds = say("seconds", { seconds: (timings.total / 1000).toFixed(2) });
    return element("p", { class: "facts" }, `${what} · ${seconds}`);
  }

  // What stands under a turn that has ended: a line about it, why, and what can be done with it.
  #after(turn, isWhyOpen) {
    if (isUnderWay(turn)) return [];
    const isDone = turn.state === "done";
    const why = isDone ? whyButton(turn, this.#number, this.#actions, isWhyOpen) : [];
    const tools = toolbar(turn, {
      again: () => this.#actions.again(turn),
      edit: () => this.edit(turn),
      takeBack: () => this.#actions.takeBack(),
    });
    const foot = element("div", { class: "foot" }, isDone ? this.#facts(turn) : null, why[0], tools);
    const further = [feedback(turn, this.#actions), suggestions(turn, this.#actions)];
    return [element("div", { class: "after" }, foot, why[1], further)];
  }

  // The one thing to do about a turn without its answer.
  #wayOut(turn) {
    const [face, act] =
      turn.status === BAD_QUESTION
        ? [say("edit"), () => this.edit(turn)]
        : [say("retry"), () => this.#actions.again(turn)];
    return button(face, { class: "retry asks" }, act);
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

// What in `section` has the focus, told so that it is found again when all is drawn anew.
function focusIn(section) {
  const active = document.activeElement;
  if (!section.contains(active)) return null;
  const alike = active.classList[0] ? `.${CSS.escape(active.classList[0])}` : active.localName;
  return { alike, index: [...section.querySelectorAll(alike)].indexOf(active) };
}
