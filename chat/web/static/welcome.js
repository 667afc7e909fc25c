// What stands where a conversation will be.

import { element } from "./dom.js";
import { say } from "./texts.js";

export function welcome(library) {
  return library.articles ? invitation() : firstSteps(library.changes);
}

function invitation() {
  return element(
    "div",
    { class: "welcome" },
    element("h2", {}, say("welcome")),
    element("p", {}, say("welcome.note")),
  );
}

function firstSteps(mayAdd) {
  return element(
    "div",
    { class: "welcome empty" },
    element("h2", {}, say("empty")),
    mayAdd ? [element("p", {}, say("empty.add")), toArticles()] : null,
    element("p", {}, say(mayAdd ? "empty.ingest.too" : "empty.ingest")),
    command("wenjin ingest PATH"),
    element("p", {}, say("empty.demo")),
    command("wenjin demo"),
    element("p", { class: "watching" }, say("empty.watching")),
  );
}

const toArticles = () =>
  element("p", {}, element("a", { class: "add", href: "#/articles" }, say("empty.open")));

const command = (text) => element("pre", {}, element("code", {}, text));
