"""What the rest of Wenjin talks about: articles, their headings and their passages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

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
    ``language`` an ISO 639-1 code, ``path`` the file the article came from.
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


def article_id(title: str | None, text: str) -> str:
    """The id that an article with this content has: 16 hexadecimal digits of BLAKE2b."""
    content = f"{title or ''}\n{text}".encode()
    return hashlib.blake2b(content, digest_size=8).hexdigest()
