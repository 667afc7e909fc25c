"""Sets text as lines of type with known widths, for the PDF side of the page generator.

Lengths are in points. Widths of Western letters come from the browser that prints the pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from page_layout import NOT_AT_END, NOT_AT_START

FAMILIES = {
    "serif": "'Noto Serif CJK SC', serif",
    "sans": "'Noto Sans CJK SC', sans-serif",
    "western": "'Liberation Serif', 'Times New Roman', serif",
    "western sans": "'Liberation Sans', Arial, sans-serif",
}
MEASURED = "".join(map(chr, range(32, 127))) + "£“”‘’—…·□■｜●　"
_UNIT = re.compile(r"[A-Za-z0-9$£][A-Za-z0-9.%+\-,'’]*[A-Za-z0-9.%+\-]|.")
_WORD = re.compile(r"\S+\s*")
_LONG_WORD = re.compile(r"[a-z]{7,}\W*$")
_HYPHENATED = re.compile(r"(?<=[aeiou][bcdfgklmnprst])(?=[bcdfgklmnprst][aeiou][a-z]{2})")


@dataclass(frozen=True, slots=True)
class Face:
    """How a piece of text is set; ``indent`` is in ems, ``leading`` in sizes of the type."""

    family: str
    size: float
    leading: float = 1.5
    bold: bool = False
    align: str = "justify"
    indent: float = 0.0
    colour: str = "#111"

    @property
    def height(self) -> float:
        """From one line to the next."""
        return self.size * self.leading


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line of type. ``above`` is free space that a column's head swallows; a line that
    ``keeps`` may not be a column's last; ``strong`` counts the bold letters that begin it.
    """

    text: str
    face: Face
    width: float
    inset: float = 0.0
    stretched: bool = False
    above: float = 0.0
    keeps: bool = False
    strong: int = 0


Measure = Callable[[str, Face], float]


def measure_with(widths: Mapping[str, Mapping[str, float]]) -> Measure:
    """A function that gives a text's width, out of the letters' widths (in ems) by face."""

    def measure(text: str, face: Face) -> float:
        known = widths[f"{face.family} bold" if face.bold else face.family]
        return face.size * sum(known.get(character, 1.0) for character in text)

    return measure


def set_text(
    text: str, face: Face, width: float, measure: Measure, *, hyphens: bool = False
) -> list[SetLine]:
    """A paragraph as lines; all but the last are stretched if the face is justified."""
    first = face.indent * face.size
    if face.family.startswith("western"):
        texts = _western_lines(text, face, width, first, measure, hyphens=hyphens)
    else:
        texts = _chinese_lines(text, face, width, first, measure)
    justified = face.align == "justify"
    return [
        SetLine(
            line,
            face,
            width - (0 if number else first),
            inset=0 if number else first,
            stretched=justified and number < len(texts) - 1,
        )
        for number, line in enumerate(texts)
    ]


def spaced(lines: Sequence[SetLine], above: float) -> list[SetLine]:
    """The lines with space above the first."""
    return [replace(lines[0], above=above), *lines[1:]]


def _chinese_lines(
    text: str, face: Face, width: float, first: float, measure: Measure
) -> list[str]:
    lines: list[str] = []
    line: list[str] = []
    used = first
    for unit in _UNIT.findall(text):
        size = measure(unit, face)
        if used + size > width + 0.01 and line:
            carried: list[str] = []
            while len(line) > 1 and (
                line[-1] in NOT_AT_END or (carried[0] if carried else unit) in NOT_AT_START
            ):
                carried.insert(0, line.pop())
            lines.append("".join(line).rstrip())
            line = carried
            used = measure("".join(line), face)
        if line or not unit.isspace():
            line.append(unit)
            used += size
    return [*lines, "".join(line)]


def _western_lines(
    text: str, face: Face, width: float, first: float, measure: Measure, *, hyphens: bool
) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in _WORD.findall(text):
        limit = width if lines else width - first
        if not line or measure((line + word).rstrip(), face) <= limit:
            line += word
            continue
        head, rest = "", word
        if hyphens:
            cuts = [cut.start() for cut in _HYPHENATED.finditer(word) if _LONG_WORD.match(word)]
            fitting = [c for c in cuts if measure(f"{line}{word[:c]}-", face) <= limit]
            if fitting:
                head, rest = f"{word[: fitting[-1]]}-", word[fitting[-1] :]
        lines.append((line + head).rstrip())
        line = rest
    return [*lines, line.rstrip()]
