"""Processes beside a test: one that searches a library all the time, one that holds its lock.

``python searching.py search FOLDER``, ``python searching.py hold FOLDER``; both end when their
input does.
"""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from conftest import BigramEmbedder, make_article

from index.index import Index
from index.store.writer import NO_FILE
from index.types import FileChange
from ingest.errors import ArticleNotFound
from ingest.prepare import prepare_article
from retriever.retriever import Retriever
from retriever.types import Query

QUESTION = "石桥"  # stands in all articles
WAYS = ("terms", "vector", "retriever")
EVERYTHING = 1000  # passages

Tell = Callable[[str, int, set[str]], None]
"""Is told a way to search, when it began (ns of the clock that all processes share), and the ids
of the articles that it found.
"""


def search_on(index: Index, tell: Tell, stopped: Callable[[], bool]) -> None:
    """Search in each way in turn until ``stopped``."""
    while not stopped():
        for way in WAYS:
            began = time.monotonic_ns()
            tell(way, began, found(index, way))


def found(index: Index, way: str) -> set[str]:
    """The ids of the articles that a search finds. Passages that are removed before they are read
    are searched for again.
    """
    embedder = BigramEmbedder()
    if way == "retriever":
        hits = Retriever(index, embedder).search(Query(QUESTION), EVERYTHING)
        return {hit.article.id for hit in hits}
    while True:
        if way == "terms":
            ranking = index.search_lexical(QUESTION, EVERYTHING)
        else:
            ranking = index.search_dense(embedder.encode_queries([QUESTION])[0], EVERYTHING)
        with suppress(ArticleNotFound):
            return {passage.article_id for passage in index.passages(ranking.numbers)}


def search(folder: Path) -> None:
    def tell(way: str, began: int, ids: set[str]) -> None:
        print(way, began, *ids, flush=True)

    with Index.open(folder, BigramEmbedder()) as index:
        search_on(index, tell, lambda: bool(select.select([sys.stdin], [], [], 0)[0]))


def hold(folder: Path) -> None:
    """Write an article, fork a process, say so, and go on writing until the input ends."""

    def changes() -> Iterator[FileChange | None]:
        yield FileChange(NO_FILE, (prepare_article(make_article("第一座石桥。")),), complete=False)
        yield from (None, None)
        forked = os.fork()
        if forked:
            print("holding", flush=True)
        sys.stdin.read()
        if not forked:
            os._exit(0)

    with Index.open(folder, BigramEmbedder()) as index:
        index.update(changes())


if __name__ == "__main__":
    {"search": search, "hold": hold}[sys.argv[1]](Path(sys.argv[2]))
