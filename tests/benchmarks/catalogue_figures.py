"""What the catalogue costs as a library grows: ``python tests/benchmarks/catalogue_figures.py
FOLDER [ARTICLES…]`` makes libraries of so many articles in FOLDER (kept there for the next run) and
prints a column of figures for each: the time to open the catalogue from SQLite and from its file,
to see a write, to find filters in a question and to make what they admit; the memory it takes; and
the time to read the articles of 60 passages, and of 1000 articles among many.

The articles are short, of random characters, 2.2 passages each: one in ten is a reprint, and half
as many names as articles write them, a third of these Western.
"""

from __future__ import annotations

import itertools
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from memory_figures import resident

from index.catalogue.search import CatalogueIndex
from index.store.edits import Edit, Filed
from index.store.entries import Entries
from index.store.store import Store
from index.types import FloatArray
from ingest.types import Article, Passage, article_id
from retriever.admit import admitted
from retriever.query import understand
from retriever.types import OPEN, Filter

SIZES = (10_000, 100_000, 400_000)
DIMENSION = 8
BATCH = 2_000
TODAY = date(2026, 1, 1)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "一乙二十丁厂七卜人入八九几儿了力乃刀又三于干亏士工土才寸下大丈与万上小口巾山"
SYLLABLES = ["ba", "ke", "li", "mo", "nu", "pe", "ra", "so", "ti", "vu", "wa", "xe", "yo", "zu"]
SOURCES = [f"{place}{kind}" for place in GIVEN for kind in ("日报", "晚报", "都市报")]
QUESTIONS = [
    "{author}怎么看节水？",
    "2023年5月发表在{source}上的文章怎么说？",
    "去年的报纸怎么说渡船的票价？",
    "渡船的票价是多少？",
]


class Catalogued:
    """As much of an index as the filters need."""

    def __init__(self, index: CatalogueIndex) -> None:
        self._index = index

    def catalogue(self) -> object:
        self._index.follow()
        return self._index.catalogue


def name(number: int) -> str:
    """A name that no other number has."""
    drawn = random.Random(number)
    if number % 3:
        return drawn.choice(SURNAMES) + drawn.choice(GIVEN) + chr(0x4E00 + number % 20_000)
    syllables = "".join(drawn.choices(SYLLABLES, k=3)).title()
    return f"{syllables} {''.join(drawn.choices(SYLLABLES, k=2)).title()}{chr(97 + number % 26)}"


def articles(start: int, count: int, total: int) -> Iterator[Filed]:
    """Those with the numbers from ``start`` on, of a library of ``total``."""
    drawn = random.Random(start)
    vectors = np.eye(DIMENSION, dtype=np.float32)
    before = None
    for number in range(start, start + count):
        text = f"{number}" + "".join(drawn.choices(GIVEN, k=200)) * 3
        day = date(2020, 1, 1) + timedelta(days=drawn.randrange(2_000))
        article = Article(
            id=article_id(f"第{number}篇", text),
            title=f"第{number}篇",
            authors=tuple(name(drawn.randrange(total // 2)) for _ in "ab"[: drawn.randrange(3)]),
            affiliation=None,
            source=drawn.choice(SOURCES),
            page=None,
            published=day.isoformat() if number % 20 else None,
            language="zh",
            headings=(),
            text=text,
            path=f"{number // 50}.jsonl",
        )
        if before and number % 10 == 9:
            yield Filed(article, original=before)
            continue
        before = article.id
        cuts = np.linspace(0, len(text), drawn.choice((2, 3, 3, 4, 4)), dtype=int).tolist()
        passages = [Passage(before, a, b, None) for a, b in itertools.pairwise(cuts)]
        rows: list[FloatArray] = [vectors[number % DIMENSION] for _ in passages]
        yield Filed(article, passages, rows, bands=[number % 2**32] * 4)


def opened(folder: Path, count: int) -> Store:
    """The library of ``count`` articles in ``folder``, made if there is none."""
    store = Store(folder, embedder="figures", dimension=DIMENSION, create=True)
    for start in range(store.article_count, count, BATCH):
        store.write(Edit(list(articles(start, min(BATCH, count - start), count))))
    return store


def median(work: Callable[[], object], times: int = 15) -> float:
    """Milliseconds of one core's time, the median of some runs: what else is running on the machine
    doesn't count.
    """
    spent = []
    for _ in range(times):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return 1000 * statistics.median(spent)


def figures(folder: Path, count: int) -> dict[str, str]:
    """All figures of the library of ``count`` articles."""
    store = opened(folder / str(count), count)
    source, files = Entries(store), folder / str(count) / "catalogue"
    for file in files.glob("*"):
        file.unlink()
    made: dict[str, str] = {"articles": f"{count:,}", "passages": f"{store.passage_count:,}"}

    def add(key: str, value: float) -> None:
        made[key] = f"{value:.1f}"

    def followed(folder: Path | None) -> CatalogueIndex:
        index = CatalogueIndex(source, folder)
        index.follow()
        return index

    add("SQLite, ms", median(lambda: followed(None), 1))
    add("save, ms", median(followed(files).save, 1))
    before = resident()
    index = followed(files)
    catalogued = Catalogued(index)
    author = index.catalogue.authors.table.names[1]
    asked = [one.format(author=author, source=SOURCES[0]) for one in QUESTIONS]
    add("first question, ms", median(lambda: understand(asked[0], index.catalogue, today=TODAY), 1))
    add("memory, MB", resident() - before)
    add("file, ms", median(lambda: followed(files), 5))
    add("file, MB", sum(file.stat().st_size for file in files.glob("*")) / 1e6)
    for key, question in zip(("author", "source and date", "date", "none"), asked, strict=True):
        add(f"asked: {key}", median(partial(understand, question, index.catalogue, today=TODAY)))
    for key, filters in {
        "author": [Filter("author", author, "")],
        "source": [Filter("source", SOURCES[0], "")],
        "year": [Filter("published", "2023-01-01/2023-12-31", "")],
        "year or undated": [Filter("published", f"2021-01-01/{OPEN}", "", strict=False)],
        "all three": [
            Filter("author", author, ""),
            Filter("source", SOURCES[0], ""),
            Filter("published", "2023-01-01/2023-12-31", ""),
        ],
    }.items():
        add(f"admitted: {key}", median(partial(admitted, filters, catalogued)))
    numbers = np.random.default_rng(0).choice(index.catalogue.columns.passages.values, 60)
    add("locate 60, ms", median(lambda: store.located(numbers)))
    first = store.article_numbers()[:20_000]
    chunks = [first[start : start + 256] for start in range(0, len(first), 256)]
    spent = median(lambda: [store.numbered(chunk) for chunk in chunks], 1)
    add("1000 articles, ms", spent / len(first) * 1000)
    new = list(articles(count, 100, count))
    store.write(Edit(new[:50]))
    add("follow 50 new, ms", median(index.follow, 1))
    gone = [store.number(one.article.id) for one in new[:50]]
    store.write(Edit(gone=gone))
    add("follow 50 gone, ms", median(index.follow, 1))
    add("nothing new, ms", median(index.follow, 1))
    store.close()
    return made


def main(folder: str, *sizes: str) -> None:
    made = [figures(Path(folder), int(size)) for size in sizes or map(str, SIZES)]
    for key in made[0]:
        print(f"| {key} | {' | '.join(one[key] for one in made)} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
