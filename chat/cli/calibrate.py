"""The command that fits the probability of an answer to a library: ``calibrate``."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chat.cli.context import Context, print_json

if TYPE_CHECKING:
    from chat.answers.calibrate import Judged


def calibrate(options: Namespace, context: Context) -> int:
    """``wenjin calibrate QUESTIONS``: fit and keep it, and show what it changes.

    ``--reset`` removes what is kept, and needs no questions.
    """
    from chat.answers import calibrate as calibration
    from ingest.errors import QuestionError
    from retriever.questions import read_questions

    library = Path(context.settings.library)
    if options.reset:
        removed = calibration.remove_calibration(library)
        context.note("calibrate.removed" if removed else "calibrate.none", library=library)
        return 0
    if options.questions is None:
        raise QuestionError(
            "which questions? give a file of them, or --reset", "请给出问题文件，或使用 --reset"
        )
    questions = read_questions(options.questions)
    answered_from = context.settings.certainty / 100
    with context.open_assistant() as assistant:
        judged = calibration.judge(assistant, questions)
    before = calibration.figures(
        judged,
        [calibration.read_calibration(library).applied(one.probability) for one in judged],
        answered_from,
    )
    after = calibration.figures(judged, calibration.cross_validated(judged), answered_from)
    fitted = calibration.fit(judged)
    calibration.write_calibration(library, fitted)
    if options.json:
        shape = {"scale": fitted.scale, "shift": fitted.shift}
        print_json({**_counts(judged), **shape, "before": before, "after": after})
    else:
        print(_table(before, after, context))
        context.note("calibrate.done", **_counts(judged), library=library)
    return 0


def _counts(judged: Sequence[Judged]) -> dict[str, int]:
    answerable = sum(one.answerable for one in judged)
    return {"answerable": answerable, "unanswerable": len(judged) - answerable}


def _table(before: Mapping[str, float], after: Mapping[str, float], context: Context) -> str:
    """The figures side by side, as Markdown."""
    from chat.evaluation.report_text import figure_label, number

    head = (context.text(f"calibrate.{name}") for name in ("figure", "before", "after"))
    rows = [
        f"| {figure_label(name, context.language)} | {number(name, before[name])} "
        f"| {number(name, value)} |"
        for name, value in after.items()
    ]
    return "\n".join([f"| {' | '.join(head)} |", "|---|---|---|", *rows])
