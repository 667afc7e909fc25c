// Marks quotes in an article that stands in the page.
//
// The article's blocks say at which character of the text they begin (`data-at`). Characters are counted as
// the server counts them: one for each code point, where JavaScript's strings have two for the rarest.

import { element } from "./dom.js";

const holds = ({ start, end }, at) => start <= at && at < end;

// Marks `current`, and the other quotes weaker: [{start, end}].
export function markQuotes(root, current, quotes) {
  let id = "quote"; // of the first piece, as on the article's own page
  for (const block of root.querySelectorAll("[data-at]")) {
    const at = Number(block.dataset.at);
    const letters = [...block.textContent];
    const pieces = piecesOf(letters.length, at, [current, ...quotes]).map(([from, to]) => {
      const text = letters.slice(from, to).join("");
      const strong = holds(current, at + from);
      if (!strong && !quotes.some((quote) => holds(quote, at + from))) return text;
      const mark = element("mark", { id: strong && id, class: !strong && "weak" }, text);
      if (strong) id = null;
      return mark;
    });
    block.replaceChildren(...pieces);
  }
}

// The stretches between all places where a quote begins or ends.
function piecesOf(length, at, quotes) {
  const within = quotes.flatMap(({ start, end }) => [start - at, end - at]);
  const cuts = [...new Set([0, ...within.filter((cut) => 0 < cut && cut < length), length])];
  cuts.sort((one, other) => one - other);
  return cuts.slice(1).map((cut, i) => [cuts[i], cut]);
}
