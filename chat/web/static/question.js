// A question that is too long to stand whole, and one that is being rewritten.

import { grow, isComposing, sends } from "./box.js";
import { button, element } from "./dom.js";
import { say } from "./texts.js";

const SHORT = 120; // characters that fit everywhere

// How much of a question is seen depends on the width.
const fitting = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const cut = target.scrollHeight > target.clientHeight + 1;
    if (!target.classList.contains("whole")) target.nextElementSibling.hidden = !cut;
  }
});

// A button that shows all of it, where six lines aren't enough.
export function longQuestion(heading) {
  if (heading.textContent.length <= SHORT) return null;
  const more = button(say("whole"), { class: "more", hidden: true, "aria-expanded": "false" }, () => {
    const whole = heading.classList.toggle("whole");
    more.ariaExpanded = String(whole);
    more.textContent = whole ? say("shorter") : say("whole");
  });
  fitting.observe(heading);
  return more;
}

export function questionForm(question, send, cancel) {
  const box = element("textarea", { "aria-label": say("edit"), rows: 1, maxlength: 8000 });
  box.value = question;
  const form = element(
    "form",
    { class: "edit" },
    box,
    element("button", { type: "submit", class: "asks" }, say("send")),
    button(say("cancel"), { class: "cancel" }, cancel),
  );
  box.addEventListener("input", () => grow(box));
  box.addEventListener("focus", () => grow(box));
  form.addEventListener("keydown", (event) => {
    if (event.target === box && sends(event)) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "Escape" && !isComposing(event)) {
      event.stopPropagation();
      cancel();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (box.value.trim()) send(box.value.trim());
  });
  return form;
}
