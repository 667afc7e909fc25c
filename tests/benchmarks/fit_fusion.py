"""Prints how search does when words are trusted more or less than vectors, for `retriever.fuse`.

    python tests/benchmarks/fit_fusion.py DATA [--embedder SPEC] [--sets NAME ...]

DATA is that of `retrieval_sets`. Choose on the dev halves; the table of the test halves
is there to report.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from retrieval_figures import LOW_OVERLAP
from retrieval_sets import SETS, Library, indexed
from tqdm import tqdm

from index.embed import Embedder, load_embedder
from retriever.candidates import Candidates
from retriever.coverage import by_words
from retriever.fuse import fuse
from retriever.retriever import Retriever

# Exponents within a language, and shares of the vectors between two; from words alone to vectors.
SETTINGS = ((np.inf, 0.0), (6, 0.1), (4, 0.2), (3, 0.3), (2, 0.4), (1, 0.6), (0, 1.0))


@dataclass(frozen=True, slots=True)
class Asked:
    """What was found for a question, and the id of the article that answers it."""

    question: str
    set: str
    half: str
    right: str
    low_overlap: bool
    found: Candidates

    def rank(self, trust: float, across: float) -> float:
        """The place of the right article among articles, from 1; infinite if it wasn't found."""
        found = self.found
        fused = fuse(found.lexical, found.dense, found.same_language, trust, across)
        order = np.lexsort((found.numbers, -fused))
        articles = list(dict.fromkeys(self.found.articles[i].id for i in order.tolist()))
        return articles.index(self.right) + 1 if self.right in articles else np.inf


def ask(library: Library, embedder: Embedder, *, sets: Sequence[str]) -> Iterator[Asked]:
    """What is found for the questions of these ``sets``, in a library made for it."""
    articles = {article.id: article for article in library.articles}
    asked = [(one, query) for one in library.sets if one.name in sets for query in one.queries]
    adding = tqdm(articles.values(), desc="indexing", unit=" articles", leave=False)
    with indexed(adding, embedder) as index:
        retriever = Retriever(index, embedder)
        for one, query in tqdm(asked, desc="asking", unit=" questions", leave=False):
            text = articles[query.article].text
            coverage = float(by_words(query.text, [text], index.idf).shares()[0])
            low = one.asking == one.asked == "zh" and coverage < LOW_OVERLAP
            found = retriever.candidates(retriever.understand(query.text))
            yield Asked(query.text, one.title, query.half, query.article, low, found)


def table(asked: Sequence[Asked]) -> str:
    """A row for each share, a column for each set: recall@1, recall@10 and MRR@10 in percent."""
    groups = {name: [one for one in asked if one.set == name] for name in _names(asked)}
    groups["low overlap"] = [one for one in asked if one.low_overlap]
    groups = {f"{name} ({len(group)})": group for name, group in groups.items() if group}
    lines = [
        f"| trust, across | {' | '.join(groups)} |",
        "|---" * (len(groups) + 1) + "|",
    ]
    for trust, across in SETTINGS:
        ranks = [np.array([one.rank(trust, across) for one in group]) for group in groups.values()]
        lines.append(f"| {trust:g}, {across:g} | {' | '.join(map(_figures, ranks))} |")
    return "\n".join(lines)


def _names(asked: Iterable[Asked]) -> list[str]:
    return list(dict.fromkeys(one.set for one in asked))


def _figures(ranks: npt.NDArray[np.float64]) -> str:
    reciprocal = np.where(ranks <= 10, 1 / ranks, 0)
    shares = ((ranks <= 1).mean(), (ranks <= 10).mean(), reciprocal.mean())
    return " / ".join(f"{100 * share:.1f}" for share in shares)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fits how much words are trusted.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--embedder", default="builtin", metavar="SPEC")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS), metavar="NAME")
    chosen = parser.parse_args()
    embedder = load_embedder(chosen.embedder)
    asked = [
        one
        for read in dict.fromkeys(SETS[name] for name in chosen.sets)
        for one in ask(read(chosen.data), embedder, sets=chosen.sets)
    ]
    for half in ("dev", "test"):
        print(f"\n{half}\n{table([one for one in asked if one.half == half])}")


if __name__ == "__main__":
    main()
