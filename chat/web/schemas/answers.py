"""What questions are answered with: the records of `chat.records`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Json, RootModel

from chat.web.schemas.model import ArticleId, Count, Failure, Model, Position, Words


class Origin(Model):
    """Which article something is from."""

    article_id: ArticleId
    title: str | None
    label: str
    """The title, or the first words of an untitled article: never empty."""
    authors: list[str]
    affiliation: str | None
    """Where the author works."""
    source: str | None
    """The newspaper, or whatever else printed it."""
    page: str | None
    published: str | None
    """The date of publication, as in `2024-10-12`."""
    language: str
    """As ISO 639-1 has it: `zh`, `en`."""
    path: str
    """The file that the article came from."""
    guessed: list[str]
    """The fields that the page itself doesn't say, such as a date from the file's name."""


class Condition(Model):
    """A condition on articles that a question names."""

    key: str
    """What to give as `without` to have it left out: `author:康振海`."""
    kind: Literal["author", "source", "published"]
    value: str
    """A name; for `published` two dates, inclusive: `2023-01-01/2023-12-31`. Either may be `..`."""
    words: str
    """The words of the question that name it."""
    label: Words
    """The condition as people are shown it."""


class Understood(Model):
    """A question as it was understood."""

    text: str
    """The question, completed from those before it."""
    filters: list[Condition]
    """The conditions that it names; an article meets one of each kind."""


class Hit(Origin):
    """A passage that may answer."""

    score: float
    """How well it fits: higher is better."""
    lexical: float
    """By its words (BM25)."""
    dense: float
    """By its meaning (cosine)."""
    heading: str | None
    """The heading of the section that it stands in."""
    start: Position
    end: Position
    text: str
    """The article's text from `start` to `end`."""
    matched: list[str]
    """The words of the question that it has."""
    reprints: list[Origin]
    """Other articles with nearly the same text."""


class Context(Model):
    """What stands around a quote."""

    start: Position
    end: Position
    text: str


class Citation(Origin):
    """The place in an article that backs a sentence."""

    number: Annotated[int, Field(ge=1)]
    heading: str | None
    """The heading of the section that the quote stands in."""
    start: Position
    end: Position
    quote: str
    """The article's text from `start` to `end`, to the character."""
    context: Context
    """The sentences around it."""
    reprints: list[Origin]
    """Other articles that print it."""


class AnswerSentence(Model):
    """A sentence of an answer."""

    text: str
    citations: list[int]
    """The numbers of the citations that back it: at least one."""


class Exchange(Model):
    """What has to be given back as `history` with the question after it."""

    question: str
    """The question as it was understood."""
    articles: list[str]
    """The ids of the articles cited."""
    titles: list[str]
    """Their titles."""


class Answer(Model):
    """An answer. When `abstained`, the articles don't answer: it has no sentences and no
    citations, and `hits` are the nearest passages.
    """

    question: str
    query: Understood
    probability: Annotated[float, Field(ge=0, le=1)]
    """How sure it is that the passages answer."""
    answer: str
    """The sentences in one text, without citations."""
    abstained: bool
    disagreement: bool
    """Whether articles contradict each other in what is asked; every side is shown."""
    sentences: list[AnswerSentence]
    citations: list[Citation]
    hits: list[Hit]
    """The passages found, best first."""
    timings: dict[str, float]
    """Milliseconds by stage, and their `total`."""
    exchange: Exchange


class Found(Model):
    """The search is done."""

    query: Understood
    searched: Count
    """How many articles were searched."""
    hits: list[Hit]


class Loading(Model):
    """A model that words answers is being loaded, which takes a while."""

    what: str
    """The model's name."""


class Sentence(Model):
    """A sentence that its citations back."""

    text: str
    citations: list[Citation]


class Suggestions(Model):
    """What could be asked next, and would be answered."""

    questions: list[str]


class FoundEvent(Model):
    """Comes first."""

    event: Literal["found"]
    data: Json[Found]


class LoadingEvent(Model):
    """Comes before the first sentence if a model has to be loaded."""

    event: Literal["loading"]
    data: Json[Loading]


class SentenceEvent(Model):
    """Comes as soon as a sentence is ready: once for each, or never."""

    event: Literal["sentence"]
    data: Json[Sentence]


class DoneEvent(Model):
    """Comes when the answer is whole, and has all of it."""

    event: Literal["done"]
    data: Json[Answer]


class SuggestionsEvent(Model):
    """May come after `done`, when nobody else waits for an answer."""

    event: Literal["suggestions"]
    data: Json[Suggestions]


class FailureEvent(Model):
    """Comes last, instead of `done`, when something fails in the middle."""

    event: Literal["error"]
    data: Json[Failure]


AskEvents = FoundEvent | LoadingEvent | SentenceEvent | DoneEvent | SuggestionsEvent | FailureEvent


class AskEvent(RootModel[Annotated[AskEvents, Field(discriminator="event")]]):
    """An event of an answer's stream: `found`, perhaps `loading`, any number of `sentence`, then
    `done` (or `error`), and perhaps `suggestions`. The data of each is JSON in one line.
    """


class Searched(Model):
    """What a search gives."""

    query: Understood
    hits: list[Hit]
    """The passages found, best first."""
