"""The figures that real newspaper pages must reach, printed as a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.newspaper import parse_page
from ingest.types import Article

SHARED = Path(__file__).parent.parent.parent / "shared"
WIDTHS = str.maketrans("，：；？！（）", ",:;?!()")

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the real pages aren't beside the checkout"),
]


@dataclass(frozen=True, slots=True)
class Expected:
    """One article as a person read it from the page."""

    file: str
    title: str | None
    authors: list[str]
    affiliation: str
    first: str
    last: str
    headings: list[str]


@dataclass(frozen=True, slots=True)
class Pair:
    expected: Expected
    found: Article | None

    @property
    def body(self) -> bool:
        """Whether the body begins and ends where it should."""
        if self.found is None:
            return False
        text = plain(self.found.text)
        wanted = plain(self.expected.first), plain(self.expected.last)
        return text.startswith(wanted[0]) and text.endswith(wanted[1])


def plain(text: str | None) -> str:
    return "".join((text or "").split()).translate(WIDTHS)


@pytest.fixture(scope="module")
def pages() -> dict[str, list[Article]]:
    files = sorted((SHARED / "corpus").glob("*.txt"))
    return {file.name: parse_page(file.read_text("utf-8"), path=str(file)) for file in files}


@pytest.fixture(scope="module")
def pairs(pages: dict[str, list[Article]]) -> list[Pair]:
    gold = json.loads((SHARED / "gold" / "articles.json").read_text("utf-8"))
    return [pair(Expected(**record), pages) for record in gold]


def pair(expected: Expected, pages: dict[str, list[Article]]) -> Pair:
    for article in pages[expected.file]:
        if plain(expected.first) in plain(article.text):
            return Pair(expected, article)
    return Pair(expected, None)


def figures(pairs: list[Pair]) -> Iterator[tuple[str, int, int]]:
    """Name, reached and wanted, for each figure."""
    known = [(pair.expected, pair.found) for pair in pairs if pair.found]
    yield "bodies", sum(pair.body for pair in pairs), 6
    yield "titles", sum(plain(e.title) == plain(f.title) for e, f in known if e.title), 5
    yield "untitled", sum(f.title is None for e, f in known if e.title is None), 1
    yield "authors", sum(tuple(e.authors) == f.authors for e, f in known), 6
    yield "affiliations", sum(e.affiliation == f.affiliation for e, f in known), 6
    headings = [{plain(heading.text) for heading in f.headings} for _, f in known]
    found = sum(
        plain(heading) in held
        for (e, _), held in zip(known, headings, strict=True)
        for heading in e.headings
    )
    yield "headings", found, 15


def test_figures_of_the_real_pages(pairs: list[Pair], show: Callable[[str], None]) -> None:
    table = list(figures(pairs))
    lines = [f"{name:14} {reached:7} {wanted:6}" for name, reached, wanted in table]
    show("\n".join([f"{'figure':14} reached wanted", *lines]))
    assert all(reached >= wanted for _, reached, wanted in table), table


def test_no_article_too_many(pages: dict[str, list[Article]], pairs: list[Pair]) -> None:
    assert sum(map(len, pages.values())) == len(pairs)


def test_no_heading_is_invented(pairs: list[Pair]) -> None:
    for one in pairs:
        assert one.found is not None
        assert {plain(heading.text) for heading in one.found.headings} == {
            plain(heading) for heading in one.expected.headings
        }


def test_nothing_but_furniture_is_left_out(pages: dict[str, list[Article]]) -> None:
    """Bylines, remarks about authors, funding notes, a mailbox, and the one pull-quote."""
    for name, articles in pages.items():
        kept = plain("".join(f"{article.title or ''}{article.text}" for article in articles))
        lines = (SHARED / "corpus" / name).read_text("utf-8").splitlines()
        left_out = [line for line in lines if plain(line.lstrip("# ")) not in kept]
        text = [line for line in left_out if line[0] not in "□（(【投"]
        # Three lines of the pull-quote aren't in the body word for word.
        assert len(text) == (3 if name.startswith("000") else 0), text
