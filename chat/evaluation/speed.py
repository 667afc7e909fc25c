"""The report on speed: how long answers take, stage by stage, and what memory they need."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from chat.evaluation.replies import Asked
from chat.evaluation.statistics import Floats, Statistic, figure
from retriever.report import Figure, Report

STAGES = ("search", "evidence", "generate", "total")
PERCENTS = (50, 95)


def _percentile(percent: int, table: Floats) -> float:
    return float(np.percentile(table, percent))


STATISTICS: Mapping[str, Statistic] = {
    f"{stage}_p{percent}": Statistic(
        (stage,), partial(_percentile, percent), higher_is_better=False
    )
    for stage in STAGES
    for percent in PERCENTS
}
"""The milliseconds within which so many percent of the questions were through a stage."""


def speed_report(
    rounds: Sequence[Sequence[Asked]],
    *,
    cold_start: float | None = None,
    memory: float | None = None,
    facts: Mapping[str, object] | None = None,
) -> Report:
    """How long the same questions took, asked once or in several rounds; a question's time is its
    median.

    ``cold_start`` is how long the first answer took, in milliseconds, with all that had to be
    loaded for it; ``memory`` what the process held at most, in MB.
    """
    rows = tuple(_row(times) for times in zip(*rounds, strict=True))
    spent = {key: value for key, value in map(_total, rows) if value is not None}
    wholes = {
        "questions_per_second": _per_second(list(spent.values())),
        "cold_start_ms": cold_start,
        "peak_memory_mb": memory,
    }
    percentiles = (figure(name, statistic, rows) for name, statistic in STATISTICS.items())
    return Report(
        "speed",
        (
            Figure("milliseconds", spent, higher_is_better=False),
            *(found for found in percentiles if found is not None),
            *(
                Figure(name, {}, whole=value, higher_is_better=name == "questions_per_second")
                for name, value in wholes.items()
                if value is not None
            ),
        ),
        rows,
        facts or {},
        {"latency": _distribution(list(spent.values()))} if spent else {},
    )


def _row(times: Sequence[Asked]) -> dict[str, object]:
    """One question: the median of each stage, in milliseconds, where the system tells it."""
    first = times[0]
    stages = {
        stage: float(np.median([one.reply.timings[stage] for one in times]))
        for stage in STAGES
        if all(stage in one.reply.timings for one in times)
    }
    return {
        "id": first.question.id,
        "question": first.question.question,
        "refused": first.reply.abstained,
        **stages,
    }


def _total(row: Mapping[str, object]) -> tuple[str, float | None]:
    """The question's id and how long its answer took."""
    total = row.get("total")
    return str(row["id"]), total if isinstance(total, float) else None


def _per_second(milliseconds: Sequence[float]) -> float | None:
    """How many questions are answered in a second, one after the other."""
    return 1000 * len(milliseconds) / sum(milliseconds) if milliseconds else None


def _distribution(milliseconds: Sequence[float]) -> list[tuple[float, float]]:
    """The share of questions answered within so many milliseconds."""
    ordered = sorted(milliseconds)
    return [(spent, (rank + 1) / len(ordered)) for rank, spent in enumerate(ordered)]


def peak_memory() -> float:
    """The most memory that this process has held at once, in MB."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, KB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
