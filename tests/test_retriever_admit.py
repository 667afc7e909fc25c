"""Searching with filters: what passes, and that the best of it are found."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from conftest import BigramEmbedder, make_article

from index.index import Index
from ingest.types import Article
from retriever.admit import admitted
from retriever.retriever import Retriever
from retriever.types import Filter, Query

SUBJECTS = ("渡船", "石桥", "采茶", "节水", "湿地")


def article(number: int, author: str, source: str | None, published: str | None) -> Article:
    text = f"{SUBJECTS[number % 5]}的第{number}条消息。{'渡船票价两元。' * (number % 3)}"
    made = make_article(text, title=f"消息{number}", authors=(author,))
    return replace(made, source=source, published=published)


ARTICLES = [
    article(number, ("陈砚秋", "李红")[number % 2], "云河日报", f"2023-0{1 + number % 9}-15")
    for number in range(150)
]
UNDATED = article(150, "趙長風", "嵐港晚報", None)
QUOTING = replace(
    make_article("渡船的票价，陳硯秋認為太高。", title="票价", authors=("张望舒",)),
    published="2024-01-01",
)


@pytest.fixture
def index(index: Index) -> Index:
    index.add([*ARTICLES, UNDATED, QUOTING])
    return index


def titles(index: Index, *filters: Filter) -> set[str | None]:
    """Of the articles that pass."""
    among = admitted(filters, index)
    assert among is not None
    return {index.article(passage.article_id).title for passage in index.passages(among)}


def of(*articles: Article) -> set[str | None]:
    return {one.title for one in articles}


def test_without_filters_everything_passes(index: Index) -> None:
    assert admitted((), index) is None


def test_an_author_wrote_it_or_may_be_quoted(index: Index) -> None:
    name = "陈砚秋"
    assert titles(index, Filter("author", name, name)) == of(*ARTICLES[::2])
    assert titles(index, Filter("author", name, name, strict=False)) == of(*ARTICLES[::2], QUOTING)


def test_a_source_printed_it(index: Index) -> None:
    assert titles(index, Filter("source", "岚港晚报", "")) == of(UNDATED)


def test_an_article_without_a_date_may_tell_what_happened_since(index: Index) -> None:
    since = Filter("published", "2023-10-01/..", "")
    assert titles(index, since) == of(QUOTING)
    assert titles(index, replace(since, strict=False)) == of(QUOTING, UNDATED)


def test_filters_of_a_kind_are_alternatives_and_kinds_are_not(index: Index) -> None:
    months = [Filter("published", f"2023-0{n}-01/2023-0{n}-28", "") for n in (1, 2)]
    passing = [n for n in range(150) if n % 9 < 2 and n % 2]
    expected = of(*(ARTICLES[n] for n in passing))
    assert titles(index, *months, Filter("author", "李红", "")) == expected


@pytest.mark.parametrize(
    "condition",
    [
        Filter("author", "李红", ""),
        Filter("published", "2023-03-01/2023-03-31", ""),
        Filter("published", "2023-01-01/2023-12-31", ""),
        Filter("author", "张望舒", ""),
    ],
)
def test_the_best_of_what_passes_are_found(
    index: Index, embedder: BigramEmbedder, condition: Filter
) -> None:
    retriever = Retriever(index, embedder)
    query = Query("渡船的票价是多少？", (condition,))
    among = admitted(query.filters, index)
    assert among is not None
    found = retriever.candidates(query)
    assert set(found.numbers.tolist()) <= set(among.tolist())
    best = index.lexical_scores(query.text, among).max()
    assert found.lexical.max() == pytest.approx(best)
    nearest = index.dense_scores(embedder.encode_queries([query.text])[0], among).max()
    assert found.dense.max() == pytest.approx(nearest, abs=1e-5)
    hits = retriever.search(query, 10)
    assert len(hits) == min(10, len(np.unique(among)))


def test_the_question_is_understood_and_searched(index: Index, embedder: BigramEmbedder) -> None:
    retriever = Retriever(index, embedder)
    question = "李红写的文章里，渡船的票价是多少？"
    query = retriever.understand(question, today=date(2026, 7, 1))
    assert {hit.article.authors for hit in retriever.search(query)} == {("李红",)}
    [without] = [retriever.understand(question, without=["author:李红"])]
    assert without == Query(question)


def test_a_filter_that_nothing_passes_finds_nothing(index: Index, embedder: BigramEmbedder) -> None:
    query = Query("渡船？", (Filter("author", "无名氏", "无名氏写的"),))
    assert Retriever(index, embedder).search(query) == []


def test_what_a_reprint_says_of_itself_admits_the_article_that_it_repeats(index: Index) -> None:
    text = "渡船的票价从下月起改为三元，学生和老人半价，旧票可以用到年底，退票到码头窗口办理。" * 2
    first = replace(make_article(text, title="票价三元"), source="云河日报")
    again = replace(make_article(text, title="又", authors=("周野",)), source="湖畔周刊")
    index.add([first, again])
    by, of_weekly = Filter("author", "周野", "周野"), Filter("source", "湖畔周刊", "湖畔周刊")
    assert titles(index, by) == titles(index, by, of_weekly) == of(first)
    assert titles(index, by, Filter("source", "云河日报", "云河日报")) == set()
    both = admitted([Filter("author", "王五", "王五"), by], index)
    assert both is not None
    assert len(both) == 1
