"""What hostile files cost, in seconds and in memory.

``PYTHONPATH=tests python tests/benchmarks/hostile_run.py [WORKERS] [MB] [LANGUAGE]`` puts a folder
of them into a library, the largest of so many MB (1024), and prints what was said of each, how long
it took (exact for one worker), and the most memory that all processes held together.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hostile_files import MB, write_hostile

from chat.cli.context import Context
from chat.settings import Settings
from index.files.update import Problem, UpdateOptions, update_library
from ingest.files import Event
from ingest.prepare import Prepared
from ingest.workers.tasks import Source

STEP = 0.05  # seconds between two looks at the memory


class Watcher(threading.Thread):
    """Sums up the memory of this process and its children, again and again."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = self.processes = 0

    def run(self) -> None:
        while True:
            family = [os.getpid(), *_children()]
            self.peak = max(self.peak, sum(map(_resident, family)))
            self.processes = max(self.processes, len(family))
            time.sleep(STEP)


def _children() -> list[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _resident(process: int) -> int:
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except OSError:  # it has just ended
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


class Table:
    """Prints a row for each file as it comes."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._problems: list[Problem] = []
        self._last = time.perf_counter()

    def begin(self, sources: Sequence[Source]) -> None:
        """Print the head."""
        print("| file | seconds | what is said |\n|---|---|---|")

    def take(self, event: Event[tuple[Prepared, ...]]) -> None:
        """Print a row; none for what took no time and was read."""
        now = time.perf_counter()
        said = [problem.error.in_language(self._language) for problem in self._problems]
        if said or now - self._last > 0.2:
            name = Path(event.source.name).name
            print(f"| {name} | {now - self._last:.1f} | {' '.join(said)} |", flush=True)
        self._last = now
        self._problems.clear()

    def tell(self, problem: Problem) -> None:
        """Keep it for the row."""
        self._problems.append(problem)


def main(workers: str = "2", megabytes: str = "1024", language: str = "en") -> None:
    watcher = Watcher()
    with TemporaryDirectory(dir=Path.cwd()) as folder:
        good = write_hostile(Path(folder, "files"), int(megabytes) * MB)
        context = Context(Settings(library=str(Path(folder, "library"))), language)
        watcher.start()
        report = update_library(
            context.open_index,
            [Path(folder, "files")],
            Table(language),
            UpdateOptions(workers=int(workers)),
        )
        with context.open_index() as index:
            taken = sum(article.path.endswith("好.txt") for article in index.articles())
        Path(folder, "files").joinpath("21-closed").chmod(0o700)
    print(
        f"\n{report.read} files read ({taken} of {good} good ones), {len(report.failed)} failed; "
        f"{report.seconds:.0f} s, {watcher.peak / MB:.0f} MB at most in {watcher.processes} "
        "processes"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
