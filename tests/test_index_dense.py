"""The dense index against NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.dense.search import DenseIndex
from index.types import FloatArray
from ingest.errors import ArticleNotFound

DIMENSION = 8


def unit_rows(count: int, seed: int) -> FloatArray:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


@settings(max_examples=60)
@given(st.integers(0, 20), st.integers(0, 25), st.sets(st.integers(0, 25)), st.integers(0, 99))
def test_it_finds_what_numpy_finds(count: int, k: int, gone: set[int], seed: int) -> None:
    vectors, question = unit_rows(count, seed), unit_rows(1, seed + 1)[0]
    numbers = np.arange(count) * 3 + 1
    index = DenseIndex(DIMENSION)
    index.add(numbers, vectors)
    index.remove([3 * row + 1 for row in gone])
    kept = [row for row in range(count) if row not in gone]
    expected = sorted(kept, key=lambda row: -float(vectors[row] @ question))[:k]
    found = index.search(question, k)
    assert found.numbers.tolist() == [3 * row + 1 for row in expected]
    assert found.scores == pytest.approx((vectors @ question)[expected], abs=1e-5)
    assert index.scores(question, numbers[kept]) == pytest.approx(
        (vectors @ question)[kept], abs=1e-5
    )
    assert index.count == len(kept)


@settings(max_examples=60)
@given(st.sets(st.integers(0, 25)), st.integers(0, 25), st.integers(0, 99))
def test_it_finds_the_best_of_some(among: set[int], k: int, seed: int) -> None:
    vectors, question = unit_rows(20, seed), unit_rows(1, seed + 1)[0]
    index = DenseIndex(DIMENSION)
    index.add(np.arange(20), vectors)
    expected = sorted(among & set(range(20)), key=lambda row: -float(vectors[row] @ question))[:k]
    found = index.search(question, k, np.array(sorted(among), np.int64))
    assert found.numbers.tolist() == expected
    assert found.scores == pytest.approx((vectors @ question)[expected], abs=1e-5)


def test_what_it_does_not_hold_has_no_score() -> None:
    index = DenseIndex(DIMENSION)
    index.add(np.array([1]), unit_rows(1, 0))
    with pytest.raises(ArticleNotFound):
        index.scores(unit_rows(1, 1)[0], np.array([1, 2]))


def test_without_a_gpu_the_processor_searches() -> None:
    index = DenseIndex(DIMENSION, device="auto")
    index.add(np.array([5]), unit_rows(1, 0))
    assert index.search(unit_rows(1, 0)[0], 3).numbers.tolist() == [5]
