import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from retriever.fuse import fuse, z_scores

SCORES = arrays.arrays(
    np.float32, st.integers(0, 20), elements=st.floats(-100, 100, width=32, allow_subnormal=False)
)


@given(SCORES)
def test_z_scores_keep_the_order_and_have_no_scale(scores: np.ndarray) -> None:
    z = z_scores(scores)
    assert z.shape == scores.shape
    assert np.isfinite(z).all()
    assert (np.diff(z[np.argsort(scores, kind="stable")]) >= -1e-4).all()


def test_equal_scores_tell_nothing() -> None:
    assert z_scores(np.full(3, 7, dtype=np.float32)).tolist() == [0, 0, 0]


def test_within_a_language_words_outweigh_vectors() -> None:
    lexical = np.array([0.9, 0.1, 0.1], dtype=np.float32)
    dense = np.array([0.1, 0.9, 0.1], dtype=np.float32)
    fused = fuse(lexical, dense, np.zeros(3, np.float32), np.array([True, True, True]))
    assert fused.argmax() == 0


def test_across_languages_vectors_outweigh_words() -> None:
    lexical = np.array([0.2, 0.0, 0.0], dtype=np.float32)
    dense = np.array([0.1, 0.9, 0.1], dtype=np.float32)
    fused = fuse(lexical, dense, dense, np.array([False, False, False]))
    assert fused.argmax() == 1


def test_a_name_still_matches_across_languages() -> None:
    lexical = np.array([0.3, 0.0, 0.0], dtype=np.float32)
    dense = np.array([0.50, 0.51, 0.2], dtype=np.float32)
    fused = fuse(lexical, dense, dense, np.array([False, False, False]))
    assert fused.argmax() == 0


def test_words_that_cannot_match_do_not_count_against_a_passage() -> None:
    """A passage in another language isn't pulled down by the words of those in the question's."""
    lexical = np.array([0.5, 0.4, 0.0, 0.0], dtype=np.float32)
    dense = np.array([0.1, 0.1, 0.9, 0.1], dtype=np.float32)
    same = np.array([True, True, False, False])
    other_words = np.array([50, 40, 0, 0], dtype=np.float32)
    tokens = np.zeros(4, np.float32)
    assert fuse(lexical, dense, tokens, same)[2] == pytest.approx(
        fuse(other_words, dense, tokens, same)[2]
    )
