"""Drops what repeats on the pages of a document: headers, footers and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.printed.types import PrintedLine, PrintedPage

_EDGE = 0.12  # of a page's height, at its top and at its foot
_SAME_PLACE = 6.0  # points
_OUTERMOST = 4  # lines at each edge that may be furniture
_FEWEST = 3  # pages that a header stands on, where there are so many
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(
    r"^[-–—·.\s]*(?:(?:page|p\.|第)\s*)?(?:#|[ivxlc]{1,7})(?:\s*(?:of|/|页|頁|共)\s*#?[页頁]?)*[-–—·.\s]*$",
    re.IGNORECASE,
)


def without_running_lines(pages: Sequence[PrintedPage]) -> list[PrintedPage]:
    """The pages without the lines at their edges that stand on several of them, but for numbers.

    A page number by itself is dropped on a single page, too.
    """
    found = [{id(line): _key(line, page) for line in _outer(page)} for page in pages]
    counts = Counter(key for keys in found for key in set(keys.values()))
    for (zone, text, place), count in list(counts.items()):  # places that differ a little
        counts[zone, text, place] = count + counts.get((zone, text, place + 1), 0)
    fewest = min(_FEWEST, max(2, len(pages)))
    return [
        replace(
            page,
            lines=tuple(
                line
                for line in page.lines
                if id(line) not in keys or not _is_running(keys[id(line)], counts, fewest)
            ),
        )
        for page, keys in zip(pages, found, strict=True)
    ]


_Key = tuple[str, str, int]


def _is_running(key: _Key, counts: Counter[_Key], fewest: int) -> bool:
    zone, text, place = key
    if _NUMBER.match(text):
        return True
    count = max(counts[key], counts.get((zone, text, place - 1), 0))
    return count >= fewest


def _key(line: PrintedLine, page: PrintedPage) -> _Key:
    zone = "top" if line.top < page.height / 2 else "foot"
    return zone, _DIGITS.sub("#", line.text).casefold(), int(line.top / _SAME_PLACE)


def _outer(page: PrintedPage) -> list[PrintedLine]:
    """The outermost lines at the top and at the foot."""
    edge = _EDGE * page.height
    top = sorted((line for line in page.lines if line.bottom < edge), key=lambda line: line.top)
    foot = sorted(
        (line for line in page.lines if line.top > page.height - edge),
        key=lambda line: -line.bottom,
    )
    return top[:_OUTERMOST] + foot[:_OUTERMOST]
