"""Who writes is told to whoever else wants to."""

import os
import re
import sys
from pathlib import Path

import pytest

from index.store.lock import write_lock
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
