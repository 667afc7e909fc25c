"""Reports as one HTML page that needs nothing else: no network, no other file.

It speaks both languages, in light and dark. Text from outside is escaped, and the page's policy
lets no script run but its own.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files

from chat.evaluation.compare import Change
from chat.evaluation.report_parts import details, html_table, in_each, label, say
from chat.evaluation.report_plot import gauge, plot
from chat.evaluation.report_questions import questions_section
from chat.evaluation.report_text import CHANGE_COLUMNS, change_cells, fact, interval, number
from chat.i18n import LANGUAGES, text
from retriever.report import Figure, Report

_LOGARITHMIC = frozenset({"recall by k"})
_DIAGONAL = frozenset({"reliability"})


def reports_page(reports: Sequence[Report], language: str) -> str:
    """The reports on the same questions; ``language`` is the one it opens in."""
    parts = [*map(_section, reports), questions_section(reports)]
    return _document("".join(parts), language)


def comparison_page(comparisons: Mapping[str, Sequence[Change]], language: str) -> str:
    """What became of the figures of each kind of report."""
    parts = [_comparison(kind, changes) for kind, changes in comparisons.items()]
    return _document("".join(parts), language)


def _document(body: str, language: str) -> str:
    style, script = _static("reading.css") + _static("report.css"), _static("report.js")
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src {_hash(style)}; script-src {_hash(script)}"
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(text('report.title', language))}</title><style>{style}</style></head>"
        f'<body class="alone"><nav><b>{say("report.title")}</b>'
        f'<button id="language">{say("page.language")}</button></nav>'
        f"<main>{body}</main><script>{script}</script></body></html>"
    )


def _static(name: str) -> str:
    return (files("chat.web") / "static" / name).read_text(encoding="utf-8")


def _hash(inline: str) -> str:
    """How a policy names an inline style or script."""
    digest = hashlib.sha256(inline.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _section(report: Report) -> str:
    """A report's figures, and its curves beside them."""
    facts = "".join(
        f"<p>{in_each({each: fact(name, value, each) for each in LANGUAGES})}</p>"
        for name, value in report.facts.items()
    )
    plots = "".join(_plot(name, points) for name, points in report.curves.items() if points)
    plain = [figure for figure in report.figures if "@" not in figure.name]
    cut = [figure for figure in report.figures if "@" in figure.name]
    tables = (_matrix(cut) if cut else "") + (_list(plain) if plain else "")
    return (
        f'<section id="{escape(report.kind)}"><h2>{say(f"report.kind.{report.kind}")}</h2>'
        f'<div class="facts">{facts}</div><div class="beside"><div>{tables}</div>'
        f'<div class="plots">{plots}</div></div></section>'
    )


def _matrix(figures: Sequence[Figure]) -> str:
    """Figures with a cutoff (``recall@5``): a row for each measure, a column for each cutoff."""
    by_name = {figure.name: figure for figure in figures}
    parts = [name.partition("@") for name in by_name]
    cutoffs = list(dict.fromkeys(k for _, _, k in parts))
    rows = (
        f'<tr><th scope="row">{label(measure)}</th>'
        f"{''.join(_cut(by_name.get(f'{measure}@{k}')) for k in cutoffs)}</tr>"
        for measure in dict.fromkeys(measure for measure, _, _ in parts)
    )
    return html_table([say("report.cutoff"), *map(escape, cutoffs)], rows)


def _cut(figure: Figure | None) -> str:
    """Its value above its interval."""
    if figure is None:
        return "<td></td>"
    bounds = interval(figure.name, figure.interval())
    return f'<td class="number">{number(figure.name, figure.value)}<small>{bounds}</small></td>'


def _list(figures: Sequence[Figure]) -> str:
    head = [say(f"report.{key}") for key in ("figure", "value", "interval", "questions")]
    return html_table([*head[:2], "", *head[2:]], map(_figure, figures))


def _figure(figure: Figure) -> str:
    value, bounds = figure.value, figure.interval()
    low, high = bounds or (value or 0, value or 0)
    is_share = value is not None and 0 <= low <= high <= 1
    drawn = gauge(value, low, high) if value is not None and is_share else ""
    return (
        f'<tr><th scope="row">{label(figure.name)}</th>'
        f'<td class="number">{number(figure.name, value)}</td><td>{drawn}</td>'
        f'<td class="number">{interval(figure.name, bounds)}</td>'
        f'<td class="number">{len(figure.values) or ""}</td></tr>'
    )


def _plot(name: str, points: Sequence[tuple[float, float]]) -> str:
    key = f"report.curve.{name.replace(' ', '_')}"
    drawn = plot(
        points,
        label=escape(text(key, "en")),
        logarithmic=name in _LOGARITHMIC,
        diagonal=name in _DIAGONAL,
    )
    return (
        f"<figure><figcaption>{say(key)}</figcaption>{drawn}"
        f"<small>{say(f'{key}.axes')}</small></figure>"
    )


def _comparison(kind: str, changes: Sequence[Change]) -> str:
    head = [say(f"report.{key}") for key in CHANGE_COLUMNS]
    return (
        f"<section><h2>{say(f'report.kind.{kind}')}</h2>{html_table(head, map(_change, changes))}"
        "</section>"
    )


def _change(change: Change) -> str:
    """A row; which questions it is about opens below the figure's name."""
    cells = "".join(f'<td class="number">{cell}</td>' for cell in change_cells(change, "en")[:-1])
    turned = details(
        {
            "report.verdict.better": " ".join(change.better),
            "report.verdict.worse": " ".join(change.worse),
        }
    )
    return (
        f'<tr class="{change.verdict}"><th scope="row">{label(change.name)}{turned}</th>{cells}'
        f'<td class="verdict">{say(f"report.verdict.{change.verdict}")}</td></tr>'
    )
