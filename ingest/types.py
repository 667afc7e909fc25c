"""What the rest of Wenjin talks about: articles, their headings and their passages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ingest.errors import ReadError

UNTITLED_LABEL_CHARACTERS = 18


@dataclass(frozen=True, slots=True)
class Heading:
    """A section heading. It stands in the article's text as a line of its own.

    ``article.text[start:start + len(text)] == text``; ``level`` is 1 for a section and grows
    downwards. The section reaches to the next heading of the same or a smaller level.
    """

    text: str
    start: int
    level: int = 1


@dataclass(frozen=True, slots=True)
class Article:
    """One article as a reader knows it. ``None`` (or empty) means that the page doesn't say.

    ``text`` is clean and in reading order: one line a paragraph, line wraps undone, headings as
    lines of their own, without title, byline, affiliation and notes. ``published`` is an ISO date,
    ``language`` an ISO 639-1 code, ``path`` the file the article came from. ``notes`` are what the
    page says beside the text: who paid for it, who edited it. ``guessed`` names those fields that
    the page itself doesn't say, such as a date taken from the file's name.
    """

    id: str
    title: str | None
    authors: tuple[str, ...]
    affiliation: str | None
    source: str | None
    page: str | None
    published: str | None
    language: str
    headings: tuple[Heading, ...]
    text: str
    path: str
    subtitle: str | None = None
    notes: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The title, or for an untitled article its first words in lenticular brackets 〔…〕."""
        if self.title:
            return self.title
        start = self.text[:UNTITLED_LABEL_CHARACTERS].split("\n")[0]
        return f"〔{start}…〕"

    def heading_at(self, position: int) -> str | None:
        """The heading of the section in which the character ``position`` stands."""
        found = None
        for heading in self.headings:
            if heading.start > position:
                break
            found = heading.text
        return found


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one section: ``article.text[start:end]``, never stored as a copy."""

    article_id: str
    start: int
    end: int
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Jump:
    """Says that an article goes on on another page (``下转第3版``), or comes from there.

    ``position`` is the article's in its `Reading`; ``title`` is what the jump calls it, if it does.
    """

    position: int
    page: str
    onward: bool  # to that page; otherwise from it
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file gave: articles in their order, and what of it couldn't be read and why."""

    articles: tuple[Article, ...] = ()
    problems: tuple[ReadError, ...] = ()
    jumps: tuple[Jump, ...] = ()


def article_id(title: str | None, text: str) -> str:
    """The id that an article with this content has: 16 hexadecimal digits of BLAKE2b."""
    content = f"{title or ''}\n{text}".encode()
    return hashlib.blake2b(content, digest_size=8).hexdigest()
