// The section that says what this is.

import { element } from "./dom.js";
import { say } from "./texts.js";

const KEYS = [
  ["Enter", "keys.send"],
  ["Shift Enter", "keys.line"],
  ["Esc", "keys.escape"],
  ["[ ]", "keys.citations"],
  ["Ctrl K", "keys.find"],
];

export function drawAbout(section, { articles, passages, version }) {
  const rows = KEYS.map(([keys, what]) => [
    element("dt", {}, keys.split(" ").map((key) => element("kbd", {}, key))),
    element("dd", {}, say(what)),
  ]);
  section.replaceChildren(
    element("h1", {}, say("section.about")),
    element("p", {}, say("about.what")),
    element("p", {}, say("about.honest")),
    element("h2", {}, say("about.library")),
    element("p", {}, say("about.numbers", { articles: counted(articles), passages: counted(passages) })),
    element("h2", {}, say("about.citing")),
    element("p", {}, say("about.cite")),
    element("h2", {}, say("about.keys")),
    element("dl", {}, rows),
    element("h2", {}, say("about.private")),
    element("p", {}, say("about.kept")),
    element("p", { class: "version" }, say("about.version", { version: version ?? "" })),
  );
}

const counted = (number) => (number ?? 0).toLocaleString(document.documentElement.lang);
