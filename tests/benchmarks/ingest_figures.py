"""How long ``wenjin ingest`` takes from files to a library that answers, and in what memory.

``python tests/benchmarks/ingest_figures.py news_docs.jsonl [--library DIR] [--embedder SPEC]``
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from ingest_news import processor_seconds
from processes import Memory

from index.embed import load_embedder, own_model
from index.files.update import Problem, Report, UpdateOptions, update_library
from index.index import Index
from ingest.files import Event
from ingest.prepare import Prepared
from ingest.workers.tasks import Source

MOST_SECONDS = 90.0
MOST_BYTES = 2 * 2**30


class Silent:
    """Listens, and says what can't be read."""

    def begin(self, sources: list[Source]) -> None:
        """Nothing to say."""

    def take(self, event: Event[tuple[Prepared, ...]]) -> None:
        """Nothing to say."""

    def tell(self, problem: Problem) -> None:
        print(problem.error)


def ingest(paths: list[Path], library: Path, embedder: str) -> Report:
    def open_index(*, create: bool = False) -> Index:
        return Index.open(library, load_embedder(embedder), create=create)

    return update_library(open_index, paths, Silent(), UpdateOptions(model=own_model(embedder)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--library", type=Path, help="a new folder; else one that is deleted")
    parser.add_argument("--embedder", default="builtin")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = options.library or Path(folder, "library")
        memory = Memory(os.getpid())
        memory.start()
        started = time.perf_counter()
        report = ingest(options.paths, library, options.embedder)
        seconds = time.perf_counter() - started
        peak = memory.end()
    print(f"articles {report.library_articles} · passages {report.library_passages}")
    print(
        f"seconds {seconds:.1f} (at most {MOST_SECONDS:.0f}) · "
        f"passages/s {report.library_passages / seconds:.0f}"
    )
    print(f"seconds of processors {processor_seconds():.1f}")
    print(f"peak memory {peak / 2**20:.0f} MB (at most {MOST_BYTES / 2**20:.0f})")
    if seconds > MOST_SECONDS or peak > MOST_BYTES:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
