"""Prints how well Wenjin finds, beside plain BM25: a table of sets and systems.

    python tests/benchmarks/retrieval_table.py DATA [--embedder SPEC] [--sets NAME ...]
        [--half dev|test|all] [--json FILE]

DATA holds eval/ and train/ (the files of `retrieval_sets`). Four systems find passages: BM25 over
bigrams (`bm25_baseline`), Wenjin's search by terms alone, by vectors alone, and both as the
retriever fuses them. An article stands where its best passage does, for all of them alike. Fit on
the dev half and report the test half. The last rows are of the Chinese questions that share few
words with the article that answers them, from all the sets asked.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from bm25_baseline import BigramBM25
from retrieval_figures import BASELINE, DENSE, HYBRID, LEXICAL, Result, table
from retrieval_sets import SETS, Library
from tqdm import tqdm

from chat.coverage import by_words
from index.embed import Embedder, load_embedder
from index.index import Index
from ingest.split import split_article
from ingest.types import Article, Passage
from retriever.retriever import Retriever

DEPTH = 100  # passages that a system may give; ten articles are among them but for very long ones

Search = Callable[[str], Iterable[Passage]]


def results(
    library: Library, embedder: Embedder, *, sets: Sequence[str], half: str = "all"
) -> Iterator[Result]:
    """What every system finds for the questions of these ``sets``, in a library made for it."""
    articles = {article.id: article for article in library.articles}
    asked = [
        (chosen, query)
        for chosen in library.sets
        if chosen.name in sets
        for query in chosen.queries
        if half in ("all", query.half)
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        Index.open(Path(folder), embedder, create=True) as index,
    ):
        index.add(tqdm(articles.values(), desc="indexing", unit=" articles", leave=False))
        searches = systems(index, embedder, list(articles.values()))
        for chosen, query in tqdm(asked, desc="asking", unit=" questions", leave=False):
            found = {
                system: list(dict.fromkeys(passage.article_id for passage in search(query.text)))
                for system, search in searches.items()
            }
            text = articles[query.article].text
            coverage = float(by_words(query.text, [text], index.idf).shares()[0])
            yield Result(chosen, query, coverage, found)


def systems(index: Index, embedder: Embedder, articles: Sequence[Article]) -> dict[str, Search]:
    """The searches by name: from a question to passages, best first."""
    passages = [(article, passage) for article in articles for passage in split_article(article)]
    baseline = BigramBM25([article.text[p.start : p.end] for article, p in passages])
    retriever = Retriever(index, embedder)

    def dense(question: str) -> Iterable[Passage]:
        [vector] = embedder.encode_queries([question])
        return index.passages(index.search_dense(vector, DEPTH).numbers)

    return {
        BASELINE: lambda question: [
            passages[number][1] for number in baseline.search(question, DEPTH).numbers
        ],
        LEXICAL: lambda question: index.passages(index.search_lexical(question, DEPTH).numbers),
        DENSE: dense,
        HYBRID: lambda question: [
            hit.passage for hit in retriever.search(retriever.understand(question), DEPTH)
        ],
    }


def record(result: Result) -> dict[str, object]:
    """A line of the JSON file: where each system has the right article, from 1, or null."""
    return {
        "set": result.set.name,
        "id": result.query.id,
        "half": result.query.half,
        "coverage": round(result.coverage, 4),
        "ranks": {system: result.rank(system) for system in result.found},
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="How well Wenjin finds, beside plain BM25.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--embedder", default="builtin", metavar="SPEC")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS), metavar="NAME")
    parser.add_argument("--half", choices=("dev", "test", "all"), default="all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the ranks, a question a line")
    chosen = parser.parse_args(arguments)
    embedder = load_embedder(chosen.embedder)
    found = [
        result
        for read in dict.fromkeys(SETS[name] for name in chosen.sets)
        for result in results(read(chosen.data), embedder, sets=chosen.sets, half=chosen.half)
    ]
    if chosen.json:
        lines = (json.dumps(record(result), ensure_ascii=False) + "\n" for result in found)
        chosen.json.write_text("".join(lines), encoding="utf-8")
    print(table(found))


if __name__ == "__main__":
    main()
