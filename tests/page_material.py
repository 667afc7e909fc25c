"""What the page generator builds its articles from: subjects of public life, and templates.

Each subject has its own vocabulary, so that a title fits its own body and no other on the page.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """What articles on one subject talk about; every field but ``name`` holds alternatives."""

    name: str
    people: tuple[str, ...]
    things: tuple[str, ...]
    deeds: tuple[str, ...]
    problems: tuple[str, ...]
    places: tuple[str, ...]


def subject(name: str, people: str, things: str, deeds: str, problems: str, places: str) -> Subject:
    """A subject from lists written with ``、`` (Chinese) or ``;`` (English)."""

    def parts(text: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in text.replace(";", "、").split("、"))

    return Subject(name, parts(people), parts(things), parts(deeds), parts(problems), parts(places))


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The templates of one language; their slots are filled from a subject."""

    subjects: tuple[Subject, ...]
    eyebrows: tuple[str, ...]
    titles: tuple[str, ...]
    subtitles: tuple[str, ...]
    headings: tuple[str, ...]
    openings: tuple[str, ...]
    sentences: tuple[str, ...]
    affiliations: tuple[str, ...]
    caption: str
