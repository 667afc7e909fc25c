"""Arranges articles on a newspaper's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from page_pdf_box import INK, Box, Form, House, Rect, set_story
from page_pdf_furniture import filler
from page_pdf_story import Story
from page_plan import PageKind

FORMATS = {
    "A3": (842.0, 1191.0),
    "broadsheet": (1106.0, 1559.0),
    "tabloid": (794.0, 1134.0),
    "A4": (595.0, 842.0),
}
GAP = 12.0  # between boxes
SMALLEST_FILLER = 70.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A place for one article or two in a band: beside others, ``span`` columns wide.

    ``kind``: one, stack (two, the second below the first) or notch (the second in a corner).
    """

    span: int
    kind: str

    @property
    def articles(self) -> int:
        return 1 if self.kind == "one" else 2


@dataclass(frozen=True, slots=True)
class Plan:
    """A page before anything is written: its format, its grid, and the bands of its cells."""

    name: str
    columns: int
    margin: float
    bands: tuple[tuple[Cell, ...], ...]
    shares: tuple[float, ...]  # of the page's height, one for each band

    @property
    def width(self) -> float:
        return FORMATS[self.name][0]

    @property
    def height(self) -> float:
        return FORMATS[self.name][1]

    def lengths(self, size: float, leading: float) -> list[int]:
        """About how many Chinese characters each article may have, in the order of the cells."""
        room = (self.width - 2 * self.margin) * (self.height - 3 * self.margin)
        whole = 0.5 * room / (size * size * leading)
        lengths = []
        for band, share in zip(self.bands, self.shares, strict=True):
            for cell in band:
                room_here = whole * share * cell.span / self.columns
                parts = {"one": (1.0,), "stack": (0.55, 0.35), "notch": (0.75, 0.25)}[cell.kind]
                lengths += [max(60, int(room_here * part)) for part in parts]
        return lengths


def plan_page(rng: Random, name: str = "") -> Plan:
    """A page of one to seven articles in a grid of two to six columns."""
    name = name or rng.choices(tuple(FORMATS), (35, 30, 25, 10))[0]
    choices = {"A3": (4, 5, 5), "broadsheet": (5, 6, 6), "tabloid": (3, 4, 5), "A4": (2, 3)}
    columns = rng.choice(choices[name])
    most = {"A3": 6, "broadsheet": 7, "tabloid": 5, "A4": 3}[name]
    count = rng.randint(1, most)
    bands: list[tuple[Cell, ...]] = []
    while count > 0:
        band = _band(rng, columns, count)
        bands.append(band)
        count -= sum(cell.articles for cell in band)
    weights = [rng.uniform(0.8, 1.3) * sum(c.articles for c in band) ** 0.5 for band in bands]
    shares = tuple(weight / sum(weights) for weight in weights)
    return Plan(name, columns, rng.choice((30.0, 36.0, 42.0)), tuple(bands), shares)


def _band(rng: Random, columns: int, count: int) -> tuple[Cell, ...]:
    """One to three cells side by side for ``count`` articles at most."""
    cells = min(count, rng.choices((1, 2, 3), (35, 45, 20))[0], max(1, columns // 2 + 1))
    cuts = sorted(rng.sample(range(1, columns), cells - 1))
    spans = [b - a for a, b in zip([0, *cuts], [*cuts, columns], strict=True)]
    band = []
    left = count - cells
    for span in spans:
        kind = "one"
        if left > 0 and rng.random() < 0.4:
            kind = "notch" if span >= 3 and rng.random() < 0.6 else "stack"
            left -= 1
        band.append(Cell(span, kind))
    return tuple(band)


@dataclass(frozen=True, slots=True)
class _SetCell:
    """A cell with its boxes in place; their heights reach from the cell's upper edge."""

    left: float
    width: float
    boxes: tuple[Box, ...]

    @property
    def height(self) -> float:
        return max(box.height for box in self.boxes)

    @property
    def opens_left(self) -> bool:
        """Whether text without a title stands at the upper left."""
        return "head right" in self.boxes[0].traits

    @property
    def opens_right(self) -> bool:
        return "head left" in self.boxes[0].traits


def set_page(
    rng: Random, house: House, kind: PageKind, plan: Plan, stories: Sequence[Story], largest: float
) -> tuple[list[Box], float, list[tuple[str, ...]]]:
    """The boxes of the page's body, how high they are together, and every story's traits."""
    inner = plan.width - 2 * plan.margin
    column = (inner + house.gutter) / plan.columns
    waiting = list(stories)
    boxes: list[Box] = []
    traits: list[tuple[str, ...]] = []
    top = 0.0
    for number, band in enumerate(plan.bands):
        left = 0.0
        cells: list[_SetCell] = []
        for cell in band:
            width = cell.span * column - house.gutter
            title = min(largest if number == 0 else 0.75 * largest, 10 + 0.075 * width)
            held = [waiting.pop(0) for _ in range(cell.articles)]
            cells.append(_SetCell(left, width, _set_cell(rng, house, cell, held, width, title)))
            left += width + house.gutter
        traits += [box.traits for cell in cells for box in cell.boxes]
        height = max(cell.height for cell in cells)
        for cell in cells:
            boxes += [box.moved(cell.left, top) for box in cell.boxes]
            gap = height - cell.height - GAP
            if gap > SMALLEST_FILLER:
                extra = filler(rng, house, kind, cell.width, gap)
                boxes.append(extra.moved(cell.left, top + height - gap))
        beside = any(cell.opens_left or cell.opens_right for cell in cells)
        if number and (beside or rng.random() < 0.5):
            boxes.append(_rule(0, top - GAP / 2 - 1, inner, 0.7))
        if beside or rng.random() < 0.25:
            boxes += [_rule(c.left - house.gutter / 2, top, 0.7, height) for c in cells[1:]]
        top += height + GAP + 2
    return boxes, top - GAP, traits


def _rule(left: float, top: float, width: float, height: float) -> Box:
    return Box(0, 0, (), (Rect(left, top, width, height, fill=INK),))


def _set_cell(
    rng: Random, house: House, cell: Cell, stories: Sequence[Story], width: float, largest: float
) -> tuple[Box, ...]:
    """The boxes of a cell, all measured from its upper left corner."""
    if cell.kind == "notch":
        notched = _set_notched(rng, house, cell, stories, width, largest)
        if notched:
            return notched
    form = Form.choose(rng, cell.span, largest)
    above = set_story(rng, house, stories[0], width, _titled(form, stories[0]))
    if cell.kind == "one":
        return (above,)
    form = Form.choose(rng, cell.span, 0.7 * largest)
    form = _titled(form, stories[1])
    below = set_story(rng, house, stories[1], width, form).moved(0, above.height + GAP + 4)
    bottom = above.height + GAP + 4 + below.height
    rule = Rect(0, above.height + GAP / 2 + 2, width, 0.7, fill=INK)
    return replace(above, rects=(*above.rects, rule)), replace(below, height=bottom)


def _titled(form: Form, story: Story) -> Form:
    """The form, but with a frame around what has no title to set it apart."""
    if story.title:
        return form
    return replace(form, frame="line", head="over", head_columns=form.columns)


def _set_notched(
    rng: Random, house: House, cell: Cell, stories: Sequence[Story], width: float, largest: float
) -> tuple[Box, ...]:
    """An article with another in its lower right corner, or nothing where that is too high."""
    taken = rng.randint(1, cell.span - 2) if cell.span > 3 else 1
    column = (width + house.gutter) / cell.span
    corner_width = taken * column - house.gutter
    frame = rng.choice(("line", "tint", "rule"))
    corner = set_story(
        rng, house, stories[1], corner_width, Form(taken, frame, "over", taken, 0.6 * largest)
    )
    notch = taken, corner.height + GAP
    main = set_story(
        rng, house, stories[0], width, Form(cell.span, "", "over", cell.span, largest, notch)
    )
    left = width - corner_width
    if not any(placed.left >= left - 1 for placed in main.lines):
        return ()
    moved = corner.moved(left, main.height - corner.height)
    return replace(main, traits=(*main.traits, "notch")), replace(moved, height=main.height)
