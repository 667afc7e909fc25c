from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import BigramEmbedder, make_article

from index.index import Index
from index.types import FloatArray, IntArray, Ranking, Translation
from ingest.errors import ArticleNotFound
from ingest.types import Article
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


class Ahead(Index):
    """A library whose terms are ahead of what is read, some times: somebody has just written."""

    times = 0

    def search_lexical(self, question: str, k: int, among: IntArray | None = None) -> Ranking:
        found = super().search_lexical(question, k, among)
        if not self.times:
            return found
        self.times -= 1
        return Ranking(np.append(found.numbers, 10**6), np.append(found.scores, np.float32(0)))


@pytest.fixture
def ahead(index: Index, embedder: BigramEmbedder, tmp_path: Path) -> Iterator[Ahead]:
    index.add([FERRY, BRIDGE])
    with Ahead.open(tmp_path / "library", embedder) as ahead:
        yield ahead


def test_what_is_not_there_yet_is_searched_for_again(
    ahead: Ahead, embedder: BigramEmbedder
) -> None:
    ahead.times = TRIES - 1
    hits = Retriever(ahead, embedder).search(Query("渡船"))
    assert {hit.article for hit in hits} == {FERRY, BRIDGE}


def test_a_search_ends_though_what_it_finds_is_never_there(
    ahead: Ahead, embedder: BigramEmbedder
) -> None:
    ahead.times = 10 * TRIES
    with pytest.raises(ArticleNotFound, match="search again"):
        Retriever(ahead, embedder).search(Query("渡船"))


class Removing(Index):
    """A library that somebody else takes articles from in the middle of each search."""

    other: Index
    victims: list[Article]

    def search_dense(self, vector: FloatArray, k: int, among: IntArray | None = None) -> Ranking:
        if self.victims:
            self.other.remove([self.victims.pop().id])
        return super().search_dense(vector, k, among)


def test_a_search_sees_one_state_of_the_library(
    index: Index, embedder: BigramEmbedder, tmp_path: Path
) -> None:
    index.add([FERRY, BRIDGE])
    with Removing.open(tmp_path / "library", embedder) as removing:
        removing.other, removing.victims = index, [BRIDGE]
        retriever = Retriever(removing, embedder)
        hits = retriever.search(Query("渡船的票价"))
        assert {hit.article for hit in hits} == {FERRY, BRIDGE}
        hits = retriever.search(Query("渡船的票价"))
        assert {hit.article for hit in hits} == {FERRY}
