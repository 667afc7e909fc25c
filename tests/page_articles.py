"""Composes articles with known truth for the page generator, in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from random import Random
from typing import Any

from page_chinese import CHINESE, GIVEN, LATIN_WORDS, SURNAMES
from page_english import ENGLISH, FIRST_NAMES, LAST_NAMES
from page_material import Subject

NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Draft:
    """One article before it is laid out. ``lines`` is its body; ``headings`` stand among them."""

    title: str
    subtitle: str | None
    byline: str
    authors: tuple[str, ...]
    closing: str
    affiliation: str
    lines: tuple[str, ...]
    headings: tuple[str, ...]
    pull_quote: str
    funding: str
    eyebrow: str
    credit: str
    caption: str

    def converted(self, convert: Callable[[str], str]) -> Draft:
        """The same article with every text converted."""

        def change(value: str | tuple[str, ...] | None) -> Any:
            if isinstance(value, tuple):
                return tuple(map(convert, value))
            return convert(value) if value else value

        return Draft(**{field.name: change(getattr(self, field.name)) for field in fields(self)})


@dataclass(frozen=True, slots=True)
class Wish:
    """What the layout asks of an article.

    ``bare_byline``: only names; ``credited``: a line behind the body takes the byline's place;
    ``paragraphs``: the fewest and the most that it may have.
    """

    headings: int
    numbered: bool
    longest_heading: int
    subtitle: bool
    bylined: bool
    bare_byline: bool
    credited: bool
    paragraphs: tuple[int, int] = (3, 9)


class Writer:
    """Writes one article on one subject, with no sentence that is in ``written`` already."""

    def __init__(self, rng: Random, subject: Subject, written: set[str], *, english: bool) -> None:
        self.rng = rng
        self.subject = subject
        self.english = english
        self.book = ENGLISH if english else CHINESE
        self.focus = {
            "t": rng.choice(subject.things),
            "a": rng.choice(subject.people),
            "d": rng.choice(subject.deeds),
            "p": rng.choice(subject.problems),
            "w": rng.choice(subject.places),
        }
        self.written = written
        self.unused: list[str] = []

    def fill(self, template: str, *, focused: bool = False) -> str:
        """The template with its slots filled; ``focused`` keeps to the article's own theme."""
        rng, subject = self.rng, self.subject
        things = rng.sample(subject.things, 3)
        deeds = rng.sample(subject.deeds, 2)
        problems = rng.sample(subject.problems, 2)
        slots = {
            "s": subject.name,
            "t": things[0],
            "u": things[1],
            "v": things[2],
            "d": deeds[0],
            "e": deeds[1],
            "p": problems[0],
            "r": problems[1],
            "a": rng.choice(subject.people),
            "w": rng.choice(subject.places),
            "n": str(rng.randint(12, 9800)),
            "c": f"{rng.randint(60, 980) / 10:.1f}",
            "q": str(rng.randint(2, 9)),
            "m": str(rng.randint(4, 8)),
            "k": str(rng.randint(3, 11)),
            "y": str(rng.randint(2012, 2026)),
            "l": rng.choice(LATIN_WORDS),
            "x": person(rng, english=self.english),
        }
        for slot, word in self.focus.items():
            others = {"t": "uv", "d": "e", "p": "r"}.get(slot, "")
            clash = any(slots[other] == word for other in others)
            if focused and clash:
                other = next(o for o in others if slots[o] == word)
                slots[other] = slots[slot]
            if focused or (not clash and rng.random() < 0.4):
                slots[slot] = word
        return template.format_map(slots)

    def sentence(self, templates: tuple[str, ...], *, focused: bool = False) -> str:
        """A sentence that isn't written yet, of a form used as rarely as can be."""
        while True:
            if not any(template in templates for template in self.unused):
                self.unused += templates
            template = self.rng.choice([t for t in self.unused if t in templates])
            self.unused.remove(template)
            text = self.fill(template, focused=focused)
            if text not in self.written:
                self.written.add(text)
                return text[0].upper() + text[1:]

    def title(self, body: str) -> str:
        """A title that speaks of something which ``body`` speaks of."""
        while True:
            text = self.fill(self.rng.choice(self.book.titles), focused=True)
            if any(word in text and word in body for word in self.focus.values()):
                return text[0].upper() + text[1:]

    def paragraphs(self, count: int) -> list[list[str]]:
        """``count`` paragraphs, each a list of sentences; the first speaks of the theme."""
        sentences = self.book.sentences
        result = [[self.sentence(self.book.openings, focused=True)]]
        for _ in range(self.rng.randint(2, 3)):
            result[0].append(self.sentence(sentences, focused=True))
        while len(result) < count:
            size = self.rng.choice((1, 2, 3, 3, 4, 5))
            result.append([self.sentence(sentences) for _ in range(size)])
        return result

    def heading(self, longest: int) -> str | None:
        """A heading of at most ``longest`` characters, or none if there's no such one."""
        for _ in range(20):
            text = self.fill(self.rng.choice(self.book.headings))
            if len(text) <= longest and text not in self.written:
                self.written.add(text)
                return text
        return None


def person(rng: Random, *, english: bool) -> str:
    """A name that nobody in particular has."""
    if english:
        return f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
    given = rng.sample(GIVEN, rng.choice((1, 2, 2)))
    return rng.choice(SURNAMES) + "".join(given)


def byline(rng: Random, *, english: bool, bare: bool) -> tuple[str, tuple[str, ...]]:
    """A byline in one of the forms that newspapers use, and the people that it names."""
    first, second = person(rng, english=english), person(rng, english=english)
    while second == first:
        second = person(rng, english=english)
    if english:
        if rng.random() < 0.3:
            return f"By {first} and {second}", (first, second)
        return f"By {first}", (first,)
    forms = [
        (f"□ {first}", 1),
        (f"□{first}", 1),
        (f"■ {first}", 1),
        (f"□{first} {second}", 2),
        (f"■ {first} {second}", 2),
        (f"本报记者 {first}", 1),
        (f"□ 本报记者 {first}", 1),
        (f"本报记者 {first} 通讯员 {second}", 2),
        (f"文/{first}", 1),
        (f"作者：{first}", 1),
        (f"□文/{first}", 1),
        (f"文｜{first}", 1),
        (f"■本报记者 {first} {second}", 2),
        (f"通讯员 {first}", 1),
    ]
    if len(first) == 2:
        forms.append((f"□ {first[0]}　{first[1]}", 1))
    if bare:
        forms = [(first, 1), (f"{first} {second}", 2)]
    form, names = rng.choice(forms)
    return form, (first, second)[:names]


def credit(rng: Random, *, english: bool) -> tuple[str, tuple[str, ...]]:
    """A line behind the body that names its author, in place of a byline."""
    first, second = person(rng, english=english), person(rng, english=english)
    if english:
        return f"({first})", (first,)
    if first != second and rng.random() < 0.4:
        return f"（记者 {first} 通讯员 {second}）", (first, second)
    return rng.choice((f"（本报记者 {first}）", f"（记者 {first}）")), (first,)


def closing(rng: Random, subject: Subject, *, english: bool) -> tuple[str, str]:
    """The bracketed line after a body that says who the author is, and what it says."""
    if english:
        text = rng.choice(ENGLISH.affiliations)
        return f"(The author is {text}.)", text
    text = rng.choice(CHINESE.affiliations).format(s=subject.name)
    if text.endswith(("教授", "讲师", "长", "研究员")):
        return rng.choice((f"（作者系{text}）", f"（作者为{text}）")), text
    if rng.random() < 0.3:
        return f"（作者系{text}研究员）", f"{text}研究员"
    if rng.random() < 0.1:
        return f"作者单位：{text}", text
    return f"（作者单位：{text}）", text


def funding(rng: Random, subject: Subject) -> str:
    """A note that names the project behind an article."""
    number = f"{rng.choice(('HX', 'SKY', 'YC'))}{rng.randint(18, 26)}{rng.randint(10, 99)}"
    return rng.choice(
        (
            f"【本文系北原省社科基金项目“{subject.name}长效机制研究”（{number}）阶段性成果】",
            f"【基金项目：云川市{subject.name}专项课题（编号：{number}）】",
            f"【本文为江州学院校级课题《{subject.name}创新路径研究》（{number}）的研究成果】",
        )
    )


def _pull_quote(rng: Random, paragraphs: list[list[str]], joiner: str) -> str:
    """One or two sentences from inside a long paragraph, or the empty string."""
    long = [sentences for sentences in paragraphs if len(sentences) >= 3]
    for _ in range(10 if long else 0):
        sentences = rng.choice(long)
        start = rng.randint(0, len(sentences) - 2)
        text = joiner.join(sentences[start : start + rng.choice((1, 2))])
        if len(text) >= 22 and not re.match(r"[一二]是|首先|其次", text):
            return text
    return ""


def compose(
    rng: Random, subject: Subject, wish: Wish, written: set[str], *, english: bool
) -> Draft:
    """An article on ``subject``, with everything that a layout may want to show of it.

    Its sentences aren't in ``written``, and are added to it.
    """
    writer = Writer(rng, subject, written, english=english)
    paragraphs = writer.paragraphs(rng.randint(*wish.paragraphs))
    joiner = " " if english else ""
    lines, headings = _with_headings(writer, wish, [joiner.join(part) for part in paragraphs])
    head, end, authors = "", "", ()
    if wish.bylined:
        head, authors = byline(rng, english=english, bare=wish.bare_byline)
    elif wish.credited:
        end, authors = credit(rng, english=english)
    about, affiliation = closing(rng, subject, english=english)
    eyebrow = writer.fill(rng.choice(writer.book.eyebrows), focused=True)
    subtitle = writer.fill(rng.choice(writer.book.subtitles), focused=True)
    return Draft(
        title=writer.title("".join(lines)),
        subtitle=subtitle if wish.subtitle else None,
        byline=head,
        authors=authors,
        closing=about,
        affiliation=affiliation,
        lines=tuple(lines),
        headings=tuple(headings),
        pull_quote=_pull_quote(rng, paragraphs, joiner),
        funding="" if english else funding(rng, subject),
        eyebrow=eyebrow[0].upper() + eyebrow[1:],
        credit=end,
        caption=writer.fill(writer.book.caption),
    )


def _with_headings(
    writer: Writer, wish: Wish, paragraphs: list[str]
) -> tuple[list[str], list[str]]:
    """The paragraphs with headings among them, and those headings."""
    count = min(wish.headings, len(paragraphs) - 1)
    headed = set(writer.rng.sample(range(1, len(paragraphs)), count))
    lines: list[str] = []
    headings: list[str] = []
    for position, paragraph in enumerate(paragraphs):
        heading = writer.heading(wish.longest_heading - 2) if position in headed else None
        if heading:
            numeral = f"{NUMERALS[len(headings)]}、" if wish.numbered else ""
            headings.append(numeral + heading)
            lines.append(numeral + heading)
        lines.append(paragraph)
    return lines, headings
