"""Print: lines of type with their places on a page, from a PDF's text or from a scan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of type. Places are in points from the page's upper left corner, y grows downwards."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float  # of the type: the height of its em
    bold: bool = False

    def __reduce__(self) -> tuple[Any, ...]:
        """As what made it: thousands go from one process to another, and this is the quick way."""
        values = self.text, self.left, self.top, self.right, self.bottom, self.size, self.bold
        return PrintedLine, values


@dataclass(frozen=True, slots=True)
class Rectangle:
    """What is drawn on a page: a rule if it is thin, else a frame or a tint. Places as of lines."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page as it was printed: its lines in any order, and whether they run downwards.

    ``rules`` are told of pages with many columns only.
    """

    number: int  # from 1, in the file
    width: float
    height: float
    lines: tuple[PrintedLine, ...]
    vertical: bool = False
    rules: tuple[Rectangle, ...] = ()
