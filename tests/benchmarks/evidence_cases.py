"""Questions on paragraphs, what is found for them, and which sentences are right.

DATA, the folder that `retrieval_sets` reads, has questions on paragraphs of Wikipedia: in
simplified (CMRC) and in traditional characters (DRCD), and the same ones in Chinese and English
(XQuAD). Libraries of two sizes are built, because a question's words are rarer in a large one.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from retrieval_sets import article_of, indexed

from chat.answers.evidence import Candidates, candidates_by_language
from index.embed import load_embedder
from ingest.types import Article, Passage
from retriever.retriever import Retriever
from retriever.types import Hit

PASSAGES = 8
GIVEN = 256  # paragraphs, as many as the smaller set has
SIZES = ((15, 4), (150, 1))  # paragraphs in a library, and how many such libraries


@dataclass(frozen=True)
class Asked:
    """A question, the id of the article that answers it, and how to know a sentence that does."""

    id: str
    question: str
    article: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """The sentences found for a question, and which of them hold the answer."""

    question: str
    candidates: Candidates
    right: npt.NDArray[np.bool_]


Pages = list[tuple[Article, list[Asked]]]


def questions_on_paragraphs(file: Path, language: str = "zh", half: str = "") -> Pages:
    """The paragraphs with their questions; of one half if it is named, as `retrieval_sets` does."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        content = json.load(lines)
    found = []
    for number, document in enumerate(content["data"] if isinstance(content, dict) else content):
        if half and half != ("test" if number % 2 else "dev"):
            continue
        for paragraph in document["paragraphs"]:
            page = article_of(paragraph["context"], language)
            asked = [
                Asked(
                    entry["id"],
                    entry["question"],
                    page.id,
                    tuple(answer["text"] for answer in entry["answers"]),
                )
                for entry in paragraph["qas"]
            ]
            found.append((page, asked))
    return found


def xquad(data: Path, asking: str, answering: str, half: str) -> Pages:
    """A half of XQuAD's paragraphs in one language, with its questions in another."""
    files = {language: data / f"eval/xquad.{language}.json.gz" for language in (asking, answering)}
    said = {
        one.id: one.question
        for _, asked in questions_on_paragraphs(files[asking], asking)
        for one in asked
    }
    return [
        (page, [replace(one, question=said[one.id]) for one in asked])
        for page, asked in questions_on_paragraphs(files[answering], answering, half)
    ]


def cases(pages: Pages, chance: random.Random) -> Iterator[Case]:
    """A question on each paragraph of some libraries, with what is found for it."""
    for size, libraries in SIZES:
        for _ in range(libraries):
            some = chance.sample(pages, min(size, len(pages)))
            with library(some) as retriever:
                for _, asked in some:
                    one = chance.choice(asked)
                    hits = retriever.search(retriever.understand(one.question), PASSAGES)
                    yield case(retriever, one, hits)


def given_cases(pages: Pages, chance: random.Random) -> Iterator[Case]:
    """The questions on ``GIVEN`` paragraphs, each with nothing but its paragraph."""
    some = chance.sample(pages, min(GIVEN, len(pages)))
    with library(some) as retriever:
        for page, asked in some:
            hit = Hit(Passage(page.id, 0, len(page.text)), page, 1.0, 1.0, 1.0)
            for one in asked:
                yield case(retriever, one, [hit])


@contextmanager
def library(pages: Pages) -> Iterator[Retriever]:
    """The search over these paragraphs."""
    embedder = load_embedder()
    with indexed((page for page, _ in pages), embedder) as index:
        yield Retriever(index, embedder)


def case(retriever: Retriever, asked: Asked, hits: Sequence[Hit]) -> Case:
    [candidates] = candidates_by_language(
        asked.question, hits, idf=retriever.index.idf, embedder=retriever.embedder
    )
    right = [
        sentence.article.id == asked.article
        and any(answer in sentence.text for answer in asked.answers)
        for sentence in candidates.sentences
    ]
    return Case(asked.question, candidates, np.array(right))
