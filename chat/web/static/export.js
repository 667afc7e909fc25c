// Takes a conversation along: as Markdown, or as references to the articles that it cites.

import { announce } from "./announce.js";
import { copyAndTell, download } from "./copy.js";
import { conversationMarkdown } from "./markdown.js";
import { menu } from "./menu.js";
import { Failure, getText } from "./server.js";
import { said, say } from "./texts.js";

const TYPES = { md: "text/markdown", txt: "text/plain", bib: "application/x-bibtex" };

export function exportMenu(conversation) {
  const markdown = () => conversationMarkdown(conversation.turns);
  const references = (format) => referencesOf(conversation.turns, format);
  return menu("export", "export", [
    { key: "export.copy", act: () => copyAndTell(markdown) },
    { key: "export.markdown", act: () => save(markdown(), "md") },
    { key: "references.copy", act: () => saying(() => copyAndTell(() => references("gbt7714"))) },
    { key: "references.gbt", act: () => saying(async () => save(await references("gbt7714"), "txt")) },
    { key: "references.bibtex", act: () => saying(async () => save(await references("bibtex"), "bib")) },
  ]);
}

// The articles that are cited, each once, in the order of first citation.
export function citedArticles(turns) {
  const citations = turns.flatMap((turn) => turn.answer?.citations ?? []);
  return [...new Set(citations.map((citation) => citation.article_id))];
}

async function referencesOf(turns, format) {
  const ids = citedArticles(turns).join(",");
  return ids ? getText(`api/references?${new URLSearchParams({ ids, format })}`) : "";
}

function save(text, ending) {
  download(text, `wenjin-${new Date().toLocaleDateString("sv")}.${ending}`, TYPES[ending]);
}

// Do it, and tell if the server fails.
async function saying(act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    announce(error.texts ? said(error.texts) : say("no.answer"));
  }
}
