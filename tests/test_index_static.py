from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from word_tokenizer import make_tokenizer

from index import static
from index.embed import BuiltinEmbedder, load_embedder
from index.types import Translation

WORDS = ["[UNK]", "red", "green", "blue", "红", "绿", "蓝", "色"]


@pytest.fixture
def tokenizer() -> Tokenizer:
    return make_tokenizer(WORDS[1:])


@pytest.fixture
def table() -> np.ndarray:
    vectors = np.random.default_rng(0).normal(size=(len(WORDS), 8)).astype(np.float32)
    vectors[0] = 0
    return vectors


@pytest.fixture
def translations() -> static.Translations:
    """Red is 红 or 色, 红 is red."""
    return static.Translations(
        starts=np.array([0, 0, 2, 2, 2, 3, 3, 3, 3]),
        tokens=np.array([4, 7, 1]),
        odds=np.array([0.6, 0.3, 1.0], np.float32),
    )


def cosine(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return (static.unit(left) * static.unit(right)).sum(axis=1)


def assert_same(one: static.Translations, other: static.Translations) -> None:
    for field in ("starts", "tokens", "odds"):
        left, right = getattr(one, field), getattr(other, field)
        assert left.dtype == right.dtype
        assert np.array_equal(left, right)


def test_a_saved_model_is_the_same_model(
    tokenizer: Tokenizer, table: np.ndarray, translations: static.Translations, tmp_path: Path
) -> None:
    model = static.quantise(tokenizer, table, translations)
    static.save(model, tmp_path)
    again = static.load(tmp_path)
    assert np.array_equal(again.levels, model.levels)
    assert np.array_equal(again.scales, model.scales)
    assert_same(again.translations, model.translations)
    assert again.digest == model.digest
    embedder = load_embedder(f"builtin:{tmp_path}")
    assert embedder.dimension == 8
    assert model.digest in embedder.name


def test_a_model_without_translations_is_saved_too(
    tokenizer: Tokenizer, table: np.ndarray, tmp_path: Path
) -> None:
    model = static.quantise(tokenizer, table)
    static.save(model, tmp_path)
    assert_same(model.translations, static.Translations.none(len(WORDS)))
    assert_same(static.load(tmp_path).translations, model.translations)
    assert BuiltinEmbedder(tmp_path).translate("red") == [[Translation("red", 1.0)]]


def test_the_digest_tells_models_apart(
    tokenizer: Tokenizer, table: np.ndarray, translations: static.Translations
) -> None:
    other = replace(translations, tokens=translations.tokens[::-1].copy())
    digests = {
        static.quantise(tokenizer, table).digest,
        static.quantise(tokenizer, -table).digest,
        static.quantise(tokenizer, table, translations).digest,
        static.quantise(tokenizer, table, other).digest,
    }
    assert len(digests) == 4


def test_quantising_changes_little(tokenizer: Tokenizer, translations: static.Translations) -> None:
    table = np.random.default_rng(1).normal(size=(len(WORDS), 64)).astype(np.float32)
    table *= np.random.default_rng(2).uniform(0.01, 10, (len(WORDS), 1))
    model = static.quantise(tokenizer, table, translations)
    assert cosine(table, model.table()).min() > 0.98
    assert model.translations.odds == pytest.approx(translations.odds, abs=0.5 / 255)


def test_each_token_is_translated_or_stays(
    tokenizer: Tokenizer, table: np.ndarray, translations: static.Translations, tmp_path: Path
) -> None:
    static.save(static.quantise(tokenizer, table, translations), tmp_path)
    embedder = BuiltinEmbedder(tmp_path)
    red, green, chinese = embedder.translate("red green 红")
    assert [translation.term for translation in red] == ["红", "色"]
    assert [translation.odds for translation in red] == pytest.approx([0.6, 0.3], abs=0.5 / 255)
    assert green == [Translation("green", 1.0)]
    assert chinese == [Translation("red", 1.0)]
    assert embedder.translate("") == []


def test_what_is_no_token_is_translated_by_itself() -> None:
    (unknown,) = BuiltinEmbedder().translate("𓀀")
    assert unknown == [Translation("𓀀", 1.0)]
