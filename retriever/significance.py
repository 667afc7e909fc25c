"""Whether one system is better than another on the same questions, or just luckier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.errors import QuestionError
from retriever.report import RESAMPLES, SEED, Figure, Interval, Report, batches, bootstrap


@dataclass(frozen=True, slots=True)
class Difference:
    """What a measure gained from one system to another, over the questions that both have."""

    name: str
    before: float
    after: float
    interval: Interval | None
    """The 95 % interval of the difference (paired bootstrap); None for a single question."""
    p: float
    """How likely a difference as large is, in either direction, if the systems are alike (paired
    randomisation test).
    """
    questions: int
    higher_is_better: bool = True

    @property
    def value(self) -> float:
        """The difference, above zero when the measure grew."""
        return self.after - self.before

    def record(self) -> dict[str, float | int | None]:
        """The difference as JSON gives it."""
        low, high = self.interval or (None, None)
        return {
            "before": self.before,
            "after": self.after,
            "difference": self.value,
            "low": low,
            "high": high,
            "p": self.p,
            "questions": self.questions,
        }


def differences(before: Report, after: Report) -> Iterator[Difference]:
    """What became of each measure over questions that both reports have.

    Raises QuestionError when they have no such measure, or one is of passages and one of articles.
    """
    levels = [report.facts.get("level", "") for report in (before, after)]
    if levels[0] != levels[1]:
        raise QuestionError(
            f"one report is on the level {levels[0]}, the other on {levels[1]}; measure both alike",
            f"一份报告按 {levels[0]} 评测，另一份按 {levels[1]}；请按同一层级评测",
        )
    found = False
    for new in after.figures:
        old = before.figure(new.name)
        if old is not None and old.values.keys() & new.values.keys():
            found = True
            yield difference(old, new)
    if not found:
        raise QuestionError(
            "the two reports have no measure of the same questions in common; compare two systems "
            "that were asked the same questions",
            "两份报告没有针对相同问题的共同指标；请比较回答了同一批问题的两个系统",
        )


def difference(before: Figure, after: Figure) -> Difference:
    """What the measure gained, on the questions judged in both; raises ValueError without any."""
    common = sorted(before.values.keys() & after.values.keys())
    if not common:
        raise ValueError(f"{before.name}: no question is judged in both")
    old = np.array([before.values[key] for key in common], np.float64)
    new = np.array([after.values[key] for key in common], np.float64)
    gains = new - old
    return Difference(
        name=after.name,
        before=float(old.mean()),
        after=float(new.mean()),
        interval=bootstrap(gains.tolist()) if len(common) > 1 else None,
        p=randomisation_test(gains),
        questions=len(common),
        higher_is_better=after.higher_is_better,
    )


def randomisation_test(gains: npt.NDArray[np.float64]) -> float:
    """The two-sided p of Fisher's paired randomisation test (Smucker, Allan and Carterette, CIKM
    2007): how often the mean of ``gains`` (n,) is as far from zero when each one's sign is left
    to chance. Between 1 / (`RESAMPLES` + 1) and 1.
    """
    sizes, counts = np.unique(np.abs(gains[gains != 0]), return_counts=True)
    if not len(sizes):
        return 1.0
    chance = np.random.default_rng(SEED)
    # Of equal gains it matters only how many are turned.
    sums = [
        (2 * chance.binomial(counts, 0.5, size=(some, len(counts))) - counts) @ sizes
        for some in batches(len(sizes))
    ]
    least = abs(float(gains.sum())) * (1 - 1e-9)  # sums of the same numbers may differ by rounding
    as_far = int((np.abs(np.concatenate(sums)) >= least).sum())
    return (as_far + 1) / (RESAMPLES + 1)
