"""What the library tells of itself, and of what is put into it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Json, RootModel

from chat.web.schemas.model import ArticleId, Count, Failure, Model, Position, Words


class ListedArticle(Model):
    """An article without its text."""

    id: ArticleId
    title: str | None
    label: str
    """The title, or the first words of an untitled article: never empty."""
    subtitle: str | None
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
    headings: list[str]
    characters: Count
    """How long its text is."""
    path: str
    """The file that the article came from."""
    notes: list[str]
    """What the page says beside the text."""
    guessed: list[str]
    """The fields that the page itself doesn't say, such as a date from the file's name."""
    reprint_of: str | None
    """The id of the article that it repeats."""


class Section(Model):
    """A heading in an article's text."""

    text: str
    start: Position
    level: Annotated[int, Field(ge=1)]
    """1 for a section; it grows downwards."""


class WholeArticle(ListedArticle):
    """An article with its text: all that is needed to put it back after its removal."""

    text: str
    sections: list[Section]


class Articles(Model):
    """Some of the library's articles."""

    total: Count
    """How many there are, of which these are some."""
    articles: list[ListedArticle]


class LibraryFacts(Model):
    """The library and its server in short."""

    articles: Count
    passages: Count
    version: str
    """That of Wenjin."""
    changes: bool
    """Whether articles can be added and removed from here."""
    examples: list[str]
    """Questions to begin with, which the library answers."""


class Counted(Model):
    """How many articles have something."""

    name: str
    articles: Count


class Statistics(Model):
    """What the library holds."""

    articles: Count
    reprints: Count
    """How many of them repeat another."""
    characters: Count
    """Of all texts."""
    undated: Count
    """How many don't say when they were published."""
    months: list[Counted]
    """By month of publication, as in `2024-05`, in order."""
    sources: list[Counted]
    """Those with the most articles first."""
    authors: list[Counted]
    """Those with the most articles first."""
    lengths: list[Counted]
    """By length: `500` counts those from 500 characters to the next one."""


class Added(Model):
    """How many articles were put back."""

    added: Count


class Stopped(Model):
    """Whether a file was being read, and is no longer."""

    stopped: bool


class Progress(Model):
    """How far the reading of a file has come."""

    share: Annotated[float, Field(ge=0, le=1)]
    articles: Count
    """How many were found in it so far."""


class ReadProblem(Model):
    """A file, or something in it, that couldn't be read."""

    file: str
    reason: str
    """The kind of the error: `unknown_encoding`."""
    message: Words


class Files(Model):
    """What became of files."""

    found: Count
    read: Count
    unchanged: Count
    """Read before, and not again."""
    passed_over: Count
    """Of no kind that is read."""
    failed: Count
    forgotten: Count
    """There no more."""


class Changed(Model):
    """What became of the articles in the files."""

    new: Count
    reprints: Count
    """New, and repeating one that was there."""
    changed: Count
    known: Count
    """Those that were there."""
    removed: Count


class Size(Model):
    """How much the library holds."""

    articles: Count
    passages: Count


class Report(Model):
    """What the reading of a file did."""

    files: Files
    articles: Changed
    passages: Count
    """How many are new."""
    failed: list[ReadProblem]
    partly_read: list[ReadProblem]
    """What was left out of files that were read."""
    library: Size
    """After it."""
    seconds: Annotated[float, Field(ge=0)]
    stopped: bool
    """Whether it was ended before all was done."""


class ProgressEvent(Model):
    """Comes whenever a part of the file has been read."""

    event: Literal["progress"]
    data: Json[Progress]


class ProblemEvent(Model):
    """Comes when something can't be read."""

    event: Literal["problem"]
    data: Json[ReadProblem]


class ReportEvent(Model):
    """Comes last."""

    event: Literal["done"]
    data: Json[Report]


class UploadFailureEvent(Model):
    """Comes last, instead of `done`, when the library can't take the articles."""

    event: Literal["error"]
    data: Json[Failure]


UploadEvents = ProgressEvent | ProblemEvent | ReportEvent | UploadFailureEvent


class UploadEvent(RootModel[Annotated[UploadEvents, Field(discriminator="event")]]):
    """An event of the reading of a file: any number of `progress` and `problem`, then `done` (or
    `error`). The data of each is JSON in one line.
    """


class Alive(Model):
    """The server runs."""

    status: Literal["ok"]


class Ready(Model):
    """The server can answer questions."""

    status: Literal["ready"]
