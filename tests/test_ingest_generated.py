"""Pages made out of articles with known truth, in every layout that the generator knows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from page_generator import generate_pages
from page_scores import PageOutcome, compact, compare, share, table

SEED = 424242  # the parser was written without looking at pages of this seed
PAGES = 200
ENOUGH = 0.97


@pytest.fixture(scope="module")
def results(show: Callable[[str], None]) -> list[PageOutcome]:
    found = [compare(page) for page in generate_pages(SEED, PAGES)]
    show(table(outcome for result in found for outcome in result.articles))
    show(f"articles that don't exist: {sum(result.invented for result in found)}")
    return found


@pytest.mark.parametrize("part", ["body", "title", "authors"])
def test_enough_articles_are_right(results: list[PageOutcome], part: str) -> None:
    outcomes = [outcome for result in results for outcome in result.articles]
    assert share([getattr(outcome, part) for outcome in outcomes]) >= ENOUGH


def test_few_articles_are_invented(results: list[PageOutcome]) -> None:
    articles = sum(len(result.articles) for result in results)
    assert sum(result.invented for result in results) <= (1 - ENOUGH) * articles


def test_pages_are_the_same_for_the_same_seed() -> None:
    assert list(generate_pages(3, 5)) == list(generate_pages(3, 5))
    assert list(generate_pages(3, 5)) != list(generate_pages(4, 5))


def test_a_page_holds_every_character_of_its_articles() -> None:
    for page in generate_pages(5, 40):
        text = compact(page.text)
        for article in page.truth:
            assert compact(article.title) in text
            assert all(heading in article.paragraphs for heading in article.headings)
            missing = [line for line in article.paragraphs if compact(line)[:9] not in text]
            assert not missing
