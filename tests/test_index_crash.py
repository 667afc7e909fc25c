"""A process that is killed while it writes loses nothing that it confirmed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import IO

from conftest import BigramEmbedder, make_article

from index.index import Index

KILLS = 10
LONGEST_SECONDS = 0.25  # from the first confirmed change to the kill


def say(verb: str, ids: Sequence[str], shown: int | None = None) -> None:
    print(verb, *ids[:shown], flush=True)


def write_on(folder: Path, seed: int, begun: int) -> None:
    """Add and remove, and say before and after what, until killed; tell ``begun`` once it began."""
    choose = random.Random(seed)
    with Index.open(folder, BigramEmbedder(), create=True) as index:
        for step in count():
            present = [article.id for article in index.articles()]
            if len(present) > 20 and choose.random() < 0.5:
                gone = choose.sample(present, choose.randint(1, 9))
                say("removing", gone)
                index.remove(gone)
                say("removed", gone)
            else:
                texts = [
                    f"石桥{seed}号{step}之{number}。" for number in range(choose.randint(1, 90))
                ]
                new = [make_article(text) for text in texts]
                ids = [article.id for article in new]
                say("adding", ids)
                index.add(new, progress=partial(say, "added", ids))
            if step == 0:
                os.write(begun, b"!")


def start_writers(folder: Path) -> None:
    """For each line of the input fork a writer, which need not load anything again, and kill it."""
    for module in ("faiss", "opencc", "rjieba", "tantivy"):
        import_module(module)
    ready, begun = os.pipe()
    for seed in sys.stdin:
        writer = os.fork()
        if not writer:
            write_on(folder, int(seed), begun)
        os.read(ready, 1)
        delay = random.Random(seed).uniform(0.001, LONGEST_SECONDS)
        killer = threading.Timer(delay, os.kill, (writer, signal.SIGKILL))
        killer.start()
        _, status = os.waitpid(writer, 0)
        killer.join()
        print(f"\nended {os.waitstatus_to_exitcode(status)}", flush=True)


@contextmanager
def writers(folder: Path) -> Iterator[tuple[IO[str], IO[str]]]:
    command = [sys.executable, __file__, str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield process.stdin, process.stdout
        process.stdin.close()


def said(seed: int, orders: IO[str], output: IO[str]) -> list[list[str]]:
    """What a writer said, word by word and line by line, until it was killed."""
    print(seed, file=orders, flush=True)
    lines = []
    for line in output:
        if line.startswith("ended"):
            break
        lines.append(line.split())
    assert line == f"ended {-signal.SIGKILL}\n"
    return lines[:-1]  # the last was broken off, or is empty


def test_kill_after_kill_the_library_holds_what_was_confirmed(tmp_path: Path) -> None:
    present: set[str] = set()
    with writers(tmp_path) as (orders, output):
        for seed in range(KILLS):
            unsure: set[str] = set()
            for verb, *ids in said(seed, orders, output):
                if verb in ("adding", "removing"):
                    unsure = set(ids)
                    present -= unsure
                else:
                    unsure -= set(ids)
                    present = present | set(ids) if verb == "added" else present - set(ids)
            present = set(checked(tmp_path, present, unsure))
    assert present


def checked(folder: Path, present: set[str], unsure: set[str]) -> list[str]:
    with Index.open(folder, BigramEmbedder()) as index:
        ids = [article.id for article in index.articles()]
        assert present <= set(ids) <= present | unsure
        vector = BigramEmbedder().encode_queries(["石桥"])[0]
        for found in (index.search_lexical("石桥", 9999), index.search_dense(vector, 9999)):
            shown = [passage.article_id for passage in index.passages(found.numbers)]
            assert sorted(shown) == sorted(ids)
    return ids


if __name__ == "__main__":
    start_writers(Path(sys.argv[1]))
