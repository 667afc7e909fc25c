"""``wenjin reindex``, as a call and as a process."""

from __future__ import annotations

import json
import signal
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import BigramEmbedder, make_article
from older_library import make_older_library
from test_chat_cli_ingest import SECONDS, started

from chat.cli.main import main
from index import static
from index.embed import BUILTIN, load_embedder
from index.index import Index
from index.store.lock import write_lock

pytestmark = pytest.mark.usefixtures("elsewhere")

ROWS = 600  # more than are made without workers


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a model that isn't the built-in one: the first half of its numbers."""
    folder = tmp_path_factory.mktemp("model")
    whole = static.load(BUILTIN)
    half = np.ascontiguousarray(whole.levels[:, : whole.levels.shape[1] // 2])
    translations = static.Translations.none(len(half))
    static.save(replace(whole, levels=half, translations=translations), folder)
    return str(folder)


def make_library(rows: int = 3) -> None:
    lines = [
        json.dumps(
            {"title": f"第{number}条渡线", "text": f"{number}号渡轮开往{number * 7}号码头。"}
        )
        for number in range(rows)
    ]
    Path("news.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert main(["ingest", "news.jsonl", "--quiet"]) == 0


def search(capsys, *arguments: str) -> str:
    """The title of the best passage."""
    capsys.readouterr()
    assert main(["search", "2号渡轮开往哪里？", "--json", *arguments]) == 0
    return str(json.loads(capsys.readouterr().out)[0]["title"])


def test_another_embedder(capsys, model):
    make_library()
    assert main(["search", "渡轮", "--embedder", model]) == 1
    assert "wenjin reindex" in capsys.readouterr().err
    assert main(["reindex", "--embedder", model]) == 0
    told = capsys.readouterr().err
    assert "3 articles as 3 passages" in told
    assert f"from now on give `--embedder {model}`" in told
    assert search(capsys, "--embedder", model) == "第2条渡线"
    assert main(["search", "渡轮"]) == 1
    assert main(["reindex"]) == 0
    assert "--embedder" not in capsys.readouterr().err.splitlines()[-1]
    assert search(capsys) == "第2条渡线"


def test_nothing_to_do(capsys):
    make_library()
    assert main(["reindex"]) == 0
    assert "nothing to do" in capsys.readouterr().err
    assert main(["reindex", "--force"]) == 0
    assert "3 articles as 3 passages" in capsys.readouterr().err
    assert search(capsys) == "第2条渡线"


def test_quiet_says_nothing(capsys, model):
    make_library()
    assert main(["reindex", "--quiet", "--embedder", model]) == 0
    assert capsys.readouterr() == ("", "")


def test_it_is_told_in_chinese(capsys):
    make_library()
    assert main(["reindex", "--language", "zh"]) == 0
    assert "无需操作" in capsys.readouterr().err


def test_an_older_library(capsys):
    make_older_library(Path("library"), [])
    assert main(["articles"]) == 1
    assert "older version of Wenjin: `wenjin reindex`" in capsys.readouterr().err
    with closing(sqlite3.connect("library/library.sqlite3")) as connection, connection:
        embedder = load_embedder()
        connection.execute(
            "UPDATE library SET embedder = ?, dimension = ?", (embedder.name, embedder.dimension)
        )
    assert main(["reindex"]) == 0
    assert "up to date now" in capsys.readouterr().err
    assert main(["articles"]) == 0


def test_an_older_library_of_another_embedder(capsys):
    make_older_library(Path("library"), [make_article("河上有一座石桥。")])
    assert main(["reindex"]) == 0
    assert "1 articles as 1 passages" in capsys.readouterr().err
    with Index.open(Path("library"), load_embedder()) as index:
        assert index.passage_count == 1


@pytest.mark.parametrize("arguments", [[], ["--force"]])
def test_without_a_library(capsys, arguments):
    assert main(["reindex", *arguments]) == 1
    assert "no library" in capsys.readouterr().err
    assert not Path("library").exists()


def test_while_another_writes(capsys):
    Index.open(Path("library"), BigramEmbedder(), create=True).close()
    with write_lock(Path("library")):
        assert main(["reindex"]) == 1
    assert "is writing to the library" in capsys.readouterr().err


def test_ctrl_c_leaves_the_old_one_and_the_next_run_goes_on(capsys, model):
    make_library(ROWS)
    with started("reindex", "--embedder", model) as process:
        assert process.stderr
        assert f"of {ROWS} articles" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(SECONDS) == 130
    assert said.splitlines()[-1].endswith("the same command goes on from here")
    assert search(capsys) == "第2条渡线"
    assert main(["reindex", "--embedder", model]) == 0
    assert f"{ROWS} articles as {ROWS} passages" in capsys.readouterr().err
    assert search(capsys, "--embedder", model) == "第2条渡线"
