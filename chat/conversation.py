"""Questions that lean on those before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question asked before, as it was understood, and the ids of the articles cited for it."""

    question: str
    articles: tuple[str, ...] = ()


def complete(question: str, history: Sequence[Exchange]) -> str:  # noqa: ARG001
    """The question as it would be asked by itself; ``history`` is oldest first."""
    return question
