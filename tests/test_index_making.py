"""What is made of articles in workers is what would be made of them here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from conftest import BigramEmbedder, make_article

from index.embed import BUILTIN, BuiltinEmbedder, own_model
from index.index import Index
from index.lexical.records import text_of
from index.making import TOGETHER, Made, Maker, Terms, Vectors, made_in_workers, with_vectors
from index.store.batches import batches
from index.store.edits import VECTOR
from index.types import FileChange, SourceFile
from ingest.prepare import below, prepare_article
from ingest.types import Reading

BRIDGE = make_article("石桥\n桥是石头的。\n渔夫在桥下打鱼。", title="河上", headings=("石桥",))
TEA = make_article("采茶的人上山。", title="茶")
FILE = SourceFile("/a.txt", "a.txt", "1")


@pytest.fixture(scope="module")
def builtin() -> BuiltinEmbedder:
    return BuiltinEmbedder()


def texts(made: Made) -> list[str]:
    article = made.article
    return [
        below((article.title, article.subtitle, one.heading), article.text[one.start : one.end])
        for one in made.passages
    ]


def test_a_maker_makes_what_the_writer_would(builtin: BuiltinEmbedder) -> None:
    made = Maker(BUILTIN)(Reading((BRIDGE, TEA)))
    for one, article in zip(made, (BRIDGE, TEA), strict=True):
        prepared = prepare_article(article)
        assert (one.article, one.passages) == (article, prepared.passages)
        assert one.signature == prepared.signature
        assert one.vectors
        assert one.terms
        assert one.has_vectors(builtin)
        wanted = builtin.encode_passages(texts(one)).astype(VECTOR)
        np.testing.assert_array_equal(one.vectors.rows, wanted)
        assert len(one.terms.passages) == len(one.passages)
        assert all("某大学" not in text_of(each.record) for each in one.terms.passages)


def test_without_a_model_vectors_are_left_to_be_made() -> None:
    [made] = Maker().make([TEA])
    assert made.vectors is None
    assert made.terms is not None


def test_vectors_of_another_embedder_are_made_anew() -> None:
    bigrams = BigramEmbedder()
    [made] = Maker().make([TEA])
    foreign = replace(made, vectors=Vectors("other", np.ones((1, 3), VECTOR)))
    [again] = with_vectors([foreign], bigrams)
    assert again.vectors
    assert again.vectors.embedder == bigrams.name
    assert again.vectors.rows.shape == (1, bigrams.dimension)
    assert again.terms == made.terms


def test_workers_keep_the_order_of_the_articles() -> None:
    articles = [make_article(f"第{number}座石桥。") for number in range(2 * TOGETHER + 3)]
    made = list(made_in_workers(articles, Maker(), workers=2))
    assert [one.article for one in made] == articles
    assert made == [*Maker().make(articles)]


def test_no_more_articles_are_taken_than_are_made_soon() -> None:
    taken = 0

    def articles() -> Iterator:
        nonlocal taken
        while True:
            taken += 1
            yield make_article(f"第{taken}座石桥。")

    made = made_in_workers(articles(), Maker(), workers=1)
    next(made)
    assert taken <= 6 * TOGETHER
    made.close()


@pytest.mark.parametrize("words", ["", "渔夫打鱼"])
def test_terms_cut_with_other_words_are_not_used(
    open_index: Callable[[], Index], words: str
) -> None:
    [made] = Maker().make([BRIDGE])
    assert made.terms
    wrong = tuple(replace(one, words="假", chinese="假") for one in made.terms.passages)
    index = open_index()
    change = FileChange(FILE, (replace(made, terms=Terms(words, wrong)),))
    index.update([change])
    assert bool(len(index.search_lexical("渔夫", 9).numbers)) == bool(words)


def test_vectors_made_before_are_the_ones_that_are_stored(index: Index) -> None:
    bigrams = BigramEmbedder()
    vector = np.zeros((1, bigrams.dimension), VECTOR)
    vector[0, 0] = 1
    [made] = Maker().make([TEA])
    index.update([FileChange(FILE, (replace(made, vectors=Vectors(bigrams.name, vector)),))])
    found = index.search_dense(vector[0].astype(np.float32), 1)
    assert found.scores.tolist() == [1.0]


def test_what_is_confirmed_is_found_by_others_while_nothing_comes(
    open_index: Callable[[], Index],
) -> None:
    reader = open_index()

    def changes() -> Iterator[FileChange | None]:
        yield FileChange(FILE, tuple(Maker().make([BRIDGE])))
        yield None  # it is written
        yield None
        assert len(reader.search_lexical("渔夫", 9).numbers) == 1
        assert len(reader.search_dense(BigramEmbedder().encode_queries(["渔夫"])[0], 9).numbers)

    open_index().update(changes())


def test_a_pause_ends_a_batch() -> None:
    one, other = FileChange(FILE, ()), FileChange(replace(FILE, path="/b.txt"), ())
    assert list(batches([one, None, None, other])) == [[one], [], [other]]


def test_only_models_of_our_own_format_are_had_by_workers() -> None:
    assert own_model("builtin") == BUILTIN
    assert own_model(str(BUILTIN)) == BUILTIN
    assert own_model("openai:http://localhost/v1#model") is None
    assert own_model("sentence-transformers:any") is None
