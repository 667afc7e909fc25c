"""Reading articles: one, those of some passages, all."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import make_article

from index.index import Index
from ingest.errors import ArticleNotFound
from ingest.types import Article


def article(number: int) -> Article:
    headings = [f"其{position}：{number}" for position in range(number % 4)]
    parts = [f"{heading}\n{heading}的正文。" for heading in headings]
    text = "\n".join([f"第{number}篇的开头。", *parts])
    made = make_article(text, title=f"第{number}篇", headings=headings)
    return replace(made, path=f"{number % 3}.txt", notes=("注",) * (number % 2))


ARTICLES = [article(number) for number in range(600)]  # more than are read at a time


@pytest.fixture
def index(open_index: Callable[[], Index]) -> Index:
    index = open_index()
    index.add(ARTICLES)
    return index


def test_all_are_read_whole_and_in_the_order_of_their_files(index: Index) -> None:
    expected = sorted(ARTICLES, key=lambda one: one.path)
    assert list(index.each_article()) == expected
    assert index.articles() == expected


def test_what_is_removed_before_its_turn_is_left_out(index: Index) -> None:
    each = index.each_article()
    first = next(each)
    last = max(ARTICLES, key=lambda one: one.path)
    index.remove([last.id])
    rest = list(each)
    assert len(rest) == len(ARTICLES) - 2
    assert not {first.id, last.id} & {one.id for one in rest}


def test_passages_come_each_with_its_article(index: Index) -> None:
    numbers = index.catalogue().passages_of(index.catalogue().held)[::-7]
    located = index.located(numbers)
    assert [one.passage for one in located] == index.passages(numbers)
    for one in located:
        [article] = index.numbered([one.article])
        assert one.passage.article_id == article.id
        assert one.language == article.language
        assert article in ARTICLES
    with pytest.raises(ArticleNotFound):
        index.located([*numbers, 10**6])
    assert index.located([]) == []


def test_articles_by_their_numbers_in_the_catalogue(index: Index) -> None:
    numbers = index.catalogue().numbers[[5, 2, 9]].tolist()
    assert index.numbered(numbers) == [ARTICLES[5], ARTICLES[2], ARTICLES[9]]
    index.remove([ARTICLES[2].id])
    assert index.numbered(numbers) == [ARTICLES[5], ARTICLES[9]]
