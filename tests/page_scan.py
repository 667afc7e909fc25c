"""Draws pages as a scanner gives them: columns of type, then skew, noise and JPEG."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_NOT_AT_START = frozenset("，。！？；：、”’）》】…,.;:?!)")
_FACES = {"sans": "NotoSansCJK-Regular.ttc", "serif": "NotoSerifCJK-Regular.ttc"}
KOREAN, _SIMPLIFIED, _TRADITIONAL = 1, 2, 3  # fonts of these collections


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a page is set: sizes in pixels; ``columns`` of ``lines``, each ``width`` ems wide."""

    face: str = "serif"
    em: int = 29  # 10.5 points at 200 dpi
    columns: int = 2
    lines: int = 40
    width: int = 20
    traditional: bool = False
    vertical: bool = False

    @property
    def font(self) -> ImageFont.FreeTypeFont:
        index = _TRADITIONAL if self.traditional else _SIMPLIFIED
        return find_font(self.face, self.em, index)

    def is_full(self, line: str) -> bool:
        """Whether the line is longer than a column is wide, or a tier is high."""
        direction = "ttb" if self.vertical else "ltr"
        return self.font.getlength(line, direction=direction) > self.width * self.em


@lru_cache(maxsize=32)
def require_font() -> None:
    """Skip the test where no font has Chinese characters; where CI runs it, one has to."""
    try:
        find_font("serif", 20)
    except OSError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("no font with Chinese characters on this machine")


def find_font(face: str, em: int, index: int = _SIMPLIFIED) -> ImageFont.FreeTypeFont:
    """A font with Chinese characters. Raises OSError where none is installed."""
    return ImageFont.truetype(_FACES[face], em, index=index)


def set_lines(paragraphs: Iterable[str], sheet: Sheet) -> list[str]:
    """The lines of the paragraphs as they are broken in a column, indented by two ems."""
    lines: list[str] = []
    for paragraph in paragraphs:
        line = "　　" if paragraph > "\u2000" else "  "
        for unit in re.findall(r"[A-Za-z0-9][^\s\u2000-\uffff]*\s?|.", paragraph):
            if sheet.is_full(line + unit.rstrip()) and unit not in _NOT_AT_START:
                lines.append(line.rstrip(" "))
                line = ""
            line += unit
        lines.append(line)
    return lines


def draw(lines: Sequence[str], sheet: Sheet) -> Image.Image:
    """The lines in columns, from the left; or running downwards, in tiers, from the right."""
    step, gap, margin = int(sheet.em * 1.6), 2 * sheet.em, 3 * sheet.em
    across, down = sheet.columns * (sheet.width * sheet.em + gap), sheet.lines * step
    size = (down, across) if sheet.vertical else (across, down)
    image = Image.new("L", (size[0] + 2 * margin, size[1] + 2 * margin), 250)
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines[: sheet.columns * sheet.lines]):
        column, row = divmod(number, sheet.lines)
        start, offset = margin + column * (sheet.width * sheet.em + gap), margin + row * step
        if sheet.vertical:
            place = (image.width - offset - sheet.em, start)
            pen.text(place, line, fill=25, font=sheet.font, direction="ttb")
        else:
            pen.text((start, offset), line, fill=25, font=sheet.font)
    return image


def worn(
    image: Image.Image, *, angle: float = 0.0, noise: float = 0.0, quality: int = 0, seed: int = 0
) -> Image.Image:
    """The page as scanned: skewed by degrees, with noise (standard deviation), as JPEG."""
    if angle:
        image = image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=250)
    if noise:
        rng = np.random.default_rng(seed)
        grey = np.asarray(image, np.float32) + rng.normal(0, noise, (image.height, image.width))
        image = Image.fromarray(grey.clip(0, 255).astype(np.uint8))
    if quality:
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=quality)
        image = Image.open(stream)
    return image


def pixels(image: Image.Image) -> NDArray[np.uint8]:
    """The image as ``ingest.printed.ocr`` takes it."""
    return np.asarray(image.convert("RGB"))
