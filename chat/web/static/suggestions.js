// What could be asked next, under the last answer (the style hides those under others).

import { button, element } from "./dom.js";
import { say } from "./texts.js";

// `actions` are {ask(question)}.
export function suggestions(turn, actions) {
  const questions = turn.state === "done" ? (turn.answer.suggestions ?? []) : [];
  if (!questions.length) return null;
  return element(
    "div",
    { class: "suggestions", role: "group", "aria-label": say("suggestions") },
    element("p", { "aria-hidden": "true" }, say("suggestions")),
    questions.map((question) =>
      button(question, { class: "suggestion asks" }, () => actions.ask(question)),
    ),
  );
}
