import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index import tokens

TEXTS = st.text(
    alphabet=st.sampled_from("京津冀發展发展的了是什么ABab12，。. ,'’％５ﬁĳß臺\n"), max_size=40
)


def test_normalise_folds_width_case_and_tradition() -> None:
    assert tokens.normalise("臺灣 ＡＢＣ　２０１９％") == "台湾 abc 2019%"


def test_folding_keeps_every_character_in_its_place() -> None:
    assert tokens.fold("臺灣２０１９㎞ \ud800ﬁ") == "台湾2019㎞ \ud800ﬁ"


def test_long_words_follow_the_shorter_ones_inside_them() -> None:
    assert tokens.words("石油大学") == ["石油", "大学", "石油大学"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("21.6 万", ["21.6", "万"]),
        ("2019年", ["2019", "年"]),
        ("100m跑", ["100m", "跑"]),
        ("5G网", ["5g", "网"]),
        ("1,200", ["1200"]),
        ("1,20", ["1,20"]),
        ("Cities and policies", ["city", "and", "policy"]),
        ("bridges, glass, bus, us", ["bridge", "glass", "bus", "us"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
        ("，。！", []),
    ],
)
def test_numbers_stay_whole_and_plurals_become_singular(text: str, expected: list[str]) -> None:
    assert tokens.words(text) == expected


def test_ngrams_are_characters_and_pairs_of_one_run() -> None:
    assert tokens.ngrams("京津，冀 GDP") == ["京", "津", "京津", "冀", "gdp"]


def test_content_drops_question_and_function_words() -> None:
    assert tokens.content("推动协同发展的“牛鼻子”是什么？") == "推动协同发展 牛鼻子"
    assert tokens.content("What is the capital of Hebei?") == "capital hebei"


def test_content_keeps_a_question_of_stop_words_alone() -> None:
    assert tokens.words(tokens.content("是什么？")) == tokens.words("是什么？")


@given(TEXTS)
@example("ⅷ")
def test_terms_are_those_of_each_unit(text: str) -> None:
    terms = tokens.terms(text)
    assert (terms.text, terms.words) == (tokens.normalise(text), tokens.words(text))
    assert sorted(terms.ngrams) == sorted(tokens.ngrams(text))
    assert terms.ngram_count == len(terms.ngrams)


@given(st.text(max_size=60))
def test_a_term_has_no_white_space_and_is_chinese_or_not(text: str) -> None:
    for term in tokens.words(text) + tokens.ngrams(text):
        assert term
        assert term.split() == [term]
        assert {tokens.is_han(character) for character in term} == {tokens.is_han(term)}


@given(TEXTS)
def test_the_words_of_content_are_words_of_the_question(text: str) -> None:
    assert set(tokens.ngrams(tokens.content(text))) <= set(tokens.ngrams(text))


def test_stop_words_are_as_words_come() -> None:
    assert all(tokens.words(word)[-1:] == [word] for word in tokens.STOP_WORDS if word.isascii())


@pytest.mark.parametrize("question", ["票价？", "who lends ladders?", "2023年的产量", "GPT-4"])
def test_a_question_with_a_word_of_its_own_asks_something(question: str) -> None:
    assert tokens.asks_something(question)


@pytest.mark.parametrize("question", ["谁？", "为什么？", "What is it?", "。。。", "1", ""])
def test_a_question_without_asks_nothing(question: str) -> None:
    assert not tokens.asks_something(question)
