"""The report on answers: what they say, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from chat.evaluation.citations import (
    ArticleText,
    Supports,
    citation_precision,
    citation_recall,
    exact,
    invalid,
    lexical,
    quoted,
    uncited,
)
from chat.evaluation.replies import Asked
from chat.evaluation.text import best, character_f1, exact_match, rouge_l, word_f1
from retriever.evaluate import holds
from retriever.report import Figure, Report

SIMILARITIES = {
    "exact_match": exact_match,
    "character_f1": character_f1,
    "word_f1": word_f1,
    "rouge_l": rouge_l,
}
LOWER_IS_BETTER = frozenset({"answer_characters", "sentences_uncited", "citations_invalid"})


def answers_report(
    asked: Sequence[Asked],
    *,
    article_text: ArticleText = lambda _: None,
    nli: Supports | None = None,
    facts: Mapping[str, object] | None = None,
) -> Report:
    """What the answers are worth, with a figure for each name in `_judgements`.

    ``article_text`` gives the text by which the quotes are checked; ``nli`` judges citations
    besides the words themselves.
    """
    judged = {one.question.id: _judgements(one, article_text, nli) for one in asked}
    names = dict.fromkeys(name for each in judged.values() for name in each)
    figures = tuple(
        Figure(
            name,
            {key: each[name] for key, each in judged.items() if name in each},
            higher_is_better=name not in LOWER_IS_BETTER,
        )
        for name in names
    )
    rows = tuple(_row(one, judged[one.question.id]) for one in asked)
    return Report("answers", figures, rows, facts or {})


def _judgements(one: Asked, article_text: ArticleText, nli: Supports | None) -> Mapping[str, float]:
    """Every figure of one answer that can be told, by name."""
    found = dict(_of_content(one))
    if one.reply.sentences:
        found |= _of_citations(one, article_text)
        if nli is not None:
            found["citation_recall_nli"] = citation_recall(one.reply, nli)
            found["citation_precision_nli"] = citation_precision(one.reply, nli)
    return found


def _of_content(one: Asked) -> dict[str, float]:
    """How the answer compares with what is known. A refusal is a wrong answer to a question that
    can be answered, and one that can't be isn't judged here.

    Wording is compared with the known answers, or where none is given with the evidence.
    """
    question, reply = one.question, one.reply
    known = question.answers or question.evidence
    if not question.answerable or not known:
        return {}
    found = {
        name: 0.0 if reply.abstained else best(similarity, reply.text, known)
        for name, similarity in SIMILARITIES.items()
    }
    found["answer_holds_evidence"] = float(_holds(one))
    return found


def _holds(one: Asked) -> bool:
    """Whether the answer has the evidence, or one of the known answers, in it."""
    return holds(one.reply.text, (*one.question.evidence, *one.question.answers))


def _of_citations(one: Asked, article_text: ArticleText) -> dict[str, float]:
    """How well an answer is backed, whatever the question."""
    reply = one.reply
    found = {
        "citation_recall": citation_recall(reply, lexical),
        "citation_precision": citation_precision(reply, lexical),
        "sentences_quoted": citation_recall(reply, quoted),
        "sentences_uncited": uncited(reply),
        "citations_exact": float(exact(reply, article_text)),
        "answer_characters": float(len(reply.text)),
    }
    if reply.cited:
        found["citations_invalid"] = invalid(reply, article_text)
    if (right := _right_article(one)) is not None:
        found["right_article"] = float(right)
    return found


def _right_article(one: Asked) -> bool | None:
    """Whether the first source is the article that the question names, or repeats it; None if
    unknown.
    """
    title, file = one.question.article, one.question.file
    first = next(iter(one.reply.sources.values()), None)
    if first is None or not one.question.answerable:
        return None
    found = [
        _same(((title, its_title), (file, path and PurePath(path).name)))
        for its_title, path in ((first.title, first.path), *first.reprints)
    ]
    known = [one for one in found if one is not None]
    return any(known) if known else None


def _same(named: Iterable[tuple[str | None, str | None]]) -> bool | None:
    """Whether what is wanted is what is given, as far as both are known; None if nothing is."""
    told = [(wanted, given) for wanted, given in named if wanted is not None and given is not None]
    return all(wanted == given for wanted, given in told) if told else None


def _row(one: Asked, judged: Mapping[str, float]) -> dict[str, object]:
    """What the table of questions shows."""
    question, reply = one.question, one.reply
    missed = judged.get("answer_holds_evidence") == 0 or judged.get("citations_exact") == 0
    return {
        "id": question.id,
        "question": question.question,
        "answerable": question.answerable,
        "refused": reply.abstained,
        "failed": missed or question.answerable is reply.abstained,
        "answer": reply.text,
        "known": list(question.answers or question.evidence),
        "sources": [source.quote for source in reply.sources.values()],
    }
