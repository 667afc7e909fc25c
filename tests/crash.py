"""Forks writers to a library, which say what they do, and kills each at a random moment.

``python crash.py FOLDER``; each line of the input is the seed of one writer.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path

from conftest import DIMENSION, BigramEmbedder, make_article

from index.dense.parameters import Parameters
from index.index import Index
from index.types import FileChange, SourceFile
from index.upkeep.reindex import reindex
from ingest.errors import LibraryMismatch
from ingest.prepare import prepare_article
from ingest.types import Article

STEPS = 4  # in the last of which, or soon after, the kill comes at the latest
LONGEST_SECONDS = 0.4  # from the beginning of that step to the kill
MANY = 300  # articles, from which on more are removed than added
KINDS = "甲乙丙丁戊己庚辛壬癸"
PARTS = ["桥面", "石栏", "台阶", "灯柱", "木门", "水渠", "碑亭", "码头", "茶棚", "路标", "花坛"]


class OtherEmbedder(BigramEmbedder):
    """Another one, as its name says."""

    name = "bigrams, once more"


# Lists are made for more than a hundred passages, and written anew after each change of some.
DENSE = Parameters(exact=100 * DIMENSION, lists=0.5, sample=4, changed=0.05)
EMBEDDERS = {"first": BigramEmbedder(), "other": OtherEmbedder()}


def open_either(folder: Path) -> tuple[Index, str]:
    """The library, and the name in `EMBEDDERS` of the embedder that it was made with."""
    for name, embedder in EMBEDDERS.items():
        try:
            return Index.open(folder, embedder, create=True, dense=DENSE), name
        except LibraryMismatch as error:
            refused = error
    raise refused


def say(verb: str, words: Sequence[str], shown: int | None = None) -> None:
    print(verb, *words[:shown], flush=True)


def write_on(folder: Path, seed: int, begun: int) -> None:
    """Change the library, and say before and after what, until killed; tell ``begun`` when the
    step begins after which that may be.
    """
    choose = random.Random(seed)
    index, embedder = open_either(folder)
    last = choose.randrange(STEPS)
    for step in count():
        if step == last:
            os.write(begun, b"!")
        mark = f"{seed}号{step}"
        present = [article.id for article in index.articles()]
        many = len(present) > MANY
        chance = choose.random()
        if chance < (0.5 if seed % STEPS == step else 0.1):
            index.close()
            [embedder] = EMBEDDERS.keys() - {embedder}
            say("reindexing", [embedder])
            reindex(folder, EMBEDDERS[embedder])
            say("reindexed", [embedder])
            index = Index.open(folder, EMBEDDERS[embedder], dense=DENSE)
        elif chance < 0.4:
            rewrite(index, mark, choose)
        elif chance < 0.5:
            forget(index, choose)
        elif len(present) > 20 and chance < (0.85 if many else 0.7):
            remove(index, choose.sample(present, choose.randint(1, len(present) // 2)))
        else:
            add(index, mark, choose.randint(1, 90))


def add(index: Index, mark: str, number: int) -> None:
    articles = [
        make_article(f"石桥{mark}之{one}，{word(f'{mark}.{one}')}。") for one in range(number)
    ]
    ids = [article.id for article in articles]
    say("adding", ids)
    index.add(articles, progress=partial(say, "added", ids))


def remove(index: Index, ids: Sequence[str]) -> None:
    say("removing", ids)
    index.remove(ids)
    say("removed", ids)


def rewrite(index: Index, mark: str, choose: random.Random) -> None:
    """Change one of three files, in two pieces."""
    path = f"/{choose.randint(1, 3)}.txt"
    articles = [reprint(mark, number) for number in range(choose.randint(1, 90))]
    words = [path, *(article.id for article in articles)]
    prepared = tuple(map(prepare_article, articles))
    middle = choose.randint(0, len(prepared))
    file = SourceFile(path, path, mark)
    say("changing", words)
    index.update(
        [
            FileChange(file, prepared[:middle], complete=False),
            FileChange(file, prepared[middle:], complete=True),
        ]
    )
    say("changed", words)


def forget(index: Index, choose: random.Random) -> None:
    """Take one of the three files out."""
    path = f"/{choose.randint(1, 3)}.txt"
    say("changing", [path])
    index.forget([path])
    say("changed", [path])


def reprint(mark: str, number: int) -> Article:
    """One of ten texts, which are printed again and again with small changes."""
    kind = f"石桥{KINDS[number % len(KINDS)]}"
    text = "".join(f"{kind}的{part}每年春天都有人来修，" for part in PARTS)
    return make_article(f"{text}记者{word(f'{mark}.{number}')}报道。", title=kind)


def word(name: str) -> str:
    """A word that no other name has, and that is cut nowhere."""
    return name.translate(str.maketrans("0123456789号.", "bcdfghjklmxz"))


def main(folder: Path) -> None:
    """Fork and kill. A writer need not load anything again."""
    for module in ("faiss", "opencc", "rjieba", "tantivy"):
        import_module(module)
    for line in sys.stdin:
        print(f"\nended {ending_of_writer(folder, int(line))}", flush=True)


def ending_of_writer(folder: Path, seed: int) -> int:
    ready, begun = os.pipe()
    writer = os.fork()
    if not writer:
        write_on(folder, seed, begun)
    os.close(begun)
    os.read(ready, 1)
    os.close(ready)
    delay = random.Random(seed).uniform(0, LONGEST_SECONDS)
    killer = threading.Timer(delay, os.kill, (writer, signal.SIGKILL))
    killer.start()
    _, status = os.waitpid(writer, 0)
    killer.cancel()
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
