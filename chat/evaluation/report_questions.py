"""The table of questions in the HTML of a report, with its filters; report.js makes them work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from chat.evaluation.report_parts import details, html_table, label, say
from chat.evaluation.report_text import number
from chat.i18n import LANGUAGES, text
from retriever.report import Report

# Of what is known about a question, these are columns, and these open below it.
COLUMNS = (
    *("rank", "answer_holds_evidence", "character_f1", "citation_precision", "citation_recall"),
    *("citations_exact", "probability", "total"),
)
DETAILS = ("answer", "known", "sources", "found")

_CHOICES = {
    "answerable": ("all", "answerable", "unanswerable"),
    "refused": ("all", "answered", "refused"),
}


def questions_section(reports: Sequence[Report]) -> str:
    """The table of all questions, with what each report says about them, and its filters."""
    rows = _merged(reports).values()
    columns = [name for name in COLUMNS if any(row.get(name) is not None for row in rows)]
    head = [say("report.question"), *map(label, columns)]
    table = html_table(head, (_row(row, columns) for row in rows), attributes=' id="rows"')
    return (
        f'<section id="questions"><h2>{say("report.questions")}</h2>{_filters()}{table}</section>'
    )


def _merged(reports: Sequence[Report]) -> dict[str, dict[str, object]]:
    """What is known of each question by its id, its figures among it."""
    merged: dict[str, dict[str, object]] = {}
    for report in reports:
        for row in report.rows:
            known = merged.setdefault(str(row["id"]), {"failed": False})
            known |= {**row, "failed": bool(known["failed"] or row.get("failed"))}
        for figure in report.figures:
            for key, value in figure.values.items():
                merged[key][figure.name] = value
    return merged


def _filters() -> str:
    """A field to search in, a box for failures alone, and a choice for each of `_CHOICES`."""
    hint = escape(" · ".join(text("report.search", each) for each in LANGUAGES))
    choices = "".join(_choice(name, values) for name, values in _CHOICES.items())
    return (
        f'<form id="filters"><input type="search" name="text" placeholder="{hint}" '
        f'aria-label="{hint}"><label><input type="checkbox" name="failed">'
        f'{say("report.failed")}</label>{choices}<output id="count"></output></form>'
    )


def _choice(name: str, values: Sequence[str]) -> str:
    """Radio buttons, of which the first lets everything pass."""
    buttons = "".join(
        f'<label><input type="radio" name="{name}" value="{value if place else ""}"'
        f"{'' if place else ' checked'}>{say(f'report.{value}')}</label>"
        for place, value in enumerate(values)
    )
    return f"<fieldset>{buttons}</fieldset>"


def _row(row: Mapping[str, object], columns: Sequence[str]) -> str:
    kinds = [
        *(["failed"] if row["failed"] else []),
        *(_kind(row, "answerable", ("unanswerable", "answerable"))),
        *(_kind(row, "refused", ("answered", "refused"))),
    ]
    marks = "".join(f'<i class="{kind}">{say(f"report.{kind}")}</i>' for kind in kinds)
    opened = details({f"report.{name}": _plain(row.get(name)) for name in DETAILS})
    return (
        f'<tr data-kinds="{" ".join(kinds)}"><th scope="row">'
        f"<small>{escape(str(row['id']))}</small> "
        f"{escape(str(row['question']))} {marks}{opened}</th>{''.join(_cells(row, columns))}</tr>"
    )


def _kind(row: Mapping[str, object], name: str, kinds: tuple[str, str]) -> list[str]:
    """What is false or true of the question, if it is known."""
    value = row.get(name)
    return [kinds[value]] if isinstance(value, bool) else []


def _plain(value: object) -> str:
    """A text, or several below each other."""
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")


def _cells(row: Mapping[str, object], columns: Sequence[str]) -> Iterator[str]:
    for name in columns:
        value = row.get(name)
        known = float(value) if isinstance(value, int | float) else None
        order = "" if known is None else f' data-value="{known}"'
        yield f'<td class="number"{order}>{"" if known is None else _brief(name, known)}</td>'


def _brief(name: str, value: float) -> str:
    """A value of one question: what is true or false of it as 1 or 0."""
    return f"{value:.0f}" if value.is_integer() else number(name, value)
