"""Reports on the terminal and in files."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chat.cli.context import Context, print_json
from ingest.errors import SettingError

if TYPE_CHECKING:
    from chat.evaluation.compare import Change
    from chat.evaluation.evaluate import Evaluation
    from retriever.report import Report


@dataclass(frozen=True, slots=True)
class Written:
    """What was found, in each way to write it: as JSON, in short for a terminal, as Markdown and
    as a page.
    """

    record: Any
    short: str
    markdown: str
    page: str


SUFFIXES: dict[str, Callable[[Written], str]] = {
    ".html": lambda written: written.page,
    ".md": lambda written: written.markdown + "\n",
    ".json": lambda written: json.dumps(written.record, ensure_ascii=False, indent=1) + "\n",
}


def check_reports(paths: Sequence[Path]) -> None:
    """Raises SettingError for a file of no known kind or in no folder: now, not after an hour."""
    for path in paths:
        if path.suffix not in SUFFIXES:
            known = " ".join(SUFFIXES)
            raise SettingError(
                f"{path}: no report is written as {path.suffix or 'this'}; end its name in {known}",
                f"{path}：无法写成 {path.suffix or '此类'} 文件；请以 {known} 结尾",
            )
        if not path.absolute().parent.is_dir():
            raise SettingError(
                f"{path}: there is no such folder; make it first", f"{path}：文件夹不存在，请先创建"
            )


def write(written: Written, options: Namespace, context: Context) -> None:
    """Write it to every file that ``--report`` names, and print it."""
    for path in options.report:
        path.write_text(SUFFIXES[path.suffix](written), encoding="utf-8")
        context.note("eval.written", path=path)
    if options.json:
        print_json(written.record)
    else:
        print(written.short)


def written_report(report: Report, language: str) -> Written:
    """One report."""
    from chat.evaluation.report_html import reports_page
    from chat.evaluation.report_text import report_markdown

    markdown = report_markdown(report, language)
    return Written(report.record(), markdown, markdown, reports_page([report], language))


def written_evaluation(evaluation: Evaluation, language: str) -> Written:
    """All reports on the same questions."""
    from chat.evaluation.report_html import reports_page
    from chat.evaluation.report_text import evaluation_table, report_markdown

    short = evaluation_table(evaluation)
    markdown = [short, *(report_markdown(report, language) for report in evaluation.reports)]
    page = reports_page(evaluation.reports, language)
    return Written(evaluation.record(), short, "\n\n".join(markdown), page)


def written_comparison(comparisons: dict[str, list[Change]], language: str) -> Written:
    """What became better and worse, by kind of report."""
    from chat.evaluation.report_html import comparison_page
    from chat.evaluation.report_text import comparison_markdown

    markdown = "\n\n".join(
        comparison_markdown(kind, changes, language) for kind, changes in comparisons.items()
    )
    record = {
        kind: {change.name: change.record() for change in changes}
        for kind, changes in comparisons.items()
    }
    return Written(record, markdown, markdown, comparison_page(comparisons, language))
