"""Plots of a report's curves as SVG that stands inside a page and takes its colours from there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

WIDTH, HEIGHT = 360, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 12, 30
TICKS = 5
DOTS = 30  # with more points than these, the line is enough

Points = Sequence[tuple[float, float]]


def plot(points: Points, *, label: str, logarithmic: bool = False, diagonal: bool = False) -> str:
    """A line through ``points`` (at least one) in the order of x; both axes begin at 0.

    ``label`` (HTML-escaped) says to a screen reader what it shows. A ``logarithmic`` x begins at 1
    and has a tick for each point; ``diagonal`` draws where x is y.
    """
    points = sorted(points)
    right, top = _nice(points[-1][0]), _nice(max(y for _, y in points))
    ticks = [x for x, _ in points] if logarithmic else [right * i / TICKS for i in range(TICKS + 1)]
    if logarithmic:
        right = max(2.0, points[-1][0])

    def across(x: float) -> float:
        return math.log(x, right) if logarithmic else x / right

    places = [_place(across(x), y / top) for x, y in points]
    parts = [
        *_lines_across(top),
        *(_text(_place(across(x), 0), 0, 18, "middle", f"{x:.4g}") for x in ticks),
        _line([_place(0, 0), _place(1, 1)], "diagonal") if diagonal else "",
        _line(places, "line"),
        *(f'<circle cx="{x}" cy="{y}" r="3"/>' for x, y in places if len(places) <= DOTS),
    ]
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )


def _nice(most: float) -> float:
    """Where an axis ends: 1 for shares, else a round number from ``most`` on."""
    if most <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= most)


def _place(x: float, y: float) -> tuple[float, float]:
    """Where (x, y), both from 0 to 1, is drawn."""
    across, up = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    return round(_LEFT + x * across, 1), round(_TOP + (1 - y) * up, 1)


def _line(places: Points, kind: str) -> str:
    return f'<polyline class="{kind}" points="{" ".join(f"{x},{y}" for x, y in places)}"/>'


def _lines_across(top: float) -> Iterator[str]:
    """A line at every tick of y, with its number."""
    for share in (tick / TICKS for tick in range(TICKS + 1)):
        (start, height), (end, _) = _place(0, share), _place(1, share)
        yield f'<line x1="{start}" y1="{height}" x2="{end}" y2="{height}"/>'
        yield _text((start, height), -6, 4, "end", f"{share * top:.3g}")


def _text(place: tuple[float, float], right: float, down: float, anchor: str, said: str) -> str:
    x, y = place[0] + right, place[1] + down
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{said}</text>'


def gauge(value: float, low: float, high: float) -> str:
    """A share from 0 to 1 as a dot on a line, with its interval."""
    return (
        '<svg class="gauge" viewBox="0 0 100 10" aria-hidden="true">'
        '<line class="range" x1="0" y1="5" x2="100" y2="5"/>'
        f'<line x1="{100 * low:.1f}" y1="5" x2="{100 * high:.1f}" y2="5"/>'
        f'<circle cx="{100 * value:.1f}" cy="5" r="3.5"/></svg>'
    )
