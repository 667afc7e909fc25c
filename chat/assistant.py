"""The one face of Wenjin: ask a library, get an answer whose every sentence is cited."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from chat.cite import Citations, strike_invented, supported
from chat.conversation import Exchange, complete
from chat.evidence import find_evidence
from chat.generate import Generator, load_generator
from chat.settings import Settings
from chat.types import Answer, AnswerSentence, Done, Event, Evidence, Found, Sentence
from index.embed import Embedder, load_embedder
from index.index import Index
from ingest.errors import QuestionError
from ingest.types import Article
from retriever.retriever import Retriever
from retriever.types import Hit, Query

MAX_QUESTION = 2000  # characters


class Assistant:
    """Answers from one library. Several threads may ask at once; ``close`` it when done.

    Made by ``Assistant.open``; the constructor takes the parts, for those who bring their own.
    ``generator`` may be given as a spec, and is then loaded for the first answer.
    """

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        generator: Generator | str = "extractive",
        *,
        settings: Settings | None = None,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._settings = settings or Settings()
        self._retriever = Retriever(index, embedder)
        self._generator = generator
        self._loading = threading.Lock()

    @classmethod
    def open(cls, library: str | Path = "library", *, settings: Settings | None = None) -> Self:
        """The assistant of the library in the folder ``library``, as ``settings`` want it.

        Raises LibraryNotFound when there is none, LibraryMismatch when it was made with another
        embedder, ModelError and SettingError for an embedder that can't be had.
        """
        settings = settings or Settings()
        embedder = load_embedder(
            settings.embedder, device=settings.device, offline=settings.offline
        )
        index = Index.open(Path(library), embedder, device=settings.device)
        return cls(index, embedder, settings.generator, settings=settings)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Exchange] = (),
        without: Collection[str] = (),
    ) -> Answer:
        """The whole answer. Raises QuestionError for an empty or far too long question.

        ``history`` is what was asked before, oldest first, for a question such as ``那天津呢？``;
        ``without`` holds the keys of filters that the question names but that aren't wanted.
        """
        answer = None
        for event in self.stream(question, history=history, without=without):
            if isinstance(event, Done):
                answer = event.answer
        assert answer is not None  # noqa: S101  # a stream ends with Done
        return answer

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Exchange] = (),
        without: Collection[str] = (),
    ) -> Iterator[Event]:
        """The answer as it comes about: Found, any number of Sentences, Done.

        Takes and raises what ``ask`` does; the error comes at once.
        """
        return self._answer(_checked(question), history, without)

    def _answer(
        self, question: str, history: Sequence[Exchange], without: Collection[str]
    ) -> Iterator[Event]:
        clock = _Clock()
        with clock.measure("search"):
            query = self._understood(question, history, without)
            hits = tuple(self._retriever.search(query, self._settings.passages))
        yield Found(query, hits)
        with clock.measure("evidence"):
            evidence = find_evidence(query.text, hits, idf=self._index.idf, embedder=self._embedder)
        said: list[Sentence] = []
        backed = self._backed(query.text, evidence.sentences)
        while True:
            with clock.measure("generate"):
                sentence = next(backed, None)
            if sentence is None:
                break
            said.append(sentence)
            yield sentence
        yield Done(_whole(question, query, evidence.probability, said, hits, clock.timings()))

    def _understood(
        self,
        question: str,
        history: Sequence[Exchange] = (),
        without: Collection[str] = (),
    ) -> Query:
        """The question completed from what was asked before, and the filters that it names."""
        query = self._retriever.understand(complete(question, history))
        return Query(query.text, tuple(f for f in query.filters if f.key not in without))

    def _backed(self, question: str, evidence: Sequence[Evidence]) -> Iterator[Sentence]:
        """What the generator says and the evidence backs. Without evidence it isn't even asked."""
        if not evidence:
            return
        citations = Citations()
        for claim in self._ready_generator().generate(question, evidence):
            real = strike_invented(claim, evidence)
            if supported(real, evidence):
                yield Sentence(real.text, tuple(citations.cite(evidence[i]) for i in real.evidence))

    def _ready_generator(self) -> Generator:
        with self._loading:
            if isinstance(self._generator, str):
                self._generator = load_generator(
                    self._generator, device=self._settings.device, offline=self._settings.offline
                )
            return self._generator

    def search(self, question: str, k: int | None = None) -> list[Hit]:
        """The ``k`` best passages (as many as it reads to answer, unless given), best first.

        Raises QuestionError as ``ask`` does.
        """
        query = self._understood(_checked(question))
        return self._retriever.search(query, k or self._settings.passages)

    def article(self, article_id: str) -> Article:
        """The article with this id, or with the only id that begins so; raises ArticleNotFound."""
        return self._index.article(article_id)

    def articles(self) -> list[Article]:
        """Every article, by path and position in the file."""
        return self._index.articles()

    @property
    def article_count(self) -> int:
        """How many articles the library holds."""
        return self._index.article_count

    def close(self) -> None:
        """Let go of the library's files."""
        self._index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Clock:
    """How long each stage took, in milliseconds, without the time that the listener takes."""

    def __init__(self) -> None:
        self._spent: dict[str, float] = {}

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        spent = (time.perf_counter() - start) * 1000
        self._spent[stage] = self._spent.get(stage, 0.0) + spent

    def timings(self) -> Mapping[str, float]:
        """Milliseconds by stage, and their ``total``."""
        return {**self._spent, "total": sum(self._spent.values())}


def _checked(question: str) -> str:
    question = question.encode("utf-8", "replace").decode().strip()  # lone surrogates
    if not question:
        raise QuestionError("the question is empty: write one", "问题是空的：请输入问题")
    if len(question) > MAX_QUESTION:
        raise QuestionError(
            f"the question has {len(question)} characters: shorten it to {MAX_QUESTION}",
            f"问题有 {len(question)} 个字符：请缩短到 {MAX_QUESTION} 个以内",
        )
    return question


def _whole(
    question: str,
    query: Query,
    probability: float,
    said: Sequence[Sentence],
    hits: tuple[Hit, ...],
    timings: Mapping[str, float],
) -> Answer:
    citations = {citation.number: citation for s in said for citation in s.citations}
    return Answer(
        question=question,
        query=query,
        probability=probability,
        sentences=tuple(AnswerSentence(s.text, tuple(c.number for c in s.citations)) for s in said),
        citations=tuple(citations[number] for number in sorted(citations)),
        hits=hits,
        abstained=not said,
        timings=timings,
    )
