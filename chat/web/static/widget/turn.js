// A question, and what came of it, as they stand in a widget.

import { nearest } from "../cuttings.js";
import { button, element } from "../dom.js";
import { nearCard, quoteCard } from "./card.js";

const BAD_QUESTION = 422; // asked again, it would fail again

export class Turn {
  #talk;
  #voice;
  #said = element("p", { class: "said", hidden: true });
  #quoted = element("div", {}); // where the card stands that a mark has opened
  #end = element("div", { class: "end" });
  #spans = []; // [the span of a sentence, what it cites]
  #cited = new Set();
  #mark = null; // the one whose card is open

  question;
  without;
  isDone = false;
  exchange = null; // what the next question has to know of this one

  // `talk` is {base, voice, again(turn, without), edit(question), ask(question), reveal(element)}.
  constructor(talk, question, without) {
    this.#talk = talk;
    this.#voice = talk.voice;
    this.question = question;
    this.without = without;
    this.element = element(
      "section",
      { class: "turn", "aria-label": talk.voice.say("question", { question }) },
      element("h3", { class: "question", tabindex: -1 }, question),
      this.#said,
      this.#quoted,
      this.#end,
    );
    this.#quoted.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // the panel stays
      event.stopPropagation();
      this.#shut();
    });
  }

  wait(text) {
    this.#ends(element("p", { class: "note" }, text));
  }

  found({ query, searched }) {
    this.searched = searched;
    const { say, said } = this.#voice;
    const filters = query.filters.map((one) => said(one.label));
    const lines = [
      query.text !== this.question && say("understood", { question: query.text }),
      filters.length && [say("filters"), ...filters].join(" · "),
    ];
    this.#said.before(...lines.filter(Boolean).map((line) => element("p", { class: "note" }, line)));
    this.wait(say("reading"));
  }

  add({ text, citations }) {
    const marks = citations.map((citation) => this.#markOf(citation));
    const lang = citations[0]?.language;
    const span = element("span", { class: "sentence", lang }, text, element("sup", {}, marks));
    this.#spans.push([span, citations[0]]);
    for (const { number } of citations) this.#cited.add(number);
    this.#said.append(span, " ");
    this.#said.hidden = false;
  }

  // All of the answer has come; gives what is to be told of it.
  finish(answer) {
    this.isDone = true;
    this.exchange = answer.exchange;
    const { say } = this.#voice;
    if (answer.abstained) return this.#refuse(answer);
    if (answer.disagreement) this.#tellSides();
    const { filters } = answer.query;
    const what = filters.length ? say("searched.filtered") : say("searched", { count: this.searched });
    const seconds = say("seconds", { seconds: (answer.timings.total / 1000).toFixed(2) });
    this.#ends(element("p", { class: "note" }, `${what} · ${seconds}`));
    return say("answered", { count: this.#cited.size });
  }

  suggest(questions) {
    if (!questions.length) return;
    this.#end.append(questionButtons(this.#voice.say("suggestions"), questions, this.#talk));
  }

  stop() {
    const { say } = this.#voice;
    this.#ends(element("p", { class: "note" }, say("stopped")), this.#again());
  }

  // `wait`: the seconds after which it may be asked again.
  fail(why, { status, wait }) {
    const { say } = this.#voice;
    const edit = () => this.#talk.edit(this.question);
    const wayOut = status === BAD_QUESTION ? button(say("edit"), {}, edit) : this.#again();
    this.#ends(element("strong", {}, say("error")), element("p", {}, why), wayOut);
    if (wait && status !== BAD_QUESTION) this.#hold(wayOut, wait);
  }

  #ends(...what) {
    this.#end.replaceChildren(...what);
  }

  #refuse({ hits, query: { filters } }) {
    const { say } = this.#voice;
    const cards = nearest(hits).map((hit) => nearCard(hit, this.#talk));
    const note = filters.length
      ? say("refused.filtered")
      : say(cards.length ? "refused.note" : "refused.none");
    const without = [...this.without, ...filters.map((one) => one.key)];
    const everything = () => this.#talk.again(this, without);
    this.#ends(
      element("strong", {}, say("refused")),
      element("p", {}, note),
      filters.length ? button(say("everything"), {}, everything) : "",
      cards.length ? element("ul", { "aria-label": say("nearest") }, cards) : "",
    );
    return say("refused");
  }

  // Articles that differ: every sentence in a line of its own, under who says so.
  #tellSides() {
    this.#said.before(element("p", { class: "differ" }, this.#voice.say("disagreement")));
    this.#said.classList.add("sides");
    let before = null;
    for (const [span, { article_id: article, source, label, published }] of this.#spans) {
      const who = [source ?? label, published].filter(Boolean).join(" ");
      if (article !== before) span.prepend(element("span", { class: "note" }, who));
      before = article;
    }
  }

  #again() {
    return button(this.#voice.say("retry"), {}, () => this.#talk.again(this, this.without));
  }

  #hold(wayOut, wait) {
    const until = Date.now() + 1000 * wait;
    const face = wayOut.textContent;
    wayOut.disabled = true;
    const count = () => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      wayOut.disabled = seconds > 0;
      wayOut.textContent = wayOut.disabled ? this.#voice.say("wait", { seconds }) : face;
      if (wayOut.disabled && wayOut.isConnected) setTimeout(count, 250);
    };
    count();
  }

  #markOf(citation) {
    const { number } = citation;
    const label = this.#voice.say("source", { number });
    const attributes = { class: "mark", "aria-label": label, "aria-expanded": "false" };
    const mark = button(String(number), attributes, () => {
      if (this.#mark === mark) return this.#shut();
      this.#shut();
      this.#mark = mark;
      mark.setAttribute("aria-expanded", "true");
      const card = quoteCard(citation, this.#talk, () => this.#shut());
      this.#quoted.append(card);
      this.#talk.reveal(card);
      return card.focus({ preventScroll: true });
    });
    return mark;
  }

  #shut() {
    this.#quoted.replaceChildren();
    this.#mark?.setAttribute("aria-expanded", "false");
    this.#mark?.focus({ preventScroll: true });
    this.#mark = null;
  }
}

// Questions that could be asked.
export const questionButtons = (label, questions, talk) =>
  element(
    "div",
    { class: "questions", role: "group", "aria-label": label },
    element("p", { class: "note", "aria-hidden": "true" }, label),
    questions.map((question) => button(question, {}, () => talk.ask(question))),
  );
