"""The list of articles gives what going through all of them would."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from conftest import BigramEmbedder, make_article
from hypothesis import given, settings
from hypothesis import strategies as st

from index.index import Index
from index.store.edits import Edit, Filed
from index.store.listing import LENGTHS, ORDERS, Counted, Listing, Wanted
from index.store.store import Store
from index.tokens import normalise
from ingest.types import Article

TITLES = ("石桥", "渡船", "Wells and bridges", "雲河的橋", None, "阿姨", "中国")
AUTHORS = ((), ("王五",), ("王五", "赵六"), ("Ada Reed",), ("王五", "王五"))
SOURCES = ("青石日报", "Gazette", None)
DATES = ("2023-12-31", "2024-01-01", "2024-05-06", "2024-05-07", None)


def open_store(folder: Path) -> Store:
    return Store(folder, embedder=BigramEmbedder.name, dimension=64, create=True)


def make_articles(count: int) -> list[Article]:
    chance = random.Random(7)
    return [
        replace(
            make_article(
                f"{number}。" + "河" * chance.choice((3, 600, 1700)),
                title=chance.choice(TITLES),
                authors=chance.choice(AUTHORS),
            ),
            source=chance.choice(SOURCES),
            published=chance.choice(DATES),
        )
        for number in range(count)
    ]


ARTICLES = dict(enumerate(make_articles(60), 1))  # by the numbers that the store gives


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listing]:
    store = open_store(tmp_path_factory.mktemp("library"))
    store.write(Edit(filed=[Filed(article) for article in ARTICLES.values()]))
    listing = Listing(store)
    yield listing
    listing.close()
    store.close()


def words_of(article: Article) -> str:
    label = article.label.strip("〔…〕")  # what stands around the first words isn't searched
    return normalise("\n".join([label, *article.authors, article.source or ""]))


def is_wanted(article: Article, wanted: Wanted) -> bool:
    date = article.published or ""
    return (
        all(word in words_of(article) for word in normalise(wanted.query).split())
        and (not wanted.author or wanted.author in article.authors)
        and (not wanted.source or wanted.source == article.source)
        and (not wanted.since or date >= wanted.since)
        and (not wanted.until or "" < date <= wanted.until)
    )


def ordered(numbers: Sequence[int], order: str) -> list[int]:
    def place(number: int) -> tuple[object, ...]:
        article = ARTICLES[number]
        match order:
            case "title":
                return (words_of(article).encode("gb18030"), number)
            case "length":
                return (-len(article.text), -number)
            case "oldest":
                return (article.published or "~", number)
        return (article.published or "", number)

    return sorted(numbers, key=place, reverse=order == "newest")


@settings(max_examples=300)
@given(
    st.builds(
        Wanted,
        query=st.sampled_from(
            ["", "桥", "橋", "BRIDGES wells", "王五 渡", "1。河", "没有", "'; --", "%"]
        ),
        author=st.sampled_from(["", "王五", "赵六", "王", "ada reed"]),
        source=st.sampled_from(["", "青石日报", "青石"]),
        since=st.sampled_from(["", "2024-01-01", "2025-01-01"]),
        until=st.sampled_from(["", "2023-12-31", "2024-05-06"]),
        order=st.sampled_from(ORDERS),
        offset=st.integers(0, 70),
        limit=st.integers(1, 70),
    )
)
def test_what_is_listed_is_what_is_wanted(listing: Listing, wanted: Wanted) -> None:
    found = ordered([n for n, one in ARTICLES.items() if is_wanted(one, wanted)], wanted.order)
    listed = listing.find(wanted)
    assert listed.total == len(found)
    assert list(listed.numbers) == found[wanted.offset :][: wanted.limit]


def test_chinese_titles_are_sorted_by_their_sound(listing: Listing) -> None:
    labels = [ARTICLES[n].label for n in listing.find(Wanted(order="title", limit=60)).numbers]
    order = [label for label in dict.fromkeys(labels) if label in {"阿姨", "渡船", "石桥", "中国"}]
    assert order == ["阿姨", "渡船", "石桥", "中国"]


def test_an_unknown_order_is_none(listing: Listing) -> None:
    with pytest.raises(KeyError):
        listing.find(Wanted(order="best"))


def test_everything_is_counted(listing: Listing) -> None:
    told = listing.statistics()
    every = ARTICLES.values()
    assert told.articles == len(every)
    assert told.characters == sum(len(one.text) for one in every)
    assert told.undated == sum(one.published is None for one in every)
    months = Counter(one.published[:7] for one in every if one.published)
    assert told.months == [Counted(*pair) for pair in sorted(months.items())]
    authors = Counter(author for one in every for author in set(one.authors))
    assert {one.name: one.articles for one in told.authors} == authors
    assert [one.articles for one in told.authors] == sorted(authors.values(), reverse=True)
    assert {one.name: one.articles for one in told.sources} == Counter(
        one.source for one in every if one.source
    )
    least = Counter(max(each for each in LENGTHS if each <= len(one.text)) for one in every)
    assert {int(one.name): one.articles for one in told.lengths} == {
        each: least[each] for each in LENGTHS
    }
    assert listing.statistics() is told  # nothing has been written


@settings(max_examples=20)
@given(st.lists(st.sampled_from(["add", "remove", "change"]), max_size=8))
def test_it_follows_what_is_written(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    store = open_store(tmp_path_factory.mktemp("library"))
    listing = Listing(store)
    titles: list[str] = []
    for number, step in enumerate(steps):
        ids = {article.title: article.id for article in store.read_articles(EVERY)}
        if step == "add" or not titles:
            titles.append(f"第{number}篇")
            article = make_article(f"{number}。", title=titles[-1])
            store.write(Edit(filed=[Filed(article)]))
        elif step == "remove":
            store.write(Edit(gone=[store.number(ids[titles.pop(0)])]))
        else:
            article = replace(store.article(ids[titles[0]]), authors=("新人",))
            store.write(Edit(filed=[Filed(article)]))
        listed = store.numbered(listing.find(Wanted()).numbers)
        assert {article.title for article in listed.values()} == set(titles)
        changed = listing.find(Wanted(author="新人")).total
        assert changed == sum(one.authors == ("新人",) for one in listed.values())
        assert listing.statistics().articles == len(titles)
    listing.close()
    store.close()


EVERY = """
    SELECT number, id, title, authors, affiliation, source, page, published, language, text, path,
        subtitle, notes, guessed FROM articles
"""


def test_a_library_lists_what_others_have_written(tmp_path: Path) -> None:
    opened = partial(Index.open, tmp_path / "library", BigramEmbedder())
    with opened(create=True) as index, opened() as other:
        assert other.listed(Wanted()).total == 0
        index.add(ARTICLES[number] for number in (1, 2, 3))
        assert other.listed(Wanted()).total == 3 == other.statistics().articles
        index.remove([ARTICLES[2].id])
        found = other.numbered(other.listed(Wanted(order="title")).numbers)
        assert {article.id for article in found} == {ARTICLES[1].id, ARTICLES[3].id}
