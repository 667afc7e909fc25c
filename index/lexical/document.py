"""What lexical search keeps of a passage."""

from __future__ import annotations

from dataclasses import dataclass

from index import tokens

VERSION = 1  # of what is kept: an index of other documents is made anew


@dataclass(frozen=True, slots=True)
class IndexedText:
    """A text as it is searched, so that another process can make it ahead of time.

    ``text`` is normalised, ``words`` are its words with a space on both sides of each (so that
    counting " word " never meets another), ``chinese`` its runs of Chinese characters, which the
    n-grams are made of when they are written.
    """

    text: str
    words: str
    chinese: str
    words_length: int
    ngrams_length: int


def document_of(text: str, dictionary: str = "") -> IndexedText:
    """``text``, a passage with all that stands above it, cut with the words of ``dictionary``.

    ``dictionary`` has the lines of `Source.words`. Raises SettingError if one is none.
    """
    terms = tokens.terms(text, dictionary)
    return IndexedText(
        text=terms.text,
        words=f" {'  '.join(terms.words)} ",
        chinese=" ".join(terms.chinese),
        words_length=len(terms.words),
        ngrams_length=terms.ngram_count,
    )
