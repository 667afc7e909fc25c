"""Questions that lean on those before them.

A question that stands by itself stays as it is. One that leans on the question before (it is a
mere part, such as ``那天津呢？``, it begins with a pronoun, or it has no word of its own to search
for) is completed from it, so that the reader sees what was understood, and the search finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from chat.about.questions import understand
from chat.types import Answer
from retriever.query import language_of


class _FollowUps(Protocol):
    """How one language leans on what was asked before."""

    def leans(self, question: str) -> bool:
        """Whether the question can't be understood by itself."""

    def topic(self, question: str) -> str:
        """What the question is about; empty if it doesn't say."""

    def asks_about_article(self, question: str, title: str) -> str | None:
        """The question with the title in it, if it asks about the article cited before."""

    def completed(self, question: str, former: str, about: str) -> str:
        """The leaning question with what it takes from the former one, ``about`` that."""


def _follow_ups(language: str) -> _FollowUps:
    """Those of "zh" or "en"; imported here, as a first question needs neither."""
    if language == "zh":
        from chat.questions import follow_up_chinese

        return follow_up_chinese
    from chat.questions import follow_up_english

    return follow_up_english


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question asked before, as it was understood, with the ids and the titles of the articles
    cited for it, in the order of citation. An untitled article has an id alone.
    """

    question: str
    articles: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """What is to be remembered of an answer."""
        cited = {citation.article.id: citation.article for citation in answer.citations}
        titles = tuple(article.title for article in cited.values() if article.title)
        return cls(answer.query.text, tuple(cited), titles)


def complete(question: str, history: Sequence[Exchange]) -> str:
    """The question as it would be asked by itself; ``history`` is oldest first.

    Only the last exchange is looked at: its question was itself completed from those before.
    """
    if not history:
        return question
    asked = understand(question)
    if asked and asked.names_nothing:
        return question
    former = history[-1]
    asking = _follow_ups(language_of(question))
    title = former.titles[0] if former.titles else None
    if title and (named := asking.asks_about_article(question, title)):
        return named
    about = _topic(question, former)
    if not about or not asking.leans(question):
        return question
    return asking.completed(question, former.question, about)


def _topic(question: str, former: Exchange) -> str:
    """What the former question is about: in another language, the article that it led to, if its
    title is in the language of ``question``.
    """
    language = language_of(question)
    if language != language_of(former.question):
        for title in former.titles:
            if language_of(title) == language:
                return title
    return _follow_ups(language_of(former.question)).topic(former.question)
