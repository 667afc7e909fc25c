"""The pieces that the HTML of a report is made of: words in every language, and tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from chat.evaluation.report_text import figure_label
from chat.i18n import LANGUAGES, text


def say(key: str, **values: object) -> str:
    """The text ``key`` in every language, of which the page shows one."""
    return in_each({each: text(key, each, **values) for each in LANGUAGES})


def label(name: str) -> str:
    """What a figure is called."""
    return in_each({each: figure_label(name, each) for each in LANGUAGES})


def in_each(texts: Mapping[str, str]) -> str:
    """Texts by their language, of which the page shows one."""
    return "".join(f'<span lang="{each}">{escape(said)}</span>' for each, said in texts.items())


def html_table(head: Iterable[str], rows: Iterable[str], *, attributes: str = "") -> str:
    """A table of rows that are HTML, which scrolls by itself when it is wide."""
    heads = "".join(f'<th scope="col">{each}</th>' for each in head)
    return (
        f'<div class="wide"><table{attributes}><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def details(texts: Mapping[str, str]) -> str:
    """What opens below "more": the texts that say something, by the keys of their names."""
    known = "".join(
        f"<dt>{say(key)}</dt><dd>{escape(value)}</dd>" for key, value in texts.items() if value
    )
    return known and f"<details><summary>{say('report.more')}</summary><dl>{known}</dl></details>"
