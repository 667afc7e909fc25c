// What the reader thinks of an answer: helpful or not, and why not. It is kept by the server, and in
// `turn.feedback` ({id, helpful, reason, note}) by which it can be changed and taken back.

import { announce } from "./announce.js";
import { isComposing } from "./box.js";
import { FORMER } from "./client.js";
import { button, element } from "./dom.js";
import { Failure, post } from "./server.js";
import { said, say } from "./texts.js";

const OF_ANSWERS = ["feedback.off", "feedback.source", "feedback.outdated", "feedback.other"];
const OF_REFUSALS = ["feedback.there", "feedback.off", "feedback.other"];
const LONGEST_NOTE = 1000; // characters

// The line under a turn that is done; null for any other. `actions` are {turns, noted()}.
export function feedback(turn, actions) {
  return turn.state === "done" ? new Feedback(turn, actions).element : null;
}

class Feedback {
  #turn;
  #actions;
  #question;
  #faces;
  #told = element("span", { class: "note" });

  constructor(turn, actions) {
    this.#turn = turn;
    this.#actions = actions;
    const { abstained } = turn.answer;
    this.#question = abstained ? say("feedback.refusal") : say("feedback.answer");
    this.#faces = abstained
      ? [say("feedback.right"), say("feedback.wrong")]
      : [say("feedback.helpful"), say("feedback.unhelpful")];
    this.element = element("div", { class: "feedback", role: "group", "aria-label": this.#question });
    if (this.#helpful != null) this.#told.textContent = say("feedback.kept");
    this.#draw();
  }

  get #helpful() {
    return this.#turn.feedback?.helpful;
  }

  #draw() {
    const [yes, no] = this.#faces;
    this.element.replaceChildren(
      element("span", {}, this.#question),
      this.#thumb("helpful", yes, this.#helpful === true, () => this.#say({ helpful: true })),
      this.#thumb("unhelpful", no, this.#helpful === false, () => this.#open()),
      this.#told,
    );
  }

  // Pressed once more, it takes back what was said.
  #thumb(name, face, pressed, act) {
    const attributes = { class: `thumb ${name}`, "aria-pressed": String(pressed) };
    return button(face, attributes, () => (pressed ? this.#say({ helpful: null }) : act()));
  }

  #open() {
    if (this.element.querySelector("form")) return;
    const reasons = this.#turn.answer.abstained ? OF_REFUSALS : OF_ANSWERS;
    const close = () => {
      form.remove();
      this.#focus("unhelpful");
    };
    const form = reasonForm(reasons, (why) => this.#say({ helpful: false, ...why }), close);
    this.element.append(form);
    form.querySelector("input").focus();
  }

  async #say(opinion) {
    const turn = this.#turn;
    const given = { id: turn.feedback?.id ?? newId(), reason: "", note: "", ...opinion };
    const buttons = [...this.element.querySelectorAll("button")];
    for (const one of buttons) one.disabled = true;
    try {
      await post("api/feedback", { ...given, ...about(turn, this.#actions.turns) });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      for (const one of buttons) one.disabled = false;
      return this.#tell(error.texts ? said(error.texts) : say("no.answer"));
    }
    turn.feedback = given;
    this.#draw();
    this.#tell(given.helpful === null ? say("feedback.gone") : say("feedback.kept"));
    this.#focus(given.helpful === false ? "unhelpful" : "helpful");
    this.#actions.noted();
  }

  #tell(words) {
    this.#told.textContent = words;
    announce(words);
  }

  #focus(name) {
    this.element.querySelector(`.thumb.${name}`).focus({ preventScroll: true });
  }
}

// Asks for a reason and a note; `send` gets {reason, note}.
function reasonForm(reasons, send, close) {
  const note = element("textarea", { rows: 2, maxlength: LONGEST_NOTE });
  const choices = reasons.map((key) => {
    const value = key.split(".").at(-1);
    return element("label", {}, element("input", { type: "radio", name: "reason", value }), say(key));
  });
  const form = element(
    "form",
    {},
    element("fieldset", {}, element("legend", {}, say("feedback.why")), choices),
    element("label", { class: "more-said" }, say("feedback.note"), note),
    element(
      "div",
      { class: "ends" },
      element("button", { type: "submit", class: "send" }, say("feedback.send")),
      button(say("cancel"), { class: "cancel" }, close),
    ),
  );
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || isComposing(event)) return;
    event.stopPropagation();
    close();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send({ reason: new FormData(form).get("reason") ?? "", note: note.value.trim() });
  });
  return form;
}

// What was asked and answered, as far as it has to be known.
function about(turn, turns) {
  const { query, answer, abstained, citations, hits } = turn.answer;
  const before = turns.slice(0, turns.indexOf(turn)).slice(-FORMER).map(({ question }) => ({ question }));
  return {
    question: turn.question,
    without: turn.without,
    history: before,
    answer: {
      query: { text: query.text },
      answer,
      abstained,
      citations: citations.map(({ article_id, start, end }) => ({ article_id, start, end })),
      hits: hits.map(({ article_id }) => ({ article_id })),
    },
  };
}

// Not randomUUID, which only secure addresses have.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
