"""What the rules and frames that are drawn on a page keep apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ingest.printed.types import Rectangle

_THIN = 4.0  # points
_SLACK = 3.0  # points by which a rule may stand inside of what it keeps apart
_COVERED = 0.6  # of a width that a rule above it has at least


class Place(Protocol):
    """Anything with a place on the page: a strip, a title, a column."""

    @property
    def left(self) -> float:
        """Its left edge."""

    @property
    def right(self) -> float:
        """Its right edge."""

    @property
    def top(self) -> float:
        """Its upper edge."""

    @property
    def bottom(self) -> float:
        """Its lower edge."""


def are_apart(rules: Sequence[Rectangle], one: Place, other: Place) -> bool:
    """Whether one of the two stands in a frame, or a level rule runs between them."""
    upper, lower = (one, other) if one.top <= other.top else (other, one)
    return any(
        _holds(rule, one) != _holds(rule, other) if is_frame(rule) else _parts(rule, upper, lower)
        for rule in rules
    )


def are_divided(rules: Sequence[Rectangle], one: Place, other: Place) -> bool:
    """Whether an upright rule or a frame's side runs between two that stand side by side."""
    first, second = (one, other) if one.left <= other.left else (other, one)
    return any(
        _holds(rule, one) != _holds(rule, other)
        if is_frame(rule)
        else _is_upright(rule)
        and first.right - _SLACK < rule.left < second.left + _SLACK
        and rule.top < one.bottom
        and rule.bottom > one.top
        for rule in rules
    )


def stands_between(rules: Sequence[Rectangle], one: Place, other: Place, top: float) -> bool:
    """Whether an upright rule that begins at ``top`` or above runs between two columns.

    Rules between the columns of an article begin below its title.
    """
    first, second = (one, other) if one.left <= other.left else (other, one)
    return any(
        first.right - _SLACK < rule.left < second.left + _SLACK
        and rule.top < top + _SLACK
        and rule.bottom > max(one.top, other.top) + _SLACK
        for rule in rules
        if _is_upright(rule)
    )


def room_beside(
    rules: Sequence[Rectangle], place: Place, left: float, right: float
) -> tuple[float, float]:
    """The room from ``left`` to ``right`` around a place, as far as no frame or rule limits it."""
    for rule in rules:
        if is_frame(rule):
            if _holds(rule, place):
                left, right = max(left, rule.left), min(right, rule.right)
        elif _is_upright(rule) and rule.top < place.top + _SLACK and rule.bottom > place.bottom:
            if rule.right < place.left + _SLACK:
                left = max(left, rule.right)
            elif rule.left > place.right - _SLACK:
                right = min(right, rule.left)
    return left, right


def is_frame(rule: Rectangle) -> bool:
    """Whether it is a frame or a tint, which text may stand in."""
    return rule.right - rule.left > _THIN and rule.bottom - rule.top > _THIN


def _is_upright(rule: Rectangle) -> bool:
    return rule.right - rule.left <= _THIN < rule.bottom - rule.top


def _holds(frame: Rectangle, place: Place) -> bool:
    across, down = (place.left + place.right) / 2, (place.top + place.bottom) / 2
    return frame.left < across < frame.right and frame.top < down < frame.bottom


def _parts(rule: Rectangle, upper: Place, lower: Place) -> bool:
    """Whether a level rule runs below one and above the other."""
    level = rule.bottom - rule.top <= _THIN < rule.right - rule.left
    if not level or not upper.bottom - _SLACK < rule.bottom or not rule.top < lower.top + _SLACK:
        return False
    return all(
        min(rule.right, place.right) - max(rule.left, place.left)
        > _COVERED * (place.right - place.left)
        for place in (upper, lower)
    )
