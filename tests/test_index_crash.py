"""A process that is killed while it writes loses nothing that it confirmed.

``KILLS`` is how many are killed: ``make crash`` kills 200.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from crash import DENSE, EMBEDDERS, word

from index.embed import Embedder, load_embedder
from index.index import Index
from index.upkeep.doctor import examine
from ingest.prepare import prepare_article
from ingest.types import Article
from retriever.retriever import Retriever
from retriever.types import Query

KILLS = int(os.environ.get("KILLS", "12"))
ASKED = 5  # articles that are asked for after each
EVERYTHING = 10_000  # passages
INGEST = [sys.executable, "-m", "chat.cli.main", "ingest", "--quiet", "--workers", "2"]
FILES, IN_EACH = 20, 60  # articles


@dataclass
class Confirmed:
    """What a library has to hold by what its writers have said."""

    present: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    """What may be there or not: the writer was killed before it said."""
    given: dict[str, set[str]] = field(default_factory=dict)
    """What each file has given."""
    embedders: set[str] = field(default_factory=lambda: {"first"})
    """One of these the library was made with."""

    def hear(self, verb: str, words: Sequence[str]) -> None:
        match verb:
            case "reindexing":
                self.embedders.update(words)
            case "reindexed":
                self.embedders = set(words)
            case "changing":
                path, *ids = words
                self.unsure = self.given[path] = self.given.get(path, set()) | set(ids)
                self.present -= self.unsure
            case "changed":
                path, *ids = words
                self.given[path] = set(ids)
                self.present |= set(ids)
                self.unsure = set()
            case "adding" | "removing":
                self.unsure = set(words)
                self.present -= self.unsure
            case "added":
                self.unsure -= set(words)
                self.present |= set(words)
            case "removed":
                self.unsure -= set(words)

    def see(self, ids: Sequence[str], embedder: str) -> None:
        """What the library holds now is what it has to hold from now on."""
        assert embedder in self.embedders
        assert len(ids) == len(set(ids))
        assert self.present <= set(ids) <= self.present | self.unsure
        self.present, self.unsure, self.embedders = set(ids), set(), {embedder}


@contextmanager
def writers(folder: Path) -> Iterator[tuple[IO[str], IO[str]]]:
    command = [sys.executable, str(Path(__file__).with_name("crash.py")), str(folder)]
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
    line = ""
    for line in output:
        if line.startswith("ended"):
            break
        lines.append(line.split())
    assert line == f"ended {-signal.SIGKILL}\n"
    return lines[:-1]  # the last was broken off, or is empty


@pytest.mark.timeout(60 + 5 * KILLS)
def test_kill_after_kill_the_library_holds_what_was_confirmed(tmp_path: Path) -> None:
    confirmed = Confirmed()
    heard: set[str] = set()
    with writers(tmp_path) as (orders, output):
        for seed in range(KILLS):
            for verb, *words in said(seed, orders, output):
                heard.add(verb)
                confirmed.hear(verb, words)
            confirmed.see(*checked(tmp_path, confirmed.embedders, random.Random(seed)))
    assert {"added", "removed", "changed", "reindexed"} <= heard


def checked(folder: Path, embedders: set[str], choose: random.Random) -> tuple[list[str], str]:
    """The ids of the articles that the library holds, once it is sure that all of them are found
    and nothing else is, and the name of the embedder that it was made with.
    """
    [name] = [one for one in EMBEDDERS if one in embedders and fits(folder, one)]
    with Index.open(folder, EMBEDDERS[name], dense=DENSE) as index:
        articles = {article.id: article for article in index.articles()}
        originals = index.originals()
        assert originals.keys() <= articles.keys()
        assert not originals.keys() & set(originals.values())
        searched = articles.keys() - originals.keys()
        check_passages(index, [articles[one] for one in searched], EMBEDDERS[name])
        answering = sorted(searched)
        for one in choose.sample(answering, min(ASKED, len(answering))):
            check_answer(index, articles[one], originals)
        ids = [article.id for article in index.articles()]
    assert examine(folder, EMBEDDERS[name], lambda *_: None).clean
    return ids, name


def fits(folder: Path, embedder: str) -> bool:
    """Whether the library is sound, but for what is derived, and made with this embedder."""
    wrong = [
        finding
        for finding in examine(folder, EMBEDDERS[embedder], lambda *_: None).findings
        if finding.wrong
    ]
    assert {finding.kind for finding in wrong} <= {"embedder", "derived"}, wrong
    return all(finding.kind != "embedder" for finding in wrong)


def check_passages(index: Index, articles: Sequence[Article], embedder: Embedder) -> None:
    """Terms and vectors find each passage of these articles, and no other."""
    wanted = {
        (article.id, passage.start, passage.end)
        for article in articles
        for passage in prepare_article(article).passages
    }
    assert index.passage_count == len(wanted)
    by_terms = index.search_lexical("石桥", EVERYTHING).numbers
    by_vector = index.search_dense(embedder.encode_queries(["石桥"])[0], EVERYTHING).numbers
    catalogue = index.catalogue()
    listed = catalogue.passages_of(catalogue.held)
    for numbers in (by_terms, by_vector, index.containing("石桥"), listed):
        found = [(one.article_id, one.start, one.end) for one in index.passages(np.unique(numbers))]
        assert len(found) == len(wanted)
        assert set(found) == wanted


def check_answer(index: Index, article: Article, originals: dict[str, str]) -> None:
    """Asked for in its own words, an article comes up, with all that repeat it."""
    hits = Retriever(index, EMBEDDERS["first"]).search(Query(article.text), 100)
    [hit, *_] = [hit for hit in hits if hit.article.id == article.id]
    assert {one.id for one in hit.reprints} == {
        key for key, original in originals.items() if original == article.id
    }


@dataclass(frozen=True, slots=True)
class Running:
    """A process as the system tells of it."""

    number: int
    parent: int
    started: str

    def lives(self) -> bool:
        return self in running()


def running() -> list[Running]:
    """All processes but those that have ended and wait for their parent to see it."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended just now
            state, parent, *more = path.read_text().rpartition(")")[2].split()
            if state not in "ZX":
                found.append(Running(int(path.parent.name), int(parent), more[17]))
    return found


def below(number: int) -> list[Running]:
    """The processes that this one has started, and they in their turn."""
    children = [one for one in running() if one.parent == number]
    return [*children, *(other for one in children for other in below(one.number))]


def soon(that: Callable[[], bool]) -> bool:
    """Whether it comes true within a minute."""
    until = time.monotonic() + 60
    while not (true := that()) and time.monotonic() < until:
        time.sleep(0.01)
    return true


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system has no /proc")
@pytest.mark.parametrize("victims", ["the process", "all of its processes"])
def test_a_killed_ingest_leaves_what_it_confirmed_and_no_process(
    tmp_path: Path, victims: str
) -> None:
    library, files = tmp_path / "library", tmp_path / "files"
    expected = set(written(files))
    embedder = load_embedder("builtin")
    with Index.open(library, embedder, create=True) as reader:
        ingest = subprocess.Popen([*INGEST, str(files), "--library", str(library)])
        assert soon(lambda: reader.article_count > 0)
        confirmed = {article.title for article in reader.articles()}
        workers = below(ingest.pid)
        assert workers
        for number in [ingest.pid, *(one.number for one in workers)]:
            if number == ingest.pid or victims != "the process":
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
        assert ingest.wait() == -signal.SIGKILL
        assert soon(lambda: not any(one.lives() for one in workers))
        assert confirmed <= {article.title for article in reader.articles()} <= expected
        check_passages(reader, reader.articles(), embedder)
        subprocess.run([*INGEST, str(files), "--library", str(library)], check=True)
        assert sorted(article.title or "" for article in reader.articles()) == sorted(expected)
        check_passages(reader, reader.articles(), embedder)
    assert examine(library, embedder, lambda *_: None).clean


def written(folder: Path) -> Iterator[str]:
    """Write files of many articles; the titles of all of these."""
    folder.mkdir()
    for file in range(FILES):
        lines = []
        for number in range(IN_EACH):
            title = f"石桥{word(f'{file}.{number}')}"
            choose = random.Random(title)
            text = f"{title}，" + "".join(chr(choose.randrange(0x4E00, 0x8000)) for _ in range(80))
            lines.append(json.dumps({"title": title, "text": text}, ensure_ascii=False))
            yield title
        (folder / f"{file}.jsonl").write_text("\n".join(lines), encoding="utf-8")
