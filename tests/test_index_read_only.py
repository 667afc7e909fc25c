"""A library that this process may only read, while another one writes to it."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import BigramEmbedder, make_article
from searching import WAYS, found
from sources import read_only
from test_index_concurrency import ARTICLES, IDLE, ROUNDS, Readers, reading_process

from index.index import Index
from index.store.writer import NO_FILE
from index.types import FileChange
from ingest.prepare import prepare_article
from ingest.types import Article

ALWAYS = {article.id for article in ARTICLES}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A library's folder, which everybody may read, and find."""
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o755)
        with Index.open(Path(parent, "library"), BigramEmbedder(), create=True) as index:
            index.add(ARTICLES)
        yield Path(parent, "library")


def test_who_has_it_open_sees_what_is_written_later(folder: Path) -> None:
    log, old = folder / "library.sqlite3-wal", ARTICLES[0]
    new = [make_article(f"新修的石桥{number}。") for number in range(3)]
    with read_only(folder):
        reader = Index.open(folder, BigramEmbedder())
        assert not log.exists()
        assert all(found(reader, way) == ALWAYS for way in WAYS)
    with Index.open(folder, BigramEmbedder()) as writer:
        writer.add(new[:1])
        with read_only(folder):
            assert all(found(reader, way) == {*ALWAYS, new[0].id} for way in WAYS)
        writer.remove([new[0].id])
        with read_only(folder):
            assert all(found(reader, way) == ALWAYS for way in WAYS)
    with Index.open(folder, BigramEmbedder()) as writer:
        writer.add(new[1:])
        writer.remove([old.id])
    with read_only(folder):
        now = {*ALWAYS, new[1].id, new[2].id} - {old.id}
        assert all(found(reader, way) == now for way in WAYS)
        reader.close()


def test_another_that_is_closed_again_is_seen_too(folder: Path) -> None:
    with read_only(folder):
        reader = Index.open(folder, BigramEmbedder())
    with Index.open(folder, BigramEmbedder()) as writer:
        writer.remove([ARTICLES[0].id])
    assert not (folder / "library.sqlite3-wal").exists()
    with read_only(folder):
        assert all(found(reader, way) == ALWAYS - {ARTICLES[0].id} for way in WAYS)
        reader.close()


@pytest.fixture
def mounted(folder: Path) -> list[str]:
    """What starts a command to which the library is on a disk that may only be read."""
    script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    command = ["unshare", "--mount", "sh", "-c", script, str(folder)]
    if os.geteuid() or subprocess.run([*command, "true"]).returncode:
        pytest.skip("no disk can be mounted here")
    return command


def test_what_is_confirmed_is_seen_where_nothing_may_be_written(
    folder: Path, mounted: list[str]
) -> None:
    readers, removed = Readers(), dict[str, int]()

    def changes(new: Article) -> Iterator[FileChange | None]:
        yield FileChange(NO_FILE, (prepare_article(new),), complete=False)
        yield from IDLE  # the lock is held until all have seen it
        readers.await_result(ALWAYS | {new.id}, 1)

    with (
        reading_process("another", folder, readers, mounted),
        Index.open(folder, BigramEmbedder()) as index,
    ):
        readers.await_result(ALWAYS, 1)
        for number in range(ROUNDS):
            new = make_article(f"新修的石桥{number}。")
            index.update(changes(new))
            index.remove([new.id])
            removed[new.id] = time.monotonic_ns()
        readers.await_result(ALWAYS, 1)
    assert not readers.shown_after(removed)
