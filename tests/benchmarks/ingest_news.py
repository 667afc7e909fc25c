"""How long it takes to read, split and deduplicate a file of many articles, and in what memory.

``python tests/benchmarks/ingest_news.py news_docs.jsonl``
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from processes import Memory

from index.making import Maker
from index.store.likeness import Likeness
from ingest.dedupe import LEAST_BANDS, are_reprints
from ingest.files import Given, read_files
from ingest.prepare import Prepared
from ingest.workers.tasks import source_of

BATCH = 64
MOST_SECONDS = 60.0
MOST_BYTES = 1.5 * 2**30


def read(path: Path, workers: int | None) -> Iterator[Prepared]:
    for event in read_files([source_of(path)], Maker(words=None), workers=workers):
        assert isinstance(event, Given), event
        yield from event.made or ()


def count_reprints(articles: Iterable[Prepared]) -> tuple[int, int, int]:
    """How many articles there are, passages, and reprints of an article that was before."""
    likeness = Likeness()
    texts: list[str] = []  # of those that are no reprints
    passages = reprints = 0
    remaining = iter(articles)
    while batch := list(islice(remaining, BATCH)):
        passages += sum(len(one.passages) for one in batch)
        bands = np.array([one.signature for one in batch], np.int64)
        firsts: list[int] = []
        for place, near in enumerate(likeness.alike(bands)):
            common = (bands[firsts] == bands[place]).sum(axis=1)
            here = [firsts[found] for found in np.flatnonzero(common >= LEAST_BANDS)]
            others = [texts[number] for number in near]
            others += [batch[other].article.text for other in here]
            text = batch[place].article.text
            if any(are_reprints(text, other) for other in others):
                reprints += 1
            else:
                firsts.append(place)
        likeness.add(range(len(texts), len(texts) + len(firsts)), bands[firsts])
        texts += [batch[place].article.text for place in firsts]
    return len(texts) + reprints, passages, reprints


def processor_seconds() -> float:
    """Of this process and those that it started: what the machine does besides doesn't matter."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(kind)[:2]) for kind in kinds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--workers", type=int)
    options = parser.parse_args()
    memory = Memory(os.getpid())
    memory.start()
    started = time.perf_counter()
    total, passages, reprints = count_reprints(read(options.path, options.workers))
    seconds = time.perf_counter() - started
    peak = memory.end()
    print(f"articles {total} · passages {passages} · reprints {reprints}")
    print(f"seconds {seconds:.1f} (at most {MOST_SECONDS:.0f}) · articles/s {total / seconds:.0f}")
    print(f"seconds of processors {processor_seconds():.1f}")
    print(f"peak memory {peak / 2**20:.0f} MB (at most {MOST_BYTES / 2**20:.0f})")
    if seconds > MOST_SECONDS or peak > MOST_BYTES:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
