"""What an answer is made of, and the events that build it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.types import Article
from retriever.types import Hit, Query


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer the question: ``article.text[start:end]``, with its score."""

    article: Article
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        """The sentence."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that a generator wants to say, and which evidence (positions in the list that it
    was given) it says it from. It is shown only if it passes the citation check.
    """

    text: str
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """The span of an article that backs a sentence. Numbers start at 1."""

    number: int
    article: Article
    start: int
    end: int

    @property
    def quote(self) -> str:
        """The cited characters: ``article.text[start:end]``, always."""
        return self.article.text[self.start : self.end]

    @property
    def heading(self) -> str | None:
        """The heading of the section that the quote stands in."""
        return self.article.heading_at(self.start)


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of an answer, with the numbers of the citations that back it (at least one)."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. When ``abstained``, there are no sentences and no citations, and ``hits``
    holds the nearest passages. ``query`` is what the question was understood to ask,
    ``probability`` (0 to 1) how sure it is that the passages answer it; ``timings`` maps stages to
    milliseconds. ``disagreement``: the evidence is of articles that contradict each other in what
    is asked, and every side is shown.
    """

    question: str
    query: Query
    probability: float
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    abstained: bool
    timings: Mapping[str, float]
    disagreement: bool = False

    @property
    def text(self) -> str:
        """The answer's sentences in one string, without citation marks."""
        whole = ""
        for sentence in self.sentences:
            between = " " if whole and whole[-1].isascii() else ""  # Western sentences need it
            whole += between + sentence.text
        return whole


@dataclass(frozen=True, slots=True)
class Found:
    """The search is done: so the question was understood, and these passages were found."""

    query: Query
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Loading:
    """A model that words answers is being loaded, which takes a while: the next event waits."""

    model: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence has passed the citation check. ``citations`` are those that back it."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The answer is whole."""

    answer: Answer


Event = Found | Loading | Sentence | Done
