"""``wenjin doctor``."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest
from conftest import PAGES

from chat.cli.main import main

pytestmark = pytest.mark.usefixtures("elsewhere")


@pytest.fixture
def own(elsewhere: None) -> str:
    """A library of one sample page, to be damaged."""
    page = sorted(PAGES.iterdir())[0]
    assert main(["ingest", str(page), "--quiet", "--library", "own"]) == 0
    return "own"


def damage(folder: str) -> None:
    with closing(sqlite3.connect(Path(folder, "library.sqlite3"))) as connection:
        connection.execute("DELETE FROM vectors")
        connection.commit()


def told(capsys, *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(["doctor", *arguments]) == code
    return capsys.readouterr().out


def test_what_runs_and_what_is_there_is_told(capsys, library):
    said = told(capsys, "--library", library)
    assert f"Wenjin {version('wenjin')}" in said
    for word in (f"faiss-cpu {version('faiss-cpu')}", "SQLite", "builtin/", "cpu", library):
        assert word in said
    assert said.endswith("nothing is wrong\n")


def test_it_speaks_chinese(capsys, own):
    assert told(capsys, "--library", own, "--language", "zh").endswith("一切正常\n")
    damage(own)
    said = told(capsys, "--library", own, "--language", "zh", code=1)
    assert "向量缺失或损坏" in said
    assert said.endswith("问题：1 个\n")


def test_what_is_wrong_is_a_line_each_until_it_is_mended(capsys, own):
    damage(own)
    said = told(capsys, "--library", own, code=1)
    [line] = [line for line in said.splitlines() if line.startswith("wrong: vectors")]
    assert "`wenjin doctor --repair`" in line
    assert told(capsys, "--library", own, "--repair").endswith("nothing is wrong\n")
    assert told(capsys, "--library", own).endswith("nothing is wrong\n")


def test_json_says_the_same(capsys, own):
    sound = json.loads(told(capsys, "--library", own, "--json"))
    assert sound["clean"]
    assert sound["findings"] == []
    assert sound["versions"]["Wenjin"] == version("wenjin")
    damage(own)
    damaged = json.loads(told(capsys, "--library", own, "--json", code=1))
    assert not damaged["clean"]
    [finding] = damaged["findings"]
    assert (finding["kind"], finding["wrong"], finding["mendable"]) == ("vector", True, True)
    assert {**damaged["library"], "folder": own} == {**sound["library"], "folder": own}


def test_a_library_that_is_missing_is_wrong(capsys):
    said = told(capsys, "--library", "nowhere", code=1)
    assert "There is no library in nowhere" in said
    assert "embedder: builtin" in said
    assert not Path("nowhere").exists()


@pytest.mark.parametrize("embedder", ["magic", "builtin:missing"])
def test_a_model_that_cannot_be_had_is_wrong(capsys, library, embedder):
    said = told(capsys, "--library", library, "--embedder", embedder, code=1)
    assert "missing" in said or "unknown embedder" in said
    assert "articles" in said  # the library is examined all the same


def test_a_repair_of_what_another_embedder_made_is_refused(capsys, own):
    with closing(sqlite3.connect(Path(own, "library.sqlite3"))) as connection:
        connection.execute("UPDATE generations SET embedder = 'another'")
        connection.commit()
    assert "made with the embedder another" in told(capsys, "--library", own, code=1)
    assert main(["doctor", "--repair", "--library", own]) == 1
    assert "made with the embedder another" in capsys.readouterr().err
