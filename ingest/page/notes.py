"""What a page says beside its articles: who paid for one, who edited it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from ingest.page.furniture import Block, Kind

_EDITORS = re.compile(
    "[\\[【（(]?(?:(?:责任|責任|执行|執行|文字|本文)?(?:编辑|編輯)|责编|責編|"
    "(?:Edited by|Editors?)\\b)"
    "[\\s/／|｜:：]+[^\\s@\\d][^@\\d]*$",
    re.IGNORECASE,
)
_HEAD = (Kind.SHORT, Kind.BYLINE)
_PASSED = (Kind.NOTE, Kind.QUOTE, Kind.RULE, Kind.CAPTION)


def names_editors(block: Block) -> bool:
    """Whether a block says who edited something, and nothing else."""
    return block.kind is Kind.STAFF and bool(_EDITORS.match(block.text))


def find_notes(blocks: Sequence[Block], starts: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The notes, each with the number of the body that it speaks of, given where those start.

    A note below a title or a byline speaks of what follows, any other of what stands above it. Who
    edited something is told of a single article only: otherwise it's said of the whole page.
    """
    for i, block in enumerate(blocks):
        if block.kind is Kind.NOTE:
            body = bisect_left(starts, i) - (not _is_below_head(blocks, i))
            yield min(max(body, 0), len(starts) - 1), block.text
        elif len(starts) == 1 and names_editors(block):
            yield 0, block.text


def _is_below_head(blocks: Sequence[Block], i: int) -> bool:
    """Whether the next thing above block ``i`` is the title or the byline of what follows."""
    while i > 0 and blocks[i - 1].kind in _PASSED:
        i -= 1
    return i == 0 or (blocks[i - 1].kind in _HEAD and blocks[i - 1].text[0] not in "（(")
