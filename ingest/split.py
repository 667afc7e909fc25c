"""Sentences, and passages made of whole sentences.

A sentence ends where a reader of Chinese or English says that it does: at 。！？…… and . ! ?, with
the quotes and brackets that close there, and at the end of a line. It doesn't end inside brackets
or a short quotation, in a number, after an abbreviation, nor at ；.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.types import Article, Heading, Passage

Span = tuple[int, int]

VERSION = 1  # raise it whenever the same article gets other passages, or more is embedded with them
LONG_QUOTE = 200  # characters; the sentences of a longer quotation are told apart
LATIN_WEIGHT = 0.35  # an ASCII character says as much as this share of a Chinese one
BORDER = 0.15  # what a cut inside a paragraph costs, against the squared error of a passage's size
LEFTOVER = 2.0  # what a passage smaller than a quarter of the size costs
LONGEST = 4  # times the size: a longer sentence is cut
MOST_UNITS = 120  # of which a passage is made at most

PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』", "（": "）", "(": ")", "《": "》"}
PAIRS |= {"〈": "〉", "【": "】", "〔": "〕", "[": "]", '"': '"'}
QUOTES = frozenset('“‘「『"')
CLOSERS = frozenset(PAIRS.values())
BOOK_MARKS = frozenset("《〈")
BRACKETS = re.compile("[" + re.escape("".join({*PAIRS, *PAIRS.values()})) + "]")
ENDS = re.compile(r"[。！？｡!?]+|…+|\.+")
CONTINUES = frozenset("，、；：,;:)）》】—")
GOES_ON = frozenset("都等的也就是")  # after ……
SPEAKER = r"[^，。！？,.!?“”]{0,12}(?:说|説|問|问|道|喊|答|表示|介绍|介紹|告诉|告訴|回忆|回憶|感慨)"
SPEAKING = re.compile(SPEAKER)
SPOKEN = re.compile(SPEAKER + "[。！]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words("mr mrs ms dr prof st gen sen rep gov capt col lt rev hon sgt mt")
ABBREVIATIONS = TITLES | _words(
    "vs etc e.g i.e cf al no nos fig figs eq vol pp p ch sec ed eds inc ltd co corp dept univ "
    "approx est jr sr jan feb mar apr jun jul aug sep sept oct nov dec a.m p.m ph.d"
)
STARTERS = _words(
    "the a an it he she they we this that these those there in on at but and for if when while "
    "however what why how who as by after before since its his her their our you i"
)
WORD_BEFORE = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z](?:[A-Za-z]|\.(?=[A-Za-z]))*|\d+)$")
NEXT_WORD = re.compile(r"\s*([A-Za-z]+)")
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
LINE_END = re.compile(r"[^\S\n]*(?:\n|\Z)")
SOMETHING = re.compile(r"\S")
INTRODUCED = re.compile(r"[：:，,]\s{0,3}\Z")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The sentences of ``text[start:end]`` as spans of ``text``.

    They are trimmed of white space, in order, and together cover every other character.
    """
    end = len(text) if end is None else end
    spans: list[Span] = []
    while start < end:
        line_end = text.find("\n", start, end)
        line_end = end if line_end < 0 else line_end
        first = start
        for cut in [*_cuts(text, start, line_end), line_end]:
            spans += _trimmed(text, first, cut)
            first = cut
        start = line_end + 1
    return spans


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    """The span without white space at its ends, or nothing."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [(start, end)] if start < end else []


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """Where sentences end in a line, but for its own end."""
    enclosed = _enclosed(text, start, end)
    number = 0
    first = start
    for match in ENDS.finditer(text, start, end):
        if match.start() < first:
            continue
        while number < len(enclosed) and enclosed[number][1] < match.start():
            number += 1
        after = match.end()
        while after < end and text[after] in CLOSERS and not _opens(text, after):
            after += 1
        opened = None
        if number < len(enclosed) and enclosed[number][0] < match.start():
            opened, closed = enclosed[number]
            if closed >= after:
                continue
        if after < end and _is_end(text, first, match, after, opened):
            yield after
            first = after


def _enclosed(text: str, start: int, end: int) -> list[Span]:
    """The outermost quotations and brackets that aren't long: positions of both their marks."""
    stack: list[int] = []
    found: list[Span] = []
    for match in BRACKETS.finditer(text, start, end):
        position, mark = match.start(), match.group()
        if mark in PAIRS and (mark != '"' or _opens(text, position)):
            stack.append(position)
            continue
        for depth in range(len(stack) - 1, max(-1, len(stack) - 5), -1):
            if PAIRS[text[stack[depth]]] == mark:
                if position - stack[depth] <= LONG_QUOTE:
                    found.append((stack[depth], position))
                del stack[depth:]
                break
    outermost: list[Span] = []
    for span in sorted(found):
        if not outermost or span[0] > outermost[-1][1]:
            outermost.append(span)
    return outermost


def _opens(text: str, position: int) -> bool:
    """Whether a straight quotation mark opens: it has space before it and none behind."""
    if text[position] != '"':
        return text[position] in PAIRS
    before, behind = text[position - 1 : position], text[position + 1 : position + 2]
    return (not before or before.isspace() or before in "（(：:，,") and not behind.isspace()


def _is_end(text: str, first: int, match: re.Match[str], after: int, opened: int | None) -> bool:
    """Whether the sentence that starts at ``first`` ends at ``after``, behind these marks.

    ``opened`` is where the quotation or bracket starts that closes there.
    """
    if text[after] in CONTINUES or ENDS.match(text, after):
        return False
    if opened is not None and not _ends_with_quote(text, first, match, after, opened):
        return False
    mark = match.group()
    if mark[0] in "。！？｡":
        return True
    if mark[0] == "…" or len(mark) > 2:
        if len(mark) == 1 or match.start() - first < 3 or text[after] in GOES_ON:
            return False
        return not _goes_on(text, after)
    if mark == ".":
        return _is_full_stop(text, first, match.start(), after)
    return _is_apart(text, match.start(), after) and not _goes_on(text, after)


def _ends_with_quote(text: str, first: int, match: re.Match[str], after: int, opened: int) -> bool:
    """Whether the end of a quotation or bracket ends the sentence around it, too."""
    whole = not SOMETHING.search(text, first, opened)
    if text[opened] in BOOK_MARKS:
        return False
    if text[opened] not in QUOTES:
        return whole
    if match.group()[0] in "。｡.":
        return not SPOKEN.match(text, after)
    introduced = whole or INTRODUCED.search(text, max(0, opened - 4), opened)
    return bool(introduced) and not SPEAKING.match(text, after)


def _is_full_stop(text: str, first: int, position: int, after: int) -> bool:
    """Whether the dot at ``position`` ends a sentence, and not an abbreviation or a number."""
    if not _is_apart(text, position, after) or _goes_on(text, after):
        return False
    before = WORD_BEFORE.search(text, max(first, position - 20), position)
    if before is None:
        return True
    word = before.group().lower()
    if word.isdigit():
        begins = not SOMETHING.search(text, first, before.start())
        return not begins and not HAN.match(text, after)
    if len(word) > 1 and word not in ABBREVIATIONS and "." not in word:
        return True
    following = NEXT_WORD.match(text, after)
    if word in TITLES or following is None:
        return False
    return following.group(1).lower() in STARTERS


def _is_apart(text: str, position: int, after: int) -> bool:
    """Whether white space follows a Western mark, or Chinese text stands around it."""
    if text[after].isspace():
        return True
    return bool(HAN.match(text, position - 1) and not text[after].isdigit()) or bool(
        HAN.match(text, after)
    )


def _goes_on(text: str, after: int) -> bool:
    """Whether a word in small letters follows."""
    following = NEXT_WORD.match(text, after)
    return following is not None and following.group(1)[0].islower()


@dataclass(slots=True)
class _Unit:
    """One or a few sentences that stay together. ``closes`` where a paragraph ends with them."""

    start: int
    end: int
    weight: float
    closes: bool


def split_article(article: Article, *, size: int = 250) -> list[Passage]:
    """The article as passages of about ``size`` Chinese characters (or the like in English).

    Passages are whole sentences of one section, and rather whole paragraphs; only a sentence of
    more than ``4 * size`` is cut. Headings themselves are in no passage.
    """
    passages: list[Passage] = []
    start = 0
    heading = None
    for following in [*article.headings, Heading("", len(article.text))]:
        units = _units(article.text, start, following.start, size)
        for first, last in _best_partition(units, size):
            passages.append(Passage(article.id, units[first].start, units[last].end, heading))
        start = following.start + len(following.text)
        heading = following.text
    return passages


def _weight(text: str) -> float:
    """The length of a text in Chinese characters."""
    latin = len(text.encode("ascii", "ignore"))
    return len(text) - latin + LATIN_WEIGHT * latin


def _units(text: str, start: int, end: int, size: int) -> list[_Unit]:
    """The sentences of a section; very short ones go together, overlong ones are cut.

    The tiniest go together even over the ends of lines, so that units aren't too many.
    """
    units: list[_Unit] = []
    for sentence_start, sentence_end in sentence_spans(text, start, end):
        closes = LINE_END.match(text, sentence_end, end) is not None
        for first, last in _shortened(text, sentence_start, sentence_end, size):
            weight, ends = _weight(text[first:last]), closes and last == sentence_end
            previous = units[-1] if units else None
            least = size / 50 if previous and previous.closes else size / 10
            if previous and weight + previous.weight < least:
                previous.end, previous.closes = last, ends
                previous.weight += weight
            else:
                units.append(_Unit(first, last, weight, ends))
    return units


def _shortened(text: str, start: int, end: int, size: int) -> list[Span]:
    """The sentence, or if it's overlong its parts, cut at ；，、 if possible."""
    longest = LONGEST * size
    if end - start <= longest or _weight(text[start:end]) <= longest:
        return [(start, end)]
    spans: list[Span] = []
    reach = size if _weight(text[start : start + size]) > size / 2 else round(size / LATIN_WEIGHT)
    while end - start > reach:
        window = text[start : start + reach]
        cut = max((window.rfind(mark, reach // 4) for mark in "；，、;, "), default=-1) + 1
        cut = start + (cut or reach)
        spans += _trimmed(text, start, cut)
        start = cut
    return spans + _trimmed(text, start, end)


def _best_partition(units: list[_Unit], size: int) -> list[Span]:
    """First and last unit of each passage, so that the total cost is least.

    A passage costs the squared relative error of its size; a cut inside a paragraph and a tiny
    passage cost more. Dynamic programming over the units, linear in their number.
    """
    costs, begins = [0.0], [0]
    weights, largest = [unit.weight for unit in units], (LONGEST + 1) * size
    for last in range(len(units)):
        best, begin, weight = float("inf"), last, 0.0
        cut = 0.0 if units[last].closes or last == len(units) - 1 else BORDER
        least = min(costs[-MOST_UNITS:]) + cut
        for first in range(last, max(-1, last - MOST_UNITS), -1):
            weight += weights[first]
            if weight > largest and first < last:
                break
            error = (weight / size - 1) ** 2
            if weight > size and least + error >= best:
                break  # it only grows from here on
            cost = costs[first] + error + cut
            cost += LEFTOVER if weight < size / 4 else 0
            if cost < best:
                best, begin = cost, first
        costs.append(best)
        begins.append(begin)
    passages: list[Span] = []
    last = len(units) - 1
    while last >= 0:
        passages.append((begins[last + 1], last))
        last = begins[last + 1] - 1
    return passages[::-1]
