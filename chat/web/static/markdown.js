// A conversation as text to take along: an answer as plain text, all of it as Markdown.

import { bylineParts } from "./sources.js";
import { say } from "./texts.js";

// An answer with its numbers, and the list of its sources.
export function answerText({ sentences, citations }) {
  const sources = citations.map((one) => `[${one.number}] ${origin(one)}\n    ${quoted(one)}`);
  return [joined(sentences.map(numbered)), "", `${say("sources")}:`, ...sources, ""].join("\n");
}

export function conversationMarkdown(turns) {
  const title = turns.length ? flat(turns[0].question) : "";
  return [`# ${say("name")}: ${title}`, ...turns.flatMap(turnMarkdown), ""].join("\n\n");
}

function turnMarkdown(turn) {
  const { answer, error, state } = turn;
  const parts = [`## ${flat(turn.question)}`];
  if (answer?.query && answer.query.text !== turn.question) {
    parts.push(`*${flat(say("understood", { question: answer.query.text }))}*`);
  }
  if (answer?.disagreement) parts.push(`**${say("disagreement")}**`);
  if (answer?.sentences.length) parts.push(atStart(joined(answer.sentences.map(numberedMarkdown))));
  if (state === "done" && answer.abstained) parts.push(`*${say("refused")}*`);
  if (state === "stopped") parts.push(`*${say("stopped")}*`);
  if (state === "failed" || error) parts.push(`*${say("error")}*`);
  if (answer?.citations.length) parts.push(`### ${say("sources")}`, answer.citations.map(source).join("\n"));
  return parts;
}

// "1." and not "[1]:", which Markdown would take for the address of a link.
function source(citation) {
  return `${citation.number}. ${flat(origin(citation))}\n   > ${flat(quoted(citation))}`;
}

const origin = (citation) => [citation.label, ...bylineParts(citation)].join(" · ");

const quoted = ({ quote, language }) => (language === "zh" ? `“${quote}”` : `"${quote}"`);

const marks = (citations) => citations.map((number) => `[${number}]`).join("");

const numbered = ({ text, citations }) => `${text}${marks(citations)}`;

const numberedMarkdown = ({ text, citations }) => `${flat(text)}${escaped(marks(citations))}`;

// Western sentences need a space between them.
function joined(texts) {
  return texts.reduce((whole, text) => `${whole}${whole && /^[\x20-\x7e]/.test(text) ? " " : ""}${text}`, "");
}

// On one line, and without anything that Markdown would take for more than text.
const flat = (text) => escaped(text.replace(/\s+/g, " ").trim());

const escaped = (text) => text.replace(/[\\`*_[\]<>&|~!$]/g, "\\$&");

const atStart = (text) => text.replace(/^([#+-])/, "\\$1").replace(/^(\d+)([.)])/, "$1\\$2");
