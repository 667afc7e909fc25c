"""Makes large libraries quickly: ``python tests/benchmarks/mixed_library.py news_docs.jsonl.gz
CACHE [--sizes N ...]`` puts one for each number of passages into the folder CACHE.

Their articles are those of `mixed_news`, so that a smaller library is the beginning of a larger
one. They don't go through `wenjin ingest`, which compares each with all others and confirms some
dozens at a time, but from `made_in_workers` straight into `Store.write`, a thousand at a time. The
vectors are kept beside the libraries: made once more, a library needs no embedding.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from mixed_news import articles as mixed_articles

from index.embed import BUILTIN, BuiltinEmbedder
from index.lexical.document import IndexedText
from index.making import HalfArray, Made, Maker, made_in_workers
from index.opened import Opened
from index.store.edits import VECTOR, Edit, Filed, Given
from index.store.writer import NO_FILE
from ingest.types import Article, article_id

SIZES = (10_000, 100_000, 1_000_000)
BATCH = 1000  # articles
TERMS = 50_000  # passages whose terms are held at most
ENDLESS = 1 << 40  # articles: more than anyone wants
MADE = "made.json"  # in a library's folder once it is whole

Batch = tuple[Sequence[Made], HalfArray]


def library(cache: Path, size: int) -> Path:
    """The folder of the library of ``size`` passages."""
    return cache / f"mixed-{size}"


def made(cache: Path, size: int) -> dict[str, float]:
    """How many ``passages`` that library has, in how many seconds they and their terms were made
    and written (``write``), and in how many more all else that is derived (``derive``); empty if
    there is no whole library.
    """
    file = library(cache, size) / MADE
    return json.loads(file.read_text()) if file.is_file() else {}


def make(documents: Path, cache: Path, size: int) -> None:
    """Make the library of ``size`` passages, or one article less."""
    folder = library(cache, size)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    started = time.perf_counter()
    opened = Opened(folder, _embedder(), create=True)
    try:
        terms: dict[int, IndexedText] = {}
        for made, vectors in keeping(cache, size, batches(documents, cache, size)):
            numbers = opened.store.write(edit(made, vectors))
            terms |= zip(
                numbers, (text for one in made for text in one.terms_with("")), strict=True
            )
            if len(terms) >= TERMS:
                opened.lexical.save(terms)
                terms = {}
        opened.lexical.save(terms)
        written = time.perf_counter()
        opened.save()
        passages = opened.store.passage_count
    finally:
        opened.close()
    seconds = {"write": written - started, "derive": time.perf_counter() - written}
    (folder / MADE).write_text(json.dumps({"passages": passages, **seconds}))


def edit(articles: Sequence[Made], vectors: HalfArray) -> Edit:
    """All that is written of these articles, with the vectors (n, dimension) of their passages."""
    filed, first = [], 0
    for one in articles:
        last = first + len(one.passages)
        filed.append(Filed(one.article, one.passages, vectors[first:last], one.signature))
        first = last
    paths = [(one.article.id, one.article.path) for one in articles]
    return Edit(filed, given=[Given(NO_FILE, paths, 0, complete=False)])


def batches(documents: Path, cache: Path, size: int) -> Iterator[Batch]:
    """Articles and the vectors (n, dimension) of their passages, ``size`` passages in all."""
    known = known_vectors(cache, size)
    articles = map(article_of, mixed_articles(documents, ENDLESS))
    made = made_in_workers(articles, Maker(BUILTIN if known is None else None))
    first = 0
    with closing(made):
        while first < size:
            some = list(itertools.islice(made, BATCH))
            ends = first + np.cumsum([len(one.passages) for one in some])
            kept = int(np.searchsorted(ends, size, side="right"))
            if kept == 0:  # the next article has too many
                return
            some, last = some[:kept], int(ends[kept - 1])
            if known is None:
                yield some, np.concatenate([one.vectors.rows for one in some if one.vectors])
            else:
                yield some, known[first:last]
            if kept < BATCH:
                return
            first = last


@functools.cache
def _embedder() -> BuiltinEmbedder:
    return BuiltinEmbedder()


def article_of(entry: dict[str, str]) -> Article:
    """An article of `mixed_news`."""
    return Article(
        id=article_id(entry["title"], entry["text"]),
        title=entry["title"],
        authors=(),
        affiliation=None,
        source=entry["source"],
        page=None,
        published=entry["date"],
        language="zh",
        headings=(),
        text=entry["text"],
        path="mixed.jsonl",
    )


def vectors_file(cache: Path, size: int) -> Path:
    """Where the vectors of ``size`` passages are kept, one after the other, as they are stored."""
    return cache / f"vectors-{_embedder().name.replace('/', '-')}-{size}.f2"


def known_vectors(cache: Path, size: int) -> HalfArray | None:
    """Those of ``size`` passages or more, (n, dimension), if they are there."""
    pattern = vectors_file(cache, 0).name.replace("-0.", "-*.")
    sizes = [int(file.stem.rpartition("-")[2]) for file in cache.glob(pattern)]
    enough = min((each for each in sizes if each >= size), default=None)
    if enough is None:
        return None
    return np.memmap(vectors_file(cache, enough), VECTOR, "r").reshape(-1, _embedder().dimension)


def keeping(cache: Path, size: int, batches: Iterable[Batch]) -> Iterator[Batch]:
    """The batches as they are, with their vectors kept if they weren't."""
    if known_vectors(cache, size) is not None:
        yield from batches
        return
    partial = vectors_file(cache, size).with_suffix(".part")
    with partial.open("wb") as out:
        for batch in batches:
            out.write(batch[1].tobytes())
            yield batch
    partial.rename(vectors_file(cache, size))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N")
    options = parser.parse_args()
    for size in options.sizes:
        make(options.documents, options.cache, size)
        print(size, made(options.cache, size), flush=True)


if __name__ == "__main__":
    main()
