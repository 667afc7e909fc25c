"""Tells the lines of titles and headings from running text by how they are set on the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.page.byline import is_name
from ingest.page.furniture import Kind, line_kind, opens_news
from ingest.page.lines import (
    HAN,
    LONG,
    LOOSEST,
    RAGGED,
    WINDOW,
    Fit,
    Line,
    base_gap,
    common_slack,
    ends_clause,
    ends_sentence,
    fits,
    is_western,
    missing,
)
from ingest.page.metadata import is_section

LONGEST_SHORT = 60  # characters of a title or a heading
LONGEST_WESTERN_SHORT = 140
LONGEST_QUESTION = 25.0  # ems of a heading that asks or exclaims

NUMBERED = re.compile(
    "^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|"
    "第[一二三四五六七八九十百]{1,4}(?:章|节|節|篇|编|編|部分)(?=[\\s　：:]|$))"
)
MARKDOWN_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
SUBTITLE = re.compile("^(?:—{1,2}|－{1,2}|--)\\s*[^—－\\-\\s][^。！？；]{2,38}$")
ENDS_OPEN = re.compile("[，、,“‘（《(](?:\\[\\d{1,3}\\])*$")

COUNTED = re.compile("^\\d{1,2}[.．、](?!\\d)")
_HEADING = re.compile("[^，。；：！？,;:]{2,22}")
_ITEM = re.compile(r"^(?:[-*+]\s+\S|\||\d{1,2}[.)]\s)")
_SPACED_HALVES = re.compile(f"[{HAN}”』」》][ \u3000]+[{HAN}“『「《]")
_COMMA = re.compile("[，、,；;]")
_MARKS = re.compile("[，。；：]")
_STOP_INSIDE = re.compile(f'[。；！？][”’』」]?[{HAN}“]|[a-z]{{3}}[.?!]["”’)]* [A-Z“"]')
FULL_STOP = re.compile(
    r'(?:[。；…][”’』」）)]*|[a-z]\.["”’)]*|(?<=\S)[.。][”"’』」）)]*(?:[\[［]\d{1,3}[\]］])+)$'
)
_COLON = re.compile("[：:]$")
_FOOTNOTE = re.compile(r"[\[［]\d{1,3}[\]］]")
_PAUSE = re.compile("[；;：:]$")
_CUT_END = re.compile("[的和与與及或在是为為将將对對把被从從向以其这這那该該每各了，、,]$")
_QUESTION = re.compile("[^，,；;。]+[？！?!]")


@dataclass(frozen=True, slots=True)
class Setting:
    """How the lines of a page are set; everything but ``slack`` and ``indented`` by line."""

    lines: Sequence[Line]
    fits: Sequence[Fit]
    kinds: Sequence[Kind | None]  # told by the line's wording
    apart: Sequence[bool]  # more blank lines stand above it than between wrapped lines
    slack: float  # ems that wrapped lines may leave free
    indented: bool  # indents show where paragraphs begin

    def text(self, i: int) -> str:
        """The line ``i``, or nothing outside the page."""
        return self.lines[i].text if 0 <= i < len(self.lines) else ""

    def is_apart(self, i: int) -> bool:
        """Whether something sets line ``i`` apart from the one above; the page's edge does."""
        return i >= len(self.lines) or self.apart[i]

    def free(self, i: int) -> float:
        """How many ems line ``i`` leaves free though the next line could have filled them."""
        return missing(self.fits[i], self.text(i + 1))


def measure(lines: Sequence[Line]) -> Setting:
    """Find out how a page is set."""
    column = fits(lines)
    return Setting(
        lines=lines,
        fits=column,
        kinds=_kinds(lines),
        apart=[i == 0 or line.gap > base_gap(lines, i) for i, line in enumerate(lines)],
        slack=common_slack(lines, column),
        indented=20 * sum(line.indent >= 1 for line in lines) >= len(lines),
    )


def _kinds(lines: Sequence[Line]) -> list[Kind | None]:
    """What lines are by their wording; a page's section by the masthead beside it, too."""
    kinds = [line_kind(line.text) for line in lines]
    sections = [i for i, line in enumerate(lines) if kinds[i] is None and is_section(line.text)]
    for i in sections:
        if Kind.MASTHEAD in (*kinds[max(0, i - 1) : i], *kinds[i + 1 : i + 2]):
            kinds[i] = Kind.MASTHEAD
    return kinds


def is_display(page: Setting, i: int) -> bool:
    """Whether line ``i`` belongs to a title or a heading and can't be running text."""
    line = page.text(i)
    if is_numbered_heading(page, i):
        return True
    if len(line) > LONGEST_WESTERN_SHORT or FULL_STOP.search(line) or opens_line(line):
        return False
    if _shows_title_above(page, i + 1):
        return not ENDS_OPEN.search(line)
    if SUBTITLE.match(line) and _may_be_title(page, i - 1):
        return True
    following = page.text(i + 1)
    if _COLON.search(line) and not page.is_apart(i + 1) and not _COLON.search(following):
        return is_display(page, i + 1)
    return not _reads_like_text(page, i) and _is_set_as_display(page, i)


def is_numbered_heading(page: Setting, i: int) -> bool:
    """Whether line ``i`` is a heading such as ``一、来历`` or ``1.水源``, and not one of a list's
    items: a sentence is over above it, and what stands below is longer and no item either.
    """
    line, above, below = page.text(i), page.text(i - 1), page.text(i + 1)
    counted = bool(COUNTED.match(line))
    if not (counted or NUMBERED.match(line)) or not _HEADING.fullmatch(line):
        return False
    if len(below) < 1.5 * len(line) or not (i == 0 or page.kinds[i - 1] or ends_clause(above)):
        return False
    around = (above, below)
    return not counted or (
        not any(map(COUNTED.match, around)) and not any(map(_ITEM.match, around))
    )


def opens_line(line: str) -> bool:
    """Whether a line can't but begin something: a list's item, a news item."""
    return bool(_ITEM.match(line)) or opens_news(line)


def is_name_below_title(page: Setting, i: int) -> bool:
    """Whether line ``i`` is a bare name below a title.

    A short line can as well be the end of a heading (``高质量``). So above it stands what can only
    be a title: a Markdown heading, or one or two lines below furniture or at the page's top.
    """
    above = page.text(i - 1)
    if not above or not is_name(page.text(i)) or FULL_STOP.search(above):
        return False
    if MARKDOWN_HEADING.match(above) or i <= 2:
        return True
    furniture = {Kind.CLOSER, Kind.STAFF, Kind.MASTHEAD, Kind.RULE, Kind.JUMP}
    return bool(furniture & {*page.kinds[i - 3 : i - 1]})


def _shows_title_above(page: Setting, i: int) -> bool:
    """Whether line ``i`` stands below titles: a byline, a subtitle, a news item's first line."""
    line = page.text(i)
    if not line:
        return False
    byline = page.kinds[i] is Kind.BYLINE and line[0] not in "（("  # in brackets it ends a body
    subtitle = bool(SUBTITLE.match(line))
    return byline or subtitle or opens_news(line) or is_name_below_title(page, i)


def _may_be_title(page: Setting, i: int) -> bool:
    """Whether line ``i`` can be a title, so that a line with a dash below it is its subtitle."""
    line = page.text(i)
    if not line or MARKDOWN_HEADING.match(line):
        return bool(line)
    return not FULL_STOP.search(line) and page.fits[i].length <= LONG


def _reads_like_text(page: Setting, i: int) -> bool:
    """Whether the wording of line ``i`` shows that it is text, whole or cut."""
    line = page.text(i)
    if _FOOTNOTE.match(line) or (ends_sentence(line) and not _is_question(page, i)):
        return True
    enumerates = len(_COMMA.findall(line)) > 1 and page.fits[i].length > LONG / 2
    return enumerates or bool(_STOP_INSIDE.search(line) or _PAUSE.search(line))


def _is_question(page: Setting, i: int) -> bool:
    """Whether line ``i`` is a question or an exclamation that stands by itself."""
    line, above = page.text(i), page.text(i - 1)
    if not _QUESTION.fullmatch(line) or page.fits[i].length > LONGEST_QUESTION:
        return False
    if page.is_apart(i) or page.kinds[i - 1] or MARKDOWN_HEADING.match(above):
        return True
    wrapped = page.fits[i - 1].width is not None
    return ends_clause(above) and not (wrapped and page.free(i - 1) <= page.slack)


def _is_set_as_display(page: Setting, i: int) -> bool:
    """Whether line ``i`` doesn't fill its column, is wider than it, or stands alone in it."""
    line, fit = page.text(i), page.fits[i]
    if fit.width is None:
        return fit.length <= LONG
    two_halves = _SPACED_HALVES.search(line) and not _MARKS.search(line)
    if fit.length > fit.width + 2 or two_halves or i + 1 == len(page.lines):
        return True
    if page.is_apart(i) and page.is_apart(i + 1) and not _CUT_END.search(line):
        return True  # typesetters leave no paragraph's first line alone at a column's foot
    return _is_short(page, i) and (ends_sentence(line) or not _is_narrow_text(page, i))


def _is_short(page: Setting, i: int) -> bool:
    """Whether line ``i`` ends well before its column does.

    Punctuation that may not begin a line makes lines a little shorter, and so does a lost indent.
    So where nothing sets a line apart from the next one it must be much shorter.
    """
    free, apart = page.free(i), page.is_apart(i + 1)
    if page.is_apart(i) and not apart and free < (page.fits[i].width or 0) / 3:
        return False
    first = i > 0 and page.kinds[i - 1] in (Kind.CLOSER, Kind.STAFF)
    needed = 0.5 if apart or first or NUMBERED.match(page.text(i)) else LOOSEST
    return free >= needed and free > page.slack


def _is_narrow_text(page: Setting, i: int) -> bool:
    """Whether a sentence goes on below line ``i``, set narrower than its surroundings."""
    longest = page.fits[i].length + (RAGGED if is_western(page.text(i)) else 1.5)
    for j in range(i + 1, min(len(page.lines), i + 2 * WINDOW)):
        if page.is_apart(j) or page.fits[j].length > longest:
            return False
        if ends_sentence(page.text(j)):
            return True
    return False
