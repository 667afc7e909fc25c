"""Answers to questions about the library itself, from what it knows of its articles.

What they say stands in no article's text: each sentence cites how the article that it is about
begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from chat import i18n
from chat.about.holdings import Holdings
from chat.about.questions import LibraryQuestion, understand
from chat.answers.cite import Citations
from chat.types import Evidence, Sentence
from index.index import Index
from index.types import BoolArray
from ingest.split import sentence_spans
from ingest.types import Article
from retriever.admit import admitted
from retriever.query import language_of
from retriever.types import Query

MOST = 10  # articles or names in a list
MOST_COMPARED = 60  # articles that are looked through for an author's affiliations


def answer_about_library(query: Query, index: Index) -> list[Sentence]:
    """The answer, each sentence with its citation. Empty if the question isn't about the library,
    or is about a title, an author or a topic of which it has nothing.
    """
    filters = [one for one in query.filters if one.strict and one.kind != "author"]
    rest = query.text
    for one in filters:
        rest = rest.replace(one.words, "", 1)
    asked = understand(rest)
    if asked is None and filters:
        filters, asked = [], understand(query.text)
    if asked is None:
        return []
    holdings = Holdings(index, admitted(filters, index))
    return list(_Answerer(holdings, language_of(query.text)).answer(asked))


class _Answerer:
    """Answers in one language."""

    def __init__(self, holdings: Holdings, language: str) -> None:
        self._holdings = holdings
        self._language = language
        self._citations = Citations()

    def answer(self, asked: LibraryQuestion) -> Iterator[Sentence]:
        """What is to be said, sentence by sentence."""
        if asked.title:
            for article in self._holdings.titled(asked.title)[:MOST]:
                yield self._said(self._fact(asked.asks, article), article)
        elif asked.asks == "affiliation":
            yield from self._affiliations(asked.author or "")
        elif asked.asks == "newest":
            yield from self._newest()
        elif asked.asks in {"authors", "sources"}:
            yield from self._names(asked.asks)
        else:
            yield from self._articles(asked)

    def _fact(self, asks: str, article: Article) -> str:
        """A sentence on one article: who wrote it, where the authors work, where it appeared."""
        if asks == "appeared":
            return self._appeared(article)
        title, authors = self._title(article), self._all_of(article.authors)
        if not authors:
            return self._say("library.unsigned", title=title)
        values = {"title": title, "authors": authors, "affiliation": article.affiliation}
        if asks == "author":
            key = "library.author.affiliated" if article.affiliation else "library.author"
        else:
            key = "library.affiliation" if article.affiliation else "library.affiliation.unknown"
        return self._say(key, **values)

    def _appeared(self, article: Article) -> str:
        page = article.page and self._say("page.number", number=article.page)
        where = self._all_of([part for part in (article.source, page, article.published) if part])
        key = "library.appeared" if where else "library.appeared.unknown"
        return self._say(key, title=self._title(article), where=where)

    def _affiliations(self, author: str) -> Iterator[Sentence]:
        """Where an author works, as the articles tell: each affiliation once, the newest first."""
        told: dict[str | None, Article] = {}
        rows = self._holdings.newest_first(self._holdings.by(author))
        for article in self._holdings.articles(rows[:MOST_COMPARED]):
            told.setdefault(article.affiliation, article)
        known = [article for affiliation, article in told.items() if affiliation]
        for article in known or list(told.values()):
            yield self._said(self._fact("affiliation", article), article)

    def _newest(self) -> Iterator[Sentence]:
        holdings = self._holdings
        rows = holdings.newest_first(holdings.all & ~holdings.catalogue.undated())
        for article in holdings.articles(rows[:1]):
            yield self._said(self._say("library.newest", article=self._item(article)), article)

    def _names(self, asks: str) -> Iterator[Sentence]:
        """The authors or the newspapers, with one article each: those with most come first."""
        holdings = self._holdings
        key, names = (
            ("library.authors", holdings.catalogue.authors)
            if asks == "authors"
            else ("library.sources", holdings.catalogue.sources)
        )
        theirs = names.counted(holdings.all, MOST)
        items = [
            (self._say("library.named", name=name, count=count), article)
            for name, count, row in zip(theirs.names, theirs.counts, theirs.rows, strict=True)
            for article in holdings.articles(row.reshape(1))
        ]
        yield from self._listed(self._say(key, count=theirs.total), items, theirs.total)

    def _articles(self, asked: LibraryQuestion) -> Iterator[Sentence]:
        """The articles that are asked for, without reprints: the newest first."""
        key, name, found = self._asked_for(asked)
        rows = self._holdings.newest_first(found)
        if not asked.names_nothing:
            rows = self._holdings.without_reprints(rows)
        articles = self._holdings.articles(rows[:MOST])
        items = [(self._item(article), article) for article in articles]
        yield from self._listed(self._say(key, name=name, count=len(rows)), items, len(rows))

    def _asked_for(self, asked: LibraryQuestion) -> tuple[str, str, BoolArray]:
        """The text that opens the list, the name that it has in it, and which articles to list."""
        holdings = self._holdings
        if asked.by_authors_of:
            authors = [a for one in holdings.titled(asked.by_authors_of)[:1] for a in one.authors]
            by = [holdings.by(author) for author in authors] or [np.zeros_like(holdings.all)]
            return "library.articles.by", self._all_of(authors), np.logical_or.reduce(by)
        if asked.author:
            return "library.articles.by", asked.author, holdings.by(asked.author)
        if asked.source:
            return "library.articles.of", asked.source, holdings.of(asked.source)
        if asked.topic:
            return "library.articles.about", asked.topic, holdings.about(asked.topic)
        return "library.articles", "", holdings.all

    def _listed(
        self, opening: str, items: Sequence[tuple[str, Article]], count: int
    ) -> Iterator[Sentence]:
        """A list of ``count`` members, the first of which are ``items``: a sentence each."""
        more = self._say("library.more", count=count - len(items)) if count > len(items) else ""
        for position, (item, article) in enumerate(items):
            last = position == len(items) - 1
            end = self._say("library.end", more=more) if last else self._say("library.next")
            yield self._said(f"{'' if position else opening}{item}{end}", article)

    def _item(self, article: Article) -> str:
        """An article in a list."""
        facts = [self._all_of(article.authors), article.source, article.published]
        known = self._all_of([fact for fact in facts if fact])
        title = self._title(article)
        return self._say("library.item", title=title, known=known) if known else title

    def _title(self, article: Article) -> str:
        return self._say("library.title", title=article.title) if article.title else article.label

    def _said(self, sentence: str, article: Article) -> Sentence:
        start, end = sentence_spans(article.text, 0, len(article.text))[0]
        return Sentence(sentence, (self._citations.cite(Evidence(article, start, end, 0.0)),))

    def _all_of(self, parts: Sequence[str]) -> str:
        return self._say("library.comma").join(parts)

    def _say(self, key: str, **values: object) -> str:
        return i18n.text(key, self._language, **values)
