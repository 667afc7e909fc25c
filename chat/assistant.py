"""The one face of Wenjin: ask a library, get an answer whose every sentence is cited."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from chat.about.answers import answer_about_library
from chat.answers.answerable import Calibration
from chat.answers.calibrate import read_calibration
from chat.answers.cite import Citations, strike_invented, supported
from chat.answers.evidence import Finding, find_evidence
from chat.answers.suggest import Span, Suggestions
from chat.generators.generate import Generator, load_generator, model_to_load
from chat.questions.conversation import Exchange, complete
from chat.settings import Settings
from chat.types import Answer, AnswerSentence, Done, Event, Evidence, Found, Loading, Sentence
from index.embed import Embedder, load_embedder
from index.index import Index
from ingest.errors import QuestionError
from ingest.types import Article
from retriever.reprints import collapse
from retriever.rerank import Reranker, load_reranker
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
        reranker: Reranker | None = None,
        settings: Settings | None = None,
        calibration: Calibration = Calibration(),  # noqa: B008  # frozen
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._settings = settings or Settings()
        self._calibration = calibration
        self._retriever = Retriever(index, embedder, reranker)
        self._generator = generator
        self._loading = threading.Lock()
        self._suggestions = Suggestions(index, self._would_cite)

    @classmethod
    def open(cls, library: str | Path = "library", *, settings: Settings | None = None) -> Self:
        """The assistant of the library in the folder ``library``, as ``settings`` want it.

        Raises LibraryNotFound when there is none, LibraryMismatch when it was made with another
        embedder, LibraryError for a calibration that can't be used, ModelError and SettingError for
        an embedder or a reranker that can't be had.
        """
        settings = settings or Settings()
        embedder = load_embedder(
            settings.embedder, device=settings.device, offline=settings.offline
        )
        reranker = load_reranker(
            settings.reranker, device=settings.device, offline=settings.offline
        )
        calibration = read_calibration(Path(library))
        index = Index.open(Path(library), embedder, device=settings.device)
        return cls(
            index,
            embedder,
            settings.generator,
            reranker=reranker,
            settings=settings,
            calibration=calibration,
        )

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
        """The answer as it comes about: Found, any number of Sentences, Done; and Loading before
        the first sentence while a model that words it isn't there yet.

        Takes and raises what ``ask`` does; the error comes at once.
        """
        return self._answer(_checked(question), history, without)

    def _answer(
        self, question: str, history: Sequence[Exchange], without: Collection[str]
    ) -> Iterator[Event]:
        clock = _Clock()
        with clock.measure("search"):
            query = self.understand(question, history=history, without=without)
            told = answer_about_library(query, self._index)
            hits = () if told else self._read(query)
        yield Found(query, hits)
        if told:
            yield from told
            yield Done(_whole(question, query, 1.0, told, hits, clock.timings()))
            return
        with clock.measure("evidence"):
            evidence = self._evidence(query, hits)
        if evidence.sentences and (model := self._missing_model()):
            yield Loading(model)
            with clock.measure("load"):
                self._ready_generator()
        said: list[Sentence] = []
        backed = self._backed(query.text, evidence.sentences)
        while True:
            with clock.measure("generate"):
                sentence = next(backed, None)
            if sentence is None:
                break
            said.append(sentence)
            yield sentence
        answer = _whole(question, query, evidence.probability, said, hits, clock.timings())
        yield Done(replace(answer, disagreement=evidence.disagreement and _from_several(answer)))

    def _evidence(self, query: Query, hits: Sequence[Hit]) -> Finding:
        return find_evidence(
            query.topic,
            hits,
            idf=self._index.idf,
            embedder=self._embedder,
            calibration=self._calibration,
            answered_from=self._settings.certainty / 100,
        )

    def _read(self, query: Query) -> tuple[Hit, ...]:
        """The passages to answer from: what several articles print counts once."""
        passages = self._settings.passages
        return tuple(collapse(self._retriever.search(query, 2 * passages), passages))

    def understand(
        self,
        question: str,
        *,
        history: Sequence[Exchange] = (),
        without: Collection[str] = (),
    ) -> Query:
        """The question completed from what was asked before, and the filters that it names.

        Takes and raises what ``ask`` does.
        """
        question = complete(_checked(question), history)
        return self._retriever.understand(question, without=without)

    def _backed(self, question: str, evidence: Sequence[Evidence]) -> Iterator[Sentence]:
        """What the generator says and the evidence backs. Without evidence it isn't even asked."""
        if not evidence:
            return
        citations = Citations()
        for claim in self._ready_generator().generate(question, evidence):
            real = strike_invented(claim, evidence)
            if supported(real, evidence):
                yield Sentence(real.text, tuple(citations.cite(evidence[i]) for i in real.evidence))

    def _missing_model(self) -> str | None:
        """The model that the next answer has to wait for, if there is one."""
        generator = self._generator
        return model_to_load(generator) if isinstance(generator, str) else None

    def _ready_generator(self) -> Generator:
        with self._loading:
            if isinstance(self._generator, str):
                self._generator = load_generator(
                    self._generator, device=self._settings.device, offline=self._settings.offline
                )
            return self._generator

    def suggestions(self, answer: Answer) -> list[str]:
        """What can be asked after this answer, and would be answered; none after a refusal."""
        return self._suggestions.after(answer)

    def examples(self, count: int = 4) -> list[str]:
        """Questions to begin with, which the library answers."""
        return self._suggestions.examples(count)

    def _would_cite(self, question: str) -> list[Span]:
        """What an answer would rest on before a generator words it; nothing if it were refused."""
        query = self.understand(question)
        if told := answer_about_library(query, self._index):
            return [(c.article.id, c.start, c.end) for one in told for c in one.citations]
        found = self._evidence(query, self._read(query)).sentences
        return [(one.article.id, one.start, one.end) for one in found]

    def search(
        self, question: str, k: int | None = None, *, without: Collection[str] = ()
    ) -> list[Hit]:
        """The ``k`` best passages (as many as it reads to answer, unless given), best first.

        ``without`` is as for ``ask``, which raises the same.
        """
        query = self.understand(question, without=without)
        return self._retriever.search(query, k or self._settings.passages)

    def probability(self, question: str, hits: Sequence[Hit]) -> float:
        """How probable it is that ``hits`` answer, before the library's own calibration.

        Raises QuestionError as ``ask`` does.
        """
        topic = self.understand(question).topic
        return find_evidence(topic, hits, idf=self._index.idf, embedder=self._embedder).probability

    def article(self, article_id: str) -> Article:
        """The article with this id, or with the only id that begins so; raises ArticleNotFound."""
        return self._index.article(article_id)

    def same_articles(self, article_id: str) -> list[Article]:
        """The other articles that print the text of this one, first that which answers cite.

        Raises ArticleNotFound.
        """
        own = self._index.article(article_id)
        first = self._index.article(self._index.originals_of([own.id]).get(own.id, own.id))
        every = (first, *self._index.reprints([first.id]).get(first.id, ()))
        return [article for article in every if article.id != own.id]

    def articles(self) -> list[Article]:
        """Every article, by path and position in the file."""
        return self._index.articles()

    @property
    def index(self) -> Index:
        """The library itself, to be listed and changed."""
        return self._index

    @property
    def article_count(self) -> int:
        """How many articles the library holds."""
        return self._index.article_count

    @property
    def passage_count(self) -> int:
        """How many passages are searched."""
        return self._index.passage_count

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


def _from_several(answer: Answer) -> bool:
    """Whether more than one article is cited."""
    return len({citation.article.id for citation in answer.citations}) > 1


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
