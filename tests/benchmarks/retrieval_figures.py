"""Figures of what several systems found for the same questions, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ir_measures import RR, R, nDCG
from retrieval_sets import Query, QuerySet

from retriever.evaluate import measured
from retriever.report import Figure
from retriever.significance import Difference, difference

BASELINE, LEXICAL, DENSE, HYBRID = "bigram BM25", "best BM25", "dense", "hybrid"
MEASURES = {
    **{f"recall@{k}": R @ k for k in (1, 5, 10)},
    "mrr@10": RR @ 10,
    "ndcg@10": nDCG @ 10,
}
COMPARED = ("recall@1", "mrr@10")
LOW_OVERLAP = 0.35
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
    answered: Mapping[str, bool] = field(default_factory=dict)
    """Whether the first article that each system found holds the answer, where it is known."""

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
    values = {system: figures(results, system) for system in results[0].found}
    lines = []
    for system, found in values.items():
        cells = [f"{100 * (figure.value or 0):.1f}" for figure in found.values()]
        gains = ["", ""]
        if system == HYBRID:
            gains = [gain_cell(difference(values[over][name], found[name])) for name in COMPARED]
        lines.append(f"| {' | '.join([title, system, *cells, str(len(results)), *gains])} |")
    return lines


def figures(results: Sequence[Result], system: str) -> dict[str, Figure]:
    """The figures of ``MEASURES`` by name, over the results by their places."""
    right = {str(number): {one.query.article: 1} for number, one in enumerate(results)}
    found = {str(number): one.found[system] for number, one in enumerate(results)}
    values = measured(found, right, MEASURES)
    return {name: Figure(name, by_question) for name, by_question in values.items()}


def gain_cell(gain: Difference) -> str:
    """The mean difference in points, and how sure it is."""
    points = f"{100 * gain.value:+.1f}"
    if gain.interval is None:
        return points
    low, high = gain.interval
    return f"{points} ({100 * low:+.1f} to {100 * high:+.1f})"
