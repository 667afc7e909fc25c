"""What stands around a quote: the sentences beside it, for a reader who wants to see more."""

from __future__ import annotations

import re
from functools import lru_cache

from chat.types import Citation
from ingest.split import Span, sentence_spans

CHARACTERS = 70  # at most, of the sentence before a quote and of the one after it
_WESTERN_WORD = re.compile("[A-Za-z0-9\u00c0-\u024f]{2}")


def surroundings(citation: Citation) -> tuple[int, int]:
    """The quote's span, widened by a sentence, but not past its paragraph, on either side."""
    whole = citation.article.text
    start = whole.rfind("\n", 0, citation.start) + 1
    end = whole.find("\n", citation.end)
    spans = _sentences(whole[start : end if end >= 0 else len(whole)])
    before = [start + first for first, last in spans if start + last <= citation.start]
    after = [start + last for first, last in spans if start + first >= citation.end]
    near = _word_start(whole, max(start, citation.start - CHARACTERS))
    far = max(citation.end, _word_start(whole, citation.end + CHARACTERS))
    return (
        max([*before[-1:], near]) if before else citation.start,
        min([*after[:1], far]) if after else citation.end,
    )


@lru_cache(1024)
def _sentences(paragraph: str) -> list[Span]:
    """A stream tells of a citation with every sentence that it backs, and once more at its end."""
    return sentence_spans(paragraph)


def _word_start(whole: str, position: int) -> int:
    """``position``, or the start of the Western word that it would cut in two."""
    while 0 < position < len(whole) and _WESTERN_WORD.match(whole, position - 1):
        position -= 1
    return position
