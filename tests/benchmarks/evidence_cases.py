"""Questions on paragraphs, what is found for them, and which sentences are right.

DATA/cmrc2018_trial.json.gz and drcd_dev.json.gz hold questions on paragraphs of Wikipedia, in
simplified and in traditional characters, cedict_ts.u8.gz is a dictionary.

A question can't be answered when its paragraph is gone from what was found, or when it was written
for the other set. Libraries of two sizes are built, because a question's words are rarer in a large
one. For want of English questions the Chinese ones are translated word by word.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from chat.evidence import Candidates, candidates_by_language
from index.embed import load_embedder
from index.index import Index
from index.tokens import content, words
from ingest.types import Article, article_id
from retriever.retriever import Retriever
from retriever.types import Hit

PASSAGES = 8
SIZES = ((15, 4), (150, 1))  # paragraphs in a library, and how many such libraries


@dataclass(frozen=True)
class Asked:
    """A question, the id of the article that answers it, and how to know a sentence that does."""

    question: str
    article: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """What was found for a question: with its article, without it, or for a foreign question."""

    question: str
    kind: str  # "answerable", "gone", "foreign"
    library: int  # its size
    candidates: Candidates
    right: npt.NDArray[np.bool_]  # which sentences hold the answer


Pages = list[tuple[Article, list[Asked]]]


def article(text: str, language: str = "zh") -> Article:
    return Article(
        article_id(None, text), None, (), None, None, None, None, language, (), text, "benchmark"
    )


def questions_on_paragraphs(file: Path) -> Pages:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        content = json.load(lines)
    found = []
    for document in content["data"] if isinstance(content, dict) else content:
        for paragraph in document["paragraphs"]:
            page = article(paragraph["context"])
            asked = [
                Asked(entry["question"], page.id, tuple(a["text"] for a in entry["answers"]))
                for entry in paragraph["qas"]
            ]
            found.append((page, asked))
    return found


def glosses(file: Path) -> dict[str, list[str]]:
    """The English of the words of CC-CEDICT, without explanations."""
    entry = re.compile(r"\S+ (\S+) \[[^]]*\] /(.*)/")
    found: dict[str, list[str]] = {}
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for match in filter(None, map(entry.match, lines)):
            plain = re.sub(
                r"\([^)]*\)|\b(?:CL|variant of|old variant of|surname)\b[^/]*", "", match[2]
            )
            meant = [text.strip().removeprefix("to ") for text in plain.split("/")]
            short = [text for text in meant if text and len(text.split()) <= 3]
            found.setdefault(match[1], []).extend(short)
    return found


def in_english(pages: Pages, dictionary: dict[str, list[str]], chance: random.Random) -> Pages:
    """The same paragraphs, asked in something like English: word by word, unknown ones left out."""
    translated = []
    for page, asked in pages:
        questions = []
        for one in asked:
            known = [dictionary[word] for word in content_words(one.question) if word in dictionary]
            text = " ".join(["What", *(chance.choice(meanings) for meanings in known if meanings)])
            if len(text.split()) > 3:
                questions.append(Asked(f"{text}?", one.article, one.answers))
        if questions:
            translated.append((page, questions))
    return translated


def content_words(question: str) -> list[str]:
    return list(dict.fromkeys(words(content(question))))


def cases(own: Pages, foreign: Pages, chance: random.Random) -> Iterator[Case]:
    """Libraries of paragraphs of ``own``, asked what they answer and what they don't."""
    embedder = load_embedder()
    for size, libraries in SIZES:
        for _ in range(libraries):
            pages = chance.sample(own, min(size, len(own)))
            strange = [chance.choice(asked) for _, asked in chance.sample(foreign, len(pages))]
            with tempfile.TemporaryDirectory() as folder:
                index = Index.open(Path(folder), embedder, create=True)
                index.add([page for page, _ in pages])
                asked = [one for _, all_asked in pages for one in chance.sample(all_asked, 1)]
                yield from _cases(Retriever(index, embedder), asked, strange, size)
                index.close()


def _cases(
    retriever: Retriever, own: Sequence[Asked], foreign: Sequence[Asked], size: int
) -> Iterator[Case]:
    for asked in own:
        hits = retriever.search(retriever.understand(asked.question), 3 * PASSAGES)
        yield case(retriever, asked, hits[:PASSAGES], "answerable", size)
        others = [hit for hit in hits if hit.article.id != asked.article]
        yield case(retriever, asked, others[:PASSAGES], "gone", size)
    for asked in foreign:
        hits = retriever.search(retriever.understand(asked.question), PASSAGES)
        yield case(retriever, asked, hits, "foreign", size)


def case(retriever: Retriever, asked: Asked, hits: Sequence[Hit], kind: str, size: int) -> Case:
    [candidates] = candidates_by_language(
        asked.question, hits, idf=retriever.index.idf, embedder=retriever.embedder
    )
    right = [
        sentence.article.id == asked.article
        and any(answer in sentence.text for answer in asked.answers)
        for sentence in candidates.sentences
    ]
    return Case(asked.question, kind, size, candidates, np.array(right))
