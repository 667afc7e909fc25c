"""The rows of the table that `bench_library.py` prints: what is wanted, what is reached, and what
others reach in the same run. Each is a function of a `Setup`, and raises `LeftOut` with the reason
when it lacks something.
"""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise
from pathlib import Path
from statistics import median
from typing import Any

import mixed_library
from growth_plot import Curve, plot
from processes import run

from retriever.questions import read_questions

HERE = Path(__file__).parent
PAGES = HERE.parent.parent / "samples" / "pages"
WENJIN = ("-m", "chat.cli.main")
PEERS_AT = 100_000  # passages at most: bm25s holds all terms in memory to make its index
MOST_QUESTIONS = 500
QUICK_NEWS = 500  # documents
NOISE = 1.15  # how much more than linear may still be the machine's doing
VISIBLE = "one new article, until another reader finds it (s)"
MB = 1e6
PIECE = 1 << 24  # bytes read at a time


class LeftOut(Exception):
    """Why a row can't be measured here."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; ``met`` is None where nothing is wanted, ``behind`` tells which peer
    wins, and by how much.
    """

    figure: str
    wanted: str
    reached: str
    met: bool | None
    peers: str = "—"
    behind: str = ""


@dataclass(frozen=True)
class Setup:
    """What there is to measure with. ``news`` and ``questions`` are files or missing; libraries of
    ``sizes`` passages are in the folder ``cache``, or made there.
    """

    cache: Path
    sizes: tuple[int, ...]
    news: Path | None = None
    questions_file: Path | None = None
    quick: bool = False
    results: Path | None = None

    @property
    def largest(self) -> int:
        """Passages of the largest library."""
        return self.sizes[-1]

    @property
    def rounds(self) -> int:
        """How often a process is started of which the median counts."""
        return 1 if self.quick else 5

    @cached_property
    def questions(self) -> list[str]:
        """At most so many. Raises LeftOut."""
        if self.questions_file is None:
            raise LeftOut("no questions: name a file (--questions, BENCH_QUESTIONS)")
        found = read_questions(self.questions_file)
        return [each.question for each in islice(found, MOST_QUESTIONS)]

    def documents(self) -> Path:
        """The file of news documents. Raises LeftOut."""
        if self.news is None:
            raise LeftOut("no news documents: name a file (--news, BENCH_NEWS)")
        return self.news

    def library(self, size: int) -> Path:
        """The library of ``size`` passages, made if it isn't there, with all its files in the
        system's memory. Raises LeftOut.
        """
        if not mixed_library.made(self.cache, size):
            mixed_library.make(self.documents(), self.cache, size)
        folder = mixed_library.library(self.cache, size)
        _read(folder)
        return folder

    def measure(self, name: str, size: int, **arguments: object) -> dict[str, Any]:
        """What `library_measures` finds in the library of that size, on one thread."""
        given = {"library": str(self.library(size)), "questions": self.questions, **arguments}
        command = [str(HERE / "library_measures.py"), name]
        measured: dict[str, Any] = json.loads(run(command, json.dumps(given), one_thread=True).out)
        return measured


def _read(folder: Path) -> None:
    """Read every file, so that the system has them in memory."""
    for path in filter(Path.is_file, folder.rglob("*")):
        with path.open("rb") as file:
            while file.read(PIECE):
                pass


def news(setup: Setup) -> Iterator[Row]:
    """From the file of news to the first answer, on two cores, by the commands that people use."""
    with tempfile.TemporaryDirectory() as folder:
        file, count = _documents(setup, Path(folder))
        library = str(Path(folder) / "library")
        ingested = run([*WENJIN, "ingest", str(file), "--library", library], cores=2)
        asked = run([*WENJIN, "ask", setup.questions[0], "--library", library], cores=2)
    seconds = ingested.seconds + asked.seconds
    yield Row(
        f"{count:,} news documents, from the file to the first answer, 2 cores "
        "(`wenjin ingest`, `wenjin ask`)",
        "≤ 90 s, memory ≤ 2,000 MB",
        f"{ingested.seconds:.1f} + {asked.seconds:.1f} s, at most {ingested.peak / MB:,.0f} MB",
        seconds <= 90 and ingested.peak <= 2e9,
    )


def _documents(setup: Setup, folder: Path) -> tuple[Path, int]:
    """The file of news, or of the first of them, and how many they are."""
    with gzip.open(setup.documents(), "rt", encoding="utf-8") as lines:
        if not setup.quick:
            return setup.documents(), sum(1 for _ in lines)
        some = list(islice(lines, QUICK_NEWS))
    file = folder / "news.jsonl"
    file.write_text("".join(some), encoding="utf-8")
    return file, len(some)


def hybrid(setup: Setup) -> Iterator[Row]:
    """Searches of words, translations and vectors together, and how well the latter finds."""
    measured = setup.measure("hybrid", setup.largest)
    for reranker, title in (("none", "without a reranker"), ("builtin", "built-in reranker")):
        p50, p95 = measured[reranker]["p50"], measured[reranker]["p95"]
        yield Row(
            f"hybrid search in {setup.largest:,} passages, {title}, one thread, warm",
            "p50 ≤ 25 ms, p95 ≤ 60 ms",
            f"p50 {1e3 * p50:.1f} ms, p95 {1e3 * p95:.1f} ms",
            p50 <= 0.025 and p95 <= 0.060,
        )
    dense = setup.measure("recall", setup.largest)
    yield Row(
        f"recall@10 of search by vectors in {setup.largest:,}, of an exact search",
        "≥ 0.95",
        f"{dense['recall']:.3f} (p50 {1e3 * dense['p50']:.1f} ms)",
        dense["recall"] >= 0.95,
    )


def scan(setup: Setup) -> Iterator[Row]:
    """The search that compares a vector with all."""
    found = setup.measure("scan", _at_most(setup, PEERS_AT))
    if not found["exact"]:
        raise LeftOut(f"search by vectors isn't exact any more in {found['passages']:,} passages")
    ratio = found["Wenjin"] / found["reading"]
    yield Row(
        f"exact search by vectors in {found['passages']:,}, against reading their "
        f"{found['bytes'] / MB:.0f} MB in memory, one thread",
        "≤ 2 ×",
        f"{ratio:.2f} × ({1e3 * found['Wenjin']:.1f} ms)",
        ratio <= 2,
        f"reading {1e3 * found['reading']:.1f} ms "
        f"({found['bytes'] / found['reading'] / 1e9:.0f} GB/s) · "
        f"FAISS Flat {found['FAISS Flat'] / found['reading']:.2f} ×",
        f"FAISS Flat scans {found['Wenjin'] / found['FAISS Flat']:.2f} times as fast"
        if found["Wenjin"] > NOISE * found["FAISS Flat"]
        else "",
    )


def lexical(setup: Setup) -> Iterator[Row]:
    """The search by words, beside others that are given the same ones."""
    size = _at_most(setup, PEERS_AT)
    found = setup.measure("lexical", size, peers_folder=str(setup.cache / f"peers-{size}"))
    own = found.pop("Wenjin")
    best = min(found, key=lambda name: found[name]["p50"])
    ratio = own["p50"] / found[best]["p50"]
    yield Row(
        f"search by words in {size:,} passages, one thread, against the faster peer",
        "≤ 1.5 ×",
        f"{ratio:.2f} × ({_milliseconds(own)})",
        ratio <= 1.5,
        " · ".join(f"{name} {_milliseconds(peer)}" for name, peer in found.items()),
        f"{best} searches words {ratio:.1f} times as fast" if ratio > 1 else "",
    )


def opening(setup: Setup) -> Iterator[Row]:
    """Opening a library and serving it."""
    rounds = [setup.measure("opening", setup.largest) for _ in range(setup.rounds)]
    found = {name: median(each[name] for each in rounds) for name in rounds[0]}
    yield Row(
        f"open a library of {setup.largest:,} passages",
        "≤ 2 s",
        f"{found['open']:.2f} s (besides: loading the model {found['model']:.2f} s, the first "
        f"answer {found['first']:.2f} s)",
        found["open"] <= 2,
    )
    yield Row(
        "memory held after 100 answers from it",
        "≤ 1,500 MB",
        f"{found['served'] / MB:,.0f} MB: {found['anonymous'] / MB:,.0f} of its own, "
        f"{found['mapped'] / MB:,.0f} mapped from files",
        found["served"] <= 1.5e9,
    )


def growth(setup: Setup) -> Iterator[Row]:
    """What everything costs in libraries of all sizes."""
    found = [_costs(setup, size) for size in setup.sizes]
    costs = {name: [each[name] for each in found] for name in found[0]}
    sizes = " → ".join(f"{size:,}" for size in setup.sizes)
    for name, values in costs.items():
        yield Row(
            f"{name}, in {sizes} passages",
            "no step worse than linear",
            " → ".join(f"{value:,.3g}" for value in values),
            all(_linear(*pair) for pair in pairwise(zip(setup.sizes, values, strict=True))),
        )
    visible = max(costs[VISIBLE])
    yield Row(f"{VISIBLE}, at most", "≤ 1 s", f"{visible:.2f} s", visible <= 1)
    if setup.results and len(setup.sizes) > 1:
        curves = [
            Curve(name, tuple(zip(setup.sizes, values, strict=True)))
            for name, values in costs.items()
        ]
        file = setup.results.with_name(f"{setup.results.name}.svg")
        file.write_text(plot(curves), encoding="utf-8")


def _costs(setup: Setup, size: int) -> dict[str, float]:
    """What there is to pay for a library of that size, by name."""
    library = setup.library(size)
    made = mixed_library.made(setup.cache, size)
    opened = setup.measure("opening", size)
    copy = setup.cache / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(library, copy)
    try:
        grown = setup.measure(
            "growing", size, library=str(copy), documents=str(setup.documents()), passages=1000
        )
    finally:
        shutil.rmtree(copy)
    return {
        "making it, straight into the store (s)": made["write"] + made["derive"],
        "adding 1,000 passages (s)": grown["add"],
        VISIBLE: grown["visible"],
        "removing 100 articles (s)": grown["remove"],
        "the first search after that (s)": grown["after"],
        "opening (s)": opened["open"],
        "hybrid search, p50 (s)": grown["search"],
        "memory after 100 answers (MB)": opened["served"] / MB,
        "SQLite file (MB)": _megabytes(library, "library.sqlite3*"),
        "all files (MB)": _megabytes(library, "**/*"),
    }


def _linear(before: tuple[int, float], after: tuple[int, float]) -> bool:
    (small, little), (large, much) = before, after
    return much * small <= NOISE * little * large


def _megabytes(library: Path, pattern: str) -> float:
    return sum(file.stat().st_size for file in library.glob(pattern) if file.is_file()) / MB


def ask(setup: Setup) -> Iterator[Row]:
    """The whole process of the command, in a library of the samples."""
    with tempfile.TemporaryDirectory() as folder:
        run([*WENJIN, "ingest", str(PAGES), "--library", folder])
        question = [*WENJIN, "ask", "小河里的鱼变少，主要是哪些原因？", "--library", folder]
        seconds = median(run(question).seconds for _ in range(setup.rounds))
        bare = median(run(["-c", "import numpy"]).seconds for _ in range(setup.rounds))
    yield Row(
        "`wenjin ask` in the library of the samples, the whole process",
        "≤ 0.8 s",
        f"{seconds:.2f} s",
        seconds <= 0.8,
        f"Python that imports numpy alone {bare:.2f} s",
    )


def _at_most(setup: Setup, most: int) -> int:
    """The largest size up to ``most``, or the smallest there is."""
    return max((size for size in setup.sizes if size <= most), default=setup.sizes[0])


def _milliseconds(times: Mapping[str, float]) -> str:
    return f"p50 {1e3 * times['p50']:.2f}, p95 {1e3 * times['p95']:.2f} ms"


ROWS: dict[str, Callable[[Setup], Iterator[Row]]] = {
    row.__name__: row for row in (news, hybrid, scan, lexical, opening, growth, ask)
}
