"""Figures that aren't means over questions (a median, an area below a curve), with intervals.

Such a statistic is a function of the rows of a report, so that it can be taken of samples of the
questions: that gives its interval, and from the same samples of two reports that of a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retriever.report import CONFIDENCE, SEED, Figure, Interval
from retriever.significance import Difference

Floats = npt.NDArray[np.float64]
Rows = Sequence[Mapping[str, object]]

RESAMPLES = 1000
_TAIL = (1 - CONFIDENCE) / 2


@dataclass(frozen=True, slots=True)
class Statistic:
    """A function of the columns (n, len(columns)) of rows, which gives NaN where it makes no sense,
    as an area below a curve of one class doesn't.
    """

    columns: tuple[str, ...]
    function: Callable[[Floats], float]
    higher_is_better: bool = True

    def table(self, rows: Rows) -> Floats:
        """The columns of those rows that have them all, (n, len(columns))."""
        complete = [row for row in rows if all(row.get(name) is not None for name in self.columns)]
        values = [[row[name] for name in self.columns] for row in complete]
        return np.array(values, np.float64).reshape(len(values), len(self.columns))


def figure(name: str, statistic: Statistic, rows: Rows) -> Figure | None:
    """The statistic over the rows with its 95 % interval (percentiles of a bootstrap); None where
    it makes no sense.
    """
    table = statistic.table(rows)
    value = statistic.function(table) if len(table) else np.nan
    if np.isnan(value):
        return None
    resampled = np.array([statistic.function(table[drawn]) for drawn in _draws(len(table))])
    return Figure(
        name,
        {},
        whole=float(value),
        bounds=_interval(resampled),
        higher_is_better=statistic.higher_is_better,
    )


def difference(name: str, statistic: Statistic, before: Rows, after: Rows) -> Difference | None:
    """What the statistic gained, over rows of the same questions in the same order.

    Its p is twice the share of samples in which the gain has the other sign, or none.
    """
    old, new = statistic.table(before), statistic.table(after)
    if not len(old) or len(old) != len(new):
        return None
    values = statistic.function(old), statistic.function(new)
    if np.isnan(values).any():
        return None
    draws = _draws(len(old))
    gains = np.array([statistic.function(new[d]) - statistic.function(old[d]) for d in draws])
    gains = gains[~np.isnan(gains)]
    beyond = min((gains <= 0).sum(), (gains >= 0).sum())
    return Difference(
        name,
        before=float(values[0]),
        after=float(values[1]),
        interval=_interval(gains),
        p=float(min(1.0, 2 * (beyond + 1) / (len(gains) + 1))),
        questions=len(old),
        higher_is_better=statistic.higher_is_better,
    )


def _draws(size: int) -> npt.NDArray[np.int64]:
    """Samples with replacement: positions (RESAMPLES, size), the same ones each time."""
    return np.random.default_rng(SEED).integers(size, size=(RESAMPLES, size))


def _interval(values: Floats) -> Interval | None:
    values = values[~np.isnan(values)]
    if len(values) < 2:
        return None
    low, high = np.quantile(values, (_TAIL, 1 - _TAIL)).tolist()
    return low, high
