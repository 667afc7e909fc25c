"""Prints how well Wenjin finds, beside plain BM25: a table of sets and systems.

    python tests/benchmarks/retrieval_table.py DATA [--embedder SPEC] [--sets NAME ...]
        [--reranker SPEC] [--half dev|test|all] [--json FILE]

DATA holds eval/ and train/ (the files of `retrieval_sets`). Five systems find passages: BM25 over
bigrams (`bm25_baseline`), Wenjin's search by terms alone, by vectors alone, both as the retriever
fuses them, and as a reranker orders them. An article stands where its best passage does; a reprint
counts as the article that it repeats. Fit on the dev half and report the test half. The last rows
are of the Chinese questions that share few words with the article that answers them, from all the
sets asked. Where answers are known, a second table tells how often the first article holds one.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean

from bm25_baseline import BigramBM25
from retrieval_figures import BASELINE, DENSE, HYBRID, LEXICAL, Result, table
from retrieval_sets import SETS, Library, indexed
from tqdm import tqdm

from index.embed import Embedder, load_embedder
from index.index import Index
from index.types import IntArray
from ingest.split import split_article
from ingest.types import Article
from retriever.coverage import by_words
from retriever.evaluate import holds
from retriever.rerank import Reranker, load_reranker
from retriever.retriever import Retriever

DEPTH = 100  # passages that a system may give; ten articles are among them but for very long ones

FUSED = "fused"  # the hybrid without its reranker

Search = Callable[[str], Iterable[str]]  # from a question to ids of articles, best first


def results(
    library: Library,
    embedder: Embedder,
    *,
    sets: Sequence[str],
    half: str = "all",
    reranker: Reranker | None = None,
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
    adding = tqdm(articles.values(), desc="indexing", unit=" articles", leave=False)
    with indexed(adding, embedder) as index:
        searches = systems(index, embedder, list(articles.values()), reranker)
        firsts = index.originals()
        for chosen, labelled in tqdm(asked, desc="asking", unit=" questions", leave=False):
            query = replace(labelled, article=firsts.get(labelled.article, labelled.article))
            found = {
                system: list(dict.fromkeys(firsts.get(one, one) for one in search(query.text)))
                for system, search in searches.items()
            }
            text = articles[query.article].text
            coverage = float(by_words(query.text, [text], index.idf).shares()[0])
            answered = {
                system: bool(ids) and holds(articles[ids[0]].text, query.answers)
                for system, ids in found.items()
                if query.answers
            }
            yield Result(chosen, query, coverage, found, answered)


def systems(
    index: Index, embedder: Embedder, articles: Sequence[Article], reranker: Reranker | None
) -> dict[str, Search]:
    """The searches by name; ``reranker`` is the built-in one unless given."""
    passages = [(article, passage) for article in articles for passage in split_article(article)]
    baseline = BigramBM25([article.text[p.start : p.end] for article, p in passages])
    fused = Retriever(index, embedder, load_reranker("none"))
    hybrid = Retriever(index, embedder, reranker)

    def found(numbers: IntArray) -> Iterable[str]:
        return (passage.article_id for passage in index.passages(numbers))

    def dense(question: str) -> Iterable[str]:
        [vector] = embedder.encode_queries([question])
        return found(index.search_dense(vector, DEPTH).numbers)

    return {
        BASELINE: lambda question: [
            passages[number][0].id for number in baseline.search(question, DEPTH).numbers
        ],
        LEXICAL: lambda question: found(index.search_lexical(question, DEPTH).numbers),
        DENSE: dense,
        FUSED: lambda question: hits(fused, question),
        HYBRID: lambda question: hits(hybrid, question),
    }


def hits(retriever: Retriever, question: str) -> list[str]:
    """The articles of the hits."""
    found = retriever.search(retriever.understand(question), DEPTH)
    return [hit.article.id for hit in found]


def answers_table(results: Sequence[Result]) -> str:
    """How often the first article holds the answer, set by set; empty if no answer is known."""
    lines = []
    for asked in dict.fromkeys(result.set for result in results if result.answered):
        own = [result.answered for result in results if result.set is asked and result.answered]
        lines += [
            f"| {asked.title} | {system} | {100 * mean(one[system] for one in own):.1f} |"
            for system in own[0]
        ]
    head = "| set | system | answer in the first article |\n|---|---|---|"
    return "\n".join([head, *lines]) if lines else ""


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
    parser.add_argument("--reranker", default="builtin", metavar="SPEC")
    parser.add_argument("--half", choices=("dev", "test", "all"), default="all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the ranks, a question a line")
    chosen = parser.parse_args(arguments)
    embedder, reranker = load_embedder(chosen.embedder), load_reranker(chosen.reranker)
    found = [
        result
        for read in dict.fromkeys(SETS[name] for name in chosen.sets)
        for result in results(
            read(chosen.data), embedder, sets=chosen.sets, half=chosen.half, reranker=reranker
        )
    ]
    if chosen.json:
        lines = (json.dumps(record(result), ensure_ascii=False) + "\n" for result in found)
        chosen.json.write_text("".join(lines), encoding="utf-8")
    print(table(found))
    print(answers_table(found))


if __name__ == "__main__":
    main()
