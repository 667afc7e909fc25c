// What is cut out of articles to be shown, and how an article is told from others: for cards of all kinds.

const NEAREST = 4; // articles
const SNIPPET = 110; // characters

export const AROUND = 80; // characters shown before and after what is quoted

// The beginning of a text.
export function snippet(text, longest = SNIPPET) {
  if (text.length <= longest) return text;
  const cut = text.slice(0, longest);
  const word = /[\w\u00c0-\u024f]+$/.exec(cut); // a Western word isn't cut in two
  return `${word && /[\w\u00c0-\u024f]/.test(text[longest]) ? cut.slice(0, word.index) : cut}…`;
}

// The end of what stands before a quote: the quote itself is to be seen at once.
export function ending(letters) {
  if (letters.length <= AROUND) return letters.join("");
  const cut = letters.slice(-AROUND);
  const inWord = /[\w\u00c0-\u024f]/.test(letters.at(-AROUND - 1));
  return `…${cut.join("").replace(inWord ? /^[\w\u00c0-\u024f]+/ : "", "")}`;
}

// The best hit of each of the nearest articles.
export function nearest(hits) {
  const best = new Map();
  for (const hit of hits) if (!best.has(hit.article_id)) best.set(hit.article_id, hit);
  return [...best.values()].slice(0, NEAREST);
}

// Who wrote it, and where and when it was printed, as far as that is known. `number` says a page's number.
export const originParts = (origin, number) =>
  [
    origin.authors.join(origin.language === "zh" ? " " : ", "),
    origin.affiliation,
    origin.source,
    origin.page && number(origin.page),
    origin.published,
  ].filter(Boolean);

// The address of an article on its own page, from the server's root, where those characters are marked.
export function articlePath(id, language, start = 0, end = 0) {
  const query = new URLSearchParams({ start, end, lang: language });
  return `articles/${encodeURIComponent(id)}?${query}#quote`;
}
