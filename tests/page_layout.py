"""Sets an article's parts as lines of a newspaper column, for the page generator."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

NOT_AT_START = frozenset("，。！？；：、”’）》】…—％%,:;?!).")
NOT_AT_END = frozenset("“‘（《【(")
UNITS = re.compile(r"[A-Za-z0-9][A-Za-z0-9.%+\-]*|.")
SENTENCE_END = tuple('。！？”）：!?.:)"')
TITLE_JOINTS = re.compile(r"[ ：:，,、”的与與](?=[^”])|(?=惠及|办到|辦到|走出|看|如何)")
INDENT = "　　"


@dataclass(frozen=True, slots=True)
class Style:
    """How one article is set.

    ``spacing``: *lines* (a blank line between all wrapped lines), *paragraphs* (between
    paragraphs), *indent* (none; paragraphs start with two full-width spaces), *unwrapped*.
    ``width`` is in full-width characters; ``second_width`` (or 0) takes over in mid-article.
    ``headings`` is plain, numbered or wrapped; in Markdown ``#`` is added where ``markup`` is set.
    """

    english: bool
    spacing: str
    width: int
    second_width: int
    headings: str
    markup: bool
    heading_markup: bool
    split_title: bool
    column_breaks: bool

    @classmethod
    def choose(cls, rng: Random, *, english: bool, markdown: bool) -> Style:
        """A style as real pages have them."""
        spacings = ("lines", "paragraphs", "indent", "unwrapped")
        spacing = rng.choices(spacings, (0, 25, 0, 75) if markdown else (25, 35, 20, 20))[0]
        width = rng.choice((12, 13, 13, 14, 15, 16, 17, 18, 18, 20, 22, 24, 28, 32, 40))
        return cls(
            english=english,
            spacing=spacing,
            width=max(width, 20) if english else width,
            second_width=2 * width if width <= 20 and rng.random() < 0.2 else 0,
            headings=rng.choice(("plain", "plain", "numbered", "wrapped"))
            if not english
            else "plain",
            markup=markdown and rng.random() < 0.85,
            heading_markup=markdown and rng.random() < 0.85,
            split_title=not markdown and rng.random() < 0.15,
            column_breaks=rng.random() < 0.3,
        )


def wrap(text: str, style: Style, indent: str = "", *, skip: int = 0) -> list[str]:
    """``text`` as lines; the width changes to the second one after ``skip`` lines if it's > 0."""
    if style.english:
        return _wrap_english(text, style, indent, skip)
    lines: list[str] = []
    line: list[str] = [indent] if indent else []
    used = float(len(indent))
    for unit in UNITS.findall(text):
        limit = style.second_width if skip and len(lines) >= skip else style.width
        size = sum(0.5 if character < "\u2000" else 1 for character in unit)
        if used + size > limit and line:
            carried: list[str] = []
            while len(line) > 1 and (
                line[-1] in NOT_AT_END or (unit if not carried else carried[0]) in NOT_AT_START
            ):
                carried.insert(0, line.pop())
            lines.append("".join(line))
            line = carried
            used = float(sum(len(part) for part in line))
        if not line and unit == " ":
            continue
        line.append(unit)
        used += size
    return [*lines, "".join(line)]


def _wrap_english(text: str, style: Style, indent: str, skip: int) -> list[str]:
    def fill(part: str, width: int, first: str) -> list[str]:
        return textwrap.wrap(
            part,
            width * 2,
            initial_indent=first,
            break_long_words=False,
            break_on_hyphens=False,
        )

    lines = fill(text, style.width, indent)
    if skip and len(lines) > skip:
        rest = " ".join(lines[skip:])
        lines = [*lines[:skip], *fill(rest, style.second_width, "")]
    return lines


def render_head(rng: Random, style: Style, title: str, subtitle: str | None) -> list[str]:
    """The title on one or two lines, and its subtitle."""
    lines = [title]
    joints = [match.end() for match in TITLE_JOINTS.finditer(title, 4, len(title) - 3)]
    if style.split_title and joints:
        joint = rng.choice(joints)
        lines = [title[:joint].rstrip(), title[joint:]]
    elif style.markup:
        lines = [f"# {title}"]
    return lines + ([subtitle] if subtitle else [])


def render_quote(rng: Random, style: Style, text: str) -> str:
    """A pull-quote: narrower than the body, or a paragraph of its own where nothing is wrapped."""
    if style.spacing == "unwrapped":
        return f"> {text}" if style.markup and rng.random() < 0.4 else text
    lines = wrap(text, replace(style, width=max(9, int(style.width * 0.7)), second_width=0))
    return ("\n\n" if style.spacing == "lines" else "\n").join(lines)


def render_body(
    rng: Random, style: Style, lines: Sequence[str], headings: Sequence[str], inset: str
) -> tuple[str, list[str]]:
    """The body with its headings and an ``inset`` block, and the traits that show in it."""
    traits = {f"spacing {style.spacing}"}
    traits.add(
        f"headings {'##' if style.heading_markup else style.headings}"
        if headings
        else "no headings"
    )
    change = rng.randint(4, 20) if style.second_width and style.spacing != "unwrapped" else 0
    place = _inset_place(rng, lines, headings) if inset else -1
    blocks: list[str] = []
    used = 0
    for position, line in enumerate(lines):
        if position == place:
            blocks.append(_apart(style, inset))
        if line in headings:
            blocks.append(_render_heading(style, line))
            continue
        if style.spacing == "unwrapped":
            broken = _broken_paragraph(rng, line) if style.column_breaks else line
            traits |= {"column break"} if broken != line else set()
            blocks.append(broken)
            continue
        current = style
        if change and used >= change:
            current = replace(style, width=style.second_width)
        skip = change - used if change and used < change else 0
        wrapped = wrap(line, current, INDENT if style.spacing == "indent" else "", skip=skip)
        traits |= {"width change"} if skip and len(wrapped) > skip else set()
        used += len(wrapped)
        if style.column_breaks and style.spacing != "lines" and _break_column(rng, wrapped):
            traits.add("column break")
        blocks.append(("\n\n" if style.spacing == "lines" else "\n").join(wrapped))
    separator = "\n" if style.spacing == "indent" else "\n\n"
    return separator.join(blocks), sorted(traits)


def _apart(style: Style, text: str) -> str:
    return f"\n{text}\n" if style.spacing == "indent" else text


def _inset_place(rng: Random, lines: Sequence[str], headings: Sequence[str]) -> int:
    """A place between two paragraphs, or -1."""
    places = [
        position
        for position in range(1, len(lines))
        if lines[position] not in headings and lines[position - 1] not in headings
    ]
    return rng.choice(places) if places else -1


def _render_heading(style: Style, heading: str) -> str:
    if style.heading_markup:
        return f"## {heading}"
    if style.spacing != "paragraphs":
        return _apart(style, heading)
    if style.headings == "wrapped" or len(heading) > style.width * (2 if style.english else 1):
        return "\n".join(wrap(heading, replace(style, width=max(7, style.width * 2 // 3))))
    return heading


def _break_column(rng: Random, lines: list[str]) -> bool:
    """Put a blank line after one that ends in mid-sentence, well inside the paragraph."""
    inner = [
        position
        for position in range(2, len(lines) - 3)
        if not lines[position - 1].endswith(SENTENCE_END)
    ]
    if not inner or rng.random() < 0.5:
        return False
    lines.insert(rng.choice(inner), "")
    return True


def _broken_paragraph(rng: Random, text: str) -> str:
    """The paragraph cut in two by a blank line in mid-sentence, if it's long enough."""
    joints = [
        match.end()
        for match in re.finditer(r"[\u4e00-\u9fff](?=[\u4e00-\u9fff])|[a-z] (?=[a-z])", text)
        if 40 <= match.end() <= len(text) - 40
    ]
    if not joints or rng.random() < 0.6:
        return text
    cut = rng.choice(joints)
    return f"{text[:cut].rstrip()}\n\n{text[cut:]}"
