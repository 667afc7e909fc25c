"""How good the answers are: figures over questions with known answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from chat.types import Answer, Citation
from retriever.evaluate import CUTOFFS, Question, RetrievalReport, holds, rank
from retriever.query import language_of

if TYPE_CHECKING:
    from chat.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None when there was nothing to count."""
        return self.part / self.whole if self.whole else None

    def __str__(self) -> str:
        return f"{self.part}/{self.whole}"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one question. ``rank`` is that of the first passage with the evidence."""

    question: Question
    answer: Answer
    rank: int | None
    milliseconds: float

    @property
    def holds(self) -> bool:
        """Whether the answer has the evidence, or one of the known answers, in it."""
        known = (*self.question.evidence, *self.question.answers)
        return holds(self.answer.text, known)

    @property
    def exact(self) -> bool:
        """Whether every sentence is cited, and every quote stands in a sentence's article."""
        cited = {number for s in self.answer.sentences for number in s.citations}
        return all(s.citations for s in self.answer.sentences) and cited == {
            citation.number for citation in self.answer.citations if _is_span(citation)
        }

    @property
    def right_article(self) -> bool:
        """Whether the article that the question names is the first one cited."""
        if not self.answer.citations:
            return False
        article = self.answer.citations[0].article
        named, file = self.question.article, self.question.file
        return (named is None or named == article.title) and (
            file is None or file == PurePath(article.path).name
        )


def _is_span(citation: Citation) -> bool:
    return 0 <= citation.start < citation.end <= len(citation.article.text)


@dataclass(frozen=True, slots=True)
class Report:
    """The results of all questions, and the figures over them."""

    results: tuple[Result, ...]

    def of_language(self, language: str) -> Report:
        """The report on the questions in one language ("zh" or "en")."""
        return Report(tuple(r for r in self.results if _language(r.question) == language))

    @property
    def retrieval(self) -> RetrievalReport:
        """How high the evidence was ranked, where it is known."""
        return RetrievalReport(tuple(r.rank for r in self._answerable() if r.question.evidence))

    @property
    def held(self) -> Share:
        """Answers that hold the evidence, of those where it is known."""
        return _count(
            (r for r in self._answerable() if r.question.evidence or r.question.answers),
            lambda result: result.holds,
        )

    @property
    def exact(self) -> Share:
        """Answers given all of whose citations are exact."""
        return _count(self._answered(), lambda result: result.exact)

    @property
    def right_article(self) -> Share:
        """Answers that cite the right article first, of those where it is known."""
        named = (r for r in self._answered() if r.question.article or r.question.file)
        return _count(named, lambda result: result.right_article)

    @property
    def refused(self) -> Share:
        """Questions without an answer that were refused."""
        unanswerable = (r for r in self.results if not r.question.answerable)
        return _count(unanswerable, lambda result: result.answer.abstained)

    @property
    def refused_wrongly(self) -> Share:
        """Questions with an answer that were refused."""
        return _count(self._answerable(), lambda result: result.answer.abstained)

    def milliseconds(self, share: float) -> float | None:
        """The time within which ``share`` (0 to 1) of the answers were there; None without any."""
        times = sorted(result.milliseconds for result in self.results)
        return times[min(int(share * len(times)), len(times) - 1)] if times else None

    def record(self) -> dict[str, Any]:
        """The figures and the results as JSON gives them: shares from 0 to 1, null if unknown."""
        return {
            "questions": len(self.results),
            "retrieval": self.retrieval.record(),
            "answer_holds_evidence": self.held.value,
            "citations_exact": self.exact.value,
            "right_article": self.right_article.value,
            "unanswerable_refused": self.refused.value,
            "answerable_refused": self.refused_wrongly.value,
            "milliseconds_p50": self.milliseconds(0.5),
            "milliseconds_p95": self.milliseconds(0.95),
            "results": [_result_record(result) for result in self.results],
        }

    def table(self) -> str:
        """The figures as a table in Markdown, a column for each language asked in."""
        languages = sorted({_language(r.question) for r in self.results}, reverse=True)
        columns = [self.of_language(language) for language in languages]
        lines = [
            f"| figure 指标 | {' | '.join(languages)} |",
            f"|---{'|---' * len(languages)}|",
        ]
        for name, figure in FIGURES:
            cells = " | ".join(figure(column) for column in columns)
            lines.append(f"| {name} | {cells} |")
        return "\n".join(lines)

    def _answerable(self) -> list[Result]:
        return [result for result in self.results if result.question.answerable]

    def _answered(self) -> list[Result]:
        return [result for result in self._answerable() if not result.answer.abstained]


def _recall(k: int) -> Callable[[Report], str]:
    def figure(report: Report) -> str:
        ranks = report.retrieval.ranks
        return str(Share(sum(r is not None and r <= k for r in ranks), len(ranks)))

    return figure


def _time(share: float) -> Callable[[Report], str]:
    def figure(report: Report) -> str:
        milliseconds = report.milliseconds(share)
        return "–" if milliseconds is None else f"{milliseconds:.0f} ms"

    return figure


FIGURES: tuple[tuple[str, Callable[[Report], str]], ...] = (
    ("questions 问题", lambda report: str(len(report.results))),
    *((f"evidence in the top {k} 证据在前{k}段", _recall(k)) for k in CUTOFFS),
    ("MRR 平均倒数排名", lambda report: f"{report.retrieval.mrr:.3f}"),
    ("answer holds the evidence 回答含有证据", lambda report: str(report.held)),
    ("citations exact 引文准确", lambda report: str(report.exact)),
    ("right article cited first 首引文章正确", lambda report: str(report.right_article)),
    ("unanswerable refused 无解问题已拒答", lambda report: str(report.refused)),
    ("answerable refused 有解问题被拒答", lambda report: str(report.refused_wrongly)),
    ("time to the answer, median 回答用时中位数", _time(0.5)),
    ("time to the answer, 95 % 回答用时95%", _time(0.95)),
)


def evaluate(assistant: Assistant, questions: Iterable[Question]) -> Report:
    """Ask the assistant every question."""
    return Report(tuple(_ask(assistant, question) for question in questions))


def _ask(assistant: Assistant, question: Question) -> Result:
    start = time.perf_counter()
    answer = assistant.ask(question.question)
    milliseconds = (time.perf_counter() - start) * 1000
    hits = assistant.search(question.question, max(CUTOFFS)) if question.evidence else ()
    return Result(question, answer, rank(question, hits), milliseconds)


def _count(results: Iterable[Result], good: Callable[[Result], bool]) -> Share:
    judged = [good(result) for result in results]
    return Share(sum(judged), len(judged))


def _language(question: Question) -> str:
    return question.lang or language_of(question.question)


def _result_record(result: Result) -> dict[str, Any]:
    return {
        "id": result.question.id,
        "question": result.question.question,
        "answerable": result.question.answerable,
        "rank": result.rank,
        "abstained": result.answer.abstained,
        "holds": result.holds,
        "exact": result.exact,
        "right_article": result.right_article,
        "milliseconds": round(result.milliseconds, 3),
        "answer": result.answer.text,
    }
