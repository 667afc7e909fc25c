"""Presentations (pptx), read from their XML: converters lose a slide's title, order and notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.formats.blocks import Document, clean, heading, item, row
from ingest.formats.package import Package, local
from ingest.formats.pictures import picture_names
from ingest.page.furniture import Block

_TITLES = ("title", "ctrTitle")
_FURNITURE = ("sldNum", "dt", "ftr", "hdr", "sldImg")
_LITTLE = 100  # characters beside each picture of a slide that are too few to say all of it
_BAND = 300_000  # EMU (a twentieth of a slide's height): shapes as high as this stand side by side


@dataclass(frozen=True, slots=True)
class _Shape:
    """Something with text on a slide."""

    element: Any
    role: str  # of the placeholder that it fills
    top: int  # EMU; shapes that stand where the layout has them come first
    left: int


@dataclass(frozen=True, slots=True)
class _Frame:
    """How the places in a group are to be moved to be the slide's."""

    x: float = 0.0
    y: float = 0.0
    x_scale: float = 1.0
    y_scale: float = 1.0


def read_slides(package: Package, main: str) -> Document:
    """All slides in order, each with its speaker's notes after it. Raises DamagedFile."""
    parts = package.related(main)
    listed = [one for one in package.xml(main).iter() if local(one) == "sldId"]
    ids = [value for one in listed for key, value in one.attrib.items() if key.startswith("{")]
    found: list[Block] = []
    pictures: list[str] = []
    for identity in ids:
        kind, name = parts.get(identity, ("", ""))
        if kind == "slide" and package.has(name):
            root = package.xml(name)
            blocks = list(_slide(package, name, root))
            shown = picture_names(package, name, root)
            if sum(len(block.text) for block in blocks) < _LITTLE * len(shown):
                pictures += shown
            found += blocks
    return Document(found, pictures=pictures)


def _slide(package: Package, name: str, root: Any) -> Iterator[Block]:
    shapes = sorted(_shapes(root, _Frame()), key=lambda shape: (shape.top // _BAND, shape.left))
    titles = (shape for shape in shapes if shape.role in _TITLES)
    title = " ".join(line for shape in titles for line in _lines(shape.element))
    if title:
        yield heading(title, 1)
    for shape in shapes:
        if shape.role not in (*_TITLES, *_FURNITURE):
            yield from _shape_blocks(shape.element)
    for kind, notes in package.related(name).values():
        if kind == "notesSlide" and package.has(notes):
            for shape in _shapes(package.xml(notes), _Frame()):
                if shape.role == "body":
                    yield from map(item, _lines(shape.element))


def _shapes(parent: Any, frame: _Frame) -> Iterator[_Shape]:
    """The shapes with text, also those in groups."""
    for child in parent:
        name = local(child)
        if name in ("sp", "graphicFrame"):
            if not _is_hidden(child):
                placeholder = next((one for one in child.iter() if local(one) == "ph"), None)
                role = "" if placeholder is None else placeholder.get("type", "obj")
                place = _point(child, "off")
                left, top = _placed(place, frame) if place else (-1, -1)
                yield _Shape(child, role, top, left)
        elif name == "grpSp":
            yield from _shapes(child, _inner(child, frame))
        elif name not in ("Fallback", "pic"):
            yield from _shapes(child, frame)


def _inner(group: Any, frame: _Frame) -> _Frame:
    """The frame of what stands in a group."""
    properties = next((one for one in group if local(one) == "grpSpPr"), None)
    if properties is None:
        return frame
    off, extent = _point(properties, "off"), _point(properties, "ext")
    inner_off, inner_extent = _point(properties, "chOff"), _point(properties, "chExt")
    if not (off and extent and inner_off and inner_extent and all(inner_extent)):
        return frame
    x_scale, y_scale = extent[0] / inner_extent[0], extent[1] / inner_extent[1]
    return _Frame(
        x=frame.x + frame.x_scale * (off[0] - x_scale * inner_off[0]),
        y=frame.y + frame.y_scale * (off[1] - y_scale * inner_off[1]),
        x_scale=frame.x_scale * x_scale,
        y_scale=frame.y_scale * y_scale,
    )


def _placed(point: tuple[int, int], frame: _Frame) -> tuple[int, int]:
    return (
        int(frame.x + frame.x_scale * point[0]),
        int(frame.y + frame.y_scale * point[1]),
    )


def _point(element: Any, name: str) -> tuple[int, int] | None:
    """The two figures of the first element of that name, x and y or width and height, in EMU."""
    found = next((one for one in element.iter() if local(one) == name), None)
    if found is None:
        return None
    x, y = (found.get(key) or found.get(other) for key, other in (("x", "cx"), ("y", "cy")))
    try:
        return int(x or 0), int(y or 0)
    except ValueError:
        return None


def _is_hidden(shape: Any) -> bool:
    named = next((one for one in shape.iter() if local(one) == "cNvPr"), None)
    return named is not None and named.get("hidden") in ("1", "true")


def _shape_blocks(shape: Any) -> Iterator[Block]:
    tables = [one for one in shape.iter() if local(one) == "tbl"]
    if not tables:
        yield from map(item, _lines(shape))
    for table in tables:
        for line in table:
            if local(line) == "tr":
                cells = [" ".join(_lines(cell)) for cell in line if local(cell) == "tc"]
                if any(cells):
                    yield item(row(cells))


def _lines(shape: Any) -> Iterator[str]:
    """The paragraphs of a shape; a line break within one ends a line, too."""
    for paragraph in shape.iter():
        if local(paragraph) == "p":
            text = "".join(_texts(paragraph))
            yield from filter(None, map(clean, text.split("\n")))


def _texts(paragraph: Any) -> Iterator[str]:
    for one in paragraph.iter():
        name = local(one)
        if name == "t":
            yield one.text or ""
        elif name == "br":
            yield "\n"
        elif name == "tab":
            yield "\t"
