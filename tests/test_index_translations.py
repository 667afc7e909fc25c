from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.static import Translations, unit
from index.training.ragged import Ragged
from index.training.tasks import Lexicon, translated_crops
from index.training.translations import learn_translations, retrofit, with_neighbours

HALF = 12  # tokens 1 to 12 are Chinese, and token n + 12 is what n is in English
NAME = 25  # and one name is spelt alike in both
TOKENS = 26
IS_CHINESE = (np.arange(TOKENS) > 0) & (np.arange(TOKENS) <= HALF)


@pytest.fixture(scope="module")
def parallel() -> tuple[Ragged, Ragged]:
    random = np.random.default_rng(1)
    chinese = [random.choice(np.arange(1, HALF + 1), 4, replace=False).tolist() for _ in range(300)]
    english = [random.permutation([token + HALF for token in row]).tolist() for row in chinese]
    return Ragged.of([[*row, NAME] for row in chinese]), Ragged.of(
        [[NAME, *row] for row in english]
    )


@pytest.fixture(scope="module")
def learnt(parallel: tuple[Ragged, Ragged]) -> Translations:
    return learn_translations([parallel], IS_CHINESE)


def row(known: Translations, token: int) -> dict[int, float]:
    part = slice(*known.starts[token : token + 2])
    return dict(zip(known.tokens[part].tolist(), known.odds[part].tolist(), strict=True))


def test_words_of_the_same_sentences_are_translations(learnt: Translations) -> None:
    for token in range(1, HALF + 1):
        there, back = row(learnt, token), row(learnt, token + HALF)
        assert max(there, key=lambda other: there[other]) == token + HALF
        assert max(back, key=lambda other: back[other]) == token
        assert there[token + HALF] > 0.8
        assert list(there.values()) == sorted(there.values(), reverse=True)


def test_a_name_spelt_alike_is_its_own_translation(learnt: Translations) -> None:
    assert row(learnt, NAME)[NAME] > 0.8


def test_what_never_occurs_has_no_translation(learnt: Translations) -> None:
    assert row(learnt, 0) == {}


def test_retrofitting_turns_words_to_their_translations_and_keeps_lengths(
    learnt: Translations,
) -> None:
    table = np.random.default_rng(2).normal(size=(TOKENS, 64)).astype(np.float32)
    turned = retrofit(table, learnt)
    before, after = (
        np.sum(unit(t)[1 : HALF + 1] * unit(t)[HALF + 1 : -1], 1) for t in (table, turned)
    )
    assert (after > before + 0.3).all()
    assert np.allclose(np.linalg.norm(turned, axis=1), np.linalg.norm(table, axis=1), rtol=1e-5)
    assert np.allclose(turned[0], table[0], atol=1e-6)


def test_neighbours_are_of_the_other_language_and_the_nearest_first() -> None:
    table = np.random.default_rng(3).normal(size=(TOKENS, 64)).astype(np.float32)
    table[HALF + 1 : -1] = table[1 : HALF + 1] + 0.1 * table[HALF + 1 : -1]
    mixed = with_neighbours(Translations.none(TOKENS), table, IS_CHINESE)
    for token in range(1, HALF + 1):
        assert next(iter(row(mixed, token))) == token + HALF
        assert not IS_CHINESE[list(row(mixed, token))].any()
        assert next(iter(row(mixed, token + HALF))) == token
    assert mixed.odds.max() <= 0.5


@given(st.integers(0, 2**32 - 1))
def test_a_synthetic_question_has_nothing_but_translations(seed: int) -> None:
    """Every token has two translations; the crop's passage keeps its own tokens."""
    none = Ragged.of([])
    tokens = np.arange(TOKENS)
    foreign = np.stack([(tokens + HALF) % TOKENS, (tokens + HALF + 1) % TOKENS], axis=1)
    odds = np.full(2 * TOKENS, 0.4, np.float32)
    known = Translations(np.arange(0, 2 * TOKENS + 1, 2), foreign.ravel(), odds)
    empty = Ragged(np.zeros(0, np.int64), np.zeros(TOKENS + 1, np.int64))
    lexicon = Lexicon(empty, none, known, Ragged.of([[t] for t in tokens]), Ragged.of([[0]]))
    documents = Ragged.of([[5] * 40] * 8)
    batch = translated_crops(documents, lexicon)(np.random.default_rng(seed), 8)
    assert set(batch.queries.ids) <= {0, 5, 5 + HALF, 6 + HALF}
    assert set(batch.passages.ids) == {5}
