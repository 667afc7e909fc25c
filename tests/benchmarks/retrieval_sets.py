"""The questions that retrieval is measured on, and the libraries that they are asked of.

A paragraph of XQuAD or DRCD is an article of its own, and so is a news document. (The index splits
a long one into passages.) In the large pool, where XQuAD's paragraphs are hidden among news, every
passage of the news is.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from index.embed import Embedder
from index.index import Index
from ingest.split import split_article
from ingest.types import Article, article_id

POOL = 32_000  # passages in the large pool


@dataclass(frozen=True, slots=True)
class Query:
    """A question, the id of the article that answers it, and its half: "dev" is to fit on, "test"
    to report. ``answers`` are wordings of its answer, where they are known.
    """

    id: str
    text: str
    article: str
    half: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class QuerySet:
    """Questions in one language about articles in one language ("zh" or "en")."""

    name: str
    title: str
    asking: str
    asked: str
    queries: tuple[Query, ...]

    @property
    def across(self) -> bool:
        """Whether questions and articles are in different languages."""
        return self.asking != self.asked


@dataclass(frozen=True, slots=True)
class Library:
    """Articles, and the sets of questions that are asked of them."""

    articles: tuple[Article, ...]
    sets: tuple[QuerySet, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as an article, the number of the document that it is from, and its questions."""

    document: int
    article: Article
    questions: Mapping[str, str]  # by id


def xquad_chinese(data: Path) -> Library:
    """The Chinese paragraphs, asked in both languages."""
    return _xquad_library(data, "zh")


def xquad_english(data: Path) -> Library:
    """The English paragraphs, asked in both languages."""
    return _xquad_library(data, "en")


def xquad_in_pool(data: Path) -> Library:
    """The Chinese paragraphs among as many passages of news as make ``POOL`` passages in all."""
    paragraphs = _xquad(data, "zh")
    articles = [paragraph.article for paragraph in paragraphs]
    room = POOL - sum(len(split_article(article)) for article in articles)
    pieces: dict[str, Article] = {}  # by id: what stands below many a document counts once
    for document in _documents(data).values():
        if len(pieces) >= room:
            break
        for passage in split_article(document):
            piece = article_of(document.text[passage.start : passage.end], "zh")
            pieces[piece.id] = piece
    questions = _xquad_set(data, "en", "zh", paragraphs, pool=POOL)
    return Library((*articles, *islice(pieces.values(), room)), (questions,))


def drcd(data: Path) -> Library:
    """All paragraphs of DRCD's dev part. Those of even documents are trained on, so nothing is
    asked of them.
    """
    paragraphs = _squad(data / "train/drcd_dev.json.gz", "zh")
    queries = tuple(
        Query(key, question, paragraph.article.id, _half(paragraph.document // 2))
        for paragraph in paragraphs
        if paragraph.document % 2
        for key, question in paragraph.questions.items()
    )
    articles = tuple(paragraph.article for paragraph in paragraphs)
    return Library(articles, (QuerySet("drcd", "DRCD, held out", "zh", "zh", queries),))


def news(data: Path) -> Library:
    """Web news; the ids of its questions aren't unique, so their lines tell them apart."""
    documents = _documents(data)
    lines = (data / "eval/news_questions.jsonl").read_text(encoding="utf-8").splitlines()
    queries = tuple(
        Query(
            str(number),
            entry["question"],
            documents[entry["doc"]].id,
            _half(number),
            tuple(filter(None, [entry.get("answer")])),
        )
        for number, entry in enumerate(map(json.loads, lines))
    )
    return Library(tuple(documents.values()), (QuerySet("news", "news", "zh", "zh", queries),))


SETS: Mapping[str, Callable[[Path], Library]] = {
    "xquad-zh-zh": xquad_chinese,
    "xquad-en-zh": xquad_chinese,
    "xquad-zh-en": xquad_english,
    "xquad-en-en": xquad_english,
    "xquad-en-zh-pool": xquad_in_pool,
    "drcd": drcd,
    "news": news,
}


def _half(number: int) -> str:
    return "test" if number % 2 else "dev"


def _xquad_library(data: Path, asked: str) -> Library:
    paragraphs = _xquad(data, asked)
    sets = tuple(_xquad_set(data, asking, asked, paragraphs) for asking in ("zh", "en"))
    return Library(tuple(paragraph.article for paragraph in paragraphs), sets)


def _xquad(data: Path, language: str) -> list[Paragraph]:
    return _squad(data / f"eval/xquad.{language}.json.gz", language)


def _xquad_set(
    data: Path, asking: str, asked: str, paragraphs: list[Paragraph], *, pool: int | None = None
) -> QuerySet:
    """The questions in the language ``asking``: they have the same ids in both."""
    holder = {key: paragraph for paragraph in paragraphs for key in paragraph.questions}
    queries = tuple(
        Query(key, question, holder[key].article.id, _half(holder[key].document))
        for paragraph in _xquad(data, asking)
        for key, question in paragraph.questions.items()
    )
    name, title = f"xquad-{asking}-{asked}", f"XQuAD {asking}→{asked}"
    if pool:
        name, title = f"{name}-pool", f"{title} among {pool:,}"
    return QuerySet(name, title, asking, asked, queries)


def _squad(file: Path, language: str) -> list[Paragraph]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        documents = json.load(lines)["data"]
    return [
        Paragraph(
            number,
            article_of(paragraph["context"], language),
            {entry["id"]: entry["question"] for entry in paragraph["qas"]},
        )
        for number, document in enumerate(documents)
        for paragraph in document["paragraphs"]
    ]


def _documents(data: Path) -> dict[str, Article]:
    with gzip.open(data / "eval/news_docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {entry["id"]: article_of(entry["text"], "zh") for entry in map(json.loads, lines)}


@contextmanager
def indexed(articles: Iterable[Article], embedder: Embedder) -> Iterator[Index]:
    """A library of the articles, for as long as it is asked."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Index.open(Path(folder), embedder, create=True) as index,
    ):
        index.add(articles)
        yield index


def article_of(text: str, language: str) -> Article:
    """The text as an article of which nothing else is known."""
    return Article(
        article_id(None, text), None, (), None, None, None, None, language, (), text, "benchmark"
    )
