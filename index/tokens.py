"""Text as the terms that lexical search counts: words, characters and pairs of characters."""

from __future__ import annotations

import functools
import operator
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from index.dictionary import user_words

VERSION = 1  # of what the functions below give: a lexical index made by another is made anew

_HAN = r"\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# A run of Chinese characters; or a number with its unit (21.6, 1,200, 100m), or another word.
_RUN = re.compile(rf"([{_HAN}]+)|(\d+(?:[.,]\d+)*[^\W_{_HAN}]*|[^\W_{_HAN}]+)")
_HAN_START = re.compile(f"[{_HAN}]")
# What most often isn't in NFKC: to replace it first is quicker, and spares most texts the rest.
_WIDE = [(wide, unicodedata.normalize("NFKC", wide)) for wide in "，（）：；！？％…～\xa0\u3000"]
_GROUPED_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+")

_STOP_WORDS = """
    的 了 着 地 得 之 所 们 是 为 在 有 于 和 与 及 以及 或 或者 而 并 也 都 就 又 还 把 被 将 对
    对于 从 向 由 以 按 按照 根据 关于 其 该 这 那 此 这个 那个 这些 那些 它 它们 他 她 他们 她们
    我 我们 你 你们 吗 呢 吧 啊 么 请 请问 什么 怎么 怎样 怎么样 怎 如何 为何 为什么 何 何时 何地
    何种 谁 哪 哪个 哪些 哪里 哪儿 哪位 哪种 哪几 哪年 几 几个 几种 多少 是否 是不是 有没有
    能否 可否 分别 一个 一种
    a an the of to in on at by for from with about as into and or but if than then that this these
    those it its he she they him his her their we you your i my our me us is are was were be been
    being am do does did has have had can could will would shall should may might must not no what
    which who whom whose when where why how many much there please tell s t
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True, slots=True)
class Terms:
    """A text's terms, and the normalised text that they are of.

    ``chinese`` are its runs of Chinese characters, ``others`` its terms that aren't Chinese.
    """

    text: str
    words: Sequence[str]
    chinese: Sequence[str]
    others: Sequence[str]

    @property
    def ngrams(self) -> list[str]:
        """All that `ngrams` gives, in another order."""
        return [*chain.from_iterable(map(_characters_and_pairs, self.chinese)), *self.others]

    @property
    def ngram_count(self) -> int:
        """How many these are."""
        return 2 * sum(map(len, self.chinese)) - len(self.chinese) + len(self.others)


def normalise(text: str) -> str:
    """``text`` in NFKC, lower case and simplified characters. Its length may change."""
    for wide, narrow in _WIDE:
        text = text.replace(wide, narrow)
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return _simplifier()(text.lower())


def fold(text: str) -> str:
    """``text`` normalised a character at a time: what stands at a position stays there."""
    return "".join(map(_fold_character, text))


def terms(text: str, dictionary: str = "") -> Terms:
    """The terms of ``text``, cut with the words of ``dictionary``, a user's, among others.

    Raises SettingError as `index.dictionary.user_words` does.
    """
    normalised = normalise(text)
    runs = _RUN.findall(normalised)
    return Terms(
        normalised,
        _words(runs, dictionary),
        [chinese for chinese, _ in runs if chinese],
        [_fold(other) for _, other in runs if other],
    )


def words(text: str) -> list[str]:
    """The words of ``text``, normalised, in order.

    Chinese is cut as jieba does in search mode: a long word follows the shorter ones inside it.
    Numbers stay whole, with their unit (``21.6``, ``100m``), and English plurals become singular.
    """
    return _words(_RUN.findall(normalise(text)))


def ngrams(text: str) -> list[str]:
    """The Chinese characters of ``text`` and their pairs, normalised; all else as in `words`."""
    runs = _RUN.findall(normalise(text))
    parts = (_characters_and_pairs(chinese) if chinese else [_fold(o)] for chinese, o in runs)
    return [*chain.from_iterable(parts)]


def content(question: str, dictionary: str = "") -> str:
    """``question`` normalised, with a space for each of its stop words.

    A question of nothing else stays as it is.
    """
    normalised = normalise(question)
    return _without_stop_words(normalised, dictionary) or normalised


def asks_something(question: str) -> bool:
    """Whether the question has any word to search for that isn't a stop word or a mere number."""
    return any(map(str.isalpha, _without_stop_words(normalise(question))))


def _without_stop_words(normalised: str, dictionary: str = "") -> str:
    cut = _segmenter(dictionary).cut
    kept = []
    for chinese, other in _RUN.findall(normalised):
        parts = cut(chinese) if chinese else [other]
        kept += [" " if part in STOP_WORDS else part for part in parts]
        kept.append(" ")
    return " ".join("".join(kept).split())


def is_han(term: str) -> bool:
    """Whether ``term`` is Chinese: one of `words` or `ngrams` is so in whole or not at all."""
    return _HAN_START.match(term) is not None


def _words(runs: Sequence[tuple[str, str]], dictionary: str = "") -> list[str]:
    cut = _segmenter(dictionary).cut_for_search
    found: list[str] = []
    for chinese, other in runs:
        if chinese:
            found += cut(chinese)
        else:
            found.append(_fold(other))
    return found


def _characters_and_pairs(chinese: str) -> Iterable[str]:
    return chain(chinese, map(operator.add, chinese, chinese[1:]))


def _fold(word: str) -> str:
    """One form for several spellings: 1,200 is 1200, cities are a city."""
    if _GROUPED_NUMBER.fullmatch(word):
        return word.replace(",", "")
    if len(word) < 4 or not word.endswith("s") or word in STOP_WORDS:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word if word[-2] in "su" else word[:-1]


@functools.lru_cache(maxsize=1 << 16)
def _fold_character(character: str) -> str:
    if "\ud800" <= character <= "\udfff":  # half a character, which no library can encode
        return character
    normalised = normalise(character)
    return normalised if len(normalised) == 1 else character


@functools.cache
def _simplifier() -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert


class _Segmenter(Protocol):
    def cut(self, text: str) -> list[str]: ...

    def cut_for_search(self, text: str) -> list[str]: ...


@functools.lru_cache(maxsize=4)
def _segmenter(dictionary: str) -> _Segmenter:
    import rjieba

    if not dictionary:
        return rjieba
    jieba = rjieba.Jieba()
    for word in user_words(dictionary):
        # What is cut is normalised, so a word must be, too.
        jieba.add_word(normalise(word.text), word.frequency, None)
    return jieba
