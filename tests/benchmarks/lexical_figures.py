"""How quick search by terms is beside bare tantivy and bm25s with numba, on the same tokens.

    pip install bm25s numba
    PYTHONPATH=.:tests:tests/benchmarks python tests/benchmarks/lexical_figures.py \\
        TEXTS.jsonl QUESTIONS.jsonl [--passages 200000] [--ask 300]

TEXTS has a passage a line, as a JSON string, QUESTIONS a record a line with a "question". All give
their ten best by words and n-grams together. Times are what one thread takes of the processor, so
that other work on the machine matters less; but what is added is waited for by the clock, until a
reader in the place of another process finds it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from library_peers import DEPTH, peers
from sources import MemorySource

from index.lexical.search import LexicalIndex

ADDED = 20  # passages, each added by itself


def main() -> None:
    """Print a line for each of them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("texts", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--passages", type=int, default=200_000)
    parser.add_argument("--ask", type=int, default=300)
    options = parser.parse_args()
    questions = [json.loads(line)["question"] for line in _lines(options.questions, options.ask)]
    source = MemorySource()
    source.write(
        {
            number: json.loads(line)
            for number, line in enumerate(_lines(options.texts, options.passages), start=1)
        }
    )
    print(f"{source.passage_count} passages, {len(questions)} questions, {DEPTH} best")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        index = LexicalIndex(source, folder / "lexical")
        began = time.process_time()
        index.save()
        built = time.process_time() - began
        size = sum(path.stat().st_size for path in (folder / "lexical").iterdir())
        each = size / source.passage_count
        print(f"ours: made in {built:.1f} s of the processor, {each:.0f} bytes a passage")
        _report("ours", questions, lambda asked: index.search(index.plain(asked), DEPTH).numbers)
        found = _until_found(source, index, folder)
        print(f"ours: p50 {found * 1000:.0f} ms until an added passage is found")
        for peer, search in peers(source, folder).items():
            _report(peer, questions, search)


def _lines(path: Path, count: int) -> list[str]:
    with path.open(encoding="utf-8") as lines:
        return list(itertools.islice(lines, count))


def _report(name: str, questions: Sequence[str], search: Callable[[str], Sequence[object]]) -> None:
    for question in questions[:20]:
        search(question)
    took = []
    for question in questions:
        began = time.thread_time()
        search(question)
        took.append((time.thread_time() - began) * 1000)
    p50, p95 = np.percentile(took, [50, 95])
    print(f"{name}: p50 {p50:.2f} ms, p95 {p95:.2f} ms", flush=True)


def _until_found(source: MemorySource, index: LexicalIndex, folder: Path) -> float:
    """Seconds from a passage's being written to its being found."""
    reader = LexicalIndex(source, folder / "lexical")
    took = []
    for number in itertools.islice(itertools.count(source.passage_count + 1), ADDED):
        began = time.perf_counter()
        source.write({number: f"渡津石桥{number}"})
        index.save()
        reader.follow()
        if number not in reader.search(reader.plain(f"渡津石桥{number}"), 1).numbers:
            raise SystemExit(f"passage {number} isn't found")
        took.append(time.perf_counter() - began)
    return statistics.median(took)


if __name__ == "__main__":
    main()
