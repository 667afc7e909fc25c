// The box for questions. Enter sends, Shift and Enter begin a line. While an answer comes, the button
// beside it stops the answer, and so does Esc.

import { grow, isComposing, sends } from "./box.js";
import { say } from "./texts.js";

export function prepareComposer(frame, conversation) {
  const form = frame.querySelector("#composer");
  const box = form.querySelector("textarea");
  const button = form.querySelector("#send");
  let drafted = null; // a question that was taken back, and what it pushed out of the box

  function put(text) {
    box.value = text;
    grow(box);
  }

  box.addEventListener("input", () => grow(box));
  box.addEventListener("keydown", (event) => {
    if (sends(event)) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "Escape" && conversation.isRunning && !isComposing(event)) {
      event.stopPropagation(); // it closes nothing else
      conversation.stop();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = box.value.trim();
    if (!question) return;
    put("");
    conversation.ask(question);
  });
  button.addEventListener("click", (event) => {
    if (button.type !== "button") return;
    event.preventDefault(); // once it has stopped, the button would send
    const second = event.detail > 1; // of a double click that sent the question
    if (!second) conversation.stop();
  });
  conversation.addEventListener("running", () => {
    button.type = conversation.isRunning ? "button" : "submit";
    button.dataset.say = conversation.isRunning ? "stop" : "send";
    button.textContent = say(button.dataset.say);
  });
  conversation.addEventListener("draft", ({ detail }) => {
    if (detail !== null) {
      drafted = { question: detail, former: box.value };
      put(detail);
    } else if (drafted && box.value === drafted.question) {
      put(drafted.former);
    }
    box.focus();
  });
  return box;
}
