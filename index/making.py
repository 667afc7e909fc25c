"""All that is made of an article alone: its passages, signature, vectors and terms.

``wenjin ingest`` has it made where files are read, ``wenjin reindex`` of the articles that are
there: ``made_in_workers(articles, Maker(model, words), workers=None) -> Iterator[Made]``, in their
order. Where the model is too large to have in every worker, vectors are `with_vectors`'s to make.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.lexical.document import IndexedText, document_of
from index.store.edits import VECTOR
from ingest.files import worker_count
from ingest.prepare import Prepared, below, prepare_article
from ingest.types import Article, Passage, Reading
from ingest.workers.pool import Pool
from ingest.workers.tasks import Call, Limits

if TYPE_CHECKING:
    from index.embed import Embedder

TOGETHER = 128  # articles that a worker is sent at a time
_AHEAD = 4  # such groups for each worker

HalfArray = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """What the embedder of this name gives an article's passages: (passages, dimension)."""

    embedder: str
    rows: HalfArray


@dataclass(frozen=True, slots=True)
class Terms:
    """An article's passages as they are searched by terms, cut with these words of the user's."""

    words: str
    passages: tuple[IndexedText, ...]


@dataclass(frozen=True, slots=True)
class Made(Prepared):
    """A prepared article with the vectors and terms of its passages; None if yet to be made."""

    vectors: Vectors | None = None
    terms: Terms | None = None

    def has_vectors(self, embedder: Embedder) -> bool:
        """Whether it has those of ``embedder``."""
        return self.vectors is not None and self.vectors.embedder == embedder.name

    def terms_with(self, words: str) -> Sequence[IndexedText | None]:
        """The terms of each of its passages, if they were cut with these words."""
        if self.terms and self.terms.words == words:
            return self.terms.passages
        return [None] * len(self.passages)


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes what a worker can: it is sent there.

    ``model`` is the folder of a model of Wenjin's own format (see `embed.own_model`); with None
    vectors are left to be made. ``words`` are the lines of the user's dictionary; with None terms
    are left to be made.
    """

    model: Path | None = None
    words: str | None = ""

    def __call__(self, reading: Reading) -> tuple[Made, ...]:
        """The reading's articles in their order. Raises ModelError and SettingError."""
        return self.make(reading.articles)

    def make(self, articles: Iterable[Article]) -> tuple[Made, ...]:
        """The articles in their order. Raises ModelError and SettingError."""
        prepared = [prepare_article(article) for article in articles]
        made = with_vectors(prepared, _embedder(self.model)) if self.model else map(_made, prepared)
        words = self.words
        return tuple(made if words is None else (_with_terms(one, words) for one in made))


def made_in_workers(
    articles: Iterable[Article],
    maker: Maker,
    *,
    workers: int | None = None,
    limits: Limits = Limits(),  # noqa: B008
) -> Iterator[Made]:
    """What ``maker`` makes of the articles, in their order, made by several processes at once.

    They are taken a few hundred ahead of whoever takes the results. Raises ReadError if an article
    takes too much memory or time.
    """
    count = worker_count(workers, limits)
    remaining = iter(articles)
    groups = iter(lambda: tuple(itertools.islice(remaining, TOGETHER)), ())
    calls = ((maker, group, limits.seconds) for group in groups)
    with Pool(count, limits.memory // count) as pool:
        for made in pool.map(_make, calls, ahead=_AHEAD * count):
            yield from made


def with_vectors(articles: Sequence[Prepared], embedder: Embedder) -> list[Made]:
    """The articles with the vectors that ``embedder`` gives; those that have them keep theirs.

    All are embedded in one call. Raises ModelError.
    """
    made = [one if isinstance(one, Made) else _made(one) for one in articles]
    texts = [
        _text(one.article, passage, (one.article.title, one.article.subtitle))
        for one in made
        if not one.has_vectors(embedder)
        for passage in one.passages
    ]
    if texts:
        rows = embedder.encode_passages(texts).astype(VECTOR)
    else:
        rows = np.zeros((0, embedder.dimension), VECTOR)
    found: list[Made] = []
    for one in made:
        if not one.has_vectors(embedder):
            count = len(one.passages)
            one = _made(one, vectors=Vectors(embedder.name, rows[:count]))  # noqa: PLW2901
            rows = rows[count:]
        found.append(one)
    return found


def _made(one: Prepared, *, vectors: Vectors | None = None, terms: Terms | None = None) -> Made:
    """A prepared article, and what it has by now."""
    if isinstance(one, Made):
        vectors, terms = vectors or one.vectors, terms or one.terms
    return Made(one.article, one.passages, one.signature, vectors, terms)


def _with_terms(made: Made, words: str) -> Made:
    article = made.article
    above = (*article.authors, article.title, article.subtitle)
    texts = (_text(article, passage, above) for passage in made.passages)
    return _made(made, terms=Terms(words, tuple(document_of(text, words) for text in texts)))


def _text(article: Article, passage: Passage, above: Iterable[str | None]) -> str:
    """A passage below its heading, and below what stands ``above`` the article."""
    return below((*above, passage.heading), article.text[passage.start : passage.end])


# --- in the worker --------------------------------------------------------------------------------


@functools.cache
def _embedder(model: Path) -> Embedder:
    from index.embed import BuiltinEmbedder

    return BuiltinEmbedder(model)


def _make(call: Call, maker: Maker, group: Sequence[Article], seconds: float) -> tuple[Made, ...]:
    return call(maker.make, group, name=group[0].path, seconds=seconds)
