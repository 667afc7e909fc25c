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
from index.types import FileChange, SourceFile
from ingest.prepare import prepare_article
from ingest.types import Article

KILLS = 10
PARTS = [
    "桥面",
    "石栏",
    "台阶",
    "灯柱",
    "木门",
    "水渠",
    "碑亭",
    "码头",
    "茶棚",
    "路标",
    "花坛",
    "旗杆",
]
LONGEST_SECONDS = 0.25  # from the first confirmed change to the kill


def say(verb: str, ids: Sequence[str], shown: int | None = None) -> None:
    print(verb, *ids[:shown], flush=True)


def write_on(folder: Path, seed: int, begun: int) -> None:
    """Add and remove, and say before and after what, until killed; tell ``begun`` once it began."""
    choose = random.Random(seed)
    with Index.open(folder, BigramEmbedder(), create=True) as index:
        for step in count():
            present = [article.id for article in index.articles()]
            chance = choose.random()
            if chance < 0.4:
                rewrite(index, f"{seed}号{step}", choose)
            elif len(present) > 20 and chance < 0.7:
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


def rewrite(index: Index, digest: str, choose: random.Random) -> None:
    """Change one of three files, in two pieces, and say what it gives before and after."""
    path = f"/{choose.randint(1, 3)}.txt"
    articles = [reprint(digest, number) for number in range(choose.randint(1, 90))]
    ids = [article.id for article in articles]
    say("changing", [path, *ids])
    prepared = tuple(map(prepare_article, articles))
    middle = choose.randint(0, len(prepared))
    file = SourceFile(path, path, digest)
    index.update(
        [
            FileChange(file, prepared[:middle], complete=False),
            FileChange(file, prepared[middle:], complete=True),
        ]
    )
    say("changed", [path, *ids])


def reprint(digest: str, number: int) -> Article:
    """One of ten texts, which are printed again and again with small changes."""
    kind = f"石桥{'甲乙丙丁戊己庚辛壬癸'[number % 10]}"
    text = "".join(f"{kind}的{part}每年春天都有人来修，" for part in PARTS)
    name = f"{digest}之{number}".translate(str.maketrans("0123456789", "abcdefghij"))
    return make_article(f"{text}记者{name}报道。", title=kind)


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
    given: dict[str, set[str]] = {}
    with writers(tmp_path) as (orders, output):
        for seed in range(KILLS):
            unsure: set[str] = set()
            for verb, *ids in said(seed, orders, output):
                if verb == "changing":
                    path = ids.pop(0)
                    unsure = given[path] = given.get(path, set()) | set(ids)
                    present = present - unsure
                elif verb == "changed":
                    given[ids.pop(0)] = set(ids)
                    present, unsure = present | set(ids), set()
                elif verb in ("adding", "removing"):
                    unsure = set(ids)
                    present = present - unsure
                else:
                    unsure = unsure - set(ids)
                    present = present | set(ids) if verb == "added" else present - set(ids)
            present = set(checked(tmp_path, present, unsure))
    with Index.open(tmp_path, BigramEmbedder()) as index:
        assert index.originals().keys() < present


def checked(folder: Path, present: set[str], unsure: set[str]) -> list[str]:
    with Index.open(folder, BigramEmbedder()) as index:
        ids = [article.id for article in index.articles()]
        assert present <= set(ids) <= present | unsure
        originals = index.originals()
        assert not originals.keys() & set(originals.values())
        vector = BigramEmbedder().encode_queries(["石桥"])[0]
        for found in (index.search_lexical("石桥", 9999), index.search_dense(vector, 9999)):
            shown = {passage.article_id for passage in index.passages(found.numbers)}
            assert shown == set(ids) - originals.keys()
            assert len(found.numbers) == index.passage_count
    return ids


if __name__ == "__main__":
    start_writers(Path(sys.argv[1]))
