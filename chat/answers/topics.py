"""What an article is about, in words of its own: for what has neither a title nor headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from index.tokens import asks_something, is_han, words
from ingest.types import Article

LEAD = 120  # characters in which an article says what it is about
READ = 1000  # and in which it goes on about that
TWICE = 2
MOST = 3
SHORTEST = {"zh": 2, "en": 5}  # letters

_OF_LIBRARIES = {"文章", "报道", "新闻", "评论", "记者", "作者", "article", "author", "library"}
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


def topics(article: Article, idf: Callable[[str], float]) -> list[str]:
    """Up to ``MOST`` words that the article begins with and comes back to, as it spells them; those
    that others say least come first. ``idf`` tells what a word weighs in its library.
    """
    shortest = SHORTEST.get(article.language)
    if shortest is None:
        return []
    lead = set(_said(article.text[:LEAD], article.language))
    said = Counter(_said(article.text[:READ], article.language))
    often = [
        word
        for word in lead
        if said[word] >= TWICE and len(word) >= shortest and word not in _OF_LIBRARIES
    ]
    whole = [word for word in often if not any(word in other for other in often if other != word)]
    weights = {
        word: said[word] * len(word) * idf(words(word)[0]) for word in whole if asks_something(word)
    }
    return sorted(weights, key=lambda word: (-weights[word], word))[:MOST]


def _said(text: str, language: str) -> list[str]:
    """The words of a text that may be topics."""
    if language == "zh":
        return [word for word in words(text) if is_han(word)]
    return _WORD.findall(text.lower())
