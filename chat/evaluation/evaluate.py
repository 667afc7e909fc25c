"""How good the whole system is: every question asked, and the reports on what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chat.evaluation.abstention import abstention_report
from chat.evaluation.answers import answers_report
from chat.evaluation.citations import ArticleText
from chat.evaluation.replies import Asked, reply_from
from chat.evaluation.speed import speed_report
from chat.records import answer_record
from ingest.errors import ArticleNotFound, QuestionError
from retriever.evaluate import CUTOFFS, evaluate_retrieval
from retriever.query import language_of
from retriever.report import Figure, Report
from retriever.types import Question

if TYPE_CHECKING:
    from chat.assistant import Assistant
    from chat.settings import Settings

Facts = Mapping[str, object]
_SETTINGS = ("library", "embedder", "reranker", "generator", "passages", "certainty")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The reports on the same questions, and the language that each of these is in, by id."""

    reports: tuple[Report, ...]
    languages: Mapping[str, str]

    def figure(self, name: str, language: str | None = None) -> Figure:
        """The figure of this name in whichever report has it, over the questions in ``language``
        if one is given; without any value where none has it.
        """
        figures = (report.figure(name) for report in self.reports)
        found = next((each for each in figures if each is not None), Figure(name, {}))
        if language is None:
            return found
        values = {k: v for k, v in found.values.items() if self.languages[k] == language}
        return replace(found, values=values, whole=None, bounds=None)

    def record(self) -> dict[str, Any]:
        """The figures that say most by name, null where nothing was judged, and the reports."""
        return {
            "questions": len(self.languages),
            "retrieval": {name: self.figure(name).value for name in RETRIEVAL},
            **{name: self.figure(name).value for name in (*ANSWERS, "total_p50", "total_p95")},
            "reports": [report.record() for report in self.reports],
        }


# The figures of the table that stands for a whole evaluation.
RETRIEVAL = (*(f"success@{k}" for k in (1, 5, 10)), "mrr@10")
ANSWERS = (
    *("answer_holds_evidence", "citations_exact", "right_article"),
    *("unanswerable_refused", "answerable_refused"),
)
DEPTH = max(CUTOFFS)


def evaluate(assistant: Assistant, questions: Sequence[Question]) -> Evaluation:
    """Ask the assistant every question, and search for those whose evidence is known."""
    retrieval = evaluate_retrieval(assistant.search, questions, depth=DEPTH)
    return evaluation(list(ask_all(assistant, questions)), retrieval, library_text(assistant))


def evaluation(
    asked: Sequence[Asked],
    retrieval: Report,
    article_text: ArticleText,
    facts: Facts | None = None,
) -> Evaluation:
    """The reports on what was asked, beside the one on retrieval."""
    facts = facts or {}
    return Evaluation(
        (
            replace(retrieval, facts={**facts, **retrieval.facts}),
            answers_report(asked, article_text=article_text, facts=facts),
            abstention_report(asked, facts=facts),
            speed_report([asked], facts=facts),
        ),
        {one.question.id: one.question.lang or language_of(one.question.question) for one in asked},
    )


def ask_all(assistant: Assistant, questions: Iterable[Question]) -> Iterator[Asked]:
    """Each question with its answer, as it comes; judged from its JSON, as any system's is."""
    for question in questions:
        yield Asked(question, reply_from(answer_record(assistant.ask(question.question))))


def facts_of(assistant: Assistant, settings: Settings) -> Facts:
    """What is measured: the library, the models, and the version of Wenjin."""
    return {
        "articles": assistant.article_count,
        **{name: getattr(settings, name) for name in _SETTINGS},
        "version": version("wenjin"),
    }


def library_text(assistant: Assistant) -> ArticleText:
    """The texts of the assistant's articles by id."""

    def article_text(article_id: str) -> str | None:
        try:
            return assistant.article(article_id).text
        except ArticleNotFound:
            return None

    return article_text


def read_reports(path: Path) -> dict[str, Report]:
    """The reports in a file that ``wenjin eval --json`` made, by kind.

    Raises QuestionError when the file can't be read or holds no report.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise QuestionError(
            f"{path}: the report can't be read: {error}; give a file that wenjin eval --json made",
            f"{path}：无法读取报告：{error}；请给出 wenjin eval --json 生成的文件",
        ) from error
    several = record.get("reports", record) if isinstance(record, dict) else record
    reports = map(Report.from_record, several if isinstance(several, list) else [several])
    return {report.kind: report for report in reports}
