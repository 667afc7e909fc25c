"""What an update of the library did, as JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from chat.i18n import LANGUAGES

if TYPE_CHECKING:
    from index.files.update import Problem, Report


def report_record(report: Report, language: str | None) -> dict[str, Any]:
    """A report as in ``ingest --json``, with messages in ``language``; with None in every one."""
    updated = report.updated
    return {
        "files": {
            "found": report.files,
            "read": report.read,
            "unchanged": report.unchanged,
            "passed_over": report.passed_over,
            "failed": len(report.failed),
            "forgotten": report.forgotten,
        },
        "articles": {
            "new": updated.added,
            "reprints": updated.linked,
            "changed": updated.replaced,
            "known": updated.known,
            "removed": updated.removed,
        },
        "passages": updated.passages,
        "failed": [problem_record(problem, language) for problem in report.failed],
        "partly_read": [problem_record(problem, language) for problem in report.partly],
        "library": {"articles": report.library_articles, "passages": report.library_passages},
        "seconds": round(report.seconds, 3),
        "stopped": report.stopped,
    }


def problem_record(problem: Problem, language: str | None) -> dict[str, Any]:
    """What couldn't be read and why, in ``language``; with None in every one."""
    message = problem.error.in_language
    return {
        "file": problem.file,
        "reason": reason(problem),
        "message": message(language) if language else {each: message(each) for each in LANGUAGES},
    }


def reason(problem: Problem) -> str:
    """The kind of its error in snake case: ``unknown_encoding``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(problem.error).__name__).lower()
