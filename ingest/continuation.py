"""Joins articles that go on on another page, of the same file or of another one.

A beginning says where it goes on (``下转第3版``), a rest where it comes from (``上接第1版``). Which
belong together is told by the pages' numbers, by what they speak of and by a sentence that isn't
over; what finds no partner stays as it is, with its jump.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from ingest.formats import concatenate
from ingest.page.lines import ends_sentence
from ingest.page.matching import affinities, assign, terms
from ingest.page.reflow import join_lines
from ingest.types import Article, Jump, Reading, article_id

# What speaks for two halves, next to the share of the rest's terms that the beginning holds.
PAGE, OPEN = 0.3, 0.2
NEEDED = 0.3
IMPOSSIBLE = -9.0
MOST_HALVES = 60  # of one issue that are looked at together; no issue has more
SAID = 600  # characters of a rest that tell what it speaks of

_FILLED = ("title", "subtitle", "authors", "affiliation", "source", "published")
_Place = tuple[int, int]  # of an article: its reading's number, and its position there
_PAGE = re.compile(r"^([A-Z]?)0*(\d+)$")


@dataclass(frozen=True, slots=True)
class _Half:
    """An article, the reading in which it stands (by number), and one of its jumps."""

    reading: int
    issue: str  # of the newspaper, or whatever else the other half must share
    article: Article
    jump: Jump

    @property
    def place(self) -> _Place:
        return self.reading, self.jump.position


def join_readings(readings: Sequence[Reading]) -> Reading:
    """One reading out of those of one file's pages, the halves of its articles joined."""
    whole = concatenate(readings)
    halves = [_Half(0, "", whole.articles[jump.position], jump) for jump in whole.jumps]
    return _joined([whole], halves)[0]


def join_files(readings: Mapping[str, Reading]) -> Mapping[str, Reading]:
    """The readings of files, by their names, with halves joined that stand in files of one issue.

    Of one issue are files of the same day, unless they name different newspapers; where no day is
    named, those that lie in one folder. A joined article stands where its beginning did.
    """
    halves = [
        _Half(number, article.published or str(PurePath(name).parent), article, jump)
        for number, (name, reading) in enumerate(readings.items())
        for jump in reading.jumps
        if (article := reading.articles[jump.position])
    ]
    return dict(zip(readings, _joined(list(readings.values()), halves), strict=True))


def _joined(readings: Sequence[Reading], halves: Sequence[_Half]) -> list[Reading]:
    issues: dict[str, list[_Half]] = defaultdict(list)
    for half in halves:
        issues[half.issue].append(half)
    rests: dict[_Place, _Half] = {}  # by the place of what they go on from
    for held in issues.values():
        for start in range(0, len(held), MOST_HALVES):
            for first, rest in _pairs(held[start : start + MOST_HALVES]):
                if first.place not in rests and not _leads(rests, rest.place, first.place):
                    rests[first.place] = rest
    gone = {rest.place for rest in rests.values()}
    left: dict[_Place, list[Jump]] = defaultdict(list)  # the jumps that lead nowhere
    for half in halves:
        if half.place not in (rests if half.jump.onward else gone):
            left[half.place].append(half.jump)
    changed = {place[0] for place in (*rests, *gone)}
    return [
        _with_rests(number, reading, rests, gone, left) if number in changed else reading
        for number, reading in enumerate(readings)
    ]


def _pairs(halves: Sequence[_Half]) -> list[tuple[_Half, _Half]]:
    """Beginnings and rests that belong together."""
    firsts = [half for half in halves if half.jump.onward]
    backs = [half for half in halves if not half.jump.onward] if firsts else []
    counted = [terms(f"{first.article.title or ''}\n{first.article.text}") for first in firsts]
    values = []
    for rest in backs:
        said = f"{rest.jump.title or ''}\n{rest.article.title or ''}\n{rest.article.text[:SAID]}"
        likeness = affinities(said, counted)
        fits = [_fit(first, rest) for first in firsts]
        values.append([like + fit - NEEDED for like, fit in zip(likeness, fits, strict=True)])
    chosen = zip(backs, assign(values), strict=True)
    return [(firsts[j], rest) for rest, j in chosen if j is not None]


def _fit(first: _Half, rest: _Half) -> float:
    """What the pages, the newspaper and the end of the first half say for the two."""
    pages = _same_page(first.jump, rest.article), _same_page(rest.jump, first.article)
    sources = {first.article.source, rest.article.source} - {None}
    if first.place == rest.place or False in pages or len(sources) > 1:
        return IMPOSSIBLE
    return PAGE * sum(map(bool, pages)) + OPEN * (not ends_sentence(first.article.text))


def _same_page(jump: Jump, article: Article) -> bool | None:
    """Whether an article stands on the page named, ``3`` and ``A03`` being one; None if unknown."""
    if article.page is None or "page" in article.guessed:
        return None
    named, own = _PAGE.match(jump.page), _PAGE.match(article.page)
    if named is None or own is None:
        return jump.page == article.page
    return named[2] == own[2] and (named[1] == own[1] or not (named[1] and own[1]))


def _leads(rests: Mapping[_Place, _Half], start: _Place, end: _Place) -> bool:
    """Whether an article goes on, over any number of pages, in that at ``end``."""
    while start in rests and start != end:
        start = rests[start].place
    return start == end


def _with_rests(
    number: int,
    reading: Reading,
    rests: Mapping[_Place, _Half],
    gone: Collection[_Place],
    left: Mapping[_Place, Sequence[Jump]],
) -> Reading:
    """A reading with its articles whole, and without those that are the rest of another."""
    articles: list[Article] = []
    jumps: list[Jump] = []
    for position, article in enumerate(reading.articles):
        if (place := (number, position)) in gone:
            continue
        parts, whole = [place], article
        while rest := rests.get(parts[-1]):
            parts.append(rest.place)
            whole = join_articles(whole, rest.article)
        for part in parts:
            jumps += [replace(jump, position=len(articles)) for jump in left.get(part, ())]
        articles.append(whole)
    return replace(reading, articles=tuple(articles), jumps=tuple(jumps))


def join_articles(first: Article, rest: Article) -> Article:
    """The article that begins as ``first`` and goes on as ``rest``.

    What the beginning doesn't say of itself is taken from the rest; its title is left out.
    """
    text = _join_texts(first, rest)
    shift = len(text) - len(rest.text)
    headings = [replace(heading, start=heading.start + shift) for heading in rest.headings]
    filled = {name: getattr(rest, name) for name in _FILLED if not getattr(first, name)}
    whole = replace(
        first,
        **filled,
        headings=(*first.headings, *headings),
        text=text,
        notes=first.notes + tuple(note for note in rest.notes if note not in first.notes),
        guessed=first.guessed
        + tuple(name for name in rest.guessed if name in filled and name not in first.guessed),
    )
    return replace(whole, id=article_id(whole.title, text))


def _join_texts(first: Article, rest: Article) -> str:
    """Both texts; where the sentence goes on, without a break."""
    if not first.text or not rest.text:
        return first.text + rest.text
    last = first.text.rsplit("\n", 1)[-1]
    headed = any(heading.start == 0 for heading in rest.headings)
    heading_last = any(h.start + len(h.text) == len(first.text) for h in first.headings)
    if ends_sentence(last) or headed or heading_last:
        return f"{first.text}\n{rest.text}"
    paragraph = rest.text.split("\n", 1)[0]
    mended = join_lines([last, paragraph])
    return first.text[: len(first.text) - len(last)] + mended + rest.text[len(paragraph) :]
