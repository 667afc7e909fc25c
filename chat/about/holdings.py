"""Which articles a library holds by an author, with a title, on a topic."""

from __future__ import annotations

import numpy as np

from index.catalogue.catalogue import rows_of
from index.index import Index
from index.tokens import content, fold, words
from index.types import BoolArray, IntArray
from ingest.types import Article

ABOUT = 1 / 3  # share of an article's passages, each below its title, that mention its topic
SHORTEST_HEADLINE = 6  # characters of a title that may go on with a subtitle
MOST_TITLED = 50  # articles whose titles are compared with one that is asked for


class Holdings:
    """The articles that the passages ``among`` (n,) are of; all without these.

    They are known by their rows in the library's catalogue, and sets of them are (articles,).
    """

    def __init__(self, index: Index, among: IntArray | None = None) -> None:
        self._index = index
        self.catalogue = index.catalogue()
        self.all = self.catalogue.held
        if among is not None:
            self.all = self.all & (self.catalogue.shares(among) > 0)

    def by(self, author: str) -> BoolArray:
        """Those that the author wrote, alone or with others."""
        return self.all & self.catalogue.written_by(author)

    def of(self, source: str) -> BoolArray:
        """Those that appeared there."""
        return self.all & self.catalogue.appeared_in(source)

    def about(self, topic: str) -> BoolArray:
        """Those of which enough passages mention the topic, or if none does, each word of it."""
        asked = content(topic)
        found = self._mentioning(asked)
        if not found.any():
            found = self.all
            for word in dict.fromkeys(words(asked)):
                found = found & self._mentioning(word)
        return found

    def titled(self, title: str) -> list[Article]:
        """Those with this title, or else those whose title begins with it, as a headline does."""
        wanted = _squeezed(title)
        everywhere = self.catalogue.shares(self._index.containing(title)) >= 1
        # The passages of reprints stand below the title of the article that they repeat.
        own = self._index.reprint_titles()
        same = [number for number, one in own.items() if _squeezed(one).startswith(wanted)]
        everywhere[rows_of(np.array(same, np.int64), self.catalogue.numbers)] = True
        found = self.articles(self.newest_first(self.all & everywhere)[:MOST_TITLED])
        exact = [one for one in found if _squeezed(one.title or "") == wanted]
        if exact or len(wanted) < SHORTEST_HEADLINE:
            return exact
        return [one for one in found if _squeezed(one.title or "").startswith(wanted)]

    def newest_first(self, articles: BoolArray) -> IntArray:
        """The rows (n,) of a set; those without a date come last."""
        rows = np.flatnonzero(articles)
        days = self.catalogue.published[rows].astype(np.int64)  # an unknown one is the smallest
        return rows[np.argsort(days, kind="stable")[::-1]]

    def articles(self, rows: IntArray) -> list[Article]:
        """The articles with these rows (n,), as far as they are still there."""
        return self._index.numbered(self.catalogue.numbers[rows].tolist())

    def without_reprints(self, rows: IntArray) -> IntArray:
        """The rows (n,) without those that repeat what one before them says."""
        _, places = np.unique(self.catalogue.firsts()[rows], return_index=True)
        return rows[np.sort(places)]

    def _mentioning(self, phrase: str) -> BoolArray:
        return self.all & (self.catalogue.shares(self._index.containing(phrase)) >= ABOUT)


def _squeezed(title: str) -> str:
    """The letters and digits of a title, folded."""
    return "".join(filter(str.isalnum, fold(title)))
