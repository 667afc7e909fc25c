"""One writes, any number read, in this process and in others."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import takewhile
from pathlib import Path

import numpy as np
import pytest
from conftest import DIMENSION, BigramEmbedder, make_article
from searching import QUESTION, WAYS, found, search_on

from index.index import Index
from index.store.writer import NO_FILE
from index.types import FileChange, FloatArray
from ingest.errors import LibraryBusy, LibraryError, LibraryMismatch, LibraryNotFound
from ingest.prepare import prepare_article
from ingest.types import Article

ROUNDS = 8
PATIENCE = 60  # seconds until what has to happen at once counts as not happening
IDLE = (None, None)  # what came before is confirmed and can be found by its terms
ARTICLES = [make_article(f"第{number}座石桥，在第{number}条街。") for number in range(5)]


class Readers:
    """Who search all the time, and what they have found."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._told: dict[tuple[str, str], list[tuple[int, set[str]]]] = {}

    def tell(self, reader: str, way: str, began: int, ids: set[str]) -> None:
        with self._news:
            self._told.setdefault((reader, way), []).append((began, ids))
            self._news.notify_all()

    def await_result(self, ids: set[str], readers: int) -> None:
        """Wait until each of so many readers has found these in each way, in a search that began
        only now.
        """
        now = time.monotonic_ns()
        with self._news:
            assert self._news.wait_for(
                lambda: self._are_told(ids, since=now) == readers * len(WAYS), PATIENCE
            )

    def _are_told(self, ids: set[str], since: int) -> int:
        return sum(
            any(found == ids for _, found in takewhile(lambda one: one[0] > since, reversed(told)))
            for told in self._told.values()
        )

    def shown_after(self, removed: dict[str, int]) -> set[str]:
        """What of the ``removed`` (the ns at which that was confirmed) a search gave that began
        later.
        """
        with self._news:
            return {
                key
                for searches in self._told.values()
                for began, ids in searches
                for key in ids
                if removed.get(key, began) < began
            }


@contextmanager
def process(role: str, folder: Path, within: Sequence[str] = ()) -> Iterator[subprocess.Popen[str]]:
    """A process of `searching`, which ends with the block; started ``within`` another command."""
    command = [
        *within,
        sys.executable,
        str(Path(__file__).with_name("searching.py")),
        role,
        str(folder),
    ]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        yield process


@contextmanager
def reading_process(
    name: str, folder: Path, readers: Readers, within: Sequence[str] = ()
) -> Iterator[None]:
    def hear() -> None:
        assert process_.stdout
        for line in process_.stdout:
            way, began, *ids = line.split()
            readers.tell(name, way, int(began), set(ids))

    listener = threading.Thread(target=hear)
    with process("search", folder, within) as process_:
        assert process_.stdin
        listener.start()
        yield
        process_.stdin.close()
        listener.join()
    assert process_.returncode == 0


@contextmanager
def reading_thread(name: str, index: Index, readers: Readers) -> Iterator[None]:
    stop = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        searching = threads.submit(
            search_on, index, lambda *said: readers.tell(name, *said), stop.is_set
        )
        yield
        stop.set()
    searching.result()


def test_what_is_confirmed_is_seen_by_all_while_the_writer_goes_on(
    index: Index, open_index: Callable[[], Index], tmp_path: Path
) -> None:
    readers, removed = Readers(), dict[str, int]()
    always = {article.id for article in ARTICLES}

    def changes(new: Article) -> Iterator[FileChange | None]:
        yield FileChange(NO_FILE, (prepare_article(new),), complete=False)
        yield from IDLE  # the lock is held until all have seen it
        readers.await_result(always | {new.id}, 4)

    index.add(ARTICLES)
    with ExitStack() as stack:
        for name in ("one", "another"):
            stack.enter_context(reading_process(name, tmp_path / "library", readers))
        stack.enter_context(reading_thread("of the writer", index, readers))
        stack.enter_context(reading_thread("of the same process", open_index(), readers))
        for number in range(ROUNDS):
            new = make_article(f"新修的石桥{number}。")
            index.update(changes(new))
            index.remove([new.id])
            removed[new.id] = time.monotonic_ns()
        readers.await_result(always, 4)
    assert not readers.shown_after(removed)


def test_searches_neither_fail_nor_miss_anything_under_many_changes(
    index: Index, open_index: Callable[[], Index], tmp_path: Path
) -> None:
    always = {article.id for article in ARTICLES}
    index.add(ARTICLES)
    readers, removed = Readers(), dict[str, int]()
    with ExitStack() as stack:
        stack.enter_context(reading_process("another", tmp_path / "library", readers))
        for name in ("one", "two", "three"):
            stack.enter_context(reading_thread(name, index, readers))
        for number in range(3 * ROUNDS):
            some = [make_article(f"石桥{number}之{one}，临时。") for one in range(9)]
            index.add(some)
            index.remove([article.id for article in some])
            removed |= dict.fromkeys((article.id for article in some), time.monotonic_ns())
        readers.await_result(always, 4)
    assert not readers.shown_after(removed)


def test_searches_go_on_while_the_derived_files_are_deleted(
    index: Index, open_index: Callable[[], Index], tmp_path: Path
) -> None:
    library = tmp_path / "library"
    index.add(ARTICLES)
    everything = {article.id for article in ARTICLES}
    readers = Readers()
    with ExitStack() as stack:
        stack.enter_context(reading_process("another", library, readers))
        stack.enter_context(reading_thread("one", index, readers))
        for number in range(ROUNDS):
            for folder in [path for path in library.iterdir() if path.is_dir()]:
                shutil.rmtree(folder, ignore_errors=True)  # who makes it anew deletes, too
            readers.await_result(everything, 2)
            new = make_article(f"又一座石桥{number}。")
            index.add([new])
            readers.await_result(everything | {new.id}, 2)
            index.remove([new.id])
    with open_index() as again:
        assert all(found(again, way) == everything for way in WAYS)


def test_who_holds_the_lock_is_said_and_a_killed_holder_lets_go(
    index: Index, tmp_path: Path
) -> None:
    with process("hold", tmp_path / "library") as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "holding\n"
        with pytest.raises(LibraryBusy) as caught:
            index.add(ARTICLES)
        assert str(holder.pid) in str(caught.value)
        assert str(holder.pid) in caught.value.in_language("zh")
        assert all(len(found(index, way)) == 1 for way in WAYS)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert index.add(ARTICLES) == len(ARTICLES)  # though what it forked is still there
        assert all(len(found(index, way)) == 1 + len(ARTICLES) for way in WAYS)


class Waiting(BigramEmbedder):
    """An embedder that takes long: as long as ``meanwhile`` does."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self._meanwhile = meanwhile

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        self._meanwhile()
        return super().encode_passages(texts)


def test_searches_wait_neither_for_an_ingest_nor_for_its_embedder(tmp_path: Path) -> None:
    def search() -> list[set[str]]:
        return [found(index, way) for way in WAYS]

    def meanwhile() -> None:
        answers.append(threads.submit(search).result(PATIENCE))

    def changes() -> Iterator[FileChange | None]:
        for article in ARTICLES:
            yield FileChange(NO_FILE, (prepare_article(article),), complete=False)
            yield from IDLE
            meanwhile()

    answers: list[list[set[str]]] = []
    with (
        ThreadPoolExecutor(1) as threads,
        Index.open(tmp_path, Waiting(meanwhile), create=True) as index,
    ):
        index.update(changes())
    counts = [[len(ids) for ids in answer] for answer in answers]
    seen = [before + after for before in range(len(ARTICLES)) for after in (0, 1)]
    assert counts == [len(WAYS) * [number] for number in seen]


def test_another_thread_that_writes_is_told_that_it_must_wait(index: Index) -> None:
    def changes() -> Iterator[FileChange | None]:
        yield None
        with ThreadPoolExecutor(1) as threads, pytest.raises(LibraryBusy):
            threads.submit(index.add, ARTICLES).result(PATIENCE)

    index.update(changes())
    assert index.add(ARTICLES) == len(ARTICLES)


def test_a_library_made_anew_is_seen_by_who_has_it_open(
    index: Index, embedder: BigramEmbedder, tmp_path: Path
) -> None:
    class Other(BigramEmbedder):
        name = "other"

    library = tmp_path / "library"
    index.add(ARTICLES)
    shutil.rmtree(library)
    with pytest.raises(LibraryNotFound):
        found(index, "terms")
    with pytest.raises(LibraryError):
        index.add(ARTICLES)
    new = make_article("另一座石桥。")
    with Index.open(library, embedder, create=True) as anew:
        anew.add([new])
        assert [found(index, way) for way in WAYS] == len(WAYS) * [{new.id}]
        assert index.add(ARTICLES[:1]) == 1
        assert all(len(found(anew, way)) == 2 for way in WAYS)
    shutil.rmtree(library)
    with Index.open(library, Other(), create=True), pytest.raises(LibraryMismatch, match="other"):
        found(index, "vector")


def test_what_is_closed_says_so(index: Index) -> None:
    index.add(ARTICLES)
    index.close()
    index.close()
    vector = np.ones(DIMENSION, np.float32)
    for use in (
        lambda: index.add(ARTICLES),
        index.articles,
        lambda: index.search_lexical(QUESTION, 1),
        lambda: index.search_dense(vector, 1),
        lambda: index.idf(QUESTION),
    ):
        with pytest.raises(LibraryError, match="closed"):
            use()


def test_closing_stops_who_writes(index: Index, open_index: Callable[[], Index]) -> None:
    def changes() -> Iterator[FileChange]:
        for article in ARTICLES:
            yield FileChange(NO_FILE, (prepare_article(article),), complete=True)
            index.close()

    with pytest.raises(LibraryError, match="closed"):
        index.update(changes())
    assert open_index().add(ARTICLES) == len(ARTICLES)


def test_a_forked_process_is_told_to_open_the_library_itself(index: Index, tmp_path: Path) -> None:
    def in_child() -> bool:
        with pytest.raises(LibraryError, match="forked"):
            index.articles()
        with pytest.raises(LibraryError, match="forked"):
            index.add(ARTICLES)
        index.close()
        with Index.open(tmp_path / "library", BigramEmbedder()) as own:
            return own.add(ARTICLES[1:]) == len(ARTICLES) - 1

    index.add(ARTICLES[:1])
    child = os.fork()
    if not child:
        try:
            os._exit(0 if in_child() else 2)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert [len(found(index, way)) for way in WAYS] == len(WAYS) * [len(ARTICLES)]
