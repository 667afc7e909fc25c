"""What is wanted of a library and what is reached, as one table, with peers in the same run:

    python tests/benchmarks/bench_library.py [--news FILE] [--questions FILE] [--cache FOLDER]
        [--sizes N ...] [--quick] [--only ROW ...] [--results FOLDER]

FILEs are news documents (gzipped lines of ``{"text": …}``) and questions on them. Libraries of
10,000, 100,000 and 1,000,000 passages (``--quick``: 1,000 and 10,000) of these news, cut and mixed,
are looked for in the cache, and made there if need be by `mixed_library`. With ``--results`` the
table is written as ``VERSION.md``, too, and what grows drawn as ``VERSION.svg``. What has changed
how libraries are stored calls for an empty cache.

Every figure comes from processes of its own. Searches run on one thread (of OpenMP, Rayon, BLAS and
Numba), after 50 questions to warm up; p50 and p95 are over all questions, at most 500. Everything
is read from files that the system has in memory.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from library_rows import ROWS, LeftOut, Row, Setup
from mixed_library import SIZES
from processes import ProcessFailed

QUICK_SIZES = (1000, 10_000)
VERSIONS = ("faiss-cpu", "tantivy", "bm25s", "numba", "numpy")
NOTES = """\
Libraries of mixed news weren't made by `wenjin ingest` but straight through `Store.write`
(`mixed_library.py`); the news documents were, and what is added to a library is, by `Index.add`.
Searches run on one thread, each figure in a fresh process, after 50 questions to warm up; p50 and
p95 are over all questions. Memory is what stays resident.
"""


def machine() -> str:
    """The machine and what runs on it, in a line."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((one.partition(": ")[2] for one in lines if one.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    versions += [f"{name} {version}" for name in VERSIONS if (version := _version(name))]
    cores = len(os.sched_getaffinity(0))
    return " · ".join(
        [model or platform.machine(), f"{cores} cores", f"{memory:.0f} GiB", *versions]
    )


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def rows(setup: Setup, names: Sequence[str]) -> Iterator[Row]:
    """The rows, as they are measured; for what can't be, one that tells why."""
    for name in names:
        try:
            yield from ROWS[name](setup)
        except LeftOut as reason:
            yield Row(name, "—", f"left out: {reason}", None)
        except ProcessFailed as error:
            yield Row(name, "—", f"failed: {error}", met=False)


def line(*cells: str) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(cell.replace('|', '·') for cell in cells)} |"


def cells(row: Row) -> tuple[str, ...]:
    """What stands in its line."""
    met = {True: "✓", False: "✗", None: ""}[row.met]
    return row.figure, row.wanted, row.reached, met, row.peers


def main(arguments: Sequence[str] | None = None) -> bool:
    """Print the table; give whether all that is wanted was reached."""
    parser = argparse.ArgumentParser(description=__doc__.split(":\n")[0])
    parser.add_argument("--news", type=Path, default=_path("BENCH_NEWS"))
    parser.add_argument("--questions", type=Path, default=_path("BENCH_QUESTIONS"))
    cache = _path("BENCH_CACHE") or Path("build/benchmarks")
    parser.add_argument("--cache", type=Path, default=cache)
    parser.add_argument("--sizes", type=int, nargs="+", metavar="N")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=ROWS, default=list(ROWS), metavar="ROW")
    parser.add_argument("--results", type=Path)
    options = parser.parse_args(arguments)
    sizes = options.sizes or (QUICK_SIZES if options.quick else SIZES)
    setup = Setup(
        options.cache, tuple(sorted(sizes)), options.news, options.questions, quick=options.quick
    )
    said, measured = [], []
    if options.results:
        options.results.mkdir(parents=True, exist_ok=True)
        setup = replace(setup, results=options.results / importlib.metadata.version("wenjin"))
    for text in table(setup, options.only, measured):
        print(text, flush=True)
        said.append(text)
    if setup.results:
        file = setup.results.with_name(f"{setup.results.name}.md")
        file.write_text("\n".join(said) + "\n", encoding="utf-8")
    return all(row.met is not False for row in measured)


def table(setup: Setup, names: Sequence[str], measured: list[Row]) -> Iterator[str]:
    """The page line by line, as figures come in; the rows are added to ``measured``."""
    yield from (f"# Wenjin {importlib.metadata.version('wenjin')}: figures of a library", "")
    yield from (machine(), "")
    yield line("figure", "wanted", "reached", "", "peers, in the same run")
    yield line(*["---"] * 5)
    for row in rows(setup, names):
        measured.append(row)
        yield line(*cells(row))
    yield ""
    losses = [row.behind for row in measured if row.behind]
    yield f"Where a peer wins: {'; '.join(losses) or 'nowhere'}."
    yield from ("", NOTES)
    if setup.results and "growth" in names:
        yield f"![How costs grow]({setup.results.name}.svg)"


def _path(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value) if value else None


if __name__ == "__main__":
    sys.exit(not main())
