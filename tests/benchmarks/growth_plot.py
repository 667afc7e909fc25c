"""How costs grow with a library, as SVG. Both axes are logarithmic, and costs are multiples of what
they are in the smallest library: what is linear runs along the dashed line, what is constant level.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 820, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 380, 20, 40
_LINE = 22  # from one line of the legend to the next
_GREY = "#999"
# Okabe and Ito's colours, which the colour-blind tell apart; the second time dashed.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_DASHES = ("none", "6 3")


@dataclass(frozen=True, slots=True)
class Curve:
    """A cost, which isn't 0, by size, the smallest first."""

    name: str
    points: Sequence[tuple[int, float]]

    def relative(self) -> list[tuple[int, float]]:
        """The points as multiples of the first."""
        return [(size, cost / self.points[0][1]) for size, cost in self.points]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The sizes and costs that the axes reach from and to."""

    first: int
    last: int
    low: float
    high: float

    def place(self, size: float, cost: float) -> tuple[float, float]:
        across = math.log(size / self.first) / math.log(self.last / self.first)
        up = math.log(cost / self.low) / math.log(self.high / self.low)
        x = _LEFT + across * (WIDTH - _LEFT - _RIGHT)
        return round(x, 1), round(HEIGHT - _BOTTOM - up * (HEIGHT - _TOP - _BOTTOM), 1)


def plot(curves: Sequence[Curve]) -> str:
    """The whole file, of curves over the same two sizes or more."""
    sizes = [size for size, _ in curves[0].points]
    costs = [cost for curve in curves for _, cost in curve.relative()]
    linear = sizes[-1] / sizes[0]
    frame = _Frame(sizes[0], sizes[-1], min(0.5, *costs), max(linear, *costs))
    diagonal = [frame.place(sizes[0], 1), frame.place(sizes[-1], linear)]
    parts = [
        *_axes(frame, sizes),
        _line(diagonal, _GREY, "2 4"),
        *(part for number, curve in enumerate(curves) for part in _curve(frame, curve, number)),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
        f"{''.join(parts)}</svg>\n"
    )


def _axes(frame: _Frame, sizes: Sequence[int]) -> Iterator[str]:
    for size in sizes:
        x, y = frame.place(size, frame.low)
        yield _text(x, y + 20, f"{size:,} passages", "middle")
    powers = range(math.ceil(math.log10(frame.low)), math.floor(math.log10(frame.high)) + 1)
    for tick in (10.0**power for power in powers):
        ends = [frame.place(size, tick) for size in (frame.first, frame.last)]
        yield _line(ends, "#ddd", "none")
        yield _text(ends[0][0] - 8, ends[0][1] + 4, f"× {tick:g}", "end")


def _curve(frame: _Frame, curve: Curve, number: int) -> Iterator[str]:
    colour = _COLOURS[number % len(_COLOURS)]
    dashes = _DASHES[number // len(_COLOURS) % len(_DASHES)]
    places = [frame.place(size, cost) for size, cost in curve.relative()]
    yield _line(places, colour, dashes)
    yield from (f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in places)
    left, middle = WIDTH - _RIGHT + 60, _TOP + (number + 0.5) * _LINE
    yield _line([(left, middle), (left + 24, middle)], colour, dashes)
    yield _text(left + 30, middle + 4, curve.name, "start")


def _line(places: Sequence[tuple[float, float]], colour: str, dashes: str) -> str:
    points = " ".join(f"{x},{y}" for x, y in places)
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5" '
        f'stroke-dasharray="{dashes}"/>'
    )


def _text(x: float, y: float, said: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{html.escape(said)}</text>'
