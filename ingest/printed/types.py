"""Print: lines of type with their places on a page, from a PDF's text or from a scan."""

from __future__ import annotations

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page as it was printed: its lines in any order, and whether they run downwards."""

    number: int  # from 1, in the file
    width: float
    height: float
    lines: tuple[PrintedLine, ...]
    vertical: bool = False
