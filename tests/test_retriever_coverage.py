from collections.abc import Sequence

import numpy as np
import pytest
from conftest import BigramEmbedder

from index.types import FloatArray
from retriever.coverage import Coverage, by_meaning, by_pairs, by_words


def rare_last(word: str) -> float:
    return {"面积": 3.0, "人口": 1.0}.get(word, 0.0)


class WordEmbedder(BigramEmbedder):
    """Two words of each of two languages, with their meanings; ``alike`` is between them."""

    meanings = (("population", 0), ("人口", 0), ("area", 1), ("面积", 1))

    def best_cosines(self, question: str, texts: Sequence[str]) -> FloatArray:
        asked = [meaning for word, meaning in self.meanings if word in question]
        rows = [
            [max((self.cosine(one, m) for w, m in self.meanings if w in text), default=-1.0)
             for one in asked]
            for text in texts
        ]  # fmt: skip
        return np.array(rows, dtype=np.float32).reshape(len(texts), len(asked))

    def cosine(self, one: int, other: int) -> float:
        return 1.0 if one == other else 0.2

    def token_weights(self, text: str) -> FloatArray:
        return np.ones(sum(word in text for word, _ in self.meanings), dtype=np.float32)


def test_rare_words_count_more() -> None:
    coverage = by_words(
        "面积和人口是多少？", ["面积很大。", "人口很多。", "面积和人口。", ""], rare_last
    )
    assert coverage.shares() == pytest.approx([0.75, 0.25, 1, 0])


def test_a_western_word_matches_only_as_a_whole() -> None:
    coverage = by_words("What is AI?", ["Paid in full.", "AI helps."], lambda word: 1.0)
    assert coverage.shares() == pytest.approx([0, 1])


def test_traditional_characters_match_simplified_ones() -> None:
    assert by_words("面積多大？", ["面积很大。"], lambda word: 1.0).shares()[0] > 0


def test_words_that_only_one_text_has_tell_it_from_the_others() -> None:
    coverage = Coverage(
        np.array([[1, 1], [1, 0], [1, 0]], dtype=np.float32), np.ones(2, dtype=np.float32)
    )
    shares, telling = coverage.shares(), coverage.telling().shares()
    assert telling[1] < shares[1]
    assert telling[0] == pytest.approx(1)


def test_the_end_or_the_start_of_a_question_can_count_most() -> None:
    coverage = Coverage(np.eye(2, dtype=np.float32), np.ones(2, dtype=np.float32))
    first, last = coverage.near_the_end().shares()
    assert last > first
    first, last = coverage.near_the_start().shares()
    assert first > last


def test_a_single_term_counts_at_both_ends() -> None:
    coverage = Coverage(np.ones((1, 1), dtype=np.float32), np.ones(1, dtype=np.float32))
    assert coverage.near_the_end().shares() == pytest.approx([1])
    assert coverage.near_the_start().shares() == pytest.approx([1])


def test_two_texts_cover_together_what_either_covers() -> None:
    coverage = Coverage(np.eye(2, dtype=np.float32), np.ones(2, dtype=np.float32))
    assert coverage.joined(np.array([0, 0])).shares() == pytest.approx([0.5, 1])


def test_pairs_of_characters_count_where_words_are_cut_otherwise() -> None:
    shares = by_pairs("大桥全长多少？", ["桥全长三百米", "大桥很长", "水"]).shares()
    assert shares[0] > shares[1] > shares[2] == 0


def test_tokens_match_across_languages_and_weak_matches_count_for_nothing() -> None:
    coverage = by_meaning("population, area", ["人口很多。", "别的。"], WordEmbedder())
    assert coverage.shares() == pytest.approx([0.5, 0])


@pytest.mark.parametrize("texts", [["桥上有人。", "别的。"], ["一句。"]])
def test_an_embedder_without_tokens_compares_the_whole(texts: Sequence[str]) -> None:
    shares = by_meaning("桥上有人。", texts, BigramEmbedder()).shares()
    assert len(shares) == len(texts)
    assert ((shares >= 0) & (shares <= 1 + 1e-6)).all()
