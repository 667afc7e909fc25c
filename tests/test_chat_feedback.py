"""What readers say of answers: what is kept of it, and that ``wenjin eval`` runs it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from scripted import FERRY, LIBRARY, QUESTION, UNANSWERABLE, ScriptedAssistant

from chat.cli.main import main
from chat.feedback import FILE_NAME, LONGEST_CASE, LONGEST_FILE, Opinion, case, keep, lines
from chat.settings import Settings
from chat.web.api import create_app
from ingest.errors import LibraryError, QuestionError
from retriever.questions import read_questions

SAID = "停掉的六个班次省下十一万元。"
OPINION = Opinion(
    id="a1",
    question=QUESTION,
    asked="那钱呢？",
    helpful=True,
    reason="",
    note="",
    refused=False,
    said=SAID,
    quotes=(SAID,),
    article="一条渡线的去与留",
    before=("渡船还开吗？",),
    without=(),
)
REFUSAL = replace(OPINION, refused=True, said="", quotes=(), article=None)
NOW = "2026-05-18T08:00:00+00:00"


def truth(opinion: Opinion) -> dict[str, Any]:
    line = case(opinion, NOW)
    return {
        key: line[key] for key in ("answerable", "evidence", "answers", "article") if key in line
    }


def test_a_helpful_answer_is_evidence() -> None:
    assert truth(OPINION) == {
        "answerable": True,
        "evidence": [SAID],
        "answers": [SAID],
        "article": "一条渡线的去与留",
    }


def test_a_right_refusal_cannot_be_answered() -> None:
    assert truth(REFUSAL) == {"answerable": False}


def test_a_refusal_of_what_the_articles_say_can_be_answered() -> None:
    assert truth(replace(REFUSAL, helpful=False, reason="there")) == {"answerable": True}


@pytest.mark.parametrize(
    "opinion",
    [
        replace(OPINION, helpful=False, reason="source"),
        replace(OPINION, helpful=None),
        replace(OPINION, without=("author:沈闻舟",)),
        replace(REFUSAL, helpful=False, reason="off"),
    ],
    ids=["unhelpful", "taken back", "without a filter", "misunderstood"],
)
def test_what_says_nothing_of_the_truth_is_kept_without_any(opinion: Opinion) -> None:
    assert truth(opinion) == {}
    assert case(opinion, NOW)["question"] == QUESTION


def test_the_last_opinion_counts(tmp_path: Path) -> None:
    keep(tmp_path, case(REFUSAL, NOW))
    keep(tmp_path, case(replace(OPINION, id="b2"), NOW))
    keep(tmp_path, case(OPINION, NOW))
    first, second = read_questions(tmp_path / FILE_NAME)
    assert (first.id, first.answerable, first.evidence) == ("a1", True, (SAID,))
    assert (second.id, second.answers) == ("b2", (SAID,))
    keep(tmp_path, case(replace(OPINION, helpful=None), NOW))
    assert [each.id for each in read_questions(tmp_path / FILE_NAME)] == ["b2"]


def test_what_a_power_cut_left_of_a_line_goes(tmp_path: Path) -> None:
    keep(tmp_path, case(OPINION, NOW))
    whole = lines(tmp_path)
    with (tmp_path / FILE_NAME).open("ab") as file:
        file.write('{"id": "half", "question": "渡'.encode())
    assert lines(tmp_path) == whole
    keep(tmp_path, case(replace(OPINION, id="b2"), NOW))
    assert [each.id for each in read_questions(tmp_path / FILE_NAME)] == ["a1", "b2"]


def test_many_at_once_are_all_kept(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for number in range(64):
            pool.submit(keep, tmp_path, case(replace(OPINION, id=f"{number:x}"), NOW))
    assert len(read_questions(tmp_path / FILE_NAME)) == 64


def test_what_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="too long"):
        keep(tmp_path, case(replace(OPINION, note="长" * LONGEST_CASE), NOW))
    assert lines(tmp_path) == b""


def test_a_full_file_takes_no_more(tmp_path: Path) -> None:
    with (tmp_path / FILE_NAME).open("wb") as file:
        file.truncate(LONGEST_FILE - 1)
        file.seek(0, 2)
        file.write(b"\n")
    with pytest.raises(LibraryError, match="full"):
        keep(tmp_path, case(OPINION, NOW))
    assert (tmp_path / FILE_NAME).stat().st_size == LONGEST_FILE


# --- over HTTP --------------------------------------------------------------------------------


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    app = create_app(ScriptedAssistant(), Settings(library=str(tmp_path)))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def kept(folder: Path) -> dict[str, Any]:
    [line] = lines(folder).decode().splitlines()
    line: dict[str, Any] = json.loads(line)
    return line


def test_an_answer_as_it_came_can_be_sent_back(client: TestClient, tmp_path: Path) -> None:
    answer = client.post("/api/ask", json={"question": QUESTION}).json()
    body = {"question": QUESTION, "helpful": True, "answer": answer}
    assert client.post("/api/feedback", json=body).status_code == 204
    line = kept(tmp_path)
    assert line["evidence"] == [citation["quote"] for citation in answer["citations"]]
    assert line["article"] == FERRY.title
    assert line["id"]


def test_quotes_are_those_of_the_library(client: TestClient, tmp_path: Path) -> None:
    citations = [
        {"article_id": FERRY.id, "start": 0, "end": 10, "quote": "没有这样说过。"},
        {"article_id": "gone", "start": 0, "end": 10},
        {"article_id": LIBRARY.id, "start": 10_000, "end": 20_000},
        {"article_id": LIBRARY.id, "start": 5, "end": 2},
    ]
    answer = {"answer": "船照开。", "citations": citations, "hits": [{}]}
    body = {"question": QUESTION, "helpful": True, "answer": answer}
    assert client.post("/api/feedback", json=body).status_code == 204
    assert kept(tmp_path)["evidence"] == [FERRY.text[:10]]


def test_an_answer_about_the_library_has_no_evidence_in_passages(
    client: TestClient, tmp_path: Path
) -> None:
    cited = {"article_id": FERRY.id, "start": 0, "end": 10}
    answer = {"answer": "文库中有 4 篇文章。", "citations": [cited], "hits": []}
    client.post("/api/feedback", json={"question": "有什么？", "helpful": True, "answer": answer})
    line = kept(tmp_path)
    assert (line["evidence"], line["answers"]) == ([], ["文库中有 4 篇文章。"])


def test_the_question_is_kept_as_it_was_understood(client: TestClient, tmp_path: Path) -> None:
    body = {
        "question": "那学费呢？",
        "history": [{"question": QUESTION}],
        "helpful": False,
        "reason": "off",
        "answer": {"query": {"text": "渡船的学费从哪里来？"}, "answer": SAID},
    }
    assert client.post("/api/feedback", json=body).status_code == 204
    line = kept(tmp_path)
    assert (line["question"], line["asked"]) == ("渡船的学费从哪里来？", "那学费呢？")
    assert line["before"] == [QUESTION]


@pytest.mark.parametrize(
    "change",
    [
        {"question": ""},
        {"helpful": "perhaps"},
        {"reason": "because"},
        {"note": "长" * 1001},
        {"id": "../../x"},
        {"answer": {"citations": [{"article_id": "x", "start": -1, "end": 2}]}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_makes_no_sense_is_refused(
    client: TestClient, tmp_path: Path, change: dict[str, Any]
) -> None:
    body = {"question": QUESTION, "helpful": True, **change}
    assert client.post("/api/feedback", json=body).status_code == 422
    assert lines(tmp_path) == b""


def test_a_library_that_cannot_be_written_is_told_in_both_languages(
    client: TestClient, tmp_path: Path
) -> None:
    (tmp_path / FILE_NAME).mkdir()
    answer = client.post("/api/feedback", json={"question": QUESTION, "helpful": True})
    assert answer.status_code >= 500
    assert "can't be kept" in answer.json()["error"]["en"]
    assert "无法保存反馈" in answer.json()["error"]["zh"]


# --- on the command line ----------------------------------------------------------------------


@pytest.mark.usefixtures("elsewhere")
def test_eval_runs_it_pack_takes_it_along_and_doctor_minds_nothing(
    capsys: pytest.CaptureFixture[str], library: str
) -> None:
    shutil.copytree(library, "own")
    asked = "小河里的鱼变少，主要是哪些原因？"
    assert main(["ask", asked, "--json", "--library", "own"]) == 0
    answer = json.loads(capsys.readouterr().out)
    app = create_app(ScriptedAssistant(()), Settings(library="own"))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        for question, refused in ((UNANSWERABLE, True), ("渡船怎么样？", False)):
            said = {"abstained": refused}
            body = {"question": question, "helpful": refused, "answer": said}
            assert client.post("/api/feedback", json=body).status_code == 204
    quotes = tuple(citation["quote"] for citation in answer["citations"])
    helped = replace(OPINION, question=asked, said=answer["answer"], quotes=quotes, article=None)
    keep(Path("own"), case(helped, NOW))

    assert main(["eval", f"own/{FILE_NAME}", "--library", "own", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["questions"] == 2
    assert record["unanswerable_refused"] == 1
    assert record["answer_holds_evidence"] == 1

    assert main(["doctor", "--library", "own"]) == 0
    assert main(["pack", "a.wenjin", "--library", "own"]) == 0
    assert main(["unpack", "a.wenjin", "--library", "there"]) == 0
    assert lines(Path("there")) == lines(Path("own")) != b""
