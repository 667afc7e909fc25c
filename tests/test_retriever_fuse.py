import numpy as np
import pytest

from index.types import FloatArray
from retriever.fuse import fuse


def scores(*values: float) -> FloatArray:
    return np.array(values, np.float32)


def within(lexical: FloatArray, dense: FloatArray, trust: float = 3.0) -> FloatArray:
    return fuse(lexical, dense, np.ones(len(dense), np.bool_), trust)


def test_the_share_of_the_meaning_falls_with_the_best_match_of_words() -> None:
    fused = within(scores(0.5, 0, 0.2), scores(0.1, 0.9, -0.5), trust=2)  # a quarter, by 1 - 0.5
    assert fused == pytest.approx([0.4, 0.225, 0.025])


@pytest.mark.parametrize(("trust", "expected"), [(0, [0.2, 0.6]), (np.inf, [0.8, 0.3])])
def test_the_extremes_are_meaning_and_words_alone(trust: float, expected: list[float]) -> None:
    assert within(scores(0.8, 0.3), scores(0.2, 0.6), trust) == pytest.approx(expected)


def test_words_decide_where_they_are_found() -> None:
    assert within(scores(0.8, 0.3), scores(0.2, 0.6)).argmax() == 0


def test_meaning_decides_where_hardly_any_word_is_found() -> None:
    assert within(scores(0.08, 0.03), scores(0.2, 0.6)).argmax() == 1


def test_between_languages_the_share_is_the_same_for_every_question() -> None:
    same = np.array([True, False, False])
    fused = fuse(scores(1, 0.5, 0.1), scores(0.1, 0.2, 0.4), same, across=0.3)
    assert fused == pytest.approx([1, 0.41, 0.19])


def test_no_candidates_have_no_scores() -> None:
    assert len(within(scores(), scores())) == 0
