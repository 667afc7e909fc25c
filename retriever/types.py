"""What a search gives."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.types import Article, Passage


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
