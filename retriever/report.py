"""The figures of an evaluation: what a report is made of, and how it is kept as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ingest.errors import QuestionError

Interval = tuple[float, float]

CONFIDENCE = 0.95
RESAMPLES = 10_000
SEED = 7
_DRAWN_AT_ONCE = 2**22  # numbers; 32 MB


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One measure over questions: a mean of ``values``, or ``whole`` for one that isn't a mean.

    A question without a judgement isn't in ``values``: what is missing isn't zero.
    """

    name: str
    """As in JSON: "recall@5", "auroc"."""
    values: Mapping[str, float]
    """By question id; empty for a measure that isn't a mean over questions."""
    whole: float | None = None
    """The value of such a measure, over all questions."""
    bounds: Interval | None = None
    """Its interval, if the measure brings one."""
    higher_is_better: bool = True

    @property
    def value(self) -> float | None:
        """The measure; None when no question was judged."""
        if self.whole is not None:
            return self.whole
        return fmean(self.values.values()) if self.values else None

    def interval(self) -> Interval | None:
        """The 95 % interval of the value; None where fewer than two questions were judged."""
        if self.bounds is not None or self.whole is not None:
            return self.bounds
        return bootstrap(self.values.values()) if len(self.values) > 1 else None

    def record(self) -> dict[str, Any]:
        """The figure as JSON gives it, without the values of single questions."""
        low, high = self.interval() or (None, None)
        return {
            "value": self.value,
            "low": low,
            "high": high,
            "questions": len(self.values) or None,
            "higher_is_better": self.higher_is_better,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What an evaluation found: its figures, what became of each question, and how it was made."""

    kind: str
    """One of "retrieval", "answers", "abstention", "speed"."""
    figures: tuple[Figure, ...]
    rows: tuple[Mapping[str, object], ...]
    """One for each question, with at least its ``id`` and the ``question``."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """What was measured: library, articles, passages, embedder, generator, version, settings."""
    curves: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    """Points to draw by what they show, as in "recall by k"."""

    def figure(self, name: str) -> Figure | None:
        """The figure of this name, if the report has it."""
        return next((figure for figure in self.figures if figure.name == name), None)

    def record(self) -> dict[str, Any]:
        """The report as JSON gives it; each row has its own ``figures``, by name."""
        return {
            "kind": self.kind,
            "figures": {figure.name: figure.record() for figure in self.figures},
            "facts": dict(self.facts),
            "curves": {name: [list(point) for point in line] for name, line in self.curves.items()},
            "rows": [{**row, "figures": self._values(str(row["id"]))} for row in self.rows],
        }

    def _values(self, question: str) -> dict[str, float]:
        """The value of each figure for one question, where it was judged."""
        return {
            figure.name: figure.values[question]
            for figure in self.figures
            if question in figure.values
        }

    @classmethod
    def from_record(cls, record: Any) -> Self:
        """The report that `record` gave. Raises QuestionError for anything else."""
        try:
            return cls(
                kind=str(record["kind"]),
                figures=tuple(
                    _figure(name, entry, record["rows"])
                    for name, entry in record["figures"].items()
                ),
                rows=tuple(
                    {key: value for key, value in row.items() if key != "figures"}
                    for row in record["rows"]
                ),
                facts=dict(record["facts"]),
                curves={
                    name: tuple((float(x), float(y)) for x, y in line)
                    for name, line in record["curves"].items()
                },
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise QuestionError(
                f"not a report of wenjin eval ({error!r}); give a file that --json made",
                f"不是 wenjin eval 的报告（{error!r}）；请给出由 --json 生成的文件",
            ) from error


def _figure(name: str, entry: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> Figure:
    values = {str(row["id"]): float(row["figures"][name]) for row in rows if name in row["figures"]}
    value, low, high = entry["value"], entry["low"], entry["high"]
    return Figure(
        name=name,
        values=values,
        whole=None if values or value is None else float(value),
        bounds=None if values or low is None else (float(low), float(high)),
        higher_is_better=bool(entry["higher_is_better"]),
    )


def bootstrap(values: Iterable[float]) -> Interval:
    """The 95 % interval of a mean: percentiles of the means of samples drawn with replacement
    (Efron 1979). The same values give the same interval, in whatever order.
    """
    distinct, counts = np.unique(np.fromiter(values, np.float64), return_counts=True)
    chance = np.random.default_rng(SEED)
    size = int(counts.sum())
    # Drawing n of n with replacement is drawing how often each distinct value comes.
    means: list[npt.NDArray[np.float64]] = [
        chance.multinomial(size, counts / size, size=some) @ distinct / size
        for some in batches(len(distinct))
    ]
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(np.concatenate(means), (tail, 1 - tail)).tolist()
    return low, high


def batches(width: int) -> Iterable[int]:
    """How many of the ``RESAMPLES`` to draw at once, when each takes ``width`` numbers."""
    most = max(1, _DRAWN_AT_ONCE // width)
    return (min(most, RESAMPLES - start) for start in range(0, RESAMPLES, most))
