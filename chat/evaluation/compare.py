"""What became better or worse from one report to another of the same questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chat.evaluation import abstention as evaluate_abstention
from chat.evaluation import speed as evaluate_speed
from chat.evaluation.statistics import Rows, Statistic
from chat.evaluation.statistics import difference as statistic_difference
from ingest.errors import QuestionError
from retriever.report import Report
from retriever.significance import Difference, differences

SIGNIFICANT = 0.05
NEUTRAL = frozenset({"answer_characters"})  # neither more nor less of it is better

_STATISTICS: Mapping[str, Mapping[str, Statistic]] = {
    "abstention": evaluate_abstention.STATISTICS,
    "speed": evaluate_speed.STATISTICS,
}


@dataclass(frozen=True, slots=True)
class Change:
    """A figure's difference, its p as Holm (1979) corrects it for the number of figures, and the
    ids of the questions that it is better or worse for.
    """

    difference: Difference
    p: float
    better: tuple[str, ...]
    worse: tuple[str, ...]

    @property
    def name(self) -> str:
        """The figure's."""
        return self.difference.name

    @property
    def gain(self) -> float:
        """The difference, above zero when the figure became better; 0 for a neutral one."""
        if self.name in NEUTRAL:
            return 0.0
        return self.difference.value if self.difference.higher_is_better else -self.difference.value

    @property
    def verdict(self) -> str:
        """One of "better", "worse" and "same", which it is where the difference may be chance."""
        if self.p >= SIGNIFICANT or self.gain == 0:
            return "same"
        return "better" if self.gain > 0 else "worse"

    def record(self) -> dict[str, Any]:
        """The change as JSON gives it."""
        return {
            **self.difference.record(),
            "p_holm": self.p,
            "verdict": self.verdict,
            "better": list(self.better),
            "worse": list(self.worse),
        }


def compare(before: Report, after: Report) -> list[Change]:
    """What became of each figure that both reports have.

    Raises QuestionError when they are of different kinds or about different questions.
    """
    _check(before, after)
    found = list(_differences(before, after))
    corrected = holm([each.p for each in found])
    return [
        Change(each, p, *_turned(each, before, after))
        for each, p in zip(found, corrected, strict=True)
    ]


def _check(before: Report, after: Report) -> None:
    if before.kind != after.kind:
        raise QuestionError(
            f"one report is about {before.kind}, the other about {after.kind}: "
            "compare reports of one kind",
            f"一份报告是 {before.kind}，另一份是 {after.kind}：请比较同一种报告",
        )
    old, new = _questions(before), _questions(after)
    if differing := old.items() ^ new.items():
        name = min(key for key, _ in differing)
        raise QuestionError(
            f"the reports are of different questions: {name} isn't the same in both; "
            "ask both systems the same file",
            f"两份报告的问题不同：{name} 不一致；请用同一个问题文件评测两个系统",
        )


def _questions(report: Report) -> dict[str, str]:
    return {str(row["id"]): str(row["question"]) for row in report.rows}


def _differences(before: Report, after: Report) -> Iterator[Difference]:
    """Of the means first, and then of the statistics that are none."""
    yield from differences(before, after)
    rows = _by_id(before.rows), _by_id(after.rows)
    for name, statistic in _STATISTICS.get(after.kind, {}).items():
        if (found := statistic_difference(name, statistic, *rows)) is not None:
            yield found


def _by_id(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: str(row["id"]))


def _turned(
    difference: Difference, before: Report, after: Report
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of the questions for which the figure is better, and worse."""
    old, new = before.figure(difference.name), after.figure(difference.name)
    if old is None or new is None:
        return (), ()
    common = [key for key in old.values if key in new.values]
    grown = tuple(key for key in common if new.values[key] > old.values[key])
    fallen = tuple(key for key in common if new.values[key] < old.values[key])
    return (grown, fallen) if difference.higher_is_better else (fallen, grown)


def holm(ps: Sequence[float]) -> list[float]:
    """The p of each of several tests, corrected for their number (Holm, 1979)."""
    corrected = [0.0] * len(ps)
    highest = 0.0
    for place, position in enumerate(sorted(range(len(ps)), key=lambda i: ps[i])):
        highest = max(highest, min(1.0, (len(ps) - place) * ps[position]))
        corrected[position] = highest
    return corrected


def failures(changes: Sequence[Change], tolerance: float | None = None) -> list[Change]:
    """The changes that a gate stops at: significantly worse, or worse by more than ``tolerance``
    if there is one.
    """
    if tolerance is None:
        return [change for change in changes if change.verdict == "worse"]
    return [change for change in changes if change.gain < -tolerance]
