"""How near a question's words stand to a number or a date such as it asks for."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from chat.answers.kinds import values
from index.tokens import content, normalise, words
from ingest.split import Span

SCALE = 12.0  # characters at which a word counts for a third (1/e) of what it counts next to it
MOST_VALUES = 20  # of a sentence, the first ones


def nearness(question: str, texts: Sequence[str], idf: Callable[[str], float]) -> list[float]:
    """For each of ``texts``, normalised, from 0 (it has no such value) to 1.

    Of the values that a text has the one counts that the question's words stand nearest to, each
    with its weight and less the farther away it is.
    """
    asked = normalise(question)
    weights = {word: idf(word) for word in words(content(question))}
    total = max(sum(weights.values()), 1e-9)
    found = []
    for text in texts:
        spans = values(asked, text)[:MOST_VALUES]
        places = [(weights[word], _places(word, text)) for word in weights] if spans else []
        best = max((_near(span, places) for span in spans), default=0.0)
        found.append(best / total)
    return found


def _near(span: Span, places: Sequence[tuple[float, list[Span]]]) -> float:
    """The weights of the words, each by the distance of its nearest place."""
    start, end = span
    near = 0.0
    for weight, spans in places:
        if spans:
            gap = min(max(start - last, first - end, 0) for first, last in spans)
            near += weight * math.exp(-gap / SCALE)
    return near


def _places(word: str, text: str) -> list[Span]:
    found = []
    place = text.find(word)
    while place >= 0:
        found.append((place, place + len(word)))
        place = text.find(word, place + 1)
    return found
