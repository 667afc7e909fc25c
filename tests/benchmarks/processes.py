"""Starts processes to measure them: their time, and the memory that they hold (Linux)."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

# One thread for whatever a process may use; idle threads of OpenMP mustn't spin.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
) | {"OMP_WAIT_POLICY": "passive"}
_NOT_COMPILED = "PYTHONDONTWRITEBYTECODE"
_PERIOD = 0.05  # seconds between two looks at a process's memory


class ProcessFailed(Exception):
    """A measured process ended with an error; tells the end of what it said."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process printed, in how many seconds, and the most bytes that it and its children held
    at once (what they share counts in each).
    """

    out: str
    seconds: float
    peak: int


def run(
    command: Sequence[str], given: str = "", *, one_thread: bool = False, cores: int | None = None
) -> Ran:
    """Run Python with these arguments and ``given`` as its input; on at most so many ``cores``.

    Raises ProcessFailed.
    """
    environment = os.environ | (ONE_THREAD if one_thread else {})
    environment.pop(_NOT_COMPILED, None)  # an installation compiles all modules
    allowed = os.sched_getaffinity(0)
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    os.sched_setaffinity(process.pid, sorted(allowed)[:cores])
    memory = Memory(process.pid)
    memory.start()
    out, err = process.communicate(given)
    seconds = time.perf_counter() - started
    if process.returncode:
        said = (err.strip() or out.strip()).splitlines()
        raise ProcessFailed(said[-1] if said else f"exit status {process.returncode}")
    return Ran(out, seconds, memory.end())


class Memory(threading.Thread):
    """Watches the resident memory of a process and all that it started."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._process = process
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_PERIOD):
            self.peak = max(self.peak, sum(map(resident, _tree(self._process))))

    def end(self) -> int:
        """The most bytes there were."""
        self._over.set()
        self.join()
        return self.peak


def memory_held() -> dict[str, int]:
    """The bytes that this process holds now: ``VmRSS`` in all, ``RssAnon`` of its own, ``RssFile``
    mapped from files, which the system takes back when it needs them.
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return {name: int(fields[name].split()[0]) * 1024 for name in ("VmRSS", "RssAnon", "RssFile")}


def _tree(process: int) -> Iterator[int]:
    yield process
    try:
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))
    except OSError:  # it has ended
        return


def resident(process: int) -> int:
    """Bytes of memory that the process has, 0 when it has ended."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except OSError:  # it has ended
        return 0
    return pages * os.sysconf("SC_PAGESIZE")
