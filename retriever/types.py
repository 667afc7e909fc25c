"""What is searched for, and what a search gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ingest.types import Article, Passage

HAS_WORD = re.compile(r"\w")
OPEN = ".."  # what ISO 8601 writes for the end that an interval doesn't have


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on articles that a question names; ``words`` are those that name it.

    ``value`` is a name, or for ``published`` two dates, inclusive, as ISO 8601 writes an interval:
    ``2023-01-01/2023-12-31``; either may be ``..``. A filter is ``strict`` if the question speaks
    of the articles themselves (``康振海写的文章``, ``去年发表的``). If it may speak of what they
    tell (``康振海认为``, ``2023年以来``), articles of others that name the author pass, too, and
    so do those without a date.
    """

    kind: Literal["author", "source", "published"]
    value: str
    words: str
    strict: bool = True

    @property
    def key(self) -> str:
        """What the filter is told by from others, as in ``author:康振海``."""
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it was understood: its text, and which articles to search.

    Filters of one kind are alternatives; an article has to pass one of each kind.
    """

    text: str
    filters: tuple[Filter, ...] = ()

    @property
    def topic(self) -> str:
        """What to search for: the text without the words of strict filters, which no article has
        to repeat; the text if nothing else is left of it.
        """
        rest = self.text
        for words in sorted((f.words for f in self.filters if f.strict), key=len, reverse=True):
            rest = rest.replace(words, " ", 1)
        return rest.strip() if HAS_WORD.search(rest) else self.text


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may answer, with its article. Higher scores are better, everywhere.

    ``score`` is the reranker's; ``lexical`` (BM25) and ``dense`` (cosine) are what it was found by,
    kept to explain it. ``reprints`` are other articles with nearly the same text or passage.
    """

    passage: Passage
    article: Article
    score: float
    lexical: float
    dense: float
    reprints: tuple[Article, ...] = ()

    @property
    def text(self) -> str:
        """The passage's text."""
        return self.article.text[self.passage.start : self.passage.end]

    @property
    def printed_in(self) -> tuple[Article, ...]:
        """The article and its reprints."""
        return (self.article, *self.reprints)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what is known about its answer. What isn't known is empty, and isn't judged.

    ``evidence`` are passages of an article that answer it, each enough by itself; ``answers`` are
    wordings of the answer. ``docs`` are the judged articles, by id, path, name of file or title,
    with their grades: from 1 on they are relevant. ``article`` is the title and ``file`` the name
    of the file of the article that answers it. A question that isn't ``answerable`` has none.
    """

    id: str
    question: str
    answerable: bool = True
    evidence: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    docs: Mapping[str, int] = field(default_factory=dict, hash=False)
    article: str | None = None
    file: str | None = None
    lang: str | None = None
