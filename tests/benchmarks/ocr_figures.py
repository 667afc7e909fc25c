"""How well scanned pages are read: ``python tests/benchmarks/ocr_figures.py [SEED]``.

Draws pages of articles with known truth, wears them as scanners do, reads them as images and
prints errors by kind of page: characters in reading order, and without regard to spaces.
"""

from __future__ import annotations

import io
import resource
import sys
import time
from dataclasses import dataclass
from random import Random

import opencc
from page_articles import Wish, compose
from page_chinese import CHINESE
from page_english import ENGLISH
from page_scan import Sheet, draw, set_lines, worn

from ingest.formats import File, Options
from ingest.formats.image import read

WISH = Wish(
    headings=0,
    numbered=False,
    longest_heading=18,
    subtitle=False,
    bylined=True,
    bare_byline=False,
    credited=False,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """Pages of one sort."""

    name: str
    sheet: Sheet
    english: bool = False
    angle: float = 0.0
    noise: float = 0.0
    quality: int = 0


KINDS = (
    Kind("simplified, clean", Sheet(lines=30)),
    Kind("simplified, worn", Sheet(lines=30), angle=1.2, noise=25, quality=40),
    Kind("simplified, 14 pixels high", Sheet(em=14, lines=30), noise=12, quality=60),
    Kind("simplified, 5 columns", Sheet("sans", em=18, columns=5, lines=30, width=14), quality=60),
    Kind("traditional, worn", Sheet(lines=30, traditional=True), angle=-0.6, noise=15, quality=60),
    Kind("traditional, downwards", Sheet(lines=24, traditional=True, vertical=True), quality=60),
    Kind("English, worn", Sheet(lines=30, width=18), english=True, angle=0.6, noise=15, quality=60),
)


def paragraphs(kind: Kind, rng: Random) -> list[str]:
    """Enough for a page."""
    subjects = (ENGLISH if kind.english else CHINESE).subjects
    convert = opencc.OpenCC("s2tw").convert if kind.sheet.traditional else str
    written: set[str] = set()
    found: list[str] = []
    while len(set_lines(found, kind.sheet)) < kind.sheet.columns * kind.sheet.lines:
        draft = compose(rng, rng.choice(subjects), WISH, written, english=kind.english)
        found += draft.converted(convert).lines
    return found


def distance(one: str, other: str) -> int:
    """Levenshtein's."""
    above = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
        above = row
    return above[-1]


def bare(text: str) -> str:
    return "".join(text.split())


def main(seed: str = "1") -> None:
    print("| pages | characters | wrong, in order | but for spaces | lines left out | seconds |")
    print("|---|---|---|---|---|---|")
    for kind in KINDS:
        rng = Random(f"{seed}/{kind.name}")
        lines = set_lines(paragraphs(kind, rng), kind.sheet)
        lines = lines[: kind.sheet.columns * kind.sheet.lines]
        page = draw(lines, kind.sheet)
        page = worn(page, angle=kind.angle, noise=kind.noise, quality=kind.quality, seed=1)
        stream = io.BytesIO()
        page.save(stream, "PNG", dpi=(200, 200))
        started = time.perf_counter()
        reading = read(File("page.png", content=stream.getvalue()), Options())
        spent = time.perf_counter() - started
        true = " ".join(line.strip() for line in lines) if kind.english else bare("".join(lines))
        text = "\n".join(f"{each.title or ''}\n{each.text}" for each in reading.articles)
        found = " ".join(text.split()) if kind.english else bare(text)
        wrong = distance(true, found) / len(true)
        without = distance(bare(true), bare(found)) / len(bare(true))
        problems = "; ".join(map(str, reading.problems))
        print(
            f"| {kind.name} | {len(true)} | {wrong:.2%} | {without:.2%} | {problems} "
            f"| {spent:.1f} |",
            flush=True,
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nlargest memory: {peak:.0f} MB, on one core")


if __name__ == "__main__":
    main(*sys.argv[1:])
