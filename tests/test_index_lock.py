"""Who writes is told to whoever else wants to."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index.index import Index
from index.store.lock import is_searched, search_lock, write_lock
from ingest.errors import LibraryBusy


def test_the_one_who_writes_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/wenjin", "ingest", "two\nlines", *["news"] * 99])
    with write_lock(tmp_path), pytest.raises(LibraryBusy) as caught, write_lock(tmp_path):
        pass
    told = str(caught.value)
    assert f"Process {os.getpid()} is writing" in told
    assert "`wenjin ingest 'two lines' news news" in told
    assert re.search(r"since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)", told)
    assert len(told) < len(str(tmp_path)) + 250
    assert "\n" not in told
    assert f"进程 {os.getpid()} 正在写入" in caught.value.in_language("zh")


def test_one_who_has_yet_to_say_who_it_is(tmp_path: Path) -> None:
    with write_lock(tmp_path):
        (tmp_path / "lock").write_bytes(b"")
        with pytest.raises(LibraryBusy, match=r"Process \? is writing"), write_lock(tmp_path):
            pass


def test_the_lock_is_free_again(tmp_path: Path) -> None:
    for _ in range(2):
        with write_lock(tmp_path):
            pass


def test_who_writes_knows_whether_anybody_searches(tmp_path: Path) -> None:
    assert not is_searched(tmp_path)
    first, second = search_lock(tmp_path), search_lock(tmp_path)
    assert first
    assert second
    first.close()
    assert is_searched(tmp_path)
    second.close()
    assert not is_searched(tmp_path)


def test_an_open_library_is_searched_from_its_first_search_on(
    open_index: Callable[[], Index], tmp_path: Path
) -> None:
    with open_index() as index:
        index.articles()
        assert not is_searched(tmp_path / "library")
        index.search_lexical("石桥", 1)
        assert is_searched(tmp_path / "library")
    assert not is_searched(tmp_path / "library")
