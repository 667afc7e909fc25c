// The cards beside an answer: what it rests on, or the articles nearest to a refused question.

import { element } from "./dom.js";
import { root } from "./server.js";
import { language, say } from "./texts.js";

const NEAREST = 4; // articles
const SNIPPET = 110; // characters
const AROUND = 80; // characters shown before and after what is quoted

export const sourceId = (turn, number) => `source-${turn}-${number}`;

export function articleAddress(id, start = 0, end = 0) {
  const query = new URLSearchParams({ start, end, lang: language });
  return `${root()}articles/${encodeURIComponent(id)}?${query}#quote`;
}

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
  const best = new Map();
  for (const hit of hits) if (!best.has(hit.article_id)) best.set(hit.article_id, hit);
  return [...best.values()].slice(0, NEAREST).map((hit) =>
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

function snippet(text, longest = SNIPPET) {
  if (text.length <= longest) return text;
  const cut = text.slice(0, longest);
  const word = /[\w\u00c0-\u024f]+$/.exec(cut); // a Western word isn't cut in two
  return `${word && /[\w\u00c0-\u024f]/.test(text[longest]) ? cut.slice(0, word.index) : cut}…`;
}

// The end of what stands before a quote: the quote itself is to be seen at once.
function ending(letters) {
  if (letters.length <= AROUND) return letters.join("");
  const cut = letters.slice(-AROUND);
  const inWord = /[\w\u00c0-\u024f]/.test(letters.at(-AROUND - 1));
  return `…${cut.join("").replace(inWord ? /^[\w\u00c0-\u024f]+/ : "", "")}`;
}

function heading(origin) {
  const untitled = origin.title ? null : element("small", {}, say("untitled"));
  const title = element("h4", { lang: origin.language }, origin.label, untitled && [" ", untitled]);
  return [title, byline(origin)];
}

// Who wrote it, and where and when it was printed, as far as that is known.
export const bylineParts = (origin) =>
  [
    origin.authors.join(origin.language === "zh" ? " " : ", "),
    origin.affiliation,
    origin.source,
    origin.page && say("number", { number: origin.page }),
    origin.published,
  ].filter(Boolean);

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
