from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import BigramEmbedder, make_article
from word_tokenizer import make_tokenizer

from index import static
from index.embed import BuiltinEmbedder, load_embedder
from index.training.adapt import ADAPTING, adapt
from index.training.checkpoint import Checkpoint, make_folder
from index.types import FloatArray
from ingest.errors import ModelError
from ingest.types import Article

SUBJECTS, WORDS = 30, 8  # each subject has words of its own
SEEN = 1 + SUBJECTS * WORDS
TOKENS = SEEN + 60


def article(subject: int, seed: int) -> Article:
    """Two sections of words of the subject; the title and the headings are such words, too."""
    draw = random.Random(f"{subject} {seed}")
    names = [f"w{1 + subject * WORDS + i}" for i in range(WORDS)]
    sections = [" ".join(draw.choices(names, k=30)) for _ in range(2)]
    heading = f"{names[0]} {names[1]} {seed}"
    text = f"{sections[0]}\n{heading}\n{sections[1]}"
    return make_article(text, title=names[2], headings=[heading])


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return [article(subject, seed) for subject in range(SUBJECTS) for seed in range(2)]


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> BuiltinEmbedder:
    """A model that knows nothing, but for a translation: its vectors are drawn at random."""
    tokenizer = make_tokenizer(f"w{number}" for number in range(1, TOKENS))
    table = np.random.default_rng(1).normal(size=(TOKENS, 32)).astype(np.float32)
    starts = np.minimum(np.arange(TOKENS + 1), 1)
    words = static.Translations(starts, np.array([7]), np.array([1.0], np.float32))
    folder = tmp_path_factory.mktemp("start")
    static.save(static.quantise(tokenizer, table, words), folder)
    return BuiltinEmbedder(folder)


@pytest.fixture(scope="module")
def out(
    articles: list[Article], embedder: BuiltinEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of the model adapted to the articles."""
    folder = tmp_path_factory.mktemp("adapted")
    adapt(articles, embedder, folder)
    return folder


def similarity(embedder: BuiltinEmbedder, left: Sequence[str], right: Sequence[str]) -> FloatArray:
    return embedder.encode_queries(left) @ embedder.encode_passages(right).T


def test_words_of_one_subject_come_nearer(embedder: BuiltinEmbedder, out: Path) -> None:
    unseen = [article(subject, 3) for subject in range(SUBJECTS)]
    titles, texts = [str(one.title) for one in unseen], [one.text for one in unseen]

    def lead(model: BuiltinEmbedder) -> float:
        """By how much a title is nearer to its own text than to the others."""
        scores = similarity(model, titles, texts)
        return float(scores.diagonal().mean() - scores.mean())

    assert lead(BuiltinEmbedder(out)) > lead(embedder) + 0.05


def test_what_the_articles_never_say_stays(embedder: BuiltinEmbedder, out: Path) -> None:
    before, after = static.load(embedder.folder), static.load(out)
    assert np.array_equal(after.levels[SEEN:], before.levels[SEEN:])
    assert np.allclose(after.scales[SEEN:], before.scales[SEEN:], rtol=1e-6, atol=0)
    assert not np.array_equal(after.levels[1:SEEN], before.levels[1:SEEN])
    assert np.array_equal(after.translations.starts, before.translations.starts)
    assert np.array_equal(after.translations.tokens, before.translations.tokens)
    assert after.tokenizer == before.tokenizer


def test_texts_stay_near_where_they_were(
    articles: list[Article], embedder: BuiltinEmbedder, out: Path
) -> None:
    texts = [one.text for one in articles]
    old, new = embedder.encode_passages(texts), BuiltinEmbedder(out).encode_passages(texts)
    assert float((old * new).sum(axis=1).min()) > 0.7


def test_the_same_seed_gives_the_same_model(
    articles: list[Article], embedder: BuiltinEmbedder, out: Path, tmp_path: Path
) -> None:
    again = adapt(articles, embedder, tmp_path / "again")
    assert again.digest == static.load(out).digest == static.load(tmp_path / "again").digest
    assert (
        adapt(articles, embedder, tmp_path / "two", recipe=replace(ADAPTING, seed=2)).digest
        != again.digest
    )
    assert sorted(path.name for path in out.iterdir()) == ["model.safetensors", "tokenizer.json"]


def test_its_folder_is_an_embedder(out: Path) -> None:
    assert load_embedder(str(out)).name == load_embedder(f"builtin:{out}").name


def test_an_adapted_model_can_be_adapted_again(
    articles: list[Article], out: Path, tmp_path: Path
) -> None:
    further = adapt(
        articles[:30], BuiltinEmbedder(out), tmp_path / "further", recipe=replace(ADAPTING, steps=1)
    )
    assert further.digest != static.load(out).digest


def test_another_kind_of_embedder_is_refused(articles: list[Article], tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="bigrams can't be adapted"):
        adapt(articles, BigramEmbedder(), tmp_path / "out")


@pytest.mark.parametrize("count", [0, 5])
def test_too_little_text_is_refused(
    articles: list[Article], embedder: BuiltinEmbedder, tmp_path: Path, count: int
) -> None:
    with pytest.raises(ModelError, match=f"too little text to learn from: {2 * count} pieces"):
        adapt(articles[:count], embedder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_run_on_other_articles_is_not_gone_on_with(
    articles: list[Article], embedder: BuiltinEmbedder, tmp_path: Path
) -> None:
    make_folder(tmp_path / "out")
    Checkpoint(tmp_path / "out", {"data": "others"}).save({"done": 1})
    with pytest.raises(ModelError, match="other data"):
        adapt(articles, embedder, tmp_path / "out")
