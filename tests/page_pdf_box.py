"""Sets an article in a box of some columns: its head, its text, pictures and pull-quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from page_layout import NOT_AT_END, NOT_AT_START, TITLE_JOINTS
from page_pdf_columns import Hole, Placed, Region, fit, regions
from page_pdf_story import Piece, Story
from page_pdf_type import Face, Measure, SetLine, set_text, spaced

PADDING = 9.0
INK, GREY, TINT = "#111", "#c9c9c9", "#eeeeea"


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled or framed rectangle, or with no height or width a rule."""

    left: float
    top: float
    width: float
    height: float
    fill: str = ""
    border: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """Lines and drawings, with places relative to the upper left corner."""

    width: float
    height: float
    lines: tuple[Placed, ...]
    rects: tuple[Rect, ...] = ()
    traits: tuple[str, ...] = ()

    def moved(self, left: float, top: float) -> Box:
        lines = tuple(replace(p, left=p.left + left, top=p.top + top) for p in self.lines)
        rects = tuple(replace(r, left=r.left + left, top=r.top + top) for r in self.rects)
        return replace(self, lines=lines, rects=rects)


@dataclass(frozen=True, slots=True)
class House:
    """What the articles of a page share: their types, and how titles and headings are set."""

    body: Face
    small: Face  # bylines, captions
    title: Face
    heading: Face
    gutter: float
    column_rules: bool
    hyphens: bool
    english: bool
    byline_align: str
    title_align: str
    measure: Measure

    @classmethod
    def choose(cls, rng: Random, measure: Measure, *, english: bool, size: float) -> House:
        serif, sans = ("western", "western sans") if english else ("serif", "sans")
        leading = rng.choice((1.2, 1.25, 1.3) if english else (1.35, 1.4, 1.5, 1.6))
        indent = rng.choices((1.2, 0) if english else (2, 0), (9, 1))[0]
        align = "left" if rng.random() < (0.35 if english else 0.08) else "justify"
        body_family = serif if rng.random() < 0.85 else sans
        body = Face(body_family, size, leading, align=align, indent=indent)
        return cls(
            body=body,
            small=Face(rng.choice((sans, serif)), size - rng.choice((0, 0.5, 1)), 1.35),
            title=Face(rng.choice((sans, serif, serif)), 24, 1.22, bold=rng.random() < 0.85),
            heading=Face(rng.choice((sans, serif)), size, leading, bold=True, align="left"),
            gutter=size * rng.choice((1.4, 1.8, 2.2)),
            column_rules=rng.random() < 0.2,
            hyphens=rng.random() < 0.6,
            english=english,
            byline_align=rng.choice(("center", "center", "left", "right")),
            title_align=rng.choice(("center", "center", "left")),
            measure=measure,
        )


@dataclass(frozen=True, slots=True)
class Form:
    """How one box is laid out.

    ``head``: the title stands *over* all columns, or over the *left* or *right* ones. ``notch``:
    how many columns at the right end higher, and by how much.
    """

    columns: int
    frame: str  # "", line, tint, rule
    head: str
    head_columns: int
    largest: float  # the title's type
    notch: tuple[int, float] = (0, 0.0)

    @classmethod
    def choose(cls, rng: Random, span: int, largest: float) -> Form:
        columns = span - 1 if span >= 3 and rng.random() < 0.2 else span
        kinds = ("over", "left", "right") if columns >= 3 else ("over", "left")
        head = rng.choices(kinds, (60, 25, 15)[: len(kinds)])[0] if columns > 1 else "over"
        return cls(
            columns=columns,
            frame=rng.choices(("", "line", "tint", "rule"), (60, 18, 10, 12))[0],
            head=head,
            head_columns=columns
            if head == "over"
            else rng.randint((columns + 1) // 2, columns - 1),
            largest=largest,
        )


def set_story(rng: Random, house: House, story: Story, width: float, form: Form) -> Box:
    """The article in a box of that width, as low as it can be."""
    pad = PADDING if form.frame in ("line", "tint") else 0.0
    inner = width - 2 * pad
    column = (inner - (form.columns - 1) * house.gutter) / form.columns
    lefts = [number * (column + house.gutter) for number in range(form.columns)]
    first = form.columns - form.head_columns if form.head == "right" else 0
    head_width = form.head_columns * (column + house.gutter) - house.gutter
    head, head_height = set_head(rng, house, story, head_width, form.largest)
    holes = [Hole(first, first + form.head_columns - 1, 0.0, head_height)]
    lines = set_flow(rng, house, story, column)
    inset = _inset(rng, house, story, column, form, lines, holes[0])
    if inset:
        holes.append(inset[0])
    if form.notch[0]:
        holes.append(Hole(form.columns - form.notch[0], form.columns - 1, None, form.notch[1]))

    def shape(height: float) -> list[Region]:
        return regions(lefts, height, holes, 3 * house.body.height)

    height, placed = fit(lines, house.body.height, shape)
    placed = [replace(line, left=line.left + lefts[first]) for line in head] + placed
    rects: list[Rect] = []
    traits = [f"head {form.head}", f"columns {form.columns}"]
    if inset:
        hole, extra = inset
        top = height - hole.height if hole.top is None else hole.top
        moved = extra.moved(lefts[hole.first], top)
        placed, rects = placed + list(moved.lines), list(moved.rects)
        traits += extra.traits
    if house.column_rules and not form.notch[0]:
        rects += _column_rules(house, lefts, height, holes)
    inside = Box(inner, height, tuple(placed), tuple(rects), tuple(traits))
    return _framed(inside, form.frame, width, pad)


def set_head(
    rng: Random, house: House, story: Story, width: float, largest: float
) -> tuple[list[Placed], float]:
    """Label, eyebrow, title, subtitle and byline, and how high they are together."""
    lines: list[SetLine] = []
    align = house.title_align
    if story.label:
        face = replace(house.small, size=house.small.size + 1, bold=True, align="left")
        lines += set_text(story.label, replace(face, colour="#a01818"), width, house.measure)
    title = _title(rng, house, story.title, width, largest) if story.title else []
    size = title[0].face.size if title else house.body.size
    minor = max(house.body.size + 1.5, 0.55 * size)
    face = replace(house.title, size=minor, align=align, bold=False, leading=1.35)
    if story.eyebrow:
        lines += set_text(story.eyebrow, face, width, house.measure)
    lines += title
    if story.subtitle:
        side = "right" if align == "center" and rng.random() < 0.4 else align
        lines += spaced(
            set_text(story.subtitle, replace(face, align=side), width, house.measure), 0.2 * minor
        )
    if story.byline:
        face = replace(house.small, align=house.byline_align)
        lines += spaced(set_text(story.byline, face, width, house.measure), 0.5 * face.size)
    placed: list[Placed] = []
    top = 0.0
    for line in lines:
        top += line.above
        placed.append(Placed(line, 0.0, top))
        top += line.face.height
    return placed, top + 0.7 * house.body.size if lines else 0.0


def _title(rng: Random, house: House, title: str, width: float, largest: float) -> list[SetLine]:
    """The title on as few lines as it can have in a type that is large enough."""
    least = min(0.95 * largest, house.body.size * rng.choice((1.5, 1.7, 2.0)))
    unit = replace(house.title, size=1.0, align=house.title_align)
    for count in range(1, 6):
        parts = _parts(house, title, count)
        size = min(largest, 0.97 * width / max(house.measure(part, unit) for part in parts))
        if size >= least or count == 5:
            break
    face = replace(unit, size=size)
    full = house.measure(parts[0], face) > 0.8 * width and not house.english
    stretched = full and len(parts) == 1 and rng.random() < 0.3
    return [SetLine(part, face, width, stretched=stretched) for part in parts]


def _parts(house: House, title: str, count: int) -> list[str]:
    """The title in about equal parts, cut where its sense allows."""
    if house.english:
        joints = [i + 1 for i, character in enumerate(title) if character == " "]
    else:
        joints = [joint.end() for joint in TITLE_JOINTS.finditer(title)]
        if count > 2:
            joints = [i for i in range(1, len(title)) if not _tied(title[i - 1], title[i])]
    parts: list[str] = []
    start = 0
    for number in range(1, count):
        wanted = len(title) * number / count
        after = [joint for joint in joints if start + 1 < joint < len(title) - 1]
        if not after:
            break
        cut = min(after, key=lambda joint: abs(joint - wanted))
        parts.append(title[start:cut].strip())
        start = cut
    return [*parts, title[start:].strip()]


def _tied(before: str, after: str) -> bool:
    return before in NOT_AT_END or after in NOT_AT_START


def set_flow(rng: Random, house: House, story: Story, width: float) -> list[SetLine]:
    """Everything that runs through the columns, as lines."""
    lines: list[SetLine] = []
    room = 0.0
    for number, piece in enumerate(story.pieces):
        face, above, below = _look(house, story, piece)
        if piece.kind in ("closing", "jump") and house.measure(piece.text, face) > width:
            face = replace(face, align="justify")
        hyphens = house.hyphens and piece.kind == "text"
        block = set_text(piece.text, face, width, house.measure, hyphens=hyphens)
        last = number == len(story.pieces) - 1
        left = piece.strong
        for i, line in enumerate(block):
            keeps = not last and (piece.kind == "heading" or (i == 0 and rng.random() < 0.3))
            block[i] = replace(line, strong=min(left, len(line.text)), keeps=keeps)
            left = max(0, left - len(line.text))
        lines += spaced(block, max(above, room))
        room = below
    return lines


def _look(house: House, story: Story, piece: Piece) -> tuple[Face, float, float]:
    """The face of a piece, and the space above and below it."""
    line = house.body.height
    if piece.kind == "heading":
        face = house.heading
        if story.headings == "centred":
            return replace(face, align="center"), 0.5 * line, 0.5 * line
        if story.headings == "large":
            return replace(face, size=face.size * 1.25), 0.6 * line, 0.4 * line
        indent = 0.0 if house.english else house.body.indent
        return replace(face, indent=indent), 0.0 if house.body.indent else 0.6 * line, 0.0
    if piece.kind == "byline":
        return replace(house.small, align=house.byline_align), 0.0, 0.4 * line
    if piece.kind in ("closing", "jump"):
        return replace(house.body, align="right", indent=0.0), 0.0, 0.0
    if piece.kind == "note":
        return replace(house.small, indent=2.0), 0.3 * line, 0.0
    return house.body, 0.0 if house.body.indent else 0.4 * line, 0.0


def _inset(
    rng: Random,
    house: House,
    story: Story,
    column: float,
    form: Form,
    lines: Sequence[SetLine],
    head: Hole,
) -> tuple[Hole, Box] | None:
    """A picture or a pull-quote and the columns that it takes, if the text is long enough."""
    wanted = story.caption or story.quote
    low = sum(line.face.height + line.above for line in lines) / form.columns
    if not wanted or form.columns == 1 or form.notch[0]:
        return None
    span = rng.randint(1, min(2, form.columns - 1))
    width = span * (column + house.gutter) - house.gutter
    extra = (
        _picture(rng, house, story.caption, width)
        if story.caption
        else _quote(house, story.quote, width)
    )
    if extra.height > 0.6 * low:
        return None
    first = rng.randint(0, form.columns - span)
    under_head = first <= head.last and first + span - 1 >= head.first
    top: float | None = head.height if under_head else 0.0
    if rng.random() < 0.35:
        top = None
    elif first == 0 and top == head.height:
        first = form.columns - span  # text begins below its title
        top = head.height if head.last >= first else 0.0
    return Hole(first, first + span - 1, top, extra.height), extra


def _picture(rng: Random, house: House, caption: str, width: float) -> Box:
    """A grey picture with what it shows below it."""
    high = width * rng.choice((0.55, 0.66, 0.75))
    face = replace(house.small, size=house.body.size - 1.0, leading=1.3, align="left")
    lines = set_text(caption, face, width, house.measure) if caption else []
    placed = tuple(
        Placed(line, 0.0, high + 4 + i * line.face.height) for i, line in enumerate(lines)
    )
    height = high + 4 + len(lines) * face.height + house.body.size
    return Box(
        width, height, placed, (Rect(0, 0, width, high, fill=GREY),), ("picture",) * bool(caption)
    )


def _quote(house: House, quote: str, width: float) -> Box:
    """A pull-quote between two rules, in larger type."""
    face = replace(house.heading, size=house.body.size * 1.3, leading=1.4, align="left", bold=False)
    lines = set_text(quote, face, width - 8, house.measure)
    placed = tuple(Placed(line, 4.0, 8 + i * face.height) for i, line in enumerate(lines))
    low = 16 + len(lines) * face.height
    rules = (Rect(0, 2, width, 1.2, fill=INK), Rect(0, low - 4, width, 1.2, fill=INK))
    return Box(width, low + house.body.size * 0.6, placed, rules, ("set pull-quote",))


def _column_rules(
    house: House, lefts: Sequence[float], height: float, holes: Sequence[Hole]
) -> list[Rect]:
    top = max((hole.height for hole in holes if hole.top == 0.0), default=0.0)
    if len(holes) > 1:
        return []
    return [
        Rect(left - house.gutter / 2, top, 0.5, height - top, fill="#999") for left in lefts[1:]
    ]


def _framed(inside: Box, frame: str, width: float, pad: float) -> Box:
    if frame == "rule":
        moved = inside.moved(0, 8)
        rule = Rect(0, 0, width, 1.5, fill=INK)
        return replace(moved, width=width, height=inside.height + 8, rects=(rule, *moved.rects))
    if not frame:
        return inside
    moved = inside.moved(pad, pad)
    height = inside.height + 2 * pad
    ground = (
        Rect(0, 0, width, height, border=INK)
        if frame == "line"
        else Rect(0, 0, width, height, fill=TINT)
    )
    traits = (*inside.traits, f"frame {frame}")
    return Box(width, height, moved.lines, (ground, *moved.rects), traits)
