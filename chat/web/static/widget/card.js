// A card with a passage of an article, and the way to the whole of it.

import { AROUND, articlePath, ending, originParts, snippet } from "../cuttings.js";
import { button, element } from "../dom.js";

// What an answer quotes, between its neighbouring sentences. A text is a list of characters: the server
// counts those, where JavaScript's strings have two for the rarest.
export function quoteCard(citation, { base, voice }, close) {
  const { context, start, end, number } = citation;
  const text = [...context.text];
  const cut = (from, to) => text.slice(from - context.start, to - context.start);
  const passage = [
    ending(cut(context.start, start)),
    element("mark", {}, cut(start, end).join("")),
    snippet(cut(end, context.end).join(""), AROUND),
  ];
  const label = voice.say("source", { number });
  return element(
    "div",
    { class: "card", role: "group", "aria-label": label, tabindex: -1 },
    button("×", { class: "shut", "aria-label": voice.say("close") }, close),
    inside(citation, passage, { base, voice }),
  );
}

// One of the nearest articles, with the beginning of its best passage.
export const nearCard = (hit, where) =>
  element("li", { class: "card" }, inside(hit, [snippet(hit.text)], where));

function inside(origin, passage, { base, voice }) {
  const { article_id: id, language: lang, label, heading, start, end } = origin;
  const parts = originParts(origin, (number) => voice.say("number", { number }));
  const address = base + articlePath(id, voice.language, start, end);
  return [
    element("h4", { lang }, label),
    parts.length ? element("p", { class: "byline", lang }, parts.join(" · ")) : null,
    heading ? element("p", { class: "section", lang }, heading) : null,
    element("blockquote", { lang }, passage),
    element("a", { href: address, target: "_blank", rel: "noopener" }, voice.say("open"), " ↗"),
  ];
}
