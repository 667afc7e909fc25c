"""What is sent to the API. Whatever isn't as described is refused: ``"5"`` is no number."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints

from chat.assistant import MAX_QUESTION
from chat.feedback import Reason
from chat.web.schemas.model import Model

LONGEST_FORMER = 4 * MAX_QUESTION  # characters: a question may have been completed from others
LONGEST_NOTE = 1000
MOST_FORMER = 100  # questions of a conversation
MOST_WITHOUT = 20
MOST_RESTORED = 200  # articles at a time
NOT_BLANK = r"[^\s\u001c-\u001f\u0085]"

# Its bounds are only described here: `Assistant` refuses what breaks them, and says it better.
Question = Annotated[
    str,
    Field(json_schema_extra={"minLength": 1, "maxLength": MAX_QUESTION, "pattern": NOT_BLANK}),
]
Text = Annotated[str, StringConstraints(max_length=MAX_QUESTION)]
Completed = Annotated[str, StringConstraints(max_length=LONGEST_FORMER)]


def _whole(number: Any) -> Any:
    """JSON knows one kind of numbers: ``5.0`` is as whole as ``5``."""
    is_whole = isinstance(number, float) and number.is_integer()
    return int(number) if is_whole else number


Whole = Annotated[int, BeforeValidator(_whole)]


class Sent(Model):
    """What somebody sends."""

    model_config = ConfigDict(strict=True)


class Former(Sent):
    """A question asked before, as the `exchange` of its answer tells it."""

    question: Completed
    articles: list[str] = Field(default_factory=list)
    titles: list[str] = Field(default_factory=list)


class Asked(Sent):
    """A question, what was asked before it, and the keys of filters that aren't wanted."""

    question: Question
    history: list[Former] = Field(default_factory=list, max_length=MOST_FORMER)
    """The questions before it, oldest first, for one such as `What about its author?`"""
    without: list[Text] = Field(default_factory=list, max_length=MOST_WITHOUT)
    """The `key` of each filter of the answer's `query` that is to be left out."""


class AnswerQuery(Sent):
    """The question as the answer says that it was understood."""

    text: Completed = ""


class Cited(Sent):
    """The place that a citation names."""

    article_id: str = Field(max_length=100)
    start: Whole = Field(ge=0)
    end: Whole = Field(ge=0)


class Shown(Sent):
    """What counts of an answer; the whole of it may be given."""

    query: AnswerQuery = AnswerQuery()
    answer: str = ""
    abstained: bool = False
    citations: list[Cited] = Field(default_factory=list, max_length=100)
    hits: list[Any] = Field(default_factory=list)


class Feedback(Sent):
    """An opinion on an answer. One with the same `id` replaces it; `helpful` null takes it back."""

    id: str = Field(default="", pattern="^[0-9a-f]{0,32}$")
    question: Text = Field(min_length=1)
    history: list[Former] = Field(default_factory=list, max_length=MOST_FORMER)
    without: list[Text] = Field(default_factory=list, max_length=MOST_WITHOUT)
    helpful: bool | None
    reason: Reason = ""
    """Why it didn't help: not what was asked, a source is wrong, outdated, refused though it is
    there, something else.
    """
    note: str = Field(default="", max_length=LONGEST_NOTE)
    answer: Shown = Shown()


def _real(day: str | None) -> str | None:
    """A day that there is. Raises ValueError."""
    if day is not None:
        date.fromisoformat(day)
    return day


Published = Annotated[str | None, AfterValidator(_real)]


class KeptHeading(Sent):
    """A heading as a removed article had it."""

    text: str
    start: Whole = Field(ge=0)
    level: Whole = Field(default=1, ge=1, le=100)


class Kept(Sent):
    """An article with all that there was of it, as its removal gave it."""

    id: str
    title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    affiliation: str | None = None
    source: str | None = None
    page: str | None = None
    published: Published = Field(default=None, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    language: str = Field(pattern="^[a-z]{2,3}$")
    sections: list[KeptHeading] = Field(default_factory=list)
    text: str = Field(min_length=1)
    path: str = ""
    notes: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()


class Restored(Sent):
    """Articles that are to be put back."""

    articles: list[Kept] = Field(max_length=MOST_RESTORED)
