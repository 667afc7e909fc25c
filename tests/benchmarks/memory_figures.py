"""What memory an assistant holds after many questions: ``python tests/benchmarks/memory_figures.py
LIBRARY QUESTIONS [TIMES]`` asks those of a file over and over, and prints a line now and then.

Each question is made a new one by a number behind it, so that caches fill up as they would in time.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from chat.assistant import Assistant
from retriever.questions import read_questions

MARKS = (1, 100, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)


def resident() -> float:
    """The memory that this process holds now, in MB (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024 / 1e6


def main(library: str, questions: str, times: str = "20000") -> None:
    asked = [each.question for each in read_questions(Path(questions))]
    started = time.perf_counter()
    print("| questions | memory, MB | open files | seconds |\n|---|---|---|---|")
    with Assistant.open(library) as assistant:
        for number in range(1, int(times) + 1):
            assistant.ask(f"{asked[number % len(asked)]} {number}")
            if number in MARKS:
                files = len(list(Path("/proc/self/fd").iterdir()))
                spent = time.perf_counter() - started
                print(f"| {number} | {resident():.0f} | {files} | {spent:.0f} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
