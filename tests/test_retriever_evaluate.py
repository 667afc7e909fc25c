from pathlib import Path

import pytest

from ingest.errors import QuestionError
from ingest.types import Article, Passage
from retriever.evaluate import Question, RetrievalReport, evaluate, holds, read_questions
from retriever.types import Hit

TEXT = "面积 21.6 万平方公里。总人口１.１２亿人。"
ARTICLE = Article("1", "题", (), None, None, None, None, "zh", (), TEXT, "a.txt")
FIRST = Hit(Passage("1", 0, 15), ARTICLE, 2, 0, 0)
SECOND = Hit(Passage("1", 15, len(TEXT)), ARTICLE, 1, 0, 0)


def test_evidence_is_compared_without_white_space_and_width() -> None:
    assert holds("面积 21.6 万\n平方公里", ["21.6万平方公里"])
    assert holds("总人口１.１２亿人", ["1.12 亿人"])
    assert not holds("总人口", ["总人口1.12亿人"])


def test_the_rank_is_that_of_the_first_passage_with_the_evidence() -> None:
    questions = [
        Question("1", "面积？", evidence=("21.6万",)),
        Question("2", "人口？", evidence=("1.12亿",)),
        Question("3", "别的？", evidence=("没有",)),
        Question("4", "谁？", answerable=False),
        Question("5", "不知道证据？"),
    ]
    report = evaluate(lambda question, k: [FIRST, SECOND][:k], questions)
    assert report.ranks == (1, 2, None)
    assert report.recall(1) == pytest.approx(1 / 3)
    assert report.recall(5) == pytest.approx(2 / 3)
    assert report.mrr == pytest.approx(0.5)


def test_no_questions_give_figures_all_the_same() -> None:
    assert RetrievalReport(()).record()["mrr"] == 0


def test_questions_are_read_with_all_that_is_known(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(
        "# 注\n"
        '{"id": "q1", "question": "面积？", "answerable": true, "article": "题", "file": "a.txt", '
        '"evidence": "21.6", "lang": "zh"}\n'
        "\n"
        '{"question": "谁？", "answerable": false, "article": null, "evidence": null}\n'
        '{"question": "几个？", "evidence": ["一", "二"], "answers": ["2"]}\n',
        encoding="utf-8",
    )
    assert read_questions(file) == [
        Question("q1", "面积？", evidence=("21.6",), article="题", file="a.txt", lang="zh"),
        Question("4", "谁？", answerable=False),
        Question("5", "几个？", evidence=("一", "二"), answers=("2",)),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"id": 1}',
        '{"question": "?", "answerable": "yes"}',
        '{"question": "?", "evidence": 3}',
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "一？"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(QuestionError, match=r"questions\.jsonl:2: "):
        read_questions(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=r"none\.jsonl"):
        read_questions(tmp_path / "none.jsonl")
