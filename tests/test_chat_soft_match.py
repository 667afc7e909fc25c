import numpy as np
import pytest

from chat.soft_match import best_matches

X, Y = np.eye(2, dtype=np.float32)
BETWEEN = (X + Y) / np.float32(np.sqrt(2))


def test_every_token_counts_with_its_best_match() -> None:
    matches = best_matches(np.stack([X, Y]), [np.stack([BETWEEN, X]), Y[None]])
    assert matches == pytest.approx(np.array([[1, 0.5], [0, 1]]))


def test_weak_matches_count_for_nothing() -> None:
    nearly_other = np.array([[0.28, 0.96]], dtype=np.float32)  # squared cosine 0.08
    assert best_matches(X[None], [nearly_other]).tolist() == [[0]]


def test_opposite_tokens_do_not_match() -> None:
    assert best_matches(X[None], [-X[None]]).tolist() == [[0]]


def test_nothing_matches_nothing() -> None:
    none = np.zeros((0, 2), dtype=np.float32)
    assert best_matches(none, [X[None]]).shape == (1, 0)
    assert best_matches(X[None], [none, X[None], none]).tolist() == [[0], [1], [0]]
    assert best_matches(X[None], []).shape == (0, 1)
