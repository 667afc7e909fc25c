"""What a sentence says only half of without its neighbours: lists, explanations, ``it``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chat.answers.kinds import LIST, plain
from chat.types import Evidence
from ingest.split import Span, sentence_spans

AROUND = 4000  # characters before and after a sentence in which its list may stand
GAP = 6  # a list goes on within so many sentences
MOST_IN_A_LIST = 20

# A sentence that opens so says nothing without the one before it.
LEANS = re.compile(
    r"(?:其(?!他|她|余|餘|次|中|实|實|[一二三四五六七八九])|[该該此这這那它他她]"
    r"|They\b|It\b|He\b|She\b|Th(?:is|ese|ose|at)\b)"
)
# A sentence that closes so says nothing without those after it.
ANNOUNCES = re.compile(r"(?:[:：]|(?:如下|以下.{1,8})[。.])$")
ASKS_TO_EXPLAIN = re.compile(
    r"为什么|为何|怎样|怎么|如何"
    r"|\bwhy\b|\bhow (?:do|does|did|can|could|should|is|are|was|were)\b"
)

_HAN_DIGITS = "一二三四五六七八九十"
_IN_ENGLISH = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth")
_IN_TURN = ("首先", "其次", "再次", "最后")
_LAST = 99
# How the members of a list are numbered: a pattern for each style, whose group is the number.
_STYLES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"([{_HAN_DIGITS}]+)(?:是|则|要)",
        rf"其([{_HAN_DIGITS}])",
        rf"第([{_HAN_DIGITS}]+)(?:[,，、：:]|[条點点个項项种步])",
        rf"[(（]([{_HAN_DIGITS}]+|\d{{1,2}})[)）]",
        rf"([{_HAN_DIGITS}]+|\d{{1,2}})、",
        r"(\d{1,2})[.)）．](?!\d)",
        r"([①②③④⑤⑥⑦⑧⑨⑩])",
        rf"({'|'.join(_IN_TURN)})",
        rf"({'|'.join(_IN_ENGLISH)}|Finally|Last)(?:ly)?\b",
        r"([-•·●▪*–—])\s?(?=\S)",
    )
)


def neighbours(question: str, sentence: Evidence) -> list[Evidence]:
    """The sentences around it without which it is only half of what is said, in order."""
    text = sentence.article.text
    first = text.rfind("\n", 0, max(0, sentence.start - AROUND)) + 1
    spans = sentence_spans(text, first, min(len(text), sentence.end + AROUND))
    texts = [text[start:end] for start, end in spans]
    here = max(i for i, (start, _) in enumerate(spans) if start <= sentence.start)
    wanted = _list(question, texts, here)
    if LEANS.match(texts[here]) and here and _same_paragraph(text, spans[here - 1 : here + 1]):
        wanted.append(here - 1)
    if (
        not wanted
        and ASKS_TO_EXPLAIN.search(plain(question))
        and _same_paragraph(text, spans[here : here + 2])
    ):
        wanted.append(here + 1)  # an explanation takes more than a sentence
    return [
        replace(sentence, start=spans[i][0], end=spans[i][1])
        for i in sorted(set(wanted))
        if i < len(spans) and i != here
    ]


def _same_paragraph(text: str, pair: Sequence[Span]) -> bool:
    """Whether there are two sentences, in one line."""
    return len(pair) > 1 and "\n" not in text[pair[0][1] : pair[1][0]]


def _list(question: str, texts: Sequence[str], here: int) -> list[int]:
    """The positions of what belongs to the list that the sentence announces or is part of."""
    wanted = bool(LIST.asked.search(plain(question)))
    if ANNOUNCES.search(texts[here]):
        return _members(texts, here + 1) or [here + 1]
    if not wanted:
        return []
    first = _first_member(texts, here)
    if first is not None:
        return _members(texts, first)
    following = _members(texts, here + 1)
    return following if len(following) > 1 else []


def _members(texts: Sequence[str], first: int) -> list[int]:
    """The positions of the members of the list whose first one stands at ``first``, if one does."""
    mark = _mark(texts[first]) if first < len(texts) else None
    if mark is None:
        return []
    found = [first]
    style, number = mark
    for position in range(first + 1, len(texts)):
        if position - found[-1] > GAP or len(found) == MOST_IN_A_LIST:
            break
        other = _mark(texts[position])
        if other and other[0] == style:
            if number and other[1] <= number:  # another list begins
                break
            number = other[1]
            found.append(position)
    return found


def _first_member(texts: Sequence[str], here: int) -> int | None:
    """The position of the first member of the list of which the sentence is one, if it is."""
    mark = _mark(texts[here])
    if mark is None:
        return None
    style, number = mark
    first = here
    for position in range(here - 1, -1, -1):
        if first - position > GAP:
            break
        other = _mark(texts[position])
        if other and other[0] == style:
            if number and other[1] >= number:
                break
            first, number = position, other[1]
    return first


def _mark(text: str) -> tuple[int, int] | None:
    """The style and the number of the member that the sentence opens; bullets are all 0."""
    for style, pattern in enumerate(_STYLES):
        match = pattern.match(text)
        if match:
            return style, _number(match[1])
    return None


def _number(mark: str) -> int:
    if mark.isdigit() and mark.isascii():
        return int(mark)
    if mark in "①②③④⑤⑥⑦⑧⑨⑩":
        return ord(mark) - ord("①") + 1
    for series in (_IN_TURN, _IN_ENGLISH):
        if mark in series:
            return _LAST if mark == "最后" else series.index(mark) + 1
    if mark in ("Finally", "Last"):
        return _LAST
    tens, ten, ones = mark.rpartition("十")
    if not set(mark) <= set(_HAN_DIGITS) or max(len(tens), len(ones)) > 1:
        return 0
    value = (_HAN_DIGITS.index(tens) + 1 if tens else 1) * 10 if ten else 0
    return value + (_HAN_DIGITS.index(ones) + 1 if ones else 0)
