"""The citation check: what may be shown, and the numbers under which sources are cited."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chat.types import Citation, Claim, Evidence
from index.tokens import STOP_WORDS, normalise, words

# Of what a model says in words of its own, this share must stand in the sentences it cites.
SUPPORT = 0.6

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
WESTERN_WORD = re.compile(r"[a-z][a-z0-9'-]+")


def strike_invented(claim: Claim, evidence: Sequence[Evidence]) -> Claim:
    """The claim without citations of evidence that doesn't exist, and without repeated ones."""
    real = dict.fromkeys(i for i in claim.evidence if 0 <= i < len(evidence))
    return Claim(claim.text.strip(), tuple(real))


def supported(claim: Claim, evidence: Sequence[Evidence]) -> bool:
    """Whether the sentences that the claim cites back it.

    A claim that repeats a cited sentence is backed by it. In other words it needs every number and
    every Western word, and most of its other words, in the cited sentences together. A claim that
    cites nothing, or evidence that doesn't exist, has no support.
    """
    if not claim.text.strip() or not claim.evidence:
        return False
    if not all(0 <= i < len(evidence) for i in claim.evidence):
        return False
    cited = [evidence[i].text for i in claim.evidence]
    if claim.text in cited:
        return True
    said, source = normalise(claim.text), normalise("\n".join(cited))
    return _exact_parts(said) <= _exact_parts(source) and _overlap(said, source) >= SUPPORT


def _exact_parts(text: str) -> set[str]:
    """What must not differ by a character: numbers, and Western words but for the commonest."""
    numbers = {number.replace(",", "") for number in NUMBER.findall(text)}
    return numbers | (set(WESTERN_WORD.findall(text)) - STOP_WORDS)


def _overlap(said: str, source: str) -> float:
    """The share of the content words of ``said`` that occur in ``source``."""
    content = [word for word in words(said) if word not in STOP_WORDS]
    if not content:
        return 0.0
    return sum(word in source for word in content) / len(content)


@dataclass(slots=True)
class Citations:
    """The citations of one answer, numbered from 1 in the order of their first use."""

    _by_span: dict[tuple[str, int, int], Citation] = field(default_factory=dict)

    def cite(self, evidence: Evidence) -> Citation:
        """The citation of this sentence: a new one, or the one it had before."""
        span = (evidence.article.id, evidence.start, evidence.end)
        if span not in self._by_span:
            number = len(self._by_span) + 1
            self._by_span[span] = Citation(number, evidence.article, evidence.start, evidence.end)
        return self._by_span[span]
