"""The report on abstention: whether the probability of an answer tells what can be answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from chat.evaluation.replies import Asked
from chat.evaluation.statistics import Floats, Statistic, figure
from retriever.report import Figure, Report

FALSE_REFUSALS = 0.05  # at which share of them the refusals of two systems are compared
BINS = 10

# The columns of tables below: the probability of an answer, and whether there is one (1 or 0).
_COLUMNS = ("probability", "answerable")


def abstention_report(
    asked: Sequence[Asked], *, facts: Mapping[str, object] | None = None
) -> Report:
    """How well refusals, and probabilities where the system tells them, fit the questions."""
    rows = tuple(_row(one) for one in asked)
    whole = (figure(name, statistic, rows) for name, statistic in STATISTICS.items())
    told = STATISTICS["auroc"].table(rows)
    return Report(
        "abstention",
        (*_means(asked), *(found for found in whole if found is not None)),
        rows,
        facts or {},
        {"risk_coverage": risk_coverage(told), "reliability": reliability(told)}
        if len(told)
        else {},
    )


def _row(one: Asked) -> dict[str, object]:
    return {
        "id": one.question.id,
        "question": one.question.question,
        "answerable": one.question.answerable,
        "refused": one.reply.abstained,
        "failed": one.question.answerable is one.reply.abstained,
        "probability": one.reply.probability,
        "answer": one.reply.text,
    }


def _means(asked: Sequence[Asked]) -> tuple[Figure, ...]:
    """The figures that are means over questions."""
    refused: dict[bool, dict[str, float]] = {True: {}, False: {}}  # by whether there is an answer
    squared: dict[str, float] = {}
    for one in asked:
        key, answerable = one.question.id, one.question.answerable
        refused[answerable][key] = float(one.reply.abstained)
        if one.reply.probability is not None:
            squared[key] = (one.reply.probability - answerable) ** 2
    return (
        Figure("unanswerable_refused", refused[False]),
        Figure("answerable_refused", refused[True], higher_is_better=False),
        Figure("brier", squared, higher_is_better=False),  # Brier, 1950
    )


def thresholds(table: Floats) -> tuple[Floats, Floats]:
    """For each probability to answer from, the highest first: how many questions with an answer
    would be answered, and how many without.
    """
    probability, answerable = table[np.argsort(-table[:, 0], kind="stable")].T
    last = np.append(probability[1:] != probability[:-1], [True])  # of those equally probable
    return np.cumsum(answerable)[last], np.cumsum(1 - answerable)[last]


def auroc(table: Floats) -> float:
    """The area below the ROC curve: how often, of a question with an answer and one without, the
    former has the higher probability, ties counting half. NaN without both kinds.
    """
    right, wrong = thresholds(table)
    if not right[-1] or not wrong[-1]:
        return np.nan
    heights, widths = np.append(0, right / right[-1]), np.diff(wrong / wrong[-1], prepend=0)
    return float((heights[1:] + heights[:-1]) / 2 @ widths)


def auprc(table: Floats) -> float:
    """The area below precision over recall, as average precision. NaN without both kinds."""
    right, wrong = thresholds(table)
    if not right[-1] or not wrong[-1]:
        return np.nan
    return float(np.diff(right / right[-1], prepend=0) @ (right / (right + wrong)))


def risk_coverage(table: Floats) -> list[tuple[float, float]]:
    """For each threshold the share of questions answered, and the share of those that have no
    answer (El-Yaniv and Wiener, JMLR 2010).
    """
    right, wrong = thresholds(table)
    covered = right + wrong
    return list(zip((covered / len(table)).tolist(), (wrong / covered).tolist(), strict=True))


def aurc(table: Floats) -> float:
    """The area below `risk_coverage`: the mean risk over the questions in the order of their
    probability (Geifman and El-Yaniv, NeurIPS 2017).
    """
    covered, risks = np.array(risk_coverage(table)).T
    return float(np.diff(covered, prepend=0) @ risks)


def refused_at(table: Floats, false_refusals: float = FALSE_REFUSALS) -> float:
    """The share of unanswerable questions that are refused by the highest threshold which refuses
    at most so many answerable ones.
    """
    probability, answerable = table.T
    wanted = np.sort(probability[answerable == 1])
    unwanted = probability[answerable == 0]
    if not len(wanted) or not len(unwanted):
        return np.nan
    threshold = wanted[int(false_refusals * len(wanted))]  # refused is what lies below
    return float((unwanted < threshold).mean())


def reliability(table: Floats) -> list[tuple[float, float]]:
    """The mean probability, and the share with an answer, of the questions of each tenth."""
    return [(float(part[:, 0].mean()), float(part[:, 1].mean())) for part in _bins(table)]


def calibration_error(table: Floats) -> float:
    """ECE (Guo et al., ICML 2017): how far probability and share lie apart, over `BINS` bins of
    equal width, weighted by their questions.
    """
    gaps = [len(part) * abs(part[:, 0].mean() - part[:, 1].mean()) for part in _bins(table)]
    return float(sum(gaps) / len(table))


def _bins(table: Floats) -> list[Floats]:
    numbers = np.minimum((table[:, 0] * BINS).astype(int), BINS - 1)
    return [table[numbers == number] for number in np.unique(numbers)]


STATISTICS: Mapping[str, Statistic] = {
    "auroc": Statistic(_COLUMNS, auroc),
    "auprc": Statistic(_COLUMNS, auprc),
    "aurc": Statistic(_COLUMNS, aurc, higher_is_better=False),
    "refused_at_5": Statistic(_COLUMNS, refused_at),
    "ece": Statistic(_COLUMNS, calibration_error, higher_is_better=False),
}
