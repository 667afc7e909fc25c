"""The layouts that questions come in, and the documents that some of them carry.

Each is a function from an object of a file to questions, and where the layout carries documents
another to articles. A document without an id of its own is judged by that of its article, which
comes from the content: a library made of `documents` and one made elsewhere have the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.page.metadata import find_language
from ingest.split import Span, sentence_spans
from ingest.types import Article, article_id
from retriever.entries import Entry
from retriever.types import Question

CRUD_NEWS = ("news1", "news2", "news3")
RAGAS_BEFORE = ("contexts", "ground_truth", "ground_truths")  # fields of its first versions
LONG = 200  # characters of a sentence
CLAUSE_ENDS = "，,；;"


@dataclass(frozen=True, slots=True)
class Layout:
    """How questions are written down. An object that has all the fields of one of the ``signs`` may
    be such a one. Where ``last_counts``, an object replaces one before it with the same id.
    """

    signs: tuple[frozenset[str], ...]
    questions: Callable[[Entry], Iterable[Question]]
    articles: Callable[[Entry], Iterable[Article]] | None = None
    last_counts: bool = False


def article(text: str, title: str | None = None, path: str = "") -> Article:
    """A document as an article; ``path`` is its id where it has one."""
    return Article(
        id=article_id(title, text),
        title=title,
        authors=(),
        affiliation=None,
        source=None,
        page=None,
        published=None,
        language=find_language(text),
        headings=(),
        text=text,
        path=path,
    )


def own_questions(entry: Entry) -> Iterator[Question]:
    """Wenjin's own: see `Question`. ``doc`` is an id, a list of ids, or an object of grades."""
    yield Question(
        id=entry.name("id"),
        question=entry.text("question"),
        answerable=entry.flag("answerable", otherwise=True),
        evidence=entry.texts("evidence"),
        answers=entry.texts("answers", "answer"),
        docs=entry.grades("doc"),
        article=entry.text_or_none("article"),
        file=entry.text_or_none("file"),
        lang=entry.text_or_none("lang"),
    )


def feedback_questions(entry: Entry) -> Iterator[Question]:
    """What readers said of answers, as the page keeps it: a question as in Wenjin's own layout,
    where that says something about the truth.
    """
    if "answerable" in entry:
        yield from own_questions(entry)


def squad_questions(entry: Entry) -> Iterator[Question]:
    """SQuAD, and CMRC 2018, DRCD and CAIL 2019, which are laid out like it: an article a
    paragraph. The evidence is the sentence in which the answer stands.
    """
    for paragraph in entry.entries("paragraphs"):
        text = paragraph.text("context")
        document = article_id(entry.text_or_none("title"), text)
        spans = sentence_spans(text)
        for asked in paragraph.entries("qas"):
            answerable = not asked.flag("is_impossible", otherwise=False)
            answers = [
                (wording, one.fields.get("answer_start"))
                for one in (asked.entries("answers") if answerable else ())
                if (wording := one.text_or_none("text"))
            ]
            yield Question(
                id=asked.name("id", f"{entry.number}-{paragraph.number}-{asked.number}"),
                question=asked.text("question"),
                answerable=answerable,
                evidence=_unique(
                    sentence
                    for answer, start in answers
                    for sentence in _holding(answer, text, start, spans)
                ),
                answers=_unique(answer for answer, _ in answers),
                docs={document: 1} if answerable else {},
            )


def squad_articles(entry: Entry) -> Iterator[Article]:
    """An article for each paragraph, under the title of all."""
    for paragraph in entry.entries("paragraphs"):
        yield article(paragraph.text("context"), entry.text_or_none("title"))


def cmrc_questions(entry: Entry) -> Iterator[Question]:
    """The list that CMRC 2018 comes as, too: answers are texts without places."""
    text = entry.text("context_text")
    document = article_id(entry.text_or_none("title"), text)
    spans = sentence_spans(text)
    for asked in entry.entries("qas"):
        answers = asked.texts("answers")
        yield Question(
            id=asked.name("query_id", f"{entry.number}-{asked.number}"),
            question=asked.text("query_text"),
            evidence=_unique(s for answer in answers for s in _holding(answer, text, None, spans)),
            answers=answers,
            docs={document: 1},
        )


def cmrc_articles(entry: Entry) -> Iterator[Article]:
    """The article that the questions are about."""
    yield article(entry.text("context_text"), entry.text_or_none("title"))


def rgb_questions(entry: Entry) -> Iterator[Question]:
    """RGB (Chen et al. 2024): passages that answer, and such that don't, which are judged 0. Those
    with a planted mistake (``positive_wrong``) belong to a test of models and are left out.
    """
    answering = entry.texts("positive")
    yield Question(
        id=entry.name("id"),
        question=entry.text("query"),
        evidence=answering,
        answers=entry.texts("answer"),
        docs=_judged(entry.texts("negative"), 0) | _judged(answering, 1),
    )


def rgb_articles(entry: Entry) -> Iterator[Article]:
    """An article for each passage, whether it answers or not."""
    yield from map(article, entry.texts("positive", "negative"))


def crud_questions(entry: Entry) -> Iterator[Question]:
    """CRUD-RAG (Lyu et al. 2024), the tasks that ask: answers from one to three news articles."""
    yield Question(
        id=entry.name("ID"),
        question="\n".join(entry.texts("questions")),
        answers=entry.texts("answers"),
        docs=_judged(entry.texts(*CRUD_NEWS), 1),
    )


def crud_articles(entry: Entry) -> Iterator[Article]:
    """The news articles."""
    yield from map(article, entry.texts(*CRUD_NEWS))


def flashrag_questions(entry: Entry) -> Iterator[Question]:
    """FlashRAG (Jin et al. 2024): answers, without documents."""
    yield Question(
        id=entry.name("id"),
        question=entry.text("question"),
        answers=entry.texts("golden_answers"),
    )


def ragas_questions(entry: Entry) -> Iterator[Question]:
    """ragas, as since 0.2 and as before, when ``answer`` was what a system said. That, and what it
    had found (``retrieved_contexts``, before ``contexts``), is no judgement.
    """
    passages = entry.texts("reference_contexts")
    yield Question(
        id=entry.name("id"),
        question=entry.text("user_input" if "user_input" in entry else "question"),
        evidence=passages,
        answers=entry.texts("reference", "ground_truth", "ground_truths"),
        docs=_judged(passages, 1),
    )


def ragas_articles(entry: Entry) -> Iterator[Article]:
    """An article for each passage that answers."""
    yield from map(article, entry.texts("reference_contexts"))


def beir_questions(entry: Entry) -> Iterator[Question]:
    """BEIR's queries, and TREC's topics as a table. Their judgements are in a file of their own."""
    yield Question(id=entry.name("_id"), question=entry.text("text"))


def corpus_article(entry: Entry) -> Article:
    """A document of a corpus, with its id as the path."""
    key = entry.name("_id" if "_id" in entry else "id")
    return article(entry.text("text"), entry.text_or_none("title"), key)


def _signs(*fields: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(each.split()) for each in fields)


LAYOUTS: dict[str, Layout] = {
    "squad": Layout(_signs("paragraphs"), squad_questions, squad_articles),
    "cmrc": Layout(_signs("context_text qas"), cmrc_questions, cmrc_articles),
    "crud": Layout(_signs("questions news1"), crud_questions, crud_articles),
    "rgb": Layout(_signs("query positive"), rgb_questions, rgb_articles),
    "flashrag": Layout(_signs("question golden_answers"), flashrag_questions),
    "ragas": Layout(
        _signs("user_input", *(f"question {each}" for each in RAGAS_BEFORE)),
        ragas_questions,
        ragas_articles,
    ),
    "beir": Layout(_signs("_id text"), beir_questions),
    "tsv": Layout((), beir_questions),
    "feedback": Layout(_signs("question helpful"), feedback_questions, last_counts=True),
    "wenjin": Layout(_signs("question"), own_questions),
}
"""By name. An object is taken for the first of these that it has the signs of."""


def _holding(answer: str, text: str, start: object, spans: Sequence[Span]) -> list[str]:
    """The sentences of ``text``, by their ``spans``, that the answer at ``start`` stands in; if it
    doesn't stand there, those of the first place where it does, or none. Of a sentence too long for
    a passage, its clause.
    """
    if not isinstance(start, int) or start < 0 or not text.startswith(answer, start):
        start = text.find(answer)
    if start < 0:
        return []
    end = start + len(answer)
    held = [(a, b) for a, b in spans if a < end and start < b]
    if not held:
        return []
    first, last = held[0][0], held[-1][1]
    if last - first > LONG:
        first = max(first, *(text.rfind(mark, first, start) + 1 for mark in CLAUSE_ENDS))
        ends = (text.find(mark, end, last) for mark in CLAUSE_ENDS)
        last = min(last, *(position for position in ends if position >= 0), last)
    return [text[first:last].strip()]


def _judged(texts: Iterable[str], grade: int) -> dict[str, int]:
    return {article_id(None, text): grade for text in texts}


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
