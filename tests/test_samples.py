"""The sample pages: what they hold is what their truth says, and the questions ask about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.read import read_file
from ingest.types import Article

SAMPLES = Path(__file__).parent.parent / "samples"
TRUTH: list[dict[str, Any]] = json.loads((SAMPLES / "articles.json").read_text(encoding="utf-8"))
QUESTIONS = [
    json.loads(line)
    for line in (SAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]


def squeezed(text: str | None) -> str | None:
    return text and "".join(text.split())


def articles_of(file: str) -> list[Article]:
    return list(read_file(SAMPLES / "pages" / file).articles)


@pytest.mark.parametrize("truth", TRUTH, ids=lambda truth: truth["title"] or "untitled")
def test_an_article_is_found_as_it_was_written(truth: dict[str, Any]) -> None:
    found = [
        article
        for article in articles_of(truth["file"])
        if str(squeezed(article.text)).startswith(str(squeezed(truth["first"])))
    ]
    assert len(found) == 1
    article = found[0]
    assert squeezed(article.title) == squeezed(truth["title"])
    assert list(article.authors) == truth["authors"]
    assert squeezed(article.affiliation) == squeezed(truth["affiliation"])
    assert [squeezed(heading.text) for heading in article.headings] == [
        squeezed(heading) for heading in truth["headings"]
    ]
    assert str(squeezed(article.text)).endswith(str(squeezed(truth["last"])))


@pytest.mark.parametrize("page", sorted({truth["file"] for truth in TRUTH}))
def test_a_page_holds_no_other_articles(page: str) -> None:
    assert len(articles_of(page)) == sum(truth["file"] == page for truth in TRUTH)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
def test_a_question_has_its_evidence_in_one_article(question: dict[str, Any]) -> None:
    texts = [
        str(squeezed(article.text))
        for page in sorted({truth["file"] for truth in TRUTH})
        for article in articles_of(page)
    ]
    evidence = squeezed(question["evidence"])
    assert sum(bool(evidence) and evidence in text for text in texts) == question["answerable"]
