from collections.abc import Callable, Sequence

import numpy as np
import pytest
from conftest import BigramEmbedder, make_article

from index.index import Index
from index.types import FloatArray
from retriever.maxsim import TokenEmbedder
from retriever.retriever import Retriever

FERRY = make_article("渡船每天开十班，票价两元。", title="渡船")
BRIDGE = make_article("大桥全长三百米，去年通车。", title="大桥")
LIBRARY = make_article("The library lends ladders to 1150 members.", title="Ladders", language="en")
BOAT = make_article("The boat runs ten times a day.", title="Boat", language="en")


class OneToken(BigramEmbedder):
    """Takes all texts for the same; of tokens it knows one, which both languages share."""

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        return np.full((len(texts), self.dimension), self.dimension**-0.5, dtype=np.float32)

    def token_vectors(self, text: str) -> FloatArray:
        known = "梯子" in text or "ladder" in text
        return np.ones((int(known), 1), dtype=np.float32)

    def token_weights(self, text: str) -> FloatArray:
        return np.ones(len(self.token_vectors(text)), dtype=np.float32)


@pytest.fixture
def retriever(index: Index, embedder: BigramEmbedder) -> Retriever:
    index.add([FERRY, BRIDGE, LIBRARY, BOAT])
    return Retriever(index, embedder)


def test_the_passage_that_answers_comes_first(retriever: Retriever) -> None:
    hits = retriever.search("渡船的票价是多少？")
    assert hits[0].article == FERRY
    assert "两元" in hits[0].text
    assert hits[0].lexical > hits[1].lexical
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize(("k", "count"), [(0, 0), (1, 1), (2, 2), (8, 4)])
def test_no_more_than_asked_for(retriever: Retriever, k: int, count: int) -> None:
    assert len(retriever.search("大桥", k)) == count


def test_a_search_always_gives_the_same(retriever: Retriever) -> None:
    assert retriever.search("没有相同的词") == retriever.search("没有相同的词")


def test_numbers_match_across_languages(retriever: Retriever) -> None:
    articles = [hit.article for hit in retriever.search("1150 是谁？")]
    assert articles.index(LIBRARY) < articles.index(BOAT)


def test_tokens_match_across_languages(open_index: Callable[[], Index]) -> None:
    embedder = OneToken()
    assert isinstance(embedder, TokenEmbedder)
    index = open_index()
    index.add([LIBRARY, BOAT])
    assert Retriever(index, embedder).search("谁借梯子？", 1)[0].article == LIBRARY


def test_an_empty_library_gives_nothing(index: Index, embedder: BigramEmbedder) -> None:
    assert Retriever(index, embedder).search("渡船？") == []
