from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.evaluation.text import (
    best,
    character_f1,
    common_subsequence,
    exact_match,
    rouge_l,
    tokens,
    word_f1,
    words,
)

TEXT = st.text("天地人甲乙aB1 ,.", max_size=12)


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        ("两元", "两元。"),
        ("２１．６万", "21.6 万"),
        ("The Lin family", "lin family!"),
        ("繁體字", "繁体字"),
        ("1,200米", "1200 米"),
        ("", "。"),
    ],
)
def test_punctuation_width_case_and_articles_make_no_difference(answer: str, known: str) -> None:
    assert exact_match(answer, known) == character_f1(answer, known) == rouge_l(answer, known) == 1


@pytest.mark.parametrize(("answer", "known"), [("两元", "三元"), ("21.6", "216"), ("", "两元")])
def test_other_words_are_no_match(answer: str, known: str) -> None:
    assert exact_match(answer, known) == 0


def test_mixed_text_is_cut_into_characters_words_and_numbers() -> None:
    assert tokens("GPT模型有1,200亿参数") == ["gpt", "模", "型", "有", "1200", "亿", "参", "数"]
    assert "参数" in words("GPT模型有1,200亿参数")
    assert "1200" in words("GPT模型有1,200亿参数")


def test_f1_is_that_of_the_tokens_in_common() -> None:
    # 票价 of 票价是两元 and 票价: 2 of 5 and 2 of 2.
    assert character_f1("票价是两元", "票价") == pytest.approx(2 * 2 / 7)
    assert word_f1("票价是两元", "票价") == pytest.approx(2 / (len(words("票价是两元")) + 1))
    assert character_f1("元元元", "元") == pytest.approx(2 / 4)  # a token counts once for each


def test_rouge_l_minds_the_order() -> None:
    assert rouge_l("天气很好", "天气好") == pytest.approx(2 * 3 / 7)
    assert rouge_l("好气天", "天气好") == pytest.approx(2 / 6)


def test_the_best_known_answer_counts() -> None:
    assert best(exact_match, "两元", ["三元", "两元"]) == 1


@given(TEXT, TEXT)
def test_figures_are_shares_and_take_no_side(one: str, other: str) -> None:
    for similarity in (exact_match, character_f1, word_f1, rouge_l):
        assert 0 <= similarity(one, other) == similarity(other, one) <= 1
        assert similarity(one, one) == 1


@given(st.text("abc", max_size=9), st.text("abc", max_size=9))
def test_the_common_subsequence_is_as_long_as_the_textbook_says(one: str, other: str) -> None:
    @cache
    def longest(i: int, j: int) -> int:
        if not i or not j:
            return 0
        if one[i - 1] == other[j - 1]:
            return longest(i - 1, j - 1) + 1
        return max(longest(i - 1, j), longest(i, j - 1))

    assert common_subsequence(one, other) == longest(len(one), len(other))
