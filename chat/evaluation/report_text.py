"""Reports in words: the names of figures, their values, and tables of them in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from chat.evaluation.compare import Change
from chat.evaluation.evaluate import ANSWERS, RETRIEVAL, Evaluation
from chat.i18n import table, text
from retriever.report import Figure, Interval, Report
from retriever.significance import Difference

NONE = "–"
MEANS = frozenset({"mrr@10"})  # never counted, though they may be 0 or 1 for every question
_MILLISECONDS = ("_p50", "_p95", "_ms", "milliseconds", "total")
_PERCENTS = (50, 95)  # of the times in the table of a whole evaluation


def figure_label(name: str, language: str) -> str:
    """What a figure is called; one that isn't known is called by its name."""
    measure, at, cutoff = name.partition("@")
    known = table(language).get(f"report.figure.{measure}", measure)
    return known + (text("report.at", language, k=cutoff) if at else "")


def fact(name: str, value: object, language: str) -> str:
    """What is said of how a report was made."""
    return f"{table(language).get(f'report.fact.{name}', name)}: {value}"


def number(name: str, value: float | None) -> str:
    """A value of the figure ``name``, with its unit unless it is a share."""
    if value is None:
        return NONE
    if name.endswith(_MILLISECONDS):
        return f"{value:.0f} ms" if abs(value) >= 10 else f"{value:.2g} ms"
    if name.endswith("_mb"):
        return f"{value:.0f} MB"
    if name in {"answer_characters", "questions_per_second"}:
        return f"{value:.1f}"
    return f"{value:.3f}"


def interval(name: str, bounds: Interval | None) -> str:
    """Its 95 % interval."""
    return NONE if bounds is None else f"[{', '.join(number(name, bound) for bound in bounds)}]"


def signed(name: str, value: float) -> str:
    """A difference."""
    return ("+" if value > 0 else "") + number(name, value)


def evaluation_table(evaluation: Evaluation) -> str:
    """The figures that stand for a whole evaluation in both languages' words, a column for each
    language asked in.
    """
    languages = sorted(set(evaluation.languages.values()), reverse=True)
    asked = list(evaluation.languages.values())
    rows = [
        [_both("report.questions"), *(str(asked.count(language)) for language in languages)],
        *(
            [_both_labels(name), *(_tally(evaluation.figure(name, each)) for each in languages)]
            for name in (*RETRIEVAL, *ANSWERS)
        ),
        *(
            [_both_labels(f"total_p{percent}"), *(_within(percent, evaluation, languages))]
            for percent in _PERCENTS
        ),
    ]
    return _table([_both("report.figure"), *languages], rows)


def _both(key: str) -> str:
    return f"{text(key, 'en')} {text(key, 'zh')}"


def _both_labels(name: str) -> str:
    return f"{figure_label(name, 'en')} {figure_label(name, 'zh')}"


def _tally(figure: Figure) -> str:
    """So many of so many for what is true or false of a question, else the mean."""
    values = figure.values.values()
    if values and figure.name not in MEANS and all(value in {0, 1} for value in values):
        return f"{sum(values):.0f}/{len(values)}"
    return number(figure.name, figure.value)


def _within(percent: int, evaluation: Evaluation, languages: Iterable[str]) -> Iterator[str]:
    """The time in which so many percent of the questions of each language were answered."""
    for language in languages:
        times = list(evaluation.figure("milliseconds", language).values.values())
        value = float(np.percentile(times, percent)) if times else None
        yield number("milliseconds", value)


def report_markdown(report: Report, language: str) -> str:
    """A report's figures with their intervals, below what it was made of."""
    rows = [
        [
            figure_label(figure.name, language),
            number(figure.name, figure.value),
            interval(figure.name, figure.interval()),
            str(len(figure.values) or NONE),
        ]
        for figure in report.figures
    ]
    head = [text(f"report.{key}", language) for key in ("figure", "value", "interval", "questions")]
    facts = " · ".join(fact(name, value, language) for name, value in report.facts.items())
    parts = [f"## {text(f'report.kind.{report.kind}', language)}", facts, _table(head, rows)]
    return "\n\n".join(filter(None, parts))


def comparison_markdown(kind: str, changes: Sequence[Change], language: str) -> str:
    """What became of each figure, and which questions are better and worse for it."""
    rows = [
        [figure_label(change.name, language), *change_cells(change, language)] for change in changes
    ]
    head = [text(f"report.{key}", language) for key in CHANGE_COLUMNS]
    lists = "\n".join(f"- {line}" for line in turned_lines(changes, language))
    parts = [f"## {text(f'report.kind.{kind}', language)}", _table(head, rows), lists]
    return "\n\n".join(filter(None, parts))


CHANGE_COLUMNS = ("figure", "before", "after", "difference", "interval", "p", "verdict")


def change_cells(change: Change, language: str) -> list[str]:
    """What a table says of a change behind its name: the rest of `CHANGE_COLUMNS`."""
    difference: Difference = change.difference
    return [
        number(change.name, difference.before),
        number(change.name, difference.after),
        signed(change.name, difference.value),
        interval(change.name, difference.interval),
        f"{change.p:.3f}",
        text(f"report.verdict.{change.verdict}", language),
    ]


def turned_lines(changes: Iterable[Change], language: str) -> list[str]:
    """Which questions each figure is better and worse for."""
    return [
        text(
            "report.turned",
            language,
            figure=figure_label(change.name, language),
            better=" ".join(change.better) or NONE,
            worse=" ".join(change.worse) or NONE,
        )
        for change in changes
        if change.better or change.worse
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
