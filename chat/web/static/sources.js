// The cards beside an answer: what it rests on, or the articles nearest to a refused question.

import { AROUND, articlePath, ending, nearest, originParts, snippet } from "./cuttings.js";
import { element } from "./dom.js";
import { root } from "./server.js";
import { language, say } from "./texts.js";

export const sourceId = (turn, number) => `source-${turn}-${number}`;

export const articleAddress = (id, start, end) => `${root()}${articlePath(id, language, start, end)}`;

// A card for each cited article, in the order of first citation, with every quote in it.
export function sourceCards(turn, citations) {
  const articles = Map.groupBy(citations, (citation) => citation.article_id);
  return [...articles.values()].map((cited) =>
    element(
      "div",
      { class: "card" },
      heading(cited[0]),
      excerpts(cited).map((excerpt) => excerptElement(turn, excerpt)),
      reprints(cited[0].reprints),
    ),
  );
}

// The quotes of one article, each between its neighbouring sentences; what overlaps is one. A text is a list
// of characters: the server counts those, where JavaScript's strings have two for the rarest.
export function excerpts(citations) {
  const found = [];
  const inOrder = citations.toSorted((one, other) => one.start - other.start || one.end - other.end);
  for (const citation of inOrder) {
    const { start, end } = citation.context;
    const text = [...citation.context.text];
    const last = found.at(-1);
    if (last && start <= last.end) {
      last.text.push(...text.slice(Math.max(0, last.end - start)));
      last.end = Math.max(last.end, end);
      last.citations.push(citation);
    } else {
      found.push({ start, end, text, citations: [citation] });
    }
  }
  return found;
}

function excerptElement(turn, { start, end, text, citations }) {
  const first = citations[0];
  const pieces = [];
  let position = start;
  const cut = (from, to) => text.slice(from - start, to - start);
  for (const citation of citations) {
    const from = Math.max(citation.start, position);
    pieces.push(position === start ? ending(cut(start, from)) : cut(position, from).join(""));
    position = Math.max(citation.end, from);
    pieces.push(source(turn, citation, cut(from, position).join("")));
  }
  pieces.push(snippet(cut(position, end).join(""), AROUND));
  return element(
    "div",
    { class: "excerpt" },
    section(first.heading),
    element("blockquote", { lang: first.language }, pieces),
    openLink(articleAddress(first.article_id, first.start, first.end)),
  );
}

function source(turn, citation, quoted) {
  const address = articleAddress(citation.article_id, citation.start, citation.end);
  const number = element(
    "a",
    { class: "open number", href: address, "aria-label": say("open.source", { number: citation.number }) },
    String(citation.number),
  );
  return element(
    "mark",
    { class: "source", id: sourceId(turn, citation.number), tabindex: -1 },
    number,
    quoted,
  );
}

// A card for each of the nearest articles, with the start of its best passage.
export function nearestCards(hits) {
  return nearest(hits).map((hit) =>
    element(
      "div",
      { class: "card" },
      heading(hit),
      element(
        "div",
        { class: "excerpt" },
        section(hit.heading),
        element("blockquote", { lang: hit.language }, snippet(hit.text)),
        openLink(articleAddress(hit.article_id, hit.start, hit.end)),
      ),
      reprints(hit.reprints),
    ),
  );
}

function heading(origin) {
  const untitled = origin.title ? null : element("small", {}, say("untitled"));
  const title = element("h4", { lang: origin.language }, origin.label, untitled && [" ", untitled]);
  return [title, byline(origin)];
}

export const bylineParts = (origin) => originParts(origin, (number) => say("number", { number }));

export function byline(origin) {
  const parts = bylineParts(origin);
  if (!parts.length) return null;
  return element(
    "p",
    { class: "byline", lang: origin.language },
    parts.map((part) => element("span", {}, part)),
  );
}

const section = (name) => (name ? element("p", { class: "section" }, name) : null);

const openLink = (address) => element("a", { class: "open", href: address }, say("open"));

function reprints(others) {
  if (!others.length) return null;
  const links = others.map((other) => [
    " ",
    element(
      "a",
      { class: "open", lang: other.language, href: articleAddress(other.article_id) },
      [other.source ?? other.label, other.published].filter(Boolean).join(" "),
    ),
  ]);
  return element("p", { class: "reprints" }, say("reprints"), links);
}
