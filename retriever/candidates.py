"""What a search has found before it is put in order."""

from __future__ import annotations

from dataclasses import dataclass

from index.types import BoolArray, FloatArray, IntArray
from ingest.types import Article, Passage


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that may answer a question, and what their rank is made of: all are (n,)."""

    numbers: IntArray
    passages: tuple[Passage, ...]
    articles: tuple[Article, ...]
    """The article of each."""
    lexical: FloatArray
    """How well they match its terms, or across languages what these may be in the other."""
    dense: FloatArray
    """Cosines with the question."""
    same_language: BoolArray
    """Whether they are in the language of the question."""

    def at(self, places: IntArray) -> Candidates:
        """Those at ``places`` (m,), in this order."""
        return Candidates(
            self.numbers[places],
            tuple(self.passages[place] for place in places.tolist()),
            tuple(self.articles[place] for place in places.tolist()),
            self.lexical[places],
            self.dense[places],
            self.same_language[places],
        )

    def texts(self) -> list[str]:
        """The passages' texts."""
        pairs = zip(self.articles, self.passages, strict=True)
        return [article.text[passage.start : passage.end] for article, passage in pairs]
