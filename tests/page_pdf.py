"""Makes newspaper pages as PDF out of articles with known truth, printed by Chromium.

``generate_pdf_pages(seed, count)`` is deterministic in its texts. ``python tests/page_pdf.py SEED
COUNT`` shows where Wenjin's reading of them differs from the truth; ``--out DIR`` also writes the
PDFs, and a picture and the true articles of each, into a folder.
"""

from __future__ import annotations

import argparse
import html
import io
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pypdfium2
from page_chinese import CHINESE
from page_english import ENGLISH
from page_generator import TrueArticle
from page_pdf_box import Box, House, Rect
from page_pdf_columns import Placed
from page_pdf_furniture import Issue, filler, foot, nameplate, running_head
from page_pdf_sheet import GAP, SMALLEST_FILLER, Plan, plan_page, set_page
from page_pdf_story import Story, cut_in_two, write_story
from page_pdf_type import FAMILIES, MEASURED, Measure, measure_with
from page_plan import PageKind
from playwright.sync_api import Browser, Page, sync_playwright

BATCH = 20  # documents that are printed at once
LANGUAGES = {"simplified": "zh-Hans", "traditional": "zh-Hant", "english": "en"}
WIDTHS = """([families, letters]) => {
  const pen = document.createElement('canvas').getContext('2d');
  const widths = {};
  for (const [name, family] of Object.entries(families))
    for (const weight of ['', ' bold']) {
      pen.font = `${weight} 100px ${family}`;
      widths[name + weight] = Object.fromEntries(
        [...letters].map(letter => [letter, pen.measureText(letter).width / 100]));
    }
  return widths;
}"""
STYLE = """
@page { margin: 0 }
body { margin: 0 }
section { position: relative; overflow: hidden; break-after: page }
section:last-child { break-after: auto }
p, i { position: absolute; margin: 0; box-sizing: border-box }
p { white-space: pre }
.j { text-align-last: justify; white-space: nowrap }
"""


@dataclass(frozen=True, slots=True)
class GeneratedPdf:
    """A PDF of one page or two, its file name, and its articles in order."""

    data: bytes
    name: str
    truth: tuple[TrueArticle, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page with everything on it; ``boxes`` in the order in which a browser gets them."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    script: str


@dataclass(frozen=True, slots=True)
class _Newspaper:
    sheets: tuple[_Sheet, ...]
    truth: tuple[TrueArticle, ...]


def generate_pdf_pages(
    seed: int, count: int, browser: Browser | None = None
) -> Iterator[GeneratedPdf]:
    """``count`` files; file ``i`` depends on ``seed`` and ``i`` alone."""
    with _page(browser) as page:
        measure = measure_with(page.evaluate(WIDTHS, [FAMILIES, MEASURED]))
        for start in range(0, count, BATCH):
            numbers = range(start, min(count, start + BATCH))
            made = [_newspaper(Random(f"pdf/{seed}/{number}"), measure) for number in numbers]
            files = _printed(page, [one.sheets for one in made])
            for number, one, data in zip(numbers, made, files, strict=True):
                yield GeneratedPdf(data, f"news_{seed}_{number:04d}.pdf", one.truth)


def _printed(page: Page, documents: Sequence[Sequence[_Sheet]]) -> Iterator[bytes]:
    """Each document as a PDF; printed all at once, as fonts take most of the time."""
    page.set_content(_html([sheet for sheets in documents for sheet in sheets]))
    whole = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, print_background=True))
    start = 0
    for sheets in documents:
        document = pypdfium2.PdfDocument.new()
        document.import_pages(whole, range(start, start + len(sheets)))
        start += len(sheets)
        stream = io.BytesIO()
        document.save(stream)
        yield stream.getvalue()


@contextmanager
def _page(browser: Browser | None) -> Iterator[Page]:
    """A page of the browser given, or of one that ends with it."""
    if browser is not None:
        page = browser.new_page()
        yield page
        page.close()
        return
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield started.new_page()
        started.close()


def _newspaper(rng: Random, measure: Measure) -> _Newspaper:
    """One page, or two with an article that begins on the first and ends on the second."""
    kind = replace(PageKind.choose(rng), markdown=False, displaced=False)
    size = rng.choice((8.5, 9.0, 9.5, 10.0, 10.5))
    house = House.choose(rng, measure, english=kind.english, size=size)
    issue = Issue.choose(rng, english=kind.english)
    numbers = [1 if rng.random() < 0.25 else rng.randint(2, 8)]
    plans = [plan_page(rng)]
    if rng.random() < 0.15:
        numbers.append(rng.randint(numbers[0] + 1, 10))
        plans.append(plan_page(rng, plans[0].name))
    stories = _stories(rng, kind, house, plans)
    if len(plans) == 2:
        _carry_over(rng, kind, stories, numbers)
    sheets: list[_Sheet] = []
    truth: list[TrueArticle] = []
    order = rng.choices(("stream in order", "stream by boxes", "stream by lines"), (55, 30, 15))[0]
    for plan, held, number in zip(plans, stories, numbers, strict=True):
        setter = _Setter(rng, house, kind, issue)
        sheet, traits = setter.sheet(plan, held, number)
        sheets.append(replace(sheet, boxes=tuple(_ordered(rng, sheet.boxes, order))))
        for story, own in zip(held, traits, strict=True):
            if story.truth is not None:
                common = (plan.name, f"page of {len(held)}", order)
                truth.append(replace(story.truth, traits=(*story.truth.traits, *own, *common)))
    return _Newspaper(tuple(sheets), tuple(truth))


def _stories(rng: Random, kind: PageKind, house: House, plans: Sequence[Plan]) -> list[list[Story]]:
    """The articles of each page, every one on another subject as far as there are enough."""
    subjects = list((ENGLISH if kind.english else CHINESE).subjects)
    rng.shuffle(subjects)
    written: set[str] = set()
    stories: list[list[Story]] = []
    used = 0
    for plan in plans:
        held = []
        for length in plan.lengths(house.body.size, house.body.leading):
            subject = subjects[used % len(subjects)]
            used += 1
            held.append(write_story(rng, kind, subject, length, written))
        stories.append(held)
    return stories


def _carry_over(
    rng: Random, kind: PageKind, stories: list[list[Story]], numbers: Sequence[int]
) -> None:
    """Let the longest article of the first page go on in place of one of the second."""
    longest = max(range(len(stories[0])), key=lambda i: len(stories[0][i].pieces))
    place = rng.randrange(len(stories[1]))
    stories[0][longest], stories[1][place] = cut_in_two(
        rng, kind, stories[0][longest], numbers[0], numbers[1]
    )


@dataclass(frozen=True, slots=True)
class _Setter:
    """What all pages of one newspaper are set with."""

    rng: Random
    house: House
    kind: PageKind
    issue: Issue

    def sheet(
        self, plan: Plan, stories: Sequence[Story], number: int
    ) -> tuple[_Sheet, list[tuple[str, ...]]]:
        """A page in the format that it has in ``plan``, or higher where the text needs it."""
        rng, house, kind = self.rng, self.house, self.kind
        inner = plan.width - 2 * plan.margin
        head = (nameplate if number == 1 else running_head)(
            rng, house, kind, self.issue, inner, number
        )
        largest = rng.uniform(24, 40) if plan.width > 700 else rng.uniform(18, 26)
        body, height, traits = set_page(rng, house, kind, plan, stories, largest)
        top = plan.margin + head.height
        boxes = [head.moved(plan.margin, plan.margin)]
        boxes += [box.moved(plan.margin, top) for box in body]
        bottom = top + height + GAP
        below = foot(rng, house, kind, inner, number)
        low = below.height if below else 0.0
        free = plan.height - plan.margin - low - bottom
        if free > SMALLEST_FILLER:
            advert = filler(rng, house, kind, inner, free - GAP)
            boxes.append(advert.moved(plan.margin, bottom))
            bottom += free
        if below:
            boxes.append(below.moved(plan.margin, bottom))
        height = max(plan.height, bottom + low + plan.margin)
        return _Sheet(plan.width, height, tuple(boxes), kind.script), traits


def _ordered(rng: Random, boxes: Sequence[Box], order: str) -> list[Box]:
    """The boxes as the file has them: as they are read, shuffled, or line by line downwards."""
    if order == "stream by boxes":
        return rng.sample(boxes, len(boxes))
    if order == "stream by lines":
        grounds = [replace(box, lines=()) for box in boxes]
        lines = sorted((line for box in boxes for line in box.lines), key=lambda p: (p.top, p.left))
        return [*grounds, Box(0, 0, tuple(lines))]
    return list(boxes)


def _html(sheets: Sequence[_Sheet]) -> str:
    """All sheets as one document, each with a size of its own."""
    pages = []
    for number, sheet in enumerate(sheets):
        size = f"{sheet.width}pt {sheet.height:.0f}pt"
        look = f"page:p{number};width:{sheet.width}pt;height:{sheet.height - 1:.0f}pt"
        pages += [
            f"<style>@page p{number}{{size:{size}}}</style>",
            f'<section lang="{LANGUAGES[sheet.script]}" style="{look}">',
            *(_rect(rect) for box in sheet.boxes for rect in box.rects),
            *(_line(placed, sheet.script) for box in sheet.boxes for placed in box.lines),
            "</section>",
        ]
    return f"<!doctype html><style>{STYLE}</style><body>{''.join(pages)}</body>"


def _line(placed: Placed, script: str) -> str:
    line, face = placed.line, placed.line.face
    family = FAMILIES[face.family]
    if script == "traditional":
        family = family.replace("CJK SC", "CJK TC")
    text = html.escape(line.text[line.strong :])
    if line.strong:
        text = f"<b>{html.escape(line.text[: line.strong])}</b>{text}"
    align = "" if face.align == "justify" else f"text-align:{face.align};"
    return (
        f'<p{" class=j" if line.stretched else ""} style="left:{placed.left + line.inset:.2f}pt;'
        f"top:{placed.top:.2f}pt;width:{line.width:.2f}pt;{align}color:{face.colour};"
        f"font:{'bold ' if face.bold else ''}{face.size:.2f}pt/{face.leading} "
        f'{family}">{text}</p>'
    )


def _rect(rect: Rect) -> str:
    look = f"background:{rect.fill}" if rect.fill else f"border:0.7pt solid {rect.border}"
    return (
        f'<i style="left:{rect.left:.2f}pt;top:{rect.top:.2f}pt;width:{rect.width:.2f}pt;'
        f'height:{rect.height:.2f}pt;{look}"></i>'
    )


def _write(made: GeneratedPdf, folder: Path) -> None:
    """The file, a picture of its first page, and its true articles, for whoever looks."""
    (folder / made.name).write_bytes(made.data)
    document = pypdfium2.PdfDocument(made.data)
    for i, page in enumerate(document):
        page.render(scale=1.2).to_pil().save(folder / f"{made.name}.{i}.png")
    lines = [
        f"# {article.title} {article.authors} {article.affiliation} {article.traits}\n"
        + "\n".join(article.paragraphs)
        for article in made.truth
    ]
    (folder / f"{made.name}.txt").write_text("\n\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    generated = list(generate_pdf_pages(given.seed, given.count))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        for made_one in generated:
            _write(made_one, given.out)
    from page_scores import show_failures

    show_failures(generated)
