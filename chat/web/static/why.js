// Why this answer: what was understood, how long each stage took, and the passages that were read.

import { button, element } from "./dom.js";
import { filterChips } from "./filters.js";
import { articleAddress } from "./sources.js";
import { say } from "./texts.js";

// What each stage is called; what only sums them up isn't one.
const STAGES = { search: "stage.search", evidence: "stage.evidence", generate: "stage.generate" };
const SNIPPET = 60; // characters

// The button, and the panel that it opens, which is made when it is first wanted.
export function whyButton(turn, number, actions, isOpen) {
  const id = `why-${number}`;
  const panel = element("section", { class: "why-panel", id, hidden: true, "aria-label": say("why") });
  const show = (shown) => {
    if (shown && !panel.childElementCount) panel.append(...parts(turn, actions));
    panel.hidden = !shown;
    opener.ariaExpanded = String(shown);
  };
  const opener = button(say("why"), { class: "why", "aria-controls": id }, () => show(panel.hidden));
  show(isOpen);
  return [opener, panel];
}

function parts(turn, actions) {
  return [understood(turn, actions), sureness(turn.answer), stages(turn.answer.timings), read(turn.answer)]
    .flat(Infinity)
    .filter(Boolean);
}

const title = (text) => element("h3", {}, text);

function understood(turn, actions) {
  const chips = filterChips(turn, actions);
  return [
    title(say("why.understood")),
    element("p", {}, turn.answer.query.text),
    chips && [element("p", { class: "note" }, say("filters")), chips],
  ];
}

function sureness({ probability, hits }) {
  if (probability == null || !hits.length) return null;
  const percent = Math.round(100 * probability);
  return [
    title(say("why.sure")),
    element("p", {}, say("why.percent", { percent }), bar(probability)),
  ];
}

function stages(timings) {
  const spent = Object.entries(timings).filter(([stage]) => stage !== "total");
  const all = spent.reduce((sum, [, time]) => sum + time, 0);
  const rows = spent.map(([stage, time]) =>
    element(
      "li",
      {},
      element("span", { class: "stage" }, stage in STAGES ? say(STAGES[stage]) : stage),
      bar(all ? time / all : 0),
      element("span", { class: "time" }, say("milliseconds", { count: milliseconds(time) })),
    ),
  );
  return [title(say("why.stages")), element("ol", { class: "stages" }, rows)];
}

const milliseconds = (time) => Number(time.toFixed(time < 10 ? 1 : 0));

// A bar of that share of its track; what it shows is said beside it, too.
function bar(share) {
  const filled = element("span", { class: "filled" });
  filled.style.inlineSize = `${Math.round(100 * Math.min(share, 1))}%`;
  return element("span", { class: "bar", "aria-hidden": "true" }, filled);
}

function read({ hits, citations, abstained }) {
  const none = abstained ? say("why.nothing.found") : say("why.nothing");
  if (!hits.length) return [title(say("why.read")), element("p", {}, none)];
  return [
    title(say("why.read")),
    element("p", { class: "note" }, say("why.scores")),
    element("ol", { class: "passages" }, hits.map((hit) => passage(hit, citations))),
  ];
}

function passage(hit, citations) {
  const cited = citations.filter((citation) => stands(citation, hit)).map(({ number }) => `[${number}]`);
  const note = cited.length
    ? element("span", { class: "note" }, say("why.cited", { numbers: cited.join("") }))
    : null;
  const name = [hit.label, hit.heading].filter(Boolean).join(" · ");
  const address = articleAddress(hit.article_id, hit.start, hit.end);
  return element(
    "li",
    { class: cited.length ? "cited" : "" },
    element("a", { class: "open", href: address, lang: hit.language }, name),
    " ",
    note,
    element("p", { class: "snippet", lang: hit.language }, shortened(hit.text)),
    element("p", { class: "scores" }, scores(hit)),
    hit.matched?.length
      ? element("p", { class: "matched" }, say("why.matched"), " ", hit.matched.map((word) => [
          element("b", { lang: hit.language }, word),
          " ",
        ]))
      : null,
  );
}

const shortened = (text) => (text.length > SNIPPET ? `${text.slice(0, SNIPPET)}…` : text);

const stands = (citation, hit) =>
  citation.article_id === hit.article_id && citation.start < hit.end && citation.end > hit.start;

const scores = (hit) =>
  say("why.score", {
    score: rounded(hit.score, 2),
    words: rounded(hit.lexical, 1),
    meaning: rounded(hit.dense, 2),
  });

const rounded = (number, digits) => number.toFixed(digits).replace("-", "−");
