"""What lexical search makes of a passage."""

from __future__ import annotations

from dataclasses import dataclass

from index import tokens
from index.lexical.records import record_of

VERSION = 2  # of what is kept: an index of other documents is made anew


@dataclass(frozen=True, slots=True)
class IndexedText:
    """A text as it is searched, so that another process can make it ahead of time.

    ``record`` is what it is scored by; ``words`` and ``chinese``, its runs of Chinese characters,
    which n-grams are cut out of, both between spaces, are what it is found by.
    """

    record: bytes
    words: str
    chinese: str


def document_of(text: str, dictionary: str = "") -> IndexedText:
    """``text``, a passage with all that stands above it, cut with the words of ``dictionary``.

    ``dictionary`` has the lines of `Source.words`. Raises SettingError if one is none.
    """
    terms = tokens.terms(text, dictionary)
    return IndexedText(
        record=record_of(terms.text, terms.words, terms.ngram_count),
        words=" ".join(terms.words),
        chinese=" ".join(terms.chinese),
    )
