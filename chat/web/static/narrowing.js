// What narrows the list of articles: words, dates, a source, an author; and how it is sorted.

import { element } from "./dom.js";
import { say } from "./texts.js";

const NAMES = {
  newest: "articles.newest",
  oldest: "articles.oldest",
  title: "articles.title",
  length: "articles.length",
};
export const ORDERS = Object.keys(NAMES);

// The fields as they are `wanted`; `narrow` is told the name and the value of what is changed.
export function fields(wanted, statistics, narrow) {
  const made = (name, text, attributes, ...more) => {
    const input = element("input", { name, autocomplete: "off", ...attributes });
    input.value = wanted[name];
    input.addEventListener("input", (event) => event.isComposing || narrow(name, input.value.trim()));
    input.addEventListener("compositionend", () => narrow(name, input.value.trim()));
    return element("label", { class: name }, element("span", {}, text), input, ...more);
  };
  const known = (name, counted) => [
    { list: `articles-${name}` },
    element("datalist", { id: `articles-${name}` }, (counted ?? []).map((one) => element("option", { value: one.name }))),
  ];
  return [
    made("query", say("articles.search"), { type: "search", placeholder: say("articles.search.note") }),
    sort(wanted.sort, narrow),
    made("from", say("articles.from"), { type: "date" }),
    made("to", say("articles.to"), { type: "date" }),
    made("source", say("articles.source"), ...known("source", statistics?.sources)),
    made("author", say("articles.author"), ...known("author", statistics?.authors)),
  ];
}

function sort(chosen, narrow) {
  const options = ORDERS.map((order) =>
    element("option", { value: order, selected: order === chosen }, say(NAMES[order])),
  );
  const choice = element("select", { name: "sort", onchange: () => narrow("sort", choice.value) }, options);
  return element("label", { class: "sort" }, element("span", {}, say("articles.sort")), choice);
}
