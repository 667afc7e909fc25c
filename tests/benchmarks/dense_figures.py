"""How fast and how exact the dense index is as it grows: ``python tests/benchmarks/dense_figures.py
VECTORS.npy QUESTIONS.jsonl [COUNT…]``.

VECTORS.npy holds the vectors of passages (count, dimension), which the built-in model made;
QUESTIONS.jsonl has a "question" a line. The first half of these is for choosing parameters: what is
printed is of the second. Searches run on one thread.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import faiss
import numpy as np

from index.dense.parameters import Parameters
from index.dense.search import DenseIndex
from index.embed import BuiltinEmbedder
from index.types import FloatArray, IntArray

_CHUNK = 2048
_BEST = 10
_SCANNED = 1_000_000
_SHARES = (0.5, 0.1, 0.01, 0.001)


class Vectors:
    """The first ``count`` rows of an array in a table as the store has it."""

    stamp, words, sequence = "figures", "", 1

    def __init__(self, path: Path, rows: FloatArray, count: int) -> None:
        self.passage_count = count
        self._rows = sqlite3.connect(path)
        self._rows.execute("CREATE TABLE vectors (number INTEGER PRIMARY KEY, vector BLOB) STRICT")
        halves = (row.astype("<f2").tobytes() for row in rows[:count])
        with self._rows:
            self._rows.executemany("INSERT INTO vectors VALUES (?, ?)", enumerate(halves, start=1))

    @contextmanager
    def snapshot(self) -> Iterator[int]:
        yield self.sequence

    def removed_since(self, sequence: int) -> list[int]:
        return []

    def texts_since(self, sequence: int) -> Iterator[tuple[int, str]]:
        return iter(())

    def vectors_since(self, sequence: int) -> Iterator[tuple[IntArray, FloatArray]]:
        if sequence < self.sequence:
            rows = self._rows.execute("SELECT number, vector FROM vectors ORDER BY number")
            while chunk := rows.fetchmany(_CHUNK):
                yield _arrays(chunk)

    def vectors(self, numbers: IntArray) -> tuple[IntArray, FloatArray]:
        query = """
            SELECT number, vector FROM vectors
            WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number
        """
        return _arrays(self._rows.execute(query, (json.dumps(numbers.tolist()),)).fetchall())


def _arrays(rows: Sequence[tuple[int, bytes]]) -> tuple[IntArray, FloatArray]:
    vectors = np.frombuffer(b"".join(row[1] for row in rows), "<f2").astype(np.float32)
    return np.array([row[0] for row in rows], np.int64), vectors.reshape(len(rows), -1)


def exact(rows: FloatArray, questions: FloatArray, among: IntArray) -> list[set[int]]:
    """The numbers of the best passages for each question, of ``among`` (n,)."""
    numbers = np.empty((len(questions), 0), np.int64)
    scores = np.empty((len(questions), 0), np.float32)
    for start in range(0, len(among), 50_000):
        some = among[start : start + 50_000]
        scores = np.hstack([scores, questions @ np.asarray(rows[some - 1], np.float32).T])
        numbers = np.hstack([numbers, np.tile(some, (len(questions), 1))])
        best = np.argpartition(-scores, min(_BEST, scores.shape[1] - 1), axis=1)[:, :_BEST]
        scores, numbers = (np.take_along_axis(one, best, 1) for one in (scores, numbers))
    return [set(row.tolist()) for row in numbers]


def times(call: Callable[[FloatArray], object], questions: FloatArray) -> tuple[float, float, list]:
    """The median and the 95th percentile of the milliseconds that ``call`` takes, and its results.

    Of the time that this thread runs: what other processes take isn't counted.
    """
    taken, results = [], []
    for question in questions:
        began = time.thread_time()
        results.append(call(question))
        taken.append(1e3 * (time.thread_time() - began))
    return statistics.median(taken), float(np.quantile(taken, 0.95)), results


def recall(found: list, wanted: list[set[int]]) -> float:
    return statistics.mean(
        len(wanted_here & set(one.numbers.tolist())) / len(wanted_here)
        for one, wanted_here in zip(found, wanted, strict=True)
    )


def scan(rows: FloatArray) -> None:
    """An exact search against reading the same bytes once, on one thread."""
    vectors = np.ascontiguousarray(rows, np.float32)
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    question = vectors[:1].copy()
    searches = times(lambda row: flat.search(row[None], _BEST), np.repeat(question, 7, axis=0))
    reads = times(lambda _: vectors.sum(), np.repeat(question, 7, axis=0))
    print(
        f"exact scan {vectors.shape}: {searches[0]:.1f} ms, sum of the same {reads[0]:.1f} ms, "
        f"ratio {searches[0] / reads[0]:.2f}"
    )


def figures(rows: FloatArray, questions: FloatArray, count: int, folder: Path) -> None:
    source, dimension = Vectors(folder / "rows.sqlite3", rows, count), rows.shape[1]
    index = DenseIndex(source, folder / "dense", dimension)
    began, used = time.perf_counter(), time.process_time()
    index.save()
    built = f"{time.perf_counter() - began:.1f} s, {time.process_time() - used:.1f} s of CPU"
    size = sum(path.stat().st_size for path in (folder / "dense").glob("*")) / 1e6
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    index = DenseIndex(source, folder / "dense", dimension)
    began = time.thread_time()
    index.follow()
    opened = 1e3 * (time.thread_time() - began)
    print(f"{count} passages: exact {index.is_exact}, built in {built}, {size:.0f} MB of files")
    print(f"  opened in {opened:.0f} ms")
    _report(index, rows, questions, np.arange(1, count + 1), "all")
    if not index.is_exact:
        for share in _SHARES:
            some = np.random.default_rng(1).choice(count, int(share * count), replace=False) + 1
            _report(index, rows, questions, np.sort(some), f"{share:.1%}")
    faiss.omp_set_num_threads(threads)


def _report(
    index: DenseIndex, rows: FloatArray, questions: FloatArray, among: IntArray, name: str
) -> None:
    chosen = None if name == "all" else among
    index.search(questions[0], _BEST, chosen)
    wanted = exact(rows, questions, among)
    for k in (_BEST, 60):
        middle, high, found = times(lambda row: index.search(row, k, chosen), questions)  # noqa: B023
        print(f"  {name}, k={k}: p50 {middle:.2f}, p95 {high:.2f} ms,", end=" ")
        print(f"recall@{_BEST} {recall([_cut(one) for one in found], wanted):.3f}")


def _cut(found):  # type: ignore[no-untyped-def]
    return type(found)(found.numbers[:_BEST], found.scores[:_BEST])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("counts", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--first-half", action="store_true", help="to choose parameters by")
    arguments = parser.parse_args()
    rows = np.load(arguments.vectors, mmap_mode="r")
    texts = [json.loads(line)["question"] for line in arguments.questions.open(encoding="utf-8")]
    half = len(texts) // 2
    chosen = texts[:half] if arguments.first_half else texts[half:]
    questions = BuiltinEmbedder().encode_queries(chosen)
    print(Parameters())
    for dimension in (rows.shape[1], rows.shape[1] // 2):
        scan(rows[:_SCANNED, :dimension])
    for count in arguments.counts:
        with tempfile.TemporaryDirectory() as folder:
            figures(rows, questions, count, Path(folder))


if __name__ == "__main__":
    main()
