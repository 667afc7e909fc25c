"""What ``wenjin ask`` and ``wenjin search`` say about how a question was understood."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import make_article
from scripted import FERRY, LIBRARY, REPRINT

from chat.cli.main import main
from index.embed import load_embedder
from index.index import Index

QUESTION = "沈闻舟写的文章里，渡船的票价是多少？"
FILTER = "author:沈闻舟"
OF_ANOTHER = "贺小满写的文章里，渡船的票价是多少？"
BRIDGE = [
    make_article(f"红石大桥于去年通车。红石大桥全长{metres}米，两边都有人行道。", title=title)
    for metres, title in ((860, "红石大桥通车"), (1240, "走在大桥上"))
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("library")
    with Index.open(folder, load_embedder(), create=True) as index:
        index.add([FERRY, LIBRARY, replace(REPRINT, path="evening.txt"), *BRIDGE])
    return str(folder)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    """What a command that ends well prints, on stdout and on stderr."""
    capsys.readouterr()
    assert main([*arguments, "--language", "zh"]) == 0
    said = capsys.readouterr()
    return said.out, said.err


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_filter_is_told_and_how_to_drop_it(
    capsys: pytest.CaptureFixture[str], library: str, command: str
) -> None:
    out, told = run(capsys, command, QUESTION, "--library", library)
    assert "票价两元" in out
    said, _, how = told.partition("（不要这个条件：")
    assert said == "作者：沈闻舟"
    assert shlex.split(how.strip().removesuffix("）")) == ["--without", FILTER]
    out, told = run(capsys, command, QUESTION, "--without", FILTER, "--library", library)
    assert "票价两元" in out
    assert told == ""


def test_a_dropped_filter_opens_the_other_articles(
    capsys: pytest.CaptureFixture[str], library: str
) -> None:
    search = ("search", OF_ANOTHER, "--library", library, "--json")
    assert FERRY.id not in {hit["article_id"] for hit in json.loads(run(capsys, *search)[0])}
    out, _ = run(capsys, *search, "--without", "author:贺小满")
    assert FERRY.id in {hit["article_id"] for hit in json.loads(out)}
    out, told = run(capsys, "ask", OF_ANOTHER, "--library", library, "--json")
    assert [each["value"] for each in json.loads(out)["query"]["filters"]] == ["贺小满"]
    assert told == ""


def test_a_question_that_says_it_all_is_not_repeated(
    capsys: pytest.CaptureFixture[str], library: str
) -> None:
    assert run(capsys, "ask", " 渡船的票价是多少？ ", "--library", library)[1] == ""


def test_a_source_names_who_else_printed_it(
    capsys: pytest.CaptureFixture[str], library: str
) -> None:
    out, _ = run(capsys, "ask", "居民捐的书一共多少册？", "--library", library)
    assert "三千二百册" in out
    named = [line.strip() for line in out.splitlines() if line.strip().startswith("另见：")]
    papers = {f"另见：{each.source} {each.published}" for each in (LIBRARY, REPRINT)}
    assert set(named) < papers
    assert named


def test_articles_that_disagree_are_said_to(
    capsys: pytest.CaptureFixture[str], library: str
) -> None:
    out, _ = run(capsys, "ask", "红石大桥全长多少米？", "--library", library)
    assert "860" in out
    assert "1240" in out
    assert "以上各篇说法不一。" in out.splitlines()
    out, _ = run(capsys, "ask", "渡船的票价是多少？", "--library", library)
    assert "说法不一" not in out
