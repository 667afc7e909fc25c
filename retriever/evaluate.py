"""How well a search finds: the field's figures, for Wenjin's own search or anyone's run.

What is relevant is judged on one of two levels. On that of *passages* a question's ``evidence`` is
what has to be found: a passage that holds it is it. On that of *articles* it is the ``docs`` that
the question judges; an article stands where its best passage does. Either way it is measured by
`report_of_run`, of a run and of judgements as TREC knows them, with ir_measures.

A question without a relevant document counts for nothing, and a document without a judgement counts
as not relevant, as is usual; ``judged@k`` tells how many have one. Where some documents are judged
as not relevant, ``bpref`` and ``ndcg@k_judged`` leave out those without a judgement.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath
from statistics import fmean
from typing import TYPE_CHECKING, Literal

from ingest.errors import QuestionError
from ingest.types import Article
from retriever.report import Figure, Report
from retriever.trec import Qrels, Run, ranked
from retriever.types import Hit, Question

if TYPE_CHECKING:
    from ir_measures.measures import Measure

Level = Literal["passage", "article"]
Search = Callable[[str, int], Sequence[Hit]]
"""From a question and a number to as many passages, best first."""
Progress = Callable[[Sequence[Question]], Iterable[Question]]
"""Goes through the questions, and shows how far it is; ``tqdm`` is one."""

CUTOFFS = (1, 3, 5, 10, 20)
DEPTH = 100  # passages to ask for; of long articles it takes some for twenty different ones
POINTS = (1, 2, 3, 5, 10, 20, 50, 100)  # of the curve

LONG_ENOUGH = 20  # characters of a passage that says something by itself
WHITE_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave for a question, best first."""

    question: Question
    hits: tuple[Hit, ...]


def evaluate_retrieval(
    search: Search,
    questions: Iterable[Question],
    *,
    level: Level | None = None,
    depth: int = DEPTH,
    cutoffs: Sequence[int] = CUTOFFS,
    progress: Progress | None = None,
) -> Report:
    """Ask ``search`` for the ``depth`` best passages of each judged question and measure them.

    The level is that of passages if any question has evidence, unless another is named; to measure
    on both, `search_all` once and make a `report_of_found` of each. Where no question is judged on
    that level, there are no figures.
    """
    asked = list(questions)
    level = level or level_of(asked)
    judged = [each for each in asked if _answered(judgements(each, level))]
    found = search_all(search, judged, depth=depth, progress=progress)
    report = (
        report_of_found(found, level, cutoffs=cutoffs) if judged else Report("retrieval", (), ())
    )
    facts = {"level": level, **report.facts, "unjudged": len(asked) - len(judged), "depth": depth}
    return replace(report, facts=facts)


def search_all(
    search: Search,
    questions: Sequence[Question],
    *,
    depth: int = DEPTH,
    progress: Progress | None = None,
) -> list[Found]:
    """What ``search`` gives for every question."""
    asked = progress(questions) if progress else questions
    return [Found(each, tuple(search(each.question, depth))) for each in asked]


def report_of_found(
    found: Sequence[Found], level: Level, *, cutoffs: Sequence[int] = CUTOFFS
) -> Report:
    """The figures of what was found. Raises QuestionError when no question is judged."""
    questions = [each.question for each in found]
    return report_of_run(
        run_of(found, level),
        qrels_of(questions, level),
        questions=questions,
        level=level,
        cutoffs=cutoffs,
    )


def report_of_run(
    run: Run,
    qrels: Qrels,
    *,
    questions: Iterable[Question] = (),
    level: Level = "article",
    cutoffs: Sequence[int] = CUTOFFS,
) -> Report:
    """The figures of any system's run; ``questions`` give the rows their texts.

    A judged question that the run lacks counts as one for which nothing was found. Raises
    QuestionError when the run has none of the judged questions.
    """
    qrels = {key: judged for key, judged in qrels.items() if _answered(judged)}
    if not qrels.keys() & run.keys():
        raise QuestionError(
            "no question of the run has a relevant document: give both the same ids, and the "
            'questions "evidence" or "doc"',
            "检索结果中没有一个问题有相关文档：请使用一致的 id，并为问题给出 evidence 或 doc",
        )
    rankings = {key: ranked(run.get(key, {})) for key in qrels}
    values = measured(rankings, qrels, measures(cutoffs, qrels))
    texts = {question.id: question.question for question in questions}
    return Report(
        kind="retrieval",
        figures=tuple(Figure(name, by_question) for name, by_question in values.items()),
        rows=tuple(
            {
                "id": key,
                "question": texts.get(key, ""),
                "rank": _rank(rankings[key], judged),
                "relevant": sum(grade > 0 for grade in judged.values()),
                "found": len(rankings[key]),
            }
            for key, judged in qrels.items()
        ),
        facts={
            "level": level,
            "questions": len(qrels),
            "unjudged": len(run.keys() - qrels.keys()),
            "unanswered": sum(not ranking for ranking in rankings.values()),
        },
        curves={"recall by k": _recall_curve(rankings, qrels)},
    )


def run_of(found: Iterable[Found], level: Level) -> dict[str, dict[str, float]]:
    """What was found as a run. Its documents have the names that `qrels_of` gives what is judged,
    and otherwise the id of the article, for a passage with the place in it.
    """
    naming = _hit_names if level == "passage" else _article_names
    return {each.question.id: _scored(naming(each.question, each.hits)) for each in found}


def run_of_texts(
    questions: Iterable[Question], texts: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """The run of a system of which only the texts are known that it found for each question, by
    id, best first; on the level of passages.
    """
    return {
        each.id: _scored(_passage_names(each, ((f"text-{n}", t) for n, t in enumerate(found, 1))))
        for each in questions
        if (found := texts.get(each.id)) is not None
    }


def qrels_of(questions: Iterable[Question], level: Level) -> dict[str, dict[str, int]]:
    """The judgements of the questions that are judged on this level."""
    return {each.id: judged for each in questions if (judged := judgements(each, level))}


def judgements(question: Question, level: Level) -> dict[str, int]:
    """The grades of what is judged on this level, by name; empty for a question that is judged on
    the other one, or has no answer.
    """
    if not question.answerable:
        return {}
    if level == "passage":
        return {_evidence_name(number): 1 for number in range(len(question.evidence))}
    named = question.article or question.file
    return dict(question.docs) or ({named: 1} if named else {})


def level_of(questions: Iterable[Question]) -> Level:
    """The level to measure on: that of passages where there is evidence."""
    return "passage" if any(judgements(each, "passage") for each in questions) else "article"


def measures(cutoffs: Sequence[int], qrels: Qrels) -> dict[str, Measure]:
    """The measures that these judgements allow, by the names of their figures.

    As in trec_eval: a grade from 1 on is relevant, and the gain of nDCG is the grade (Järvelin and
    Kekäläinen 2002, with a discount of log2(1 + rank)); ``map`` and ``bpref`` (Buckley and Voorhees
    2004) know no cutoff.
    """
    from ir_measures import AP, RR, Bpref, Judged, P, R, Success, nDCG

    chosen: dict[str, Measure] = {}
    kinds = {"recall": R, "precision": P, "success": Success, "mrr": RR, "ndcg": nDCG}
    for name, kind in kinds.items():
        chosen |= {f"{name}@{k}": kind @ k for k in cutoffs}
    chosen |= {"map": AP} | {f"judged@{k}": Judged @ k for k in cutoffs}
    if any(grade <= 0 for judged in qrels.values() for grade in judged.values()):
        chosen |= {"bpref": Bpref} | {
            f"ndcg@{k}_judged": nDCG(judged_only=True) @ k for k in cutoffs
        }
    return chosen


def measured(
    rankings: Mapping[str, Sequence[str]], qrels: Qrels, measures: Mapping[str, Measure]
) -> dict[str, dict[str, float]]:
    """The value of each measure for each judged question. ``rankings`` are best first."""
    import ir_measures

    run = {
        key: {document: float(-place) for place, document in enumerate(ranking)}
        for key, ranking in rankings.items()
        if ranking  # ir_measures 0.4 divides by the length; what isn't there is 0 there, too
    }
    values: dict[Measure, dict[str, float]] = {measure: {} for measure in measures.values()}
    for one in ir_measures.iter_calc(list(values), qrels, run):
        values[one.measure][one.query_id] = float(one.value)
    return {name: values[measure] for name, measure in measures.items()}


def _recall_curve(
    rankings: Mapping[str, Sequence[str]], qrels: Qrels
) -> tuple[tuple[float, float], ...]:
    """The mean recall at growing depths, as far as anything was found."""
    from ir_measures import R

    deepest = max(1, *map(len, rankings.values()))
    values = measured(rankings, qrels, {str(k): R @ k for k in POINTS if k <= deepest})
    return tuple((float(k), fmean(by_question.values())) for k, by_question in values.items())


def _answered(judged: Mapping[str, int]) -> bool:
    """Whether a relevant document is known."""
    return any(grade > 0 for grade in judged.values())


def _rank(ranking: Sequence[str], judged: Mapping[str, int]) -> int | None:
    """The place of the first relevant document, from 1."""
    return next((place for place, name in enumerate(ranking, 1) if judged.get(name, 0) > 0), None)


def _scored(names: Iterable[str]) -> dict[str, float]:
    """Names, best first, with scores that keep them in this order; one that comes again counts
    where it came first.
    """
    distinct = list(dict.fromkeys(names))
    return {name: float(len(distinct) - place) for place, name in enumerate(distinct)}


def _hit_names(question: Question, hits: Sequence[Hit]) -> Iterator[str]:
    named = ((f"{hit.article.id}:{hit.passage.start}-{hit.passage.end}", hit.text) for hit in hits)
    return _passage_names(question, named)


def _passage_names(question: Question, passages: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A passage, given with its name, is the evidence that it holds. Another one with the same
    evidence is passed over, as another passage of an article is.
    """
    evidence = [squeezed(text) for text in question.evidence]
    for name, text in passages:
        passage = squeezed(text)
        held = [number for number, wanted in enumerate(evidence) if _is_of(passage, wanted)]
        if not held:
            yield name
        yield from map(_evidence_name, held)


def _is_of(passage: str, evidence: str) -> bool:
    """Whether the passage holds the evidence, or is a part of it: evidence may be longer."""
    return evidence in passage or (len(passage) >= LONG_ENOUGH and passage in evidence)


def _evidence_name(number: int) -> str:
    return f"evidence-{number + 1}"


def _article_names(question: Question, hits: Sequence[Hit]) -> Iterator[str]:
    """A reprint is found where the article is that it repeats, if it is what the question judges;
    an article of which neither is judged counts as one.
    """
    for hit in hits:
        judged = [name for one in hit.printed_in if (name := _judged_name(question, one))]
        yield from judged or [hit.article.id]


def _judged_name(question: Question, article: Article) -> str | None:
    """The name by which the question judges the article; None if it doesn't."""
    file = PurePath(article.path).name
    if question.docs:
        names = (article.id, article.path, file, article.title)
        return next((name for name in names if name in question.docs), None)
    right = question.article in (None, article.title) and question.file in (None, file)
    return (question.article or question.file) if right else None


def holds(text: str, wanted: Iterable[str]) -> bool:
    """Whether ``text`` has one of ``wanted`` in it, whatever the white space, width and case."""
    plain = squeezed(text)
    return any(squeezed(part) in plain for part in wanted)


@lru_cache(maxsize=2**14)  # the same passages are found again and again
def squeezed(text: str) -> str:
    """``text`` in NFKC and lower case, without white space."""
    return WHITE_SPACE.sub("", unicodedata.normalize("NFKC", text)).lower()
