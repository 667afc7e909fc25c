"""Questions that a library can answer: to begin with, and to go on with after an answer.

They are made of titles, headings and authors, always the same of the same; where these give none,
they ask which articles are about a word that one says often, or which there are. Each is tried, as
far as the evidence goes, before it is offered: it has to lead to the article that it was made of.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, zip_longest

import numpy as np

from chat.answers.topics import topics
from chat.i18n import text
from chat.questions.conversation import Exchange, complete
from chat.types import Answer
from index.index import Index
from index.tokens import asks_something, fold
from ingest.errors import ArticleNotFound
from ingest.types import Article
from retriever.query import language_of

MOST = 3  # follow-ups
NEAR = 0.4  # of the best score: what scores less is about something else
TRIES = 5  # questions that are tried for them
SAMPLE = 24  # articles that examples are looked for in
EXAMPLE_TRIES = 6
WORD_TRIES = 3  # of questions made of words: to find all that say a common one takes a while
REMEMBERED = 4096  # questions whose evidence is known
SHORTEST = {"zh": 4, "en": 8}  # characters of a title or heading that says something by itself
LONGEST = {"zh": 36, "en": 90}

_ASKING = {
    "zh": re.compile(
        "怎|如何|什么|为何|何时|何处|谁|哪|几[个家种条项年]|多少|多[远大高长久]|吗|能否|是否"
    ),
    "en": re.compile(r"(?:who|what|when|where|why|how|which|whose|can|is|are|do|does|will)\b"),
}
_LEAD = re.compile(r"^[^:：?？]+[:：]\s*")  # as in ``发展理念是先导：绿水青山怎样……？``
_END = re.compile(r"[\s。．.!！?？…：:；;，,、]+$")
_CLAUSE = re.compile("[，,；; ]")
_INNER = {"zh": str.maketrans("“”《》", "‘’〈〉"), "en": str.maketrans('“”"', "‘’'")}

Span = tuple[str, int, int]
"""The id of an article, and from where to where."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question made of an article; ``article`` is the id of the one that it has to lead to, or
    None if any will do.
    """

    question: str
    article: str | None


class Suggestions:
    """Makes them for one library; several threads may ask.

    ``evidence`` gives what an answer to a question would rest on, nothing if it would be refused.
    """

    def __init__(self, index: Index, evidence: Callable[[str], Sequence[Span]]) -> None:
        self._index = index

        def remembered(sequence: int, question: str) -> tuple[Span, ...]:  # noqa: ARG001
            return tuple(evidence(question))

        self._evidence = lru_cache(REMEMBERED)(remembered)
        self._examples = lru_cache(8)(self._find_examples)
        self._looking = threading.Lock()

    def after(self, answer: Answer) -> list[str]:
        """What can be asked next, up to ``MOST`` questions in the language of the last."""
        if answer.abstained:
            return []
        language = language_of(answer.query.text)
        groups = (
            _of_sections(answer, language),
            _of_neighbours(answer, language),
            self._of_authors(answer, language),
        )
        # What would be completed from this answer doesn't stand by itself.
        history = (Exchange.of(answer),)
        in_turn = (
            one
            for each in zip_longest(*groups)
            for one in each
            if one and complete(one.question, history) == one.question
        )
        asked = (answer.question, answer.query.text)
        cited = {(c.article.id, c.start, c.end) for c in answer.citations}
        found = self._tried(in_turn, asked, cited, most=MOST, tries=TRIES)
        if found:
            return found
        others = (
            one
            for one in (*self._of_words(_cited(answer, language)), _of_all(language))
            if complete(one.question, history) == one.question
        )
        return self._tried(others, asked, cited, most=WORD_TRIES - 1, tries=WORD_TRIES)

    def examples(self, count: int) -> list[str]:
        """Questions to begin with, of different articles, in the language of most of them."""
        with self._looking:  # who comes meanwhile waits for what is found
            return list(self._examples(self._index.catalogue().sequence, count))

    def _find_examples(self, sequence: int, count: int) -> tuple[str, ...]:  # noqa: ARG002
        articles = self._sample()
        languages = [article.language for article in articles]
        language = max(("zh", "en"), key=languages.count)
        own = [one for one in articles if one.language == language]
        # Headings and titles that ask by themselves come first, each of another article.
        asking = [next(_of_article(one, asking=True), None) for one in own]
        telling = [next(_of_article(one, asking=False), None) for one in own]
        first: dict[str | None, Candidate] = {}
        for candidate in filter(None, (*asking, *telling)):
            first.setdefault(candidate.article, candidate)
        found = self._tried(first.values(), (), set(), most=count, tries=EXAMPLE_TRIES)
        if not found and own:
            others = chain([_of_all(language)], self._of_words(own))
            found = self._tried(others, (), set(), most=count, tries=WORD_TRIES)
        return tuple(found)

    def _sample(self) -> list[Article]:
        """Articles from all over the library, none of them a reprint."""
        catalogue = self._index.catalogue()
        first = catalogue.firsts() == np.arange(len(catalogue.numbers))
        rows = np.flatnonzero(catalogue.held & first)
        if len(rows) > SAMPLE:
            rows = rows[np.linspace(0, len(rows) - 1, SAMPLE).astype(int)]
        return self._index.numbered(catalogue.numbers[rows].tolist())

    def _of_authors(self, answer: Answer, language: str) -> Iterator[Candidate]:
        """What else the authors wrote, where there is something else."""
        catalogue = self._index.catalogue()
        for article in _cited(answer, language):
            for author in article.authors:
                if np.count_nonzero(catalogue.held & catalogue.written_by(author)) > 1:
                    yield Candidate(text("library.ask.author", language, name=author), None)

    def _of_words(self, articles: Sequence[Article]) -> Iterator[Candidate]:
        """Which articles are about what these say often."""
        known: set[str] = set()
        for article in articles:
            own = topics(article, self._index.idf)
            word = next((one for one in own if one not in known), None)
            if word:
                known.add(word)
                yield Candidate(text("library.ask.topic", article.language, name=word), None)

    def _tried(
        self,
        candidates: Iterable[Candidate],
        asked: Sequence[str],
        cited: set[Span],
        *,
        most: int,
        tries: int,
    ) -> list[str]:
        """The candidates that hold: each leads to its article, and to sentences not shown yet."""
        sequence = self._index.catalogue().sequence
        known = {_key(question) for question in asked}
        found: list[str] = []
        for candidate in candidates:
            if _key(candidate.question) in known:
                continue
            known.add(_key(candidate.question))
            if tries == 0 or len(found) == most:
                break
            tries -= 1
            try:
                spans = self._evidence(sequence, candidate.question)
            except ArticleNotFound:  # somebody is removing articles
                continue
            its = [one for one in spans if candidate.article in (None, one[0])]
            if set(its) - cited:
                cited.update(spans)
                found.append(candidate.question)
        return found


def _of_all(language: str) -> Candidate:
    """Which articles there are."""
    return Candidate(text("library.ask.articles", language), None)


def _cited(answer: Answer, language: str) -> list[Article]:
    """The cited articles in that language, each once."""
    cited = {citation.article.id: citation.article for citation in answer.citations}
    return [article for article in cited.values() if article.language == language]


def _of_sections(answer: Answer, language: str) -> Iterator[Candidate]:
    """Of the sections of the cited articles that aren't cited: those after it first."""
    for article in _cited(answer, language):
        quoted = [c for c in answer.citations if c.article.id == article.id]
        cited = {citation.heading for citation in quoted}
        last = max(citation.start for citation in quoted)
        others = [heading for heading in article.headings if heading.text not in cited]
        for heading in sorted(others, key=lambda one: (one.start < last, one.start)):
            if question := _question(heading.text, language, "library.ask.heading"):
                yield Candidate(question, article.id)


def _of_neighbours(answer: Answer, language: str) -> Iterator[Candidate]:
    """Of articles that were found close to the best, but aren't cited."""
    seen = {citation.article.id for citation in answer.citations}
    near = NEAR * max((hit.score for hit in answer.hits), default=0.0)
    for hit in answer.hits:
        if hit.score >= near and hit.article.language == language and hit.article.id not in seen:
            seen.add(hit.article.id)
            yield from _of_article(hit.article)


def _of_article(article: Article, *, asking: bool | None = None) -> Iterator[Candidate]:
    """A question of its title and one of each heading; with ``asking`` only such as ask (or don't
    ask) by themselves.
    """
    named = [("library.ask.title", article.title or "")]
    named += [("library.ask.heading", heading.text) for heading in article.headings]
    for key, name in named:
        question = _question(name, article.language, key)
        if question and (asking is None or _asks(name, article.language) == asking):
            yield Candidate(question, article.id)


def _asks(name: str, language: str) -> bool:
    pattern = _ASKING.get(language)
    if pattern is None:
        return False
    own = fold(_END.sub("", _LEAD.sub("", name)))
    if language == "en":
        return bool(pattern.match(own))
    return bool(pattern.search(_CLAUSE.split(own)[-1]))  # what comes last is what is asked


def _question(name: str, language: str, key: str) -> str | None:
    """The title or heading as a question; None if it is too short or too long to be one."""
    if language not in _ASKING:
        return None
    own = _END.sub("", _LEAD.sub("", name) if _asks(name, language) else name)
    if not SHORTEST[language] <= len(own) <= LONGEST[language] or not asks_something(own):
        return None
    if _asks(name, language):
        return own + ("？" if language == "zh" else "?")
    return text(key, language, name=own.translate(_INNER[language]))


def _key(question: str) -> str:
    """The letters and digits of a question, by which it is known."""
    return "".join(filter(str.isalnum, fold(question)))
