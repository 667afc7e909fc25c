"""The lexical index against plain Python."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sources import MemorySource

from index import tokens
from index.lexical.asked import plain, translated
from index.lexical.search import LexicalIndex
from index.types import Translation

CHINESE = [
    "京津冀",
    "𠮷河",
    "协同",
    "发展",
    "石桥",
    "哈哈",
    "河",
    "的",
    "什么",
    "臺灣",
    "台湾",
    "。",
]
OTHERS = [" cities ", " city", "1,200", " 1200 ", " a ", " aa", "bb", "\n", " "]
TEXTS = st.lists(st.sampled_from(CHINESE + OTHERS), max_size=12).map("".join)


def expected_scores(texts: Sequence[str], question: str) -> list[float]:
    """BM25 over words and over ngrams, added, over the most that the question could reach."""
    asked = tokens.content(question)
    scores, bound = [0.0] * len(texts), 0.0
    for unit in (tokens.words, tokens.ngrams):
        counted = [Counter(unit(text)) for text in texts]
        mean = sum(counts.total() for counts in counted) / max(1, len(texts))
        for term in set(unit(asked)):
            frequency = sum(term in counts for counts in counted)
            idf = math.log(1 + (len(texts) - frequency + 0.5) / (frequency + 0.5))
            bound += idf * 1.6
            for row, counts in enumerate(counted):
                if count := counts[term]:
                    slack = 0.6 * (1 - 0.4 + 0.4 * counts.total() / mean)
                    scores[row] += idf * count * 1.6 / (count + slack)
    return [score / bound if bound else 0.0 for score in scores]


def source_of(texts: Sequence[str]) -> MemorySource:
    source = MemorySource()
    source.write(dict(enumerate(texts, start=1)))
    return source


def filled(texts: Sequence[str]) -> LexicalIndex:
    index = LexicalIndex(source_of(texts), None)
    index.save()
    return index


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=8), TEXTS)
@example(["哈哈哈 哈哈"], "哈哈")
@example(["cat a  a a", "a"], "a")
def test_scores_are_those_of_the_formula(texts: list[str], question: str) -> None:
    index = filled(texts)
    expected = expected_scores(texts, question)
    numbers = np.arange(1, len(texts) + 1)
    assert index.scores(plain(question), numbers) == pytest.approx(expected, abs=1e-5)
    found = index.search(plain(question), len(texts))
    assert sorted(found.scores, reverse=True) == list(found.scores)
    assert dict(zip(found.numbers.tolist(), found.scores.tolist(), strict=True)) == pytest.approx(
        {number: score for number, score in enumerate(expected, start=1) if score}, abs=1e-5
    )


@pytest.mark.parametrize("share", [1, 7, 100])  # of the passages one in so many
def test_it_finds_the_best_of_some(share: int) -> None:
    texts = [f"石桥{'京津冀' * (number % 5)}{'河' * (number % 7)}" for number in range(700)]
    index = filled(texts)
    asked = plain("京津冀的河")
    among = np.arange(1, 701, share)
    scores = index.scores(asked, among)
    expected = among[np.lexsort((among, -scores))][: int((scores > 0).sum())]
    found = index.search(asked, 700, among)
    assert found.numbers.tolist() == expected.tolist()
    best = index.search(asked, 3, among)
    assert best.scores.tolist() == sorted(scores.tolist(), reverse=True)[:3]
    assert set(best.numbers.tolist()) <= set(among.tolist())


def test_it_finds_a_phrase_whatever_its_script() -> None:
    texts = ["陈砚秋说桥很长", "硯秋陳，陳硯秋。", "陈砚与砚秋", "Idris Pell said", "pell idris"]
    index = filled(texts)
    assert sorted(index.containing("陈砚秋").tolist()) == [1, 2]
    assert index.containing("IDRIS PELL").tolist() == [4]
    assert index.containing("。").tolist() == []


def test_a_passage_may_match_all_that_is_asked_or_nothing() -> None:
    index = filled(["石桥石桥石桥石桥", "河水"])
    best, other = index.scores(plain("石桥"), np.array([1, 2]))
    assert 0.7 < best < 1
    assert other == 0
    assert index.search(plain("山"), 5).numbers.tolist() == []
    assert index.search(plain(""), 5).numbers.tolist() == []
    assert index.search(plain("石桥"), 0).numbers.tolist() == []


def test_numbers_that_are_not_there_score_nothing() -> None:
    assert filled(["石桥"]).scores(plain("石桥"), np.array([7, 1, 8])).astype(bool).tolist() == [
        False,
        True,
        False,
    ]
    assert len(filled(["石桥"]).scores(plain("石桥"), np.array([], np.int64))) == 0


def test_an_unknown_word_weighs_the_most() -> None:
    index = filled(["石桥 河", "石桥 水", "石桥"])
    assert index.idf("山") > index.idf("河") > index.idf("石桥") > 0


def test_characters_that_a_query_language_would_mind_do_no_harm() -> None:
    index = filled(['石桥 AND (河 OR "水") +a -b * ~ field:x'])
    assert index.search(
        plain('石桥 AND (河 OR "水") +a -b * ~ field:x \\ ['), 3
    ).numbers.tolist() == [1]


BRIDGE = [Translation("大桥", 0.6), Translation("桥", 0.3), Translation("bridge", 1.0)]
LONG = [Translation("长", 0.5)]
# Passages of 3, 3 and 2 n-grams: 大·桥·大桥, 长·桥·长桥, and two Western words.
TRANSLATED = ["大桥", "长桥", "bridge long"]


def test_a_group_of_translations_counts_as_one_term() -> None:
    def idf(frequency: float) -> float:
        return math.log(1 + (3 - frequency + 0.5) / (frequency + 0.5))

    def saturation(count: float, length: int) -> float:
        return count / (count + 0.6 * (1 - 0.4 + 0.4 * length / (8 / 3)))

    # 大桥 stands in one passage, 桥 in two, bridge in one; 长 in one.
    bridge, long = idf(0.6 * 1 + 0.3 * 2 + 1.0 * 1), idf(0.5 * 1)
    expected = [
        bridge * saturation(0.6 + 0.3, 3),
        bridge * saturation(0.3, 3) + long * saturation(0.5, 3),
        bridge * saturation(1.0, 2),
    ]
    index, asked = filled(TRANSLATED), translated([BRIDGE, LONG])
    scores = index.scores(asked, np.array([1, 2, 3]))
    assert scores == pytest.approx([score / (bridge + long) for score in expected], abs=1e-5)
    found = index.search(asked, 3)
    assert dict(zip(found.numbers, found.scores, strict=True)) == pytest.approx(
        dict(zip([1, 2, 3], scores, strict=True))
    )


def test_a_translation_is_found_in_whichever_form_and_however_the_text_is_cut() -> None:
    index = filled(["臺灣省的協同發展規劃", "Three CITIES", "山"])
    for term in ("台湾", "臺灣", "协同发展", "city", "Cities"):
        [number] = index.search(translated([[Translation(term, 0.5)]]), 9).numbers
        assert number == (2 if term.lower() in ("city", "cities") else 1)


def test_stop_words_are_no_translations() -> None:
    [asked] = translated([[Translation("的", 0.6), Translation("THE", 0.4)]])
    assert asked.terms == ()
    assert asked.odds.shape == (0, 0)
    assert filled(["的 the"]).search(translated([]), 5).numbers.tolist() == []


def test_more_than_certain_is_certain() -> None:
    twice = [Translation("桥", 0.8), Translation("桥", 0.8)]
    numbers = np.array([1, 2, 3])
    index = filled(TRANSLATED)
    once = index.scores(translated([[Translation("桥", 1.0)]]), numbers)
    assert index.scores(translated([twice]), numbers) == pytest.approx(once)


def test_common_translations_weigh_little_but_never_less_than_nothing() -> None:
    """The frequencies of a group's terms may add up to more than there are passages."""
    everywhere = [Translation("桥", 1.0), Translation("河", 1.0)]
    index = filled(["桥河"])
    [score] = index.scores(translated([everywhere]), np.array([1]))
    assert 0 < score < 1
