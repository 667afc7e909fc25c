"""Figures of what several systems found for the same questions, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
import numpy.typing as npt
from ir_measures import RR, R, nDCG
from retrieval_sets import Query, QuerySet

Floats = npt.NDArray[np.float64]

BASELINE, LEXICAL, DENSE, HYBRID = "bigram BM25", "best BM25", "dense", "hybrid"
MEASURES = (R @ 1, R @ 5, R @ 10, RR @ 10, nDCG @ 10)
COMPARED = (R @ 1, RR @ 10)
LOW_OVERLAP = 0.35
RESAMPLES = 10_000
HEAD = (
    "| set | system | recall@1 | @5 | @10 | MRR@10 | nDCG@10 | questions "
    "| hybrid's gain*: recall@1 | MRR@10 |\n|---|---|---|---|---|---|---|---|---|---|"
)
FOOT = (
    "\n\\* In points, with the 95 % interval of a paired bootstrap, over best BM25; across "
    "languages over dense."
)


@dataclass(frozen=True, slots=True)
class Result:
    """What each system found for a question: ids of articles, best first.

    ``coverage`` is the share of the question's words, by idf, that the right article holds.
    """

    set: QuerySet
    query: Query
    coverage: float
    found: Mapping[str, Sequence[str]]

    def rank(self, system: str) -> int | None:
        """The place of the right article, from 1; None if it wasn't found."""
        found = self.found[system]
        return found.index(self.query.article) + 1 if self.query.article in found else None


def table(results: Sequence[Result]) -> str:
    """The figures set by set, and for the Chinese questions of all sets together that share few
    words with the article that answers them.
    """
    lines = [HEAD]
    for asked in dict.fromkeys(result.set for result in results):
        own = [result for result in results if result.set is asked]
        lines += rows(asked.title, own, over=DENSE if asked.across else LEXICAL)
    if hard := low_overlap(results):
        lines += rows(f"Chinese, low overlap (< {LOW_OVERLAP:.0%})", hard, over=LEXICAL)
    return "\n".join([*lines, FOOT])


def low_overlap(results: Sequence[Result]) -> list[Result]:
    """The Chinese questions whose words hardly stand in the Chinese article that answers them."""
    return [
        result
        for result in results
        if result.set.asking == result.set.asked == "zh" and result.coverage < LOW_OVERLAP
    ]


def rows(title: str, results: Sequence[Result], *, over: str) -> list[str]:
    """A row for each system; the hybrid's tells its gain over the system ``over``."""
    values = {system: measured(results, system) for system in results[0].found}
    lines = []
    for system, figures in values.items():
        cells = [f"{100 * mean:.1f}" for mean in figures.mean(axis=0)]
        gains = gain_cells(figures - values[over]) if system == HYBRID else ("", "")
        lines.append(f"| {' | '.join([title, system, *cells, str(len(results)), *gains])} |")
    return lines


def measured(results: Sequence[Result], system: str) -> Floats:
    """The value of each of ``MEASURES`` for each result, (results, measures)."""
    right = {str(number): {one.query.article: 1} for number, one in enumerate(results)}
    found = {
        str(number): {article: -float(place) for place, article in enumerate(one.found[system])}
        for number, one in enumerate(results)
    }
    values = np.zeros((len(results), len(MEASURES)))
    for value in ir_measures.iter_calc(MEASURES, right, found):
        values[int(value.query_id), MEASURES.index(value.measure)] = value.value
    return values


def gain_cells(differences: Floats) -> list[str]:
    """The mean differences (results, measures) of ``COMPARED``, and how sure they are."""
    chosen = differences[:, [MEASURES.index(measure) for measure in COMPARED]]
    low, high = bootstrap(chosen)
    return [
        f"{100 * mean:+.1f} ({100 * bottom:+.1f} to {100 * top:+.1f})"
        for mean, bottom, top in zip(chosen.mean(axis=0), low, high, strict=True)
    ]


def bootstrap(differences: Floats) -> Floats:
    """The 95 % intervals (2, measures) of the means of ``differences`` (results, measures): the
    percentiles of the means of samples drawn with replacement.
    """
    chance = np.random.default_rng(7)
    size = len(differences)
    means = [differences[chance.integers(size, size=size)].mean(axis=0) for _ in range(RESAMPLES)]
    return np.asarray(np.quantile(means, (0.025, 0.975), axis=0))
