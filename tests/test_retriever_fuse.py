import numpy as np
import pytest

from index.types import FloatArray
from retriever.fuse import fuse


def scores(*values: float) -> FloatArray:
    return np.array(values, np.float32)


def test_the_two_are_added_by_their_shares() -> None:
    fused = fuse(scores(0.5, 0, 1), scores(0.1, 0.9, -0.5), 0.2)
    assert fused == pytest.approx([0.42, 0.18, 0.7])


def test_words_decide_where_they_are_found() -> None:
    assert fuse(scores(0.8, 0.3), scores(0.2, 0.6)).argmax() == 0


def test_meaning_decides_where_hardly_any_word_is_found() -> None:
    assert fuse(scores(0.08, 0.03), scores(0.2, 0.6)).argmax() == 1


def test_no_candidates_have_no_scores() -> None:
    assert len(fuse(scores(), scores())) == 0
