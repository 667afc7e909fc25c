"""Articles as references, for people and for BibTeX."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from scripted import FERRY, LIBRARY, PLANTED, WELLS, ScriptedAssistant

from chat.cli.main import main
from chat.references import bibtex, gbt7714, references
from chat.settings import Settings
from chat.web.api import say_errors
from chat.web.routes.referring import AT_MOST, reference_routes
from ingest.types import Article

NOBODY: dict[str, Any] = {"authors": (), "source": None, "page": None, "published": None}


@pytest.mark.parametrize(
    ("changed", "reference"),
    [
        ({}, "沈闻舟, 林一苇. 一条渡线的去与留[N]. 青石日报, 2026-05-18(3)."),
        (
            {"authors": ("甲", "乙", "丙")},
            "甲, 乙, 丙. 一条渡线的去与留[N]. 青石日报, 2026-05-18(3).",
        ),
        (
            {"authors": ("甲", "乙", "丙", "丁")},
            "甲, 乙, 丙, 等. 一条渡线的去与留[N]. 青石日报, 2026-05-18(3).",
        ),
        (
            {"authors": ("A Li", "B Wu", "C Ye", "D Fu", "E Xu"), "language": "en"},
            "A Li, B Wu, C Ye, et al. 一条渡线的去与留[N]. 青石日报, 2026-05-18(3).",
        ),
        ({"authors": (), "page": None}, "一条渡线的去与留[N]. 青石日报, 2026-05-18."),
        ({"published": None}, "沈闻舟, 林一苇. 一条渡线的去与留[N]. 青石日报(3)."),
        (
            {"guessed": ("published",)},
            "沈闻舟, 林一苇. 一条渡线的去与留[N]. 青石日报, [2026-05-18](3).",
        ),
        ({"source": None, "page": None}, "沈闻舟, 林一苇. 一条渡线的去与留[Z]. 2026-05-18."),
        (NOBODY, "一条渡线的去与留[Z]."),
        (
            {**NOBODY, "subtitle": "青石镇\n调查"},
            "一条渡线的去与留: 青石镇 调查[Z].",
        ),
        ({**NOBODY, "page": "3"}, "一条渡线的去与留[Z]."),
        ({**NOBODY, "title": None}, f"{replace(FERRY, title=None).label}[Z]."),
    ],
)
def test_a_reference_says_what_is_known(changed: dict[str, Any], reference: str) -> None:
    assert gbt7714(replace(FERRY, **changed)) == reference


def test_an_entry_for_bibtex() -> None:
    assert bibtex(FERRY) == (
        "@article{沈闻舟2026,\n"
        "  author = {沈闻舟 and 林一苇},\n"
        "  title = {{一条渡线的去与留}},\n"
        "  journal = {青石日报},\n"
        "  year = {2026},\n"
        "  day = {18},\n"
        "  pages = {3},\n"
        "  month = may,\n"
        "}\n"
    )
    assert bibtex(WELLS).startswith("@article{thornbury2026,\n  author = {Ada Thornbury and Joss ")


def test_an_entry_of_what_nobody_knows() -> None:
    unknown = replace(FERRY, **NOBODY)
    assert bibtex(unknown) == (f"@misc{{{FERRY.id[:8]},\n  title = {{{{一条渡线的去与留}}}},\n}}\n")


def test_names_that_bibtex_would_take_apart_stay_whole() -> None:
    article = replace(FERRY, authors=("Reed, Joss", "Ford and Sons", "Sandra Ande"))
    assert "author = {{Reed, Joss} and {Ford and Sons} and Sandra Ande}" in bibtex(article)


def test_only_the_year_may_be_known() -> None:
    entry = bibtex(replace(FERRY, published="2026"))
    assert "year = {2026}" in entry
    assert "month" not in entry
    assert "month = dec" in bibtex(replace(FERRY, published="2026-12"))


def test_several_are_numbered_and_have_keys_of_their_own() -> None:
    listed = references([FERRY, WELLS], "gbt7714").splitlines()
    assert [line[:4] for line in listed] == ["[1] ", "[2] "]
    again = replace(FERRY, title="渡线")
    keys = re.findall(r"^@\w+{(.*),$", references([FERRY, again, WELLS], "bibtex"), re.MULTILINE)
    assert keys == ["沈闻舟2026", "沈闻舟2026-2", "thornbury2026"]


TEXTS = st.one_of(
    st.text(st.sampled_from("{}\\\"'\n\r\t\x00\u2028$&%#_~^@=, 渡a"), max_size=12),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
MAYBE = st.none() | TEXTS


@st.composite
def articles(draw: st.DrawFn) -> Article:
    return replace(
        FERRY,
        title=draw(MAYBE),
        subtitle=draw(MAYBE),
        authors=tuple(draw(st.lists(TEXTS, max_size=5))),
        source=draw(MAYBE),
        page=draw(MAYBE),
        published=draw(st.none() | st.dates().map(str)),
        language=draw(st.sampled_from(["zh", "en"])),
        guessed=draw(st.sampled_from([(), ("published",)])),
    )


FIELD = re.compile(r"  (\w+) = (?:\{(.*)\}|([a-z]{3})),")


@given(st.lists(articles(), max_size=4))
def test_whatever_stands_in_an_article_an_entry_is_well_formed(given: list[Article]) -> None:
    """Braces pair, no field reaches over its line, and no key comes twice."""
    listed = references(given, "bibtex")
    entries = listed.split("\n\n") if listed else []
    assert len(entries) == len(given)
    keys = set()
    for entry in entries:
        begin, *fields, end = entry.removesuffix("\n").split("\n")
        key = re.fullmatch(r"@(?:article|misc)\{([\w-]+),", begin)
        assert key is not None
        keys.add(key[1])
        assert end == "}"
        for field in fields:
            value = FIELD.fullmatch(field)
            assert value is not None
            assert balanced(value[2] or "")
            assert not re.search(r"(?<!\\)[$&%#_]|[~^]", value[2] or "")
    assert len(keys) == len(given)


def balanced(text: str) -> bool:
    """Whether braces pair, as BibTeX counts them: those after a backslash, too."""
    depth = 0
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


@given(st.lists(articles(), max_size=4))
def test_each_reference_is_a_line_of_its_own(given: list[Article]) -> None:
    lines = references(given, "gbt7714").splitlines()
    assert [line.split()[0] for line in lines] == [f"[{n}]" for n in range(1, len(given) + 1)]
    assert all(line.endswith(".") for line in lines)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    say_errors(app, Settings())
    app.include_router(reference_routes(ScriptedAssistant()))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def test_the_server_gives_them_in_the_order_asked_for(client: TestClient) -> None:
    ids = f"{WELLS.id},{FERRY.id},{WELLS.id}"
    for form in ("gbt7714", "bibtex"):
        answer = client.get("/api/references", params={"ids": ids, "format": form})
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.text == references([WELLS, FERRY], form)


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("ids=none&format=bibtex", 404, "none"),
        (f"ids={FERRY.id}&format=word", 422, "format"),
        (f"ids={FERRY.id}", 422, "format"),
        ("ids=&format=bibtex", 422, "ids"),
        (f"ids={','.join(map(str, range(AT_MOST + 1)))}&format=bibtex", 422, str(AT_MOST)),
    ],
)
def test_what_can_t_be_given_is_told(
    client: TestClient, query: str, status: int, said: str
) -> None:
    answer = client.get(f"/api/references?{query}")
    assert answer.status_code == status
    assert all(said in text for text in answer.json()["error"].values())


def test_untitled_and_hostile_articles_have_references() -> None:
    assert f"贺小满. {LIBRARY.label}[N]. " in gbt7714(LIBRARY)
    assert "<script>" in gbt7714(PLANTED)  # it is text: escaping is for who shows it


def test_the_command_line_shows_one(library: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["articles", "--json", "--library", library]) == 0
    article = next(each for each in json.loads(capsys.readouterr().out) if each["authors"])
    for form, begin in (("gbt7714", article["authors"][0]), ("bibtex", "@article{")):
        words = ["show", article["id"], "--reference", form, "--library", library]
        assert main(words) == 0
        assert capsys.readouterr().out.startswith(begin)
    assert main(["show", article["id"], "--reference", "word", "--library", library]) != 0
    assert "gbt7714, bibtex" in capsys.readouterr().err
