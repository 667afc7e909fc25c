"""Which signatures are alike, among many."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.store.likeness import MOST, Likeness
from ingest.dedupe import BANDS, LEAST_BANDS


@given(
    st.integers(0, 1000),
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40)), max_size=12),
)
def test_it_finds_what_looking_at_all_finds(seed: int, steps: list[tuple[int, int]]) -> None:
    choose = np.random.default_rng(seed)
    likeness = Likeness()
    bands = choose.integers(
        0, 6, (sum(size for size, _ in steps), BANDS)
    )  # so few kinds that many have some in common
    start = 0
    for size, asked_meanwhile in steps:
        articles = list(range(start, start + size))
        likeness.add([1000 + article for article in articles], bands[articles])
        likeness.alike(bands[:asked_meanwhile])  # the more are asked for, the more it sorts
        start += size
    asked = choose.integers(0, 6, (3, BANDS))
    for row, found in zip(asked, likeness.alike(asked), strict=True):
        common = (bands == row).sum(axis=1)
        enough = [article for article in range(len(bands)) if common[article] >= LEAST_BANDS]
        wanted = sorted(enough, key=lambda article: (-common[article], article))[:MOST]
        assert found == [1000 + article for article in wanted]


def test_of_nothing_nothing_is_asked() -> None:
    assert Likeness().alike(np.empty((0, BANDS), np.int64)) == []
    assert Likeness().alike(np.zeros((2, BANDS), np.int64)) == [[], []]
