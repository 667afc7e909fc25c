import json
from pathlib import Path

import pytest
from conftest import BigramEmbedder, make_article

from chat.assistant import Assistant
from chat.evaluation.evaluate import Evaluation, ask_all, evaluate, library_text, read_reports
from index.index import Index
from ingest.errors import QuestionError
from retriever.report import Figure, Report
from retriever.types import Question

FERRY = make_article("青石镇渡船的票价是两元。", title="渡船", path="pages/a.txt")
QUESTIONS = (
    Question(
        "1", "青石镇渡船的票价是多少？", evidence=("票价是两元",), article="渡船", file="a.txt"
    ),
    Question("2", "谁发明了电话？", answerable=False),
    Question("3", "What is the fare of the ferry?", evidence=("two yuan",), lang="en"),
)


@pytest.fixture
def assistant(index: Index, embedder: BigramEmbedder) -> Assistant:
    index.add([FERRY])
    return Assistant(index, embedder)


def test_an_assistant_is_asked_every_question(assistant: Assistant) -> None:
    found = evaluate(assistant, QUESTIONS)
    for name in ("success@1", "mrr@10", "answer_holds_evidence", "citations_exact"):
        assert found.figure(name, "zh").value == 1, name
    assert found.figure("right_article", "zh").value == 1
    assert found.figure("unanswerable_refused").value == 1
    assert found.figure("answerable_refused", "zh").value == 0
    assert found.figure("success@1", "en").value == 0
    assert [report.kind for report in found.reports] == [
        *("retrieval", "answers", "abstention", "speed")
    ]


def test_figures_are_split_by_language() -> None:
    values = {"1": 1.0, "3": 0.0}
    languages = {"1": "zh", "2": "zh", "3": "en"}
    found = Evaluation((Report("answers", (Figure("word_f1", values),), ()),), languages)
    assert found.figure("word_f1").value == 0.5
    assert (found.figure("word_f1", "zh").value, found.figure("word_f1", "en").value) == (1, 0)
    assert found.figure("unheard_of").value is None


def test_the_record_is_json_with_what_says_most_on_top(assistant: Assistant) -> None:
    record = json.loads(json.dumps(evaluate(assistant, QUESTIONS[:1]).record()))
    assert record["questions"] == 1
    assert record["answer_holds_evidence"] == 1
    assert record["unanswerable_refused"] is None
    assert record["retrieval"]["success@5"] == 1
    assert record["total_p95"] > 0


def test_answers_are_judged_from_their_json(assistant: Assistant) -> None:
    (one,) = ask_all(assistant, QUESTIONS[:1])
    assert one.reply.text == FERRY.text
    assert one.reply.sources[1].quote == FERRY.text
    assert one.reply.timings["total"] > 0
    article_text = library_text(assistant)
    assert article_text(FERRY.id) == FERRY.text
    assert article_text("nosuchid") is None


def test_reports_are_read_again(assistant: Assistant, tmp_path: Path) -> None:
    found = evaluate(assistant, QUESTIONS)
    file = tmp_path / "report.json"
    file.write_text(json.dumps(found.record()), encoding="utf-8")
    again = read_reports(file)
    for report in found.reports:
        assert again[report.kind].record() == report.record()
    file.write_text(json.dumps(found.reports[1].record()), encoding="utf-8")
    assert list(read_reports(file)) == ["answers"]


@pytest.mark.parametrize("content", ["{", "[1]", '{"kind": "answers"}', '{"reports": 3}', "3"])
def test_what_is_no_report_is_told(tmp_path: Path, content: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(QuestionError):
        read_reports(file)
    with pytest.raises(QuestionError, match=r"none\.json"):
        read_reports(tmp_path / "none.json")
