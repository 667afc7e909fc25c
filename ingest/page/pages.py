"""Which page of a newspaper a block stands on, and which other page it sends its reader to."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.page.furniture import Block, Kind
from ingest.page.jumps import JumpMark, parse_jump, split_jumps
from ingest.page.metadata import find_page

TOP, FOOT = 6, 4  # blocks of a text among which a masthead may stand by itself

_NUMERALS = re.compile("[0-9〇一二三四五六七八九十]+")
_FURNITURE = (Kind.MASTHEAD, Kind.STAFF, Kind.NUMBER, Kind.RULE)


def find_mastheads(blocks: Sequence[Block]) -> list[str]:
    """The mastheads that stand where one can: at the top or the foot, or at a break between pages.

    At such a break other furniture stands beside it, or another page has one of the same form.
    What names a newspaper and a day anywhere else is a reference.
    """
    found = [i for i, block in enumerate(blocks) if block.kind is Kind.MASTHEAD]
    forms = Counter(_form(blocks[i]) for i in found)
    return [
        blocks[i].text
        for i in found
        if i < TOP
        or i >= len(blocks) - FOOT
        or forms[_form(blocks[i])] > 1
        or any(block.kind in _FURNITURE for block in (blocks[i - 1], blocks[i + 1]))
    ]


def _form(block: Block) -> str:
    """A masthead without its numbers."""
    return _NUMERALS.sub("0", block.text)


def find_pages(blocks: Sequence[Block], positions: Sequence[int]) -> list[str | None]:
    """The number of the page on which each block stands, if mastheads of several pages say it.

    A masthead stands on top of its page, unless text is above the first and none below the last.
    """
    found = [
        (i, page)
        for i, block in enumerate(blocks)
        if block.kind is Kind.MASTHEAD and (page := find_page(block.text))
    ]
    if len({page for _, page in found}) < 2 or not positions:
        return [None] * len(positions)
    places, pages = [i for i, _ in found], [None, *(page for _, page in found), None]
    at_foot = positions[0] < places[0] and positions[-1] < places[-1]
    return [pages[bisect_right(places, position) + at_foot] for position in positions]


def without_jumps(block: Block) -> Iterator[Block]:
    """A paragraph, and apart from it the words before and behind it that name another page."""
    flowing = block.kind in (Kind.PARAGRAPH, Kind.SHORT) and not block.level
    before, text, behind = split_jumps(block.text) if flowing else ("", block.text, "")
    if text and text == block.text:
        yield block
        return
    if before:
        yield Block(Kind.JUMP, before)
    if text:
        yield replace(block, text=text, kind=Kind.PARAGRAPH if behind else block.kind)
    if behind:
        yield Block(Kind.JUMP, behind)


def find_jumps(blocks: Sequence[Block], starts: Sequence[int]) -> Iterator[tuple[int, JumpMark]]:
    """The jumps to and from other pages, each with the number of its body, given where those start.

    A jump to another page belongs to the body above it, one from there to that below it.
    """
    for i, block in enumerate(blocks):
        mark = parse_jump(block.text) if block.kind is Kind.JUMP else None
        if mark is None:
            continue
        onward = _ends_body(blocks, i) if mark.onward is None else mark.onward
        body = bisect_left(starts, i) - onward
        if 0 <= body < len(starts):
            yield body, replace(mark, onward=onward)


def comes_from_elsewhere(block: Block) -> bool:
    """Whether a block says that the text below it began on another page."""
    mark = parse_jump(block.text) if block.kind is Kind.JUMP else None
    return mark is not None and mark.onward is not True


def _ends_body(blocks: Sequence[Block], i: int) -> bool:
    """Whether a jump that doesn't say which way it leads stands right below text."""
    return i > 0 and blocks[i - 1].kind in (Kind.PARAGRAPH, Kind.CLOSER, Kind.NOTE)
