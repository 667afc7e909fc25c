from dataclasses import replace

import pytest

from chat.evaluation.answers import answers_report
from chat.evaluation.replies import Asked, Reply, Source
from chat.types import AnswerSentence
from retriever.report import Report
from retriever.types import Question

TEXT = "青石镇渡船的票价是两元。"
QUESTION = Question(
    "1", "票价是多少？", evidence=("票价是两元",), answers=("两元",), article="渡船", file="a.txt"
)
ANSWER = Reply(
    TEXT,
    (AnswerSentence(TEXT, (1,)),),
    {1: Source(TEXT, "f", "渡船", "pages/a.txt", 0, len(TEXT))},
)
REFUSAL = Reply("", abstained=True)


def report(question: Question, reply: Reply) -> Report:
    return answers_report([Asked(question, reply)], article_text={"f": TEXT}.get)


def value(question: Question, reply: Reply, name: str) -> float | None:
    figure = report(question, reply).figure(name)
    return figure.value if figure else None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("exact_match", 0),
        ("character_f1", pytest.approx(2 * 2 / (11 + 2))),
        ("rouge_l", pytest.approx(2 * 2 / (11 + 2))),
        ("answer_holds_evidence", 1),
        ("citation_recall", 1),
        ("citation_precision", 1),
        ("sentences_quoted", 1),
        ("sentences_uncited", 0),
        ("citations_exact", 1),
        ("citations_invalid", 0),
        ("right_article", 1),
        ("answer_characters", len(TEXT)),
    ],
)
def test_an_answer_has_every_figure(name: str, expected: float) -> None:
    assert value(QUESTION, ANSWER, name) == expected


def test_a_refusal_is_a_wrong_answer_without_citations() -> None:
    assert value(QUESTION, REFUSAL, "character_f1") == 0
    assert value(QUESTION, REFUSAL, "answer_holds_evidence") == 0
    assert value(QUESTION, REFUSAL, "citation_recall") is None
    assert value(QUESTION, REFUSAL, "answer_characters") is None


def test_what_is_not_known_is_not_judged() -> None:
    unknown = Question("1", "票价是多少？")
    assert value(unknown, ANSWER, "exact_match") is None
    assert value(unknown, ANSWER, "answer_holds_evidence") is None
    assert value(unknown, ANSWER, "right_article") is None
    assert value(unknown, ANSWER, "citation_recall") == 1


def test_content_is_not_judged_where_there_is_no_answer_but_citations_are() -> None:
    unanswerable = Question("1", "谁？", answerable=False)
    assert value(unanswerable, ANSWER, "answer_holds_evidence") is None
    assert value(unanswerable, ANSWER, "citations_exact") == 1


def test_wording_is_compared_with_the_evidence_where_no_answer_is_known() -> None:
    assert value(replace(QUESTION, answers=()), ANSWER, "character_f1") == pytest.approx(10 / 16)


@pytest.mark.parametrize(
    ("changes", "right"),
    [
        ({}, 1),
        ({"article": "大桥"}, 0),
        ({"file": "b.txt"}, 0),
        ({"article": None}, 1),
        ({"article": None, "file": None}, None),
    ],
)
def test_the_first_source_is_of_the_right_article(
    changes: dict[str, str | None], right: float | None
) -> None:
    assert value(replace(QUESTION, **changes), ANSWER, "right_article") == right


def test_a_model_judges_citations_besides() -> None:
    judged = answers_report([Asked(QUESTION, ANSWER)], nli=lambda _sentence, _quotes: False)
    values = {figure.name: figure.value for figure in judged.figures}
    assert values["citation_recall"] == 1
    assert values["citation_recall_nli"] == values["citation_precision_nli"] == 0


@pytest.mark.parametrize(
    ("question", "reply", "failed"),
    [
        (QUESTION, ANSWER, False),
        (QUESTION, REFUSAL, True),
        (replace(QUESTION, evidence=("三元",), answers=()), ANSWER, True),
        (Question("1", "谁？", answerable=False), ANSWER, True),
        (Question("1", "谁？", answerable=False), REFUSAL, False),
        (Question("1", "没有答案可比？"), ANSWER, False),
    ],
)
def test_rows_tell_what_failed(question: Question, reply: Reply, *, failed: bool) -> None:
    assert report(question, reply).rows[0]["failed"] is failed


def test_less_is_better_of_some_figures() -> None:
    lower = {f.name for f in report(QUESTION, ANSWER).figures if not f.higher_is_better}
    assert lower == {"answer_characters", "sentences_uncited", "citations_invalid"}


def test_a_reprint_of_the_right_article_is_right() -> None:
    first = replace(ANSWER.sources[1], title="另一篇", path="z.txt")
    reply = replace(ANSWER, sources={1: first})
    assert value(QUESTION, reply, "right_article") == 0
    known = replace(first, reprints=((None, None), (QUESTION.article, QUESTION.file)))
    assert value(QUESTION, replace(reply, sources={1: known}), "right_article") == 1
