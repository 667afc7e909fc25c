"""What `bench_library.py` measures of an open library, each in a process of its own:
``library_measures.py NAME`` takes the arguments of what has that name from its input, as JSON, and
prints what it found. Times are in seconds.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from library_peers import peers
from mixed_library import ENDLESS, article_of
from mixed_news import articles as mixed_articles
from processes import memory_held

from chat.assistant import Assistant
from index.dense.parameters import Parameters
from index.dense.search import DenseIndex
from index.embed import load_embedder
from index.index import Index
from index.store.store import Store
from ingest.types import Article
from retriever.rerank import load_reranker
from retriever.retriever import Retriever

Measured = dict[str, Any]
WARMING = 50  # questions asked before those that count
SERVED = 100  # questions asked before memory is looked at
DEPTH = 10
REMOVED = 100  # articles
SEED = 8  # of articles that the library hasn't


def timed(work: Callable[[], object]) -> float:
    """How long it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def times(search: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """How long each question takes, once some have been asked to warm up."""
    for question in questions[-WARMING:]:
        search(question)
    return [timed(lambda question=question: search(question)) for question in questions]


def quantiles(seconds: Sequence[float]) -> Measured:
    """The median and the 95th percentile."""
    return {"p50": float(np.median(seconds)), "p95": float(np.quantile(seconds, 0.95))}


def hybrid(library: str, questions: Sequence[str]) -> Measured:
    """What a search takes by reranker, the whole of it: from the question to the hits."""
    embedder = load_embedder()
    with Index.open(Path(library), embedder) as index:

        def searching(reranker: str) -> list[float]:
            retriever = Retriever(index, embedder, load_reranker(reranker))
            return times(lambda asked: retriever.search(retriever.understand(asked)), questions)

        return {name: quantiles(searching(name)) for name in ("none", "builtin")}


def recall(library: str, questions: Sequence[str]) -> Measured:
    """The share of the ten nearest vectors that dense search finds, and what it takes."""
    embedder = load_embedder()
    asked = embedder.encode_queries(questions)
    best = _nearest(Path(library), asked)
    with Index.open(Path(library), embedder) as index:
        for vector in asked[-WARMING:]:
            index.search_dense(vector, DEPTH)
        found, seconds = [], []
        for vector in asked:
            started = time.perf_counter()
            found.append(index.search_dense(vector, DEPTH).numbers)
            seconds.append(time.perf_counter() - started)
    shares = [len(np.intersect1d(*pair)) / DEPTH for pair in zip(found, best, strict=True)]
    return {"recall": float(np.mean(shares)), **quantiles(seconds)}


def _nearest(library: Path, asked: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The numbers (questions, DEPTH) of the nearest of all stored vectors."""
    numbers = np.zeros((len(asked), 0), np.int64)
    scores = np.zeros((len(asked), 0), np.float32)
    for some, vectors in _store(library).vectors_since(0):
        numbers = np.hstack([numbers, np.broadcast_to(some, (len(asked), len(some)))])
        scores = np.hstack([scores, asked @ vectors.T])
        best = np.argsort(-scores, axis=1)[:, :DEPTH]
        numbers = np.take_along_axis(numbers, best, axis=1)
        scores = np.take_along_axis(scores, best, axis=1)
    return numbers


def lexical(library: str, questions: Sequence[str], peers_folder: str) -> Measured:
    """What the search by terms alone takes, and each peer's on the same terms."""
    found = {}
    with Index.open(Path(library), load_embedder()) as index:
        found["Wenjin"] = times(lambda asked: index.search_lexical(asked, DEPTH), questions)
    for name, search in peers(_store(Path(library)), Path(peers_folder)).items():
        found[name] = times(search, questions)
    return {name: quantiles(seconds) for name, seconds in found.items()}


def opening(library: str, questions: Sequence[str]) -> Measured:
    """What it takes to open a library and to answer the first question, and the memory then held,
    and after `SERVED` answers.
    """
    started = time.perf_counter()
    embedder = load_embedder()
    model = time.perf_counter() - started
    started = time.perf_counter()
    index = Index.open(Path(library), embedder)
    opened = time.perf_counter() - started
    assistant = Assistant(index, embedder)
    at_first = memory_held()
    first = timed(lambda: assistant.ask(questions[0]))
    for number in range(SERVED):
        assistant.ask(questions[number % len(questions)])
    held = memory_held()
    assistant.close()
    return {
        "model": model,
        "open": opened,
        "first": first,
        "opened": at_first["VmRSS"],
        "served": held["VmRSS"],
        "anonymous": held["RssAnon"],
        "mapped": held["RssFile"],
    }


def growing(library: str, documents: str, questions: Sequence[str], passages: int) -> Measured:
    """What it takes to search a copy of a library, to add one article until another who has it open
    finds it, to add as many as make a thousand of ``passages``, to remove a hundred, and to search
    again.
    """
    embedder = load_embedder()
    folder = Path(library)
    new = map(article_of, mixed_articles(Path(documents), ENDLESS, seed=SEED))
    first = map(article_of, mixed_articles(Path(documents), ENDLESS))
    with Index.open(folder, embedder) as index, Index.open(folder, embedder) as serving:
        retriever = Retriever(serving, embedder, load_reranker("none"))

        def search(question: str) -> None:
            retriever.search(retriever.understand(question))

        searching = times(search, questions)
        one = next(new)  # the first takes long to come: all documents are read
        visible = timed(lambda: _add_until_found(index, serving, one))
        before = index.passage_count
        some = list(islice(new, passages * 2 // 7))  # 3.5 passages an article
        adding = timed(lambda: index.add(some))
        added = index.passage_count - before
        gone = [article.id for article in islice(first, min(REMOVED, before // 10))]
        removing = timed(lambda: index.remove(gone))
        after = timed(lambda: search(questions[0]))
    return {
        "search": quantiles(searching)["p50"],
        "visible": visible,
        "add": adding / added * 1000,
        "remove": removing / len(gone) * REMOVED,
        "after": after,
    }


def _add_until_found(index: Index, serving: Index, article: Article) -> None:
    index.add([article])
    asked = f"{article.title} {article.text[:40]}"
    while article.id not in {
        passage.article_id
        for passage in serving.passages(serving.search_lexical(asked, SERVED).numbers)
    }:
        continue


def scan(library: str, questions: Sequence[str]) -> Measured:
    """What it takes to compare a vector with all, exactly, and to merely read as many bytes."""
    import faiss

    embedder = load_embedder()
    store = _store(Path(library))
    vectors = np.concatenate([some for _, some in store.vectors_since(0)])
    parameters = Parameters(exact=vectors.size)
    dense = DenseIndex(store, None, embedder.dimension, parameters=parameters)
    dense.follow()
    flat = faiss.IndexFlatIP(embedder.dimension)
    flat.add(vectors)
    asked = list(embedder.encode_queries(questions))
    nearest = flat.search(np.array(asked), 1)[0][:, 0]
    found = [dense.search(vector, 1).scores[0] for vector in asked]
    flattened = vectors.ravel()
    readers = (flattened.sum, flattened.max, lambda: flattened @ flattened)
    return {
        "passages": len(vectors),
        "bytes": vectors.nbytes,
        "exact": bool(np.allclose(found, nearest, atol=1e-3)),
        "Wenjin": quantiles([timed(lambda v=v: dense.search(v, DEPTH)) for v in asked])["p50"],
        "FAISS Flat": quantiles([timed(lambda v=v: flat.search(v[None], DEPTH)) for v in asked])[
            "p50"
        ],
        "reading": min(timed(read) for read in readers for _ in range(10)),
    }


def _store(library: Path) -> Store:
    embedder = load_embedder()
    return Store(library, embedder=embedder.name, dimension=embedder.dimension, create=False)


MEASURES: dict[str, Callable[..., Measured]] = {
    measure.__name__: measure for measure in (hybrid, recall, lexical, opening, growing, scan)
}


def main(name: str) -> None:
    print(json.dumps(MEASURES[name](**json.load(sys.stdin))))


if __name__ == "__main__":
    main(*sys.argv[1:])
