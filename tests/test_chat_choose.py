from dataclasses import replace

import pytest
from conftest import make_article

from chat.answers.choose import MARGIN, MOST, choose
from chat.types import Evidence
from ingest.split import sentence_spans
from ingest.types import Article


def sentences(article: Article, *scores: float) -> list[Evidence]:
    spans = sentence_spans(article.text)
    return [
        Evidence(article, start, end, score)
        for (start, end), score in zip(spans, scores, strict=True)
    ]


def texts(question: str, *evidence: Evidence) -> list[str]:
    return [sentence.text for sentence in choose(question, evidence).sentences]


def test_one_clear_sentence_is_enough() -> None:
    article = make_article("桥长三百米。水很清。人很多。")
    assert texts("桥多长？", *sentences(article, 9, 1, 2)) == ["桥长三百米。"]


def test_close_ones_are_told_as_they_stand() -> None:
    article = make_article("桥长三百米。水很清。桥宽二十米。")
    near = 9 - MARGIN / 2
    assert texts("桥多大？", *sentences(article, near, 1, 9)) == ["桥长三百米。", "桥宽二十米。"]


def test_there_are_never_too_many() -> None:
    article = make_article("甲城在北。乙县在南。丙镇在东。丁村在西。戊岛在海。")
    assert len(choose("有什么？", sentences(article, 5, 5, 5, 5, 5)).sentences) == MOST


def test_the_article_of_the_best_sentence_comes_first() -> None:
    first, second = make_article("桥长三百米。"), make_article("渡口有船。", title="渡口")
    one, other = *sentences(first, 8), *sentences(second, 9)
    assert texts("？", one, other) == ["渡口有船。", "桥长三百米。"]


def test_a_repeated_sentence_is_said_once() -> None:
    article = make_article("桥长三百米，宽二十米。\n桥长三百米,宽二十米。\n水很清。")
    assert texts("桥多长？", *sentences(article, 9, 9, 1)) == ["桥长三百米，宽二十米。"]


def test_a_pronoun_takes_its_sentence_along() -> None:
    article = make_article("石桥建于明代。它全长三百米。水很清。")
    assert texts("石桥多长？", *sentences(article, 2, 9, 1)) == ["石桥建于明代。", "它全长三百米。"]


@pytest.mark.parametrize("opening", ["其中桥长三百米。", "其他桥长三百米。"])
def test_not_every_such_character_is_a_pronoun(opening: str) -> None:
    article = make_article("石桥建于明代。" + opening)
    assert texts("桥多长？", *sentences(article, 2, 9)) == [opening]


def test_a_list_asked_for_is_complete() -> None:
    article = make_article("要做三件事。一是修桥。二是清河。三是种树。到此为止。")
    assert texts("要做哪三件事？", *sentences(article, 2, 9, 3, 2, 1)) == [
        "一是修桥。",
        "二是清河。",
        "三是种树。",
    ]


def test_an_announcement_brings_what_it_announces() -> None:
    article = make_article("办法如下。第一，修桥。第二，清河。到此为止。")
    assert texts("有什么办法？", *sentences(article, 9, 2, 2, 1)) == [
        "办法如下。",
        "第一，修桥。",
        "第二，清河。",
    ]


def test_an_explanation_goes_on() -> None:
    article = make_article("旧桥要拆。桥墩裂了三处。新桥明年开工。", title="桥")
    assert texts("旧桥为什么要拆？", *sentences(article, 9, 2, 1)) == [
        "旧桥要拆。",
        "桥墩裂了三处。",
    ]


def test_what_is_asked_for_is_given() -> None:
    article = make_article("石桥在镇东。河水很清。船夫说，桥长三百米。", title="桥")
    assert texts("石桥有多长？", *sentences(article, 9, 1, 3)) == [
        "石桥在镇东。",
        "船夫说，桥长三百米。",
    ]


def test_a_question_is_no_answer() -> None:
    article = make_article("石桥有多长？三百米。", title="桥")
    assert texts("石桥有多长？", *sentences(article, 9, 3)) == ["三百米。"]


def test_neighbours_are_of_the_same_paragraph() -> None:
    article = make_article("石桥建于明代。\n它全长三百米。")
    assert texts("多长？", *sentences(article, 1, 9)) == ["它全长三百米。"]


def test_part_of_an_overlong_sentence_can_be_chosen() -> None:
    article = make_article("桥长三百米，宽二十米，高十米。")
    [whole] = sentences(article, 9)
    assert texts("？", replace(whole, start=6)) == ["宽二十米，高十米。"]


def test_a_list_over_paragraphs_is_complete() -> None:
    article = make_article("要做哪些事如下：\n1、修桥。\n2、清河。\n3、种树。\n到此为止。")
    assert texts("要做哪些事？", *sentences(article, 9, 1, 1, 1, 1)) == [
        "要做哪些事如下：",
        "1、修桥。",
        "2、清河。",
        "3、种树。",
    ]


def test_the_number_asked_for_comes_before_what_only_stands_first() -> None:
    article = make_article("石桥的长有人量过。水很清。石桥长三百米。")
    near = 9 - MARGIN / 2
    assert texts("石桥有多长？", *sentences(article, near, 1, 9))[0] == "石桥长三百米。"


def test_articles_that_contradict_each_other_are_both_told() -> None:
    one = make_article("青江大桥于1957年建成通车。", title="甲")
    other = make_article("青江大桥于1958年建成通车。", title="乙")
    choice = choose("青江大桥是哪一年通车的？", [*sentences(one, 9), *sentences(other, 8.9)])
    assert choice.disagreement
    assert [s.text for s in choice.sentences] == [one.text, other.text]


def test_articles_that_agree_are_told_once() -> None:
    one = make_article("青江大桥于1957年建成通车。", title="甲")
    other = make_article("青江大桥于1957年建成通车。", title="乙")
    choice = choose("青江大桥是哪一年通车的？", [*sentences(one, 9), *sentences(other, 8.9)])
    assert not choice.disagreement
    assert len(choice.sentences) == 1


def test_further_sentences_fit_a_screen() -> None:
    article = make_article("甲" * 400 + "。" + "乙" * 400 + "。")
    assert len(texts("有什么？", *sentences(article, 9, 9))) == 1
