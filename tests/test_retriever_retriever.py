from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from conftest import BigramEmbedder, make_article

from index.index import Index
from index.types import IntArray, Translation
from ingest.errors import ArticleNotFound
from ingest.types import Article, Passage
from retriever.retriever import TRIES, Retriever
from retriever.translate import Translator
from retriever.types import Query

FERRY = make_article("渡船每天开十班，票价两元。", title="渡船")
BRIDGE = make_article("大桥全长三百米，去年通车。", title="大桥")
LIBRARY = make_article("The library lends ladders to 1150 members.", title="Ladders", language="en")
BOAT = make_article("The boat runs ten times a day.", title="Boat", language="en")


class Dictionary(BigramEmbedder):
    """Knows one word's translation, and takes no tokens apart."""

    def translate(self, text: str) -> list[list[Translation]]:
        if "梯子" in text:
            return [[Translation("ladder", 0.8), Translation("stairs", 0.2)]]
        if text.startswith("ladder"):
            return [[Translation("梯子", 0.9)]]
        return [[Translation(text, 1.0)]]


@pytest.fixture
def retriever(index: Index, embedder: BigramEmbedder) -> Retriever:
    index.add([FERRY, BRIDGE, LIBRARY, BOAT])
    return Retriever(index, embedder)


def test_the_passage_that_answers_comes_first(retriever: Retriever) -> None:
    hits = retriever.search(Query("渡船的票价是多少？"))
    assert hits[0].article == FERRY
    assert "两元" in hits[0].text
    assert hits[0].lexical > hits[1].lexical
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize(("k", "count"), [(0, 0), (1, 1), (2, 2), (8, 4)])
def test_no_more_than_asked_for(retriever: Retriever, k: int, count: int) -> None:
    assert len(retriever.search(Query("大桥"), k)) == count


def test_a_search_always_gives_the_same(retriever: Retriever) -> None:
    assert retriever.search(Query("没有相同的词")) == retriever.search(Query("没有相同的词"))


def test_numbers_match_across_languages(retriever: Retriever) -> None:
    articles = [hit.article for hit in retriever.search(Query("1150 是谁？"))]
    assert articles.index(LIBRARY) < articles.index(BOAT)


def test_translations_match_across_languages(open_index: Callable[[], Index]) -> None:
    embedder = Dictionary()
    assert isinstance(embedder, Translator)
    index = open_index()
    chinese = make_article("图书馆出借梯子。", title="出借")
    index.add([FERRY, BOAT, BRIDGE, chinese, LIBRARY])
    retriever = Retriever(index, embedder)
    other = [hit for hit in retriever.search(Query("谁借梯子？")) if hit.article.language == "en"]
    assert other[0].article == LIBRARY
    assert other[0].lexical > other[1].lexical == 0
    matched = [hit.article for hit in retriever.search(Query("Who lends ladders?")) if hit.lexical]
    assert matched == [LIBRARY, chinese]


def test_one_passage_is_found(open_index: Callable[[], Index]) -> None:
    index = open_index()
    index.add([LIBRARY])
    [hit] = Retriever(index, Dictionary()).search(Query("谁借梯子？"))
    assert 0 < hit.lexical < 1


def test_a_question_of_nothing_is_answered_by_anything(open_index: Callable[[], Index]) -> None:
    index = open_index()
    index.add([LIBRARY, FERRY])
    assert len(Retriever(index, Dictionary()).search(Query("？"))) == 2


def test_an_empty_library_gives_nothing(index: Index, embedder: BigramEmbedder) -> None:
    assert Retriever(index, embedder).search(Query("渡船？")) == []


def test_a_hit_names_the_reprints_of_its_article(index: Index, embedder: BigramEmbedder) -> None:
    text = (
        f"{FERRY.text}码头的售票窗口早晨六点打开，晚上九点关门，节假日提前半小时，另有夜班船两趟。"
        * 2
    )
    first, again = (make_article(text, title=title) for title in ("渡船", "水上交通"))
    index.add([first, BRIDGE, again])
    hits = Retriever(index, embedder).search(Query("渡船的票价是多少？"))
    assert [(hit.article, hit.printed_in) for hit in hits] == [
        (first, (first, again)),
        (BRIDGE, (BRIDGE,)),
    ]


class Losing(Index):
    """A library of which somebody else removes articles just before they are read, one a time."""

    victims: list[Article]
    other: Index

    def read(self, numbers: Sequence[int] | IntArray) -> list[tuple[Passage, Article]]:
        if self.victims:
            self.other.remove([self.victims.pop().id])
        return super().read(numbers)


@pytest.fixture
def losing(
    open_index: Callable[[], Index], embedder: BigramEmbedder, tmp_path: Path
) -> Iterator[Losing]:
    other = open_index()
    other.add([FERRY, BRIDGE, *(make_article(f"渡船{number}号。") for number in range(TRIES))])
    with Losing.open(tmp_path / "library", embedder) as index:
        index.other, index.victims = other, []
        yield index


def test_what_is_removed_before_it_is_read_is_searched_for_again(
    losing: Losing, embedder: BigramEmbedder
) -> None:
    removed = [article for article in losing.articles() if article not in {FERRY, BRIDGE}]
    losing.victims = removed[: TRIES - 1]
    hits = Retriever(losing, embedder).search(Query("渡船"))
    assert {hit.article for hit in hits} == {FERRY, BRIDGE, removed[-1]}


def test_a_search_ends_though_all_that_it_finds_is_removed(
    losing: Losing, embedder: BigramEmbedder
) -> None:
    losing.victims = losing.articles()
    with pytest.raises(ArticleNotFound, match="search again"):
        Retriever(losing, embedder).search(Query("渡船"))
