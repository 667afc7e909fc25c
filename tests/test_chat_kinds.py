import pytest

from chat.answers.kinds import (
    DATE,
    KINDS,
    LIST,
    NAME,
    NUMBER,
    PERSON,
    PLACE,
    REASON,
    Kind,
    given,
    gives_all,
    names,
    word_before,
)


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("桥有多长？", [NUMBER]),
        ("有几座桥？", [NUMBER]),
        ("How many bridges are there?", [NUMBER]),
        ("大桥是哪一年通车的？", [DATE]),
        ("大橋是什麼時候通車的？", [DATE]),
        ("When was it opened?", [DATE]),
        ("为什么要修桥？", [REASON]),
        ("桥的全称是什么？", [NAME]),
        ("花了多少钱，为什么？", [NUMBER, REASON]),
        ("谁修的桥？", [PERSON]),
        ("Who built it?", [PERSON]),
        ("桥在哪里？", [PLACE]),
        ("有哪些桥？", [LIST]),
        ("怎样修桥？", []),
        ("Whenever it rains, whose turn is it?", []),
    ],
)
def test_what_a_question_asks_for(question: str, kinds: list[Kind]) -> None:
    answer = "镇长说，因为2019年修了三座桥，称为“三桥”，桥长300米，位于镇东，包括石桥。花了5万元"
    rows = given(question, [answer])
    assert [kind for kind, [gives] in zip(KINDS, rows, strict=True) if gives] == kinds
    assert gives_all(question, answer)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("桥有多长？", "桥很长。"),
        ("桥是哪一年修的？", "桥修了很久。"),
        ("为什么修桥？", "桥修好了。"),
    ],
)
def test_what_a_sentence_does_not_give(question: str, text: str) -> None:
    assert not gives_all(question, text)
    assert not any(gives for [gives] in given(question, [text]))


def test_full_width_digits_are_numbers() -> None:
    assert gives_all("桥有多长？", "桥长３００米。")


def test_names_are_told_by_the_dictionary_and_by_capitals() -> None:
    assert "上海" in names(PLACE, "桥在哪里？", "桥在上海。")
    assert names(PLACE, "上海的桥在哪里？", "桥在上海。") == []
    assert names(PERSON, "Who won?", "Mara Devlin won.") == ["mara devlin"]


@pytest.mark.parametrize(
    ("question", "word"), [("大桥全长多少米？", "全长"), ("谁修的桥？", ""), ("修桥", "")]
)
def test_the_word_before_what_asks(question: str, word: str) -> None:
    assert word_before(question) == word
