"""The smallest set of sentences that answers, out of scored ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chat.kinds import gives_all
from chat.types import Evidence
from index.tokens import ngrams
from ingest.split import Span, sentence_spans

MOST = 3  # sentences, besides what completes the best of them
MOST_IN_A_LIST = 8
# A further sentence must come this close to the best. In tests/benchmarks/fit_evidence.py answers
# have 1.5 sentences on average, and 88 % hold the right one; the best alone is right in 80 %.
MARGIN = 1.0
SAME = 0.8  # share of common characters from which two sentences count as one

# A sentence that opens so says nothing without the one before it.
LEANS = re.compile(
    r"(?:其(?!他|余|次|中|实)|[该此这那它他她]|They\b|It\b|He\b|She\b|Th(?:is|ese|ose|at)\b)"
)
IS_A_QUESTION = re.compile(r"[?？][」』”’\"）)]*$")
# A sentence that closes so says nothing without those after it.
ANNOUNCES = re.compile(r"(?:[:：]|(?:如下|以下.{1,8})[。.])$")
MEMBER = re.compile(
    r"[一二三四五六七八九十]+是|[其第][一二三四五六七八九十]+[,，、]|首先|其次|再次|最后"
    r"|[(（]?(?:[一二三四五六七八九十]+|\d+)[)）、]|(?:First|Second|Third|Fourth|Fifth|Finally)\b"
)
ASKS_TO_EXPLAIN = re.compile(
    r"为什么|为何|怎样|怎么|如何"
    r"|(?i:\bwhy\b|\bhow (?:do|does|did|can|could|should|is|are|was|were)\b)"
)
ASKS_FOR_A_LIST = re.compile(
    r"哪些|哪[几二两三四五六七八九十]|分别|几[个种类项点条大方]|(?i:\bwhat are\b|which \w+s\b)"
)


def choose(question: str, sentences: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The sentences to answer with: the best, what comes close to it, and what they lean on.

    They come in the order to read them: by article, that of the best sentence first, and within an
    article as they stand there.
    """
    statements = [sentence for sentence in sentences if not IS_A_QUESTION.search(sentence.text)]
    ranked = sorted(statements or sentences, key=lambda sentence: -sentence.score)
    close = [s for s in ranked if s.score >= ranked[0].score - MARGIN]
    chosen: list[Evidence] = []
    for sentence in close:
        if len(chosen) < MOST and not any(_alike(sentence, other) for other in chosen):
            chosen.append(sentence)
    if not any(gives_all(question, sentence.text) for sentence in chosen):
        chosen += [s for s in ranked if gives_all(question, s.text)][:1]
    leading = chosen[:] if ASKS_FOR_A_LIST.search(question) else chosen[:1]
    for neighbour in (found for sentence in leading for found in _completed(question, sentence)):
        if not any(_alike(neighbour, other) for other in chosen):
            chosen.append(neighbour)
    articles = list(dict.fromkeys(sentence.article.id for sentence in chosen))
    return tuple(sorted(chosen, key=lambda s: (articles.index(s.article.id), s.start)))


def _alike(one: Evidence, other: Evidence) -> bool:
    """Whether two sentences say the same in the same characters, as a pull-quote does."""
    first, second = set(ngrams(one.text)), set(ngrams(other.text))
    return len(first & second) >= SAME * max(1, min(len(first), len(second)))


def _completed(question: str, sentence: Evidence) -> list[Evidence]:
    """The neighbours in its paragraph without which the sentence is only half of what is said."""
    spans = _paragraph(sentence)
    texts = [sentence.article.text[start:end] for start, end in spans]
    here = max(i for i, (start, _) in enumerate(spans) if start <= sentence.start)
    wanted: list[int] = []
    if here and LEANS.match(texts[here]):
        wanted.append(here - 1)
    asks_for_a_list = bool(ASKS_FOR_A_LIST.search(question))
    if ANNOUNCES.search(texts[here]) or (asks_for_a_list and here + 1 in _members(texts, here + 1)):
        wanted += _members(texts, here + 1) or [here + 1]
    elif MEMBER.match(texts[here]) and asks_for_a_list:
        wanted += _members(texts, 0)
    elif ASKS_TO_EXPLAIN.search(question):
        wanted.append(here + 1)  # an explanation takes more than a sentence
    return [
        replace(sentence, start=spans[i][0], end=spans[i][1])
        for i in wanted[:MOST_IN_A_LIST]
        if i < len(spans)
    ]


def _members(texts: Sequence[str], start: int) -> list[int]:
    """The positions from ``start`` on of the sentences that are numbered members of a list."""
    return [i for i in range(start, len(texts)) if MEMBER.match(texts[i])]


def _paragraph(sentence: Evidence) -> list[Span]:
    """The sentences of the line of text in which the sentence stands."""
    text = sentence.article.text
    start = text.rfind("\n", 0, sentence.start) + 1
    end = text.find("\n", sentence.end)
    return sentence_spans(text, start, end if end >= 0 else len(text))
