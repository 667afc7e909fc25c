"""What is searched for, and what a search gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ingest.types import Article, Passage


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on articles that a question names; ``words`` are those that name it.

    ``value`` is a name, or for ``published`` two dates, inclusive, as ISO 8601 writes an interval:
    ``2023-01-01/2023-12-31``; either may be ``..``.
    """

    kind: Literal["author", "source", "published"]
    value: str
    words: str

    @property
    def key(self) -> str:
        """What the filter is told by from others, as in ``author:康振海``."""
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it was understood: the text to search for, and which articles to search."""

    text: str
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may answer, with its article. Higher scores are better, everywhere.

    ``score`` is the fused score; ``lexical`` (BM25) and ``dense`` (cosine) are its parts, kept to
    explain it.
    """

    passage: Passage
    article: Article
    score: float
    lexical: float
    dense: float

    @property
    def text(self) -> str:
        """The passage's text."""
        return self.article.text[self.passage.start : self.passage.end]
