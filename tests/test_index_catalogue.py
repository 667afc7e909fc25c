from dataclasses import replace
from datetime import date

import pytest
from conftest import make_article

from index.index import Index
from index.store.catalogue import Catalogue

FIRST = replace(
    make_article("河上有一座石桥。", authors=("陈砚秋", "李红")),
    source="云河日报",
    published="2024-05-06",
)
SECOND = replace(
    make_article("春天采茶最忙。", authors=("陳硯秋",)), source="雲河日報", published="2024-02-29"
)
THIRD = replace(make_article("没有署名。", authors=("陈砚秋",)), source=None, published=None)
FOURTH = replace(make_article("日期不对。", authors=()), source="岩浦日报", published="May 2024")


@pytest.fixture
def catalogue(index: Index) -> Catalogue:
    index.add([FIRST, SECOND, THIRD, FOURTH])
    return index.catalogue()


def test_an_author_is_one_in_simplified_and_traditional_characters(catalogue: Catalogue) -> None:
    assert catalogue.written_by("陳硯秋").tolist() == [True, True, True, False]
    assert catalogue.written_by("李红").tolist() == [True, False, False, False]
    assert not catalogue.written_by("王五").any()
    assert catalogue.authors["陈砚秋"].name == "陈砚秋"  # most articles spell it so


def test_a_source_is_too(catalogue: Catalogue) -> None:
    assert catalogue.appeared_in("云河日报").tolist() == [True, True, False, False]


def test_dates_are_inclusive_and_may_be_missing(catalogue: Catalogue) -> None:
    def between(first: date | None, last: date | None) -> list[bool]:
        return catalogue.published_between(first, last).tolist()

    assert between(date(2024, 2, 29), date(2024, 5, 6)) == [True, True, False, False]
    assert between(date(2024, 3, 1), None) == [True, False, False, False]
    assert between(None, date(2024, 3, 1)) == [False, True, False, False]
    assert catalogue.undated().tolist() == [False, False, True, True]
    assert catalogue.newest == date(2024, 5, 6)


def test_it_follows_the_library(index: Index, catalogue: Catalogue) -> None:
    assert index.catalogue() is catalogue
    index.remove([FIRST.id])
    changed = index.catalogue()
    assert (len(changed.passages), changed.newest) == (3, date(2024, 2, 29))


def test_an_empty_library_has_an_empty_one(index: Index) -> None:
    empty = index.catalogue()
    assert (len(empty.passages), empty.newest, dict(empty.authors)) == (0, None, {})
    assert empty.published_between(date(2024, 1, 1), None).tolist() == []
