"""The smallest set of sentences that answers, out of scored ones."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from chat.answers.complete import neighbours
from chat.answers.differ import differ
from chat.answers.kinds import FACTS, LIST, asked_kinds, gives_all
from chat.types import Evidence
from index.tokens import ngrams
from ingest.split import LATIN_WEIGHT

MOST = 3  # sentences, besides what completes them
MOST_SIDES = 3  # of a disagreement
# A further sentence must come this close to the best.
MARGIN = 1.0
SAME = 0.8  # share of common characters from which two sentences count as one
# A sentence of an article that disagrees must come this close, and be among the best so many.
OPPOSED = 2.5
OPPONENTS = 10
ROOM = 600  # Chinese characters that fit a screen, or the like in English

IS_A_QUESTION = re.compile(r"[?？][」』”’\"）)]*$")


@dataclass(frozen=True, slots=True)
class Choice:
    """Sentences to answer with, in the order to read them. ``disagreement``: they contradict each
    other in what is asked for, and there is at least one for each side.
    """

    sentences: tuple[Evidence, ...]
    disagreement: bool = False


def choose(question: str, sentences: Sequence[Evidence]) -> Choice:
    """The best of ``sentences``, what comes close to it or contradicts it, and what they lean on.

    They come by article, that of the best sentence first, and within an article as they stand
    there; but a sentence that gives the number, date, person or place asked for comes before all.
    """
    statements = [sentence for sentence in sentences if not IS_A_QUESTION.search(sentence.text)]
    ranked = sorted(statements or sentences, key=lambda sentence: -sentence.score)
    sides = _sides(question, ranked)
    chosen = sides or _close(question, ranked)
    completed = len(chosen) if LIST in asked_kinds(question) else 1
    groups = [_with_neighbours(question, sentence) for sentence in chosen[:completed]]
    groups += [[sentence] for sentence in chosen[completed:]]
    return Choice(_in_order(question, groups), bool(sides))


def _close(question: str, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence, and those nearly as good that say something else."""
    chosen = [ranked[0]]
    near = [one for one in ranked[1:] if one.score >= ranked[0].score - MARGIN]
    for sentence in near:
        if len(chosen) < MOST and not any(_alike(sentence, other) for other in chosen):
            chosen.append(sentence)
    if not any(gives_all(question, sentence.text) for sentence in chosen):
        chosen += [one for one in ranked if gives_all(question, one.text)][:1]
    return chosen


def _sides(question: str, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence for each side of a disagreement, best first; none if articles agree."""
    near = [one for one in ranked[:OPPONENTS] if one.score >= ranked[0].score - OPPOSED]
    for position, best in enumerate(near):
        sides = [best]
        for other in near[position + 1 :]:
            if len(sides) < MOST_SIDES and all(differ(question, other, side) for side in sides):
                sides.append(other)
        if len(sides) > 1:
            return sides
    return []


def _with_neighbours(question: str, sentence: Evidence) -> list[Evidence]:
    return sorted([sentence, *neighbours(question, sentence)], key=lambda one: one.start)


def _in_order(question: str, groups: Sequence[list[Evidence]]) -> tuple[Evidence, ...]:
    """The sentences of the groups, best first, in the order to read them; each once."""
    chosen = list(groups[0])
    for group in groups[1:]:
        fresh = [s for s in group if not any(_span(s) == _span(other) for other in chosen)]
        if sum(map(_size, [*chosen, *fresh])) <= ROOM:
            chosen += fresh
    articles = list(dict.fromkeys(sentence.article.id for sentence in chosen))
    facts = any(kind in FACTS for kind in asked_kinds(question))
    ahead = {
        _span(sentence)
        for n, group in enumerate(groups)
        for sentence in group
        if facts and (not n or gives_all(question, sentence.text))
    }
    return tuple(
        sorted(
            chosen,
            key=lambda s: (_span(s) not in ahead, articles.index(s.article.id), s.start),
        )
    )


def _span(sentence: Evidence) -> tuple[str, int]:
    return sentence.article.id, sentence.start


def _size(sentence: Evidence) -> float:
    """The sentence's length in Chinese characters."""
    latin = sum(map(str.isascii, sentence.text))
    return len(sentence.text) - (1 - LATIN_WEIGHT) * latin


def _alike(one: Evidence, other: Evidence) -> bool:
    """Whether two sentences say the same in the same characters, as a pull-quote does."""
    first, second = _characters(one.text), _characters(other.text)
    return len(first & second) >= SAME * max(1, min(len(first), len(second)))


@functools.lru_cache(maxsize=256)
def _characters(text: str) -> frozenset[str]:
    return frozenset(ngrams(text))
