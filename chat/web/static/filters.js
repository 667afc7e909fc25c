// The conditions that a question set, each with a way to do without it.

import { button, element } from "./dom.js";
import { said, say } from "./texts.js";

export function filterChips(turn, actions) {
  const filters = turn.answer?.query.filters ?? [];
  if (!filters.length) return null;
  const chips = filters.map((filter) => {
    const words = said(filter.label);
    const drop = dropButton(turn, actions, "×", say("drop", { filter: words }), [filter]);
    return element("li", {}, words, drop);
  });
  return element("ul", { class: "filters", "aria-label": say("filters") }, chips);
}

export function dropButton(turn, actions, face, label, filters) {
  const keys = filters.map((filter) => filter.key);
  return button(face, { class: "drop asks", "aria-label": label }, () => actions.drop(turn, keys));
}
