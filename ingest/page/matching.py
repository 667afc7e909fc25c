"""How much a title speaks of a body, and the best way to give titles to bodies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ingest.page.lines import HAN

STEP = 1e-3

_RUN = re.compile(f"[{HAN}]+|[^\\W\\d_]{{3,}}")


def terms(text: str) -> Counter[str]:
    """What a text is about, countable: pairs of Chinese characters, and Western words."""
    found: Counter[str] = Counter()
    for run in _RUN.findall(text):
        if run[0].isascii():
            found[run.lower()[:6]] += 1
        else:
            found.update(run[i : i + 2] for i in range(len(run) - 1))
    return found


def affinities(title: str, bodies: Sequence[Counter[str]]) -> list[float]:
    """For every body how much of the title it holds, 0 to 1; a term weighs more in fewer bodies."""
    wanted = terms(title)
    weights = {term: 1 / max(1, sum(term in body for body in bodies)) for term in wanted}
    total = sum(weights.values()) or 1.0
    return [
        sum(weight * body[term] / (body[term] + 0.5) for term, weight in weights.items()) / total
        for body in bodies
    ]


def assign(values: Sequence[Sequence[float]]) -> list[int | None]:
    """For every row the column it gets, each column once, so that the sum of values is greatest.

    A row gets none rather than a value of 0 or less. Within ``STEP`` a row of the optimum.
    Bertsekas, "The auction algorithm", Annals of Operations Research 14 (1988).
    """
    columns = len(values[0]) if values else 0
    prices = [0.0] * columns
    owner: dict[int, int] = {}
    bidders = list(range(len(values)))[::-1]
    while bidders:
        row = bidders.pop()
        gains = [value - price for value, price in zip(values[row], prices, strict=True)]
        best = max(range(columns), key=gains.__getitem__, default=None)
        if best is None or gains[best] <= 0:
            continue
        second = max([0.0, *(gain for i, gain in enumerate(gains) if i != best)])
        prices[best] += gains[best] - second + STEP
        if best in owner:
            bidders.append(owner[best])
        owner[best] = row
    column_of = {row: column for column, row in owner.items()}
    return [column_of.get(row) for row in range(len(values))]
