"""The built-in model's tokeniser: a Unigram model whose pieces and odds are counted words.

Chinese pieces carry jieba's word counts (with the training texts' own added), so that the best
path cuts a text as jieba would, but in Rust. Beside them: English words and affixes, numbers,
single letters. Normalisation is one table (`index.training.charsmap`); what it turns into a space,
punctuation first of all, separates tokens and is none itself.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from index.training.charsmap import folding, precompiled_charsmap
from index.training.ragged import BoolArray
from ingest.errors import ModelError

UNKNOWN = "[UNK]"
_RUNS = re.compile(r"(?P<han>[\u3400-\u9fff]+)|(?P<number>\d+)|(?P<word>[^\W\d_]+)")
_YEARS = range(1800, 2040)
# Shares of the vocabulary; Chinese words get what the others leave.
_CHARACTERS, _ENGLISH, _AFFIXES, _NUMBERS, _LETTERS = 0.13, 0.46, 0.03, 0.02, 0.008
_NUMBER_ODDS = math.log(1e-5)
# What isn't a piece is cut into the fewest: all words alike, so that areas is area + s, not are +
# as; short ones and affixes after them, single letters last.
_WORD_ODDS, _SHORT_WORD_ODDS, _AFFIX_ODDS, _LETTER_ODDS = -12.0, -15.0, -16.0, -18.0
_ENDINGS = dict.fromkeys(["s", "d", "ed", "er", "ing", "ly", "ist", "ism"], -7.0)
_ENDINGS |= dict.fromkeys(
    ["es", "r", "rs", "ers", "ings", "ists", "ness", "ment"], -8.0
)  # state + s, not stat + es
_SHORT = 4  # letters: shorter words cost more, and none up to these is taken for a plural: news
_SEEN = 3  # times a word must occur for its vector to be learnt


@dataclass(frozen=True, slots=True)
class WordCounts:
    """How often what occurs in the training texts."""

    chinese: Counter[str]
    latin: Counter[str]
    numbers: Counter[str]


@cache
def normaliser() -> normalizers.Normalizer:
    """What the tokeniser does to a text before it cuts it."""
    return normalizers.Precompiled(precompiled_charsmap(folding()))


def count_words(texts: Iterable[str]) -> WordCounts:
    """Words of the texts, folded; Chinese is cut by jieba."""
    import rjieba
    from tqdm import tqdm

    normalise = normaliser().normalize_str
    words: Counter[str] = Counter()
    for text in tqdm(texts, desc="counting words", unit=" texts"):
        words.update(rjieba.cut(normalise(text)))
    counts = WordCounts(Counter(), Counter(), Counter())
    kinds = {"han": counts.chinese, "number": counts.numbers, "word": counts.latin}
    for word, count in words.items():
        for match in _RUNS.finditer(word):
            kinds[str(match.lastgroup)][match.group()] += count
    return counts


def build_tokenizer(
    counts: WordCounts, dictionary: Sequence[tuple[str, str]], *, size: int
) -> Tokenizer:
    """A tokeniser of at most ``size`` pieces that prefers what ``dictionary`` can translate."""
    latin = Counter(counts.latin)
    for word, count in count_words(gloss for _, gloss in dictionary).latin.items():
        latin[word] += count
    odds = {UNKNOWN: 0.0} | _ENDINGS
    for pieces in (
        _numbers(counts.numbers, round(size * _NUMBERS)),
        _letters(latin, round(size * _LETTERS)),
        _english(latin, round(size * _ENGLISH)),
        _affixes(latin, round(size * _AFFIXES)),
    ):
        odds |= {piece: score for piece, score in pieces.items() if piece not in odds}
    chinese = counts.chinese + _jieba_counts()
    preferred = {normaliser().normalize_str(word) for word, _ in dictionary}
    odds |= _chinese(chinese, preferred, round(size * _CHARACTERS), size - len(odds))
    tokenizer = Tokenizer(models.Unigram(list(odds.items()), unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normaliser()
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return tokenizer


def chinese_tokens(tokenizer: Tokenizer) -> BoolArray:
    """(tokens,): which of the pieces are Chinese."""
    chinese = np.zeros(tokenizer.get_vocab_size(), np.bool_)
    for piece, number in tokenizer.get_vocab().items():
        match = _RUNS.match(piece)
        chinese[number] = match is not None and match.lastgroup == "han"
    return chinese


@cache
def _jieba_counts() -> Counter[str]:
    """The counts of jieba's dictionary, its traditional words folded into the simplified."""
    import jieba

    normalise = normaliser().normalize_str
    counts: Counter[str] = Counter()
    for line in Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, _ = line.split(" ")
        word = normalise(word)
        if (match := _RUNS.fullmatch(word)) and match.lastgroup == "han":
            counts[word] += int(count)
    return counts


def _chinese(
    counts: Counter[str], headwords: set[str], characters: int, size: int
) -> dict[str, float]:
    """The most frequent single characters and words; a word with a translation counts double."""
    total = counts.total()
    by_use = sorted(counts, key=lambda word: -counts[word] * (1 + (word in headwords)))
    singles = [word for word in by_use if len(word) == 1][:characters]
    words = [word for word in by_use if len(word) > 1][: size - len(singles)]
    return {word: round(math.log(counts[word] / total), 4) for word in singles + words}


@cache
def general_english() -> Mapping[str, float]:
    """Words of English as it is used everywhere, and how frequent they are.

    Raises ModelError if wordfreq, which knows, isn't installed.
    """
    try:
        import wordfreq
    except ModuleNotFoundError as error:
        raise ModelError(
            "training needs wordfreq: pip install 'wenjin[train]'",
            "训练需要 wordfreq：pip install 'wenjin[train]'",
        ) from error
    frequencies: dict[str, float] = wordfreq.get_frequency_dict("en")
    return frequencies


def _english(counts: Counter[str], size: int) -> dict[str, float]:
    """The most frequent words of general English that the training texts have too.

    Plurals rarer than their singular are left to the singular and an s.
    """
    general = general_english()
    words = (
        word
        for word in sorted(general, key=lambda word: (-general[word], word))
        if counts[word] >= _SEEN and not _is_plural(word, general)
    )
    return {
        word: _WORD_ODDS if len(word) >= _SHORT else _SHORT_WORD_ODDS
        for word in islice(words, size)
    }


def _is_plural(word: str, frequencies: Mapping[str, float]) -> bool:
    singular = frequencies.get(word[:-1], 0)
    return word[-1] == "s" and len(word) > _SHORT and singular > frequencies[word]


def _affixes(counts: Counter[str], size: int) -> dict[str, float]:
    """Beginnings and ends of words, for the words that aren't pieces."""
    affixes: Counter[str] = Counter()
    for word in counts:
        for length in range(2, min(6, len(word))):
            affixes.update((word[:length], word[-length:]))
    return dict.fromkeys((affix for affix, _ in affixes.most_common(size)), _AFFIX_ODDS)


def _numbers(counts: Counter[str], size: int) -> dict[str, float]:
    """Up to two digits, years, and what else is frequent; all alike, so that the fewest win."""
    pieces = [str(n) for n in range(10)] + [f"{n:02}" for n in range(100)] + [*map(str, _YEARS)]
    pieces += [number for number, _ in counts.most_common() if len(number) < 6]
    return dict.fromkeys(islice(dict.fromkeys(pieces), size), _NUMBER_ODDS)


def _letters(counts: Counter[str], size: int) -> dict[str, float]:
    letters: Counter[str] = Counter(dict.fromkeys("abcdefghijklmnopqrstuvwxyz", 1))
    for word, n in counts.items():
        letters.update(dict.fromkeys(word, n))
    return dict.fromkeys((letter for letter, _ in letters.most_common(size)), _LETTER_ODDS)
