import json
from dataclasses import replace

import pytest
from conftest import BigramEmbedder, make_article

from chat.assistant import Assistant
from chat.evaluate import Report, Result, Share, evaluate
from chat.types import Answer, AnswerSentence, Citation
from index.index import Index
from retriever.evaluate import Question
from retriever.types import Query

FERRY = make_article("青石镇渡船的票价是两元。", title="渡船", path="pages/a.txt")
CITATION = Citation(1, FERRY, 0, len(FERRY.text))
QUESTION = Question(
    "1", "青石镇渡船的票价是多少？", evidence=("票价是两元",), article="渡船", file="a.txt"
)
NO_ANSWER = Question("2", "谁发明了电话？", answerable=False)
ANSWER = Answer(
    QUESTION.question,
    Query(QUESTION.question),
    0.9,
    (AnswerSentence(FERRY.text, (1,)),),
    (CITATION,),
    (),
    False,
    {},
)
REFUSAL = Answer("", Query(""), 0.1, (), (), (), True, {})


def result(question: Question, answer: Answer, *, rank: int | None = None, ms: float = 1) -> Result:
    return Result(question, answer, rank, ms)


def test_figures_count_what_they_say() -> None:
    report = Report(
        (
            result(QUESTION, ANSWER, rank=2),
            result(replace(QUESTION, evidence=("三元",), article="大桥"), ANSWER),
            result(QUESTION, REFUSAL, rank=1),
            result(NO_ANSWER, REFUSAL),
            result(NO_ANSWER, ANSWER),
        )
    )
    assert report.retrieval.ranks == (2, None, 1)
    assert report.held == Share(1, 3)
    assert report.exact == Share(2, 2)
    assert report.right_article == Share(1, 2)
    assert report.refused == Share(1, 2)
    assert report.refused_wrongly == Share(1, 3)


@pytest.mark.parametrize(
    "answer",
    [
        replace(ANSWER, citations=()),
        replace(ANSWER, sentences=(AnswerSentence(FERRY.text, ()),)),
        replace(ANSWER, citations=(replace(CITATION, end=999),)),
        replace(ANSWER, citations=(CITATION, replace(CITATION, number=2))),
    ],
    ids=["no citation", "uncited sentence", "outside the article", "cited by no sentence"],
)
def test_inexact_citations_are_noticed(answer: Answer) -> None:
    assert not result(QUESTION, answer).exact


def test_an_unknown_article_is_not_judged() -> None:
    report = Report((result(replace(QUESTION, article=None, file=None), ANSWER),))
    assert report.right_article == Share(0, 0)
    assert report.right_article.value is None


def test_times_are_those_of_the_faster_share() -> None:
    report = Report(tuple(result(QUESTION, ANSWER, ms=ms) for ms in (30, 10, 20)))
    assert report.milliseconds(0.5) == 20
    assert report.milliseconds(0.95) == 30
    assert Report(()).milliseconds(0.5) is None


def test_the_table_has_a_column_for_each_language() -> None:
    english = replace(QUESTION, question="What is the fare?")
    table = Report((result(QUESTION, ANSWER), result(english, REFUSAL))).table()
    assert "| figure 指标 | zh | en |" in table
    assert "| answer holds the evidence 回答含有证据 | 1/1 | 0/1 |" in table


@pytest.mark.parametrize(
    ("sentences", "text"),
    [
        (("桥长。", "水清。"), "桥长。水清。"),
        (("It is long.", "It is old."), "It is long. It is old."),
    ],
)
def test_the_text_of_an_answer_reads_well(sentences: tuple[str, ...], text: str) -> None:
    said = tuple(AnswerSentence(sentence, (1,)) for sentence in sentences)
    assert replace(ANSWER, sentences=said).text == text


def test_the_record_is_json() -> None:
    record = json.loads(json.dumps(Report((result(QUESTION, ANSWER, rank=1),)).record()))
    assert record["answer_holds_evidence"] == 1
    assert record["unanswerable_refused"] is None
    assert record["results"][0]["holds"] is True


def test_an_assistant_is_asked_every_question(index: Index, embedder: BigramEmbedder) -> None:
    index.add([FERRY])
    report = evaluate(Assistant(index, embedder), [QUESTION, NO_ANSWER])
    assert report.retrieval.mrr == 1
    assert report.held == report.exact == report.right_article == report.refused == Share(1, 1)
    assert report.refused_wrongly == Share(0, 1)
