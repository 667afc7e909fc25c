"""Questions that a library answers and questions that it doesn't, with what is found for each.

A question can't be answered when

- ``foreign``: it was written for other documents;
- ``gone``: its paragraph is taken from what is found, and the others of its document stay;
- ``cut``: the sentences with the answer are taken from its paragraph, and the rest of it stays.

DATA is the folder that `retrieval_sets` reads. The built-in model was trained on DRCD's even
documents and on CMRC's paragraphs: of DRCD only the odd ones are asked about.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from retrieval_sets import article_of, indexed, news

from chat.answers.evidence import Candidates, candidates_by_language
from index.embed import load_embedder
from index.index import Index
from ingest.split import sentence_spans
from ingest.types import Article
from retriever.query import language_of
from retriever.retriever import Retriever
from retriever.types import Hit

PASSAGES = 8
DEPTH = 20  # passages searched, so that enough are left
QUESTIONS = 150  # at most, about one library of a kind
SMALL = ((15, 4), (150, 1))  # paragraphs of a small library, and how many such libraries


@dataclass(frozen=True)
class Asked:
    """A question, its answers, the article that holds them, the number of the document that this is
    from, and its half: "dev" is to fit on, "test" to report.
    """

    question: str
    answers: tuple[str, ...]
    article: str
    document: int
    half: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph as an article, and its questions by id."""

    document: int
    article: Article
    asked: dict[str, Asked]


@dataclass(frozen=True)
class Case:
    """What was found for a question in a library of ``size`` passages."""

    library: str
    size: int
    kind: str
    half: str
    found: bool  # the passages hold the right article
    candidates: Candidates

    @property
    def group(self) -> str:
        """Whose paragraphs the library holds."""
        return self.library.partition("/")[0]


def read(file: Path, language: str) -> list[Paragraph]:
    """The paragraphs of a file in the layout of SQuAD."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        content = json.load(lines)
    documents = content["data"] if isinstance(content, dict) else content
    return [
        _paragraph(number, entry, language)
        for number, document in enumerate(documents)
        for entry in document["paragraphs"]
    ]


def _paragraph(number: int, entry: dict[str, object], language: str) -> Paragraph:
    article = article_of(str(entry["context"]), language)
    asked = {
        each["id"]: Asked(
            each["question"],
            tuple(answer["text"] for answer in each["answers"]),
            article.id,
            number,
            "test" if number // 2 % 2 else "dev",
        )
        for each in entry["qas"]  # type: ignore[attr-defined]
    }
    return Paragraph(number, article, asked)


def within_a_language(data: Path, chance: random.Random) -> Iterator[Case]:
    """CMRC's and DRCD's questions, each put to libraries of its own paragraphs and the other's."""
    cmrc = read(data / "train/cmrc2018_trial.json.gz", "zh")
    drcd = read(data / "train/drcd_dev.json.gz", "zh")
    held_out = [each for each in drcd if each.document % 2]
    sets = (("cmrc", cmrc, cmrc, held_out), ("drcd", drcd, held_out, cmrc))
    for name, everything, own, foreign in sets:
        with library(everything) as retriever:
            yield from _put(retriever, name, _drawn(own, chance))
            yield from _foreign(retriever, name, _drawn(foreign, chance))
        yield from _cut(name, everything, own, {}, chance)
        for size, libraries in SMALL:
            for _ in range(libraries):
                first = chance.randrange(len(everything) - size)
                some = everything[first : first + size]
                with library(some) as retriever:
                    asked = _drawn(some, chance, size)
                    yield from _put(retriever, f"{name}/{size}", asked)
                    strange = _drawn(foreign, chance, len(asked))
                    yield from _foreign(retriever, f"{name}/{size}", strange)


def xquad(data: Path, asking: str, answering: str, chance: random.Random) -> Iterator[Case]:
    """XQuAD's questions in one language, put to its paragraphs in one. Foreign is a question when
    its whole document is taken away.
    """
    name = f"xquad {asking}→{answering}"
    paragraphs = read(data / f"eval/xquad.{answering}.json.gz", answering)
    source = read(data / f"eval/xquad.{asking}.json.gz", asking)
    said = {key: one.question for each in source for key, one in each.asked.items()}
    with library(paragraphs) as retriever:
        asked = [
            replace(one, question=said[key])
            for each in paragraphs
            for key, one in each.asked.items()
        ]
        drawn = chance.sample(asked, QUESTIONS)
        yield from _put(retriever, name, drawn, documents=_documents(paragraphs))
    yield from _cut(name, paragraphs, paragraphs, said, chance)


def in_news(data: Path, folder: Path, chance: random.Random) -> Iterator[Case]:
    """Questions on news and on Wikipedia, put to the news in the library ``folder``. (News tell
    the same several times, so nothing is taken away.)
    """
    cmrc = read(data / "train/cmrc2018_trial.json.gz", "zh")
    queries = [query for query in news(data).sets[0].queries if query.half == "dev"]
    own = [Asked(query.text, (), query.article, 0, "dev") for query in queries]
    with Index.open(folder, load_embedder()) as index:
        retriever = Retriever(index, load_embedder())
        for case in _put(retriever, "news", own):
            if case.kind == "answerable":
                yield case
        yield from _foreign(retriever, "news", _drawn(cmrc, chance, len(own)))


@contextmanager
def library(paragraphs: Sequence[Paragraph]) -> Iterator[Retriever]:
    """A library of these paragraphs, for as long as it is asked."""
    embedder = load_embedder()
    with indexed((each.article for each in paragraphs), embedder) as index:
        yield Retriever(index, embedder)


def _put(
    retriever: Retriever,
    name: str,
    asked: Sequence[Asked],
    *,
    documents: dict[str, int] | None = None,
) -> Iterator[Case]:
    """Questions put to a library of what they are about, and again with less in it."""
    for one in asked:
        hits = retriever.search(retriever.understand(one.question), DEPTH)
        rest = [hit for hit in hits if hit.article.id != one.article]
        yield from _case(retriever, name, "answerable", one, hits)
        yield from _case(retriever, name, "gone", one, rest)
        if documents:
            strange = [hit for hit in hits if documents[hit.article.id] != one.document]
            yield from _case(retriever, name, "foreign", one, strange)


def _foreign(retriever: Retriever, name: str, asked: Sequence[Asked]) -> Iterator[Case]:
    for one in asked:
        hits = retriever.search(retriever.understand(one.question), PASSAGES)
        yield from _case(retriever, name, "foreign", one, hits)


def _cut(
    name: str,
    everything: Sequence[Paragraph],
    own: Sequence[Paragraph],
    said: dict[str, str],
    chance: random.Random,
) -> Iterator[Case]:
    """One question about each paragraph of ``own``, the answer to which is taken out of it;
    ``said`` are the questions by id where they are asked in another language.
    """
    asked, left = [], {each.article.id: each for each in everything}
    for each in own:
        key = chance.choice(list(each.asked))
        one = each.asked[key]
        text = _without(each.article.text, one.answers)
        if text:
            shorter = article_of(text, each.article.language)
            left[each.article.id] = replace(each, article=shorter)
            asked.append(replace(one, question=said.get(key, one.question), article=shorter.id))
    with library(list(left.values())) as retriever:
        for one in asked[:QUESTIONS]:
            hits = retriever.search(retriever.understand(one.question), PASSAGES)
            yield from _case(retriever, name, "cut", one, hits)


def _without(text: str, answers: Sequence[str]) -> str | None:
    """The text without the sentences that hold an answer; None if that leaves nothing to find."""
    sentences = [text[start:end] for start, end in sentence_spans(text, 0, len(text))]
    kept = [sentence for sentence in sentences if not any(a in sentence for a in answers)]
    rest = "".join(kept)
    changed = 2 <= len(kept) < len(sentences)
    return rest if changed and not any(answer in rest for answer in answers) else None


def _case(
    retriever: Retriever, name: str, kind: str, one: Asked, hits: Sequence[Hit]
) -> Iterator[Case]:
    """One case, or none if nothing was found."""
    read = hits[:PASSAGES]
    languages = {hit.article.language for hit in read}
    if not languages or language_of(one.question) != _asking(name, languages):
        return
    [candidates] = candidates_by_language(
        one.question, read, idf=retriever.index.idf, embedder=retriever.embedder
    )
    found = any(hit.article.id == one.article for hit in read)
    size = retriever.index.passage_count
    yield Case(name, size, kind, one.half, found, candidates)


def _asking(name: str, languages: set[str]) -> str:
    """The language that the questions are in: a few look like the other."""
    return name[6:8] if name.startswith("xquad") else next(iter(languages))


def _drawn(
    paragraphs: Sequence[Paragraph], chance: random.Random, most: int = QUESTIONS
) -> list[Asked]:
    asked = [one for each in paragraphs for one in each.asked.values()]
    return chance.sample(asked, min(most, len(asked)))


def _documents(paragraphs: Sequence[Paragraph]) -> dict[str, int]:
    return {each.article.id: each.document for each in paragraphs}
