"""The commands that measure: ``eval`` and those that begin with it."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from chat.cli.context import STOPPED, Context
from chat.cli.report import (
    check_reports,
    write,
    written_comparison,
    written_evaluation,
    written_report,
)
from ingest.errors import QuestionError

if TYPE_CHECKING:
    from chat.assistant import Assistant
    from chat.evaluation.citations import ArticleText
    from chat.evaluation.compare import Change
    from chat.evaluation.evaluate import Facts
    from chat.evaluation.replies import Asked
    from retriever.report import Report
    from retriever.types import Question

_T = TypeVar("_T")


def evaluate(options: Namespace, context: Context) -> int:
    """``wenjin eval FILE``: retrieval, answers, refusals and times in one table."""
    from chat.evaluation.evaluate import DEPTH, evaluation, facts_of, library_text
    from retriever.evaluate import evaluate_retrieval

    check_reports(options.report)
    questions = _questions(options, context)
    with _assistant(options, context) as assistant:
        asked = _ask(assistant, questions, context)
        retrieval = evaluate_retrieval(
            assistant.search, [one.question for one in asked], depth=DEPTH, progress=_progress
        )
        facts = facts_of(assistant, context.settings)
        found = evaluation(asked, retrieval, library_text(assistant), facts)
    write(written_evaluation(found, context.language), options, context)
    return STOPPED if len(asked) < len(questions) else 0


def retrieval(options: Namespace, context: Context) -> int:
    """``wenjin eval retrieval FILE``: how high what is relevant is ranked."""
    from chat.evaluation.evaluate import facts_of
    from retriever.evaluate import (
        level_of,
        qrels_of,
        report_of_found,
        report_of_run,
        run_of,
        search_all,
    )
    from retriever.trec import read_run, write_qrels, write_run

    check_reports(options.report)
    questions = _questions(options, context)
    if options.run_in:
        run, qrels = read_run(options.run_in), qrels_of(questions, "article")
        report = report_of_run(run, qrels, questions=questions)
        facts: Facts = {"run": str(options.run_in)}
    else:
        level = "article" if options.qrels else level_of(questions)
        qrels = qrels_of(questions, level)
        with _assistant(options, context) as assistant:
            judged = [question for question in questions if question.id in qrels]
            found = search_all(assistant.search, judged, progress=_progress)
            facts = facts_of(assistant, context.settings)
        run, report = run_of(found, level), report_of_found(found, level)
    if options.run_out:
        write_run(run, options.run_out)
    if options.qrels_out:
        write_qrels(qrels, options.qrels_out)
    report = replace(report, facts={**facts, **report.facts})
    write(written_report(report, context.language), options, context)
    return 0


def answers(options: Namespace, context: Context) -> int:
    """``wenjin eval answers FILE``: what the answers say, and what they rest on."""
    from chat.evaluation.answers import answers_report
    from chat.evaluation.nli import load_judge

    nli = load_judge(options.nli, offline=context.settings.offline) if options.nli else None

    def judge(asked: Sequence[Asked], text: ArticleText, facts: Facts) -> Report:
        return answers_report(asked, article_text=text, nli=nli, facts=facts)

    return _judge(options, context, judge)


def abstention(options: Namespace, context: Context) -> int:
    """``wenjin eval abstention FILE``: whether what can't be answered is refused."""
    from chat.evaluation.abstention import abstention_report

    return _judge(options, context, lambda asked, _, facts: abstention_report(asked, facts=facts))


def _judge(
    options: Namespace,
    context: Context,
    judge: Callable[[Sequence[Asked], ArticleText, Facts], Report],
) -> int:
    """Ask the library, or take the answers of ``--answers``, and report what they are worth.

    The quotes of given answers are looked up in the library if a flag names it.
    """
    from chat.evaluation.evaluate import facts_of, library_text
    from chat.evaluation.replies import paired, read_replies

    check_reports(options.report)
    questions = _questions(options, context)
    if options.answers and not (options.with_documents or hasattr(options, "library")):
        asked = paired(questions, read_replies(options.answers))
        report = judge(asked, lambda _: None, {"answers": str(options.answers)})
    else:
        with _assistant(options, context) as assistant:
            facts = dict(facts_of(assistant, context.settings))
            if options.answers:
                asked = paired(questions, read_replies(options.answers))
                facts = {"answers": str(options.answers), "library": facts["library"]}
            else:
                asked = _ask(assistant, questions, context)
            report = judge(asked, library_text(assistant), facts)
    write(written_report(report, context.language), options, context)
    return 0 if options.answers or len(asked) == len(questions) else STOPPED


def speed(options: Namespace, context: Context) -> int:
    """``wenjin eval speed FILE``: every question asked ``--repeats`` times, after a warm-up."""
    from chat.evaluation.evaluate import facts_of
    from chat.evaluation.speed import peak_memory, speed_report

    check_reports(options.report)
    questions = _questions(options, context)
    started = time.perf_counter()
    with _assistant(options, context) as assistant:
        assistant.ask(questions[0].question)
        cold_start = (time.perf_counter() - started) * 1000
        for question in questions[: options.warm_up]:
            assistant.ask(question.question)
        rounds = [_ask(assistant, questions, context)]
        while len(rounds) < options.repeats and len(rounds[-1]) == len(questions):
            rounds.append(_ask(assistant, questions, context))
        facts = facts_of(assistant, context.settings)
    complete = [each for each in rounds if len(each) == len(rounds[0])]
    report = speed_report(complete, cold_start=cold_start, memory=peak_memory(), facts=facts)
    write(written_report(report, context.language), options, context)
    return STOPPED if len(rounds[-1]) < len(questions) else 0


def compare(options: Namespace, context: Context) -> int:
    """``wenjin eval compare A.json B.json``: what is better and worse in B."""
    from chat.evaluation.compare import compare as changes_between
    from chat.evaluation.compare import failures
    from chat.evaluation.evaluate import read_reports

    check_reports(options.report)
    before, after = read_reports(options.before), read_reports(options.after)
    common = [kind for kind in after if kind in before]
    if not common:
        raise QuestionError(
            f"one is about {', '.join(before)}, the other about {', '.join(after)}: "
            "compare reports of one kind",
            f"一份报告是 {'、'.join(before)}，另一份是 {'、'.join(after)}：请比较同一种报告",
        )
    comparisons = {kind: changes_between(before[kind], after[kind]) for kind in common}
    write(written_comparison(comparisons, context.language), options, context)
    if not options.gate and options.tolerance is None:
        return 0
    failed = failures([each for kind in common for each in comparisons[kind]], options.tolerance)
    if failed:
        context.note("eval.gate", changes="; ".join(_worse(each, context) for each in failed))
    return 1 if failed else 0


def _worse(change: Change, context: Context) -> str:
    """What the gate says of a figure."""
    from chat.evaluation.report_text import figure_label, number

    difference = change.difference
    values = (number(change.name, value) for value in (difference.before, difference.after))
    return f"{figure_label(change.name, context.language)} {' → '.join(values)}"


def _questions(options: Namespace, context: Context) -> list[Question]:
    from retriever.questions import read_questions

    def tell(english: str, chinese: str) -> None:
        print(chinese if context.language == "zh" else english, file=sys.stderr)

    qrels = getattr(options, "qrels", None)
    return read_questions(options.file, layout=options.format, qrels=qrels, tell=tell)


@contextmanager
def _assistant(options: Namespace, context: Context) -> Iterator[Assistant]:
    """The assistant over the library, or over one of the documents that the questions bring."""
    if not options.with_documents:
        with context.open_assistant() as assistant:
            yield assistant
        return
    from retriever.questions import documents

    with TemporaryDirectory(prefix="wenjin-") as folder:
        own = replace(context, settings=replace(context.settings, library=folder))
        with own.open_index(create=True) as index:
            index.add(_progress(documents(options.file, layout=options.format)))
        with own.open_assistant() as assistant:
            yield assistant


def _ask(assistant: Assistant, questions: Sequence[Question], context: Context) -> list[Asked]:
    """Ask all questions. After Ctrl-C, those asked till then are what the figures are of."""
    from chat.evaluation.evaluate import ask_all

    asked: list[Asked] = []
    try:
        for one in _progress(ask_all(assistant, questions), len(questions)):
            asked.append(one)
    except KeyboardInterrupt:
        if not asked:
            raise
        context.note("eval.stopped", asked=len(asked), questions=len(questions))
    return asked


def _progress(each: Iterable[_T], total: int | None = None) -> Iterable[_T]:
    """With a bar on a terminal, and without one elsewhere."""
    from tqdm import tqdm

    bar: Iterable[_T] = tqdm(each, total=total, disable=None, leave=False)
    return bar
