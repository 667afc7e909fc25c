"""How close an answer's wording comes to a known one.

Texts are compared in NFKC, lower case and simplified characters, without punctuation, white space
and English articles, as SQuAD does it (Rajpurkar et al., EMNLP 2016). Chinese goes character by
character, and other words and numbers whole, as in CMRC 2018 (Cui et al., EMNLP 2019), so that
mixed text is measured with one yardstick; `word_f1` takes jieba's words instead.

Every figure is from 0 to 1, and of several known answers the best counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from index.tokens import normalise
from retriever.query import HAN

_TOKEN = re.compile(rf"{HAN.pattern}|\d+(?:[.,]\d+)*|(?:(?!{HAN.pattern})[^\W\d_])+")
_GROUPING = re.compile(r"(?<=\d),(?=\d{3})")
_ARTICLES = frozenset({"a", "an", "the"})

Similarity = Callable[[str, str], float]


def best(similarity: Similarity, answer: str, known: Sequence[str]) -> float:
    """``similarity`` of ``answer`` to the one of ``known`` (at least one) that it is closest to."""
    return max(similarity(answer, each) for each in known)


def exact_match(answer: str, known: str) -> float:
    """1 if both say the same in the same words, else 0."""
    return float(tokens(answer) == tokens(known))


def character_f1(answer: str, known: str) -> float:
    """F1 of the `tokens` that both have in common."""
    return _f1(tokens(answer), tokens(known))


def word_f1(answer: str, known: str) -> float:
    """F1 of the `words` that both have in common."""
    return _f1(words(answer), words(known))


def rouge_l(answer: str, known: str) -> float:
    """ROUGE-L (Lin, 2004) with beta 1: the F1 of the longest common subsequence of `tokens`."""
    said, wanted = tokens(answer), tokens(known)
    return _harmonic(common_subsequence(said, wanted), said, wanted)


def tokens(text: str) -> list[str]:
    """The Chinese characters, Western words and numbers of ``text``, in order."""
    return _kept(_TOKEN.findall(_plain(text)))


def words(text: str) -> list[str]:
    """The words of ``text`` as jieba cuts them, in order; numbers stay whole."""
    import rjieba

    return _kept(part for part in rjieba.cut(_plain(text)) if _TOKEN.search(part))


def _plain(text: str) -> str:
    """Normalised, with 1,200 as 1200."""
    return _GROUPING.sub("", normalise(text))


def _kept(parts: Iterable[str]) -> list[str]:
    return [part for part in parts if part not in _ARTICLES]


def common_subsequence(one: Sequence[str], other: Sequence[str]) -> int:
    """The length of the longest common subsequence, with the rows of its table kept as bits
    (Hyyrö, 2004).
    """
    places: dict[str, int] = {}
    for position, token in enumerate(one):
        places[token] = places.get(token, 0) | 1 << position
    row = whole = (1 << len(one)) - 1
    for token in other:
        met = row & places.get(token, 0)
        row = ((row + met) | (row - met)) & whole
    return len(one) - row.bit_count()


def _f1(said: Sequence[str], wanted: Sequence[str]) -> float:
    return _harmonic((Counter(said) & Counter(wanted)).total(), said, wanted)


def _harmonic(common: int, said: Sequence[str], wanted: Sequence[str]) -> float:
    """F1 when ``common`` tokens are shared; two empty texts are alike."""
    whole = len(said) + len(wanted)
    return 2 * common / whole if whole else 1.0
