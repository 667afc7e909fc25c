import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.evaluation.replies import Source, paired, read_replies, reply_from
from chat.types import AnswerSentence
from ingest.errors import QuestionError
from retriever.types import Question

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


def test_an_answer_with_marks_cites_its_contexts() -> None:
    reply = reply_from(
        {"answer": "票价两元。[1]全年开航。", "contexts": ["票价是两元。", "别的。"]}
    )
    assert reply.sentences == (AnswerSentence("票价两元。", (1,)), AnswerSentence("全年开航。", ()))
    assert reply.sources == {1: Source("票价是两元。")}
    assert not reply.abstained
    assert reply.probability is None


def test_the_record_of_ask_is_a_reply() -> None:
    citation = {"number": 1, "article_id": "a", "title": "渡船", "path": "p/a.txt"}
    reply = reply_from(
        {
            "answer": "票价两元。",
            "abstained": False,
            "probability": 0.9,
            "sentences": [{"text": "票价两元。", "citations": [1]}],
            "citations": [{**citation, "start": 3, "end": 8, "quote": "票价两元。"}],
            "hits": [{"text": "渡船。票价两元。"}],
            "timings": {"total": 12.5},
        }
    )
    assert reply.sources == {1: Source("票价两元。", "a", "渡船", "p/a.txt", 3, 8)}
    assert reply.contexts == ("渡船。票价两元。",)
    assert (reply.text, reply.probability, reply.timings) == ("票价两元。", 0.9, {"total": 12.5})


@pytest.mark.parametrize("answer", ["", None, "  "])
def test_nothing_said_is_a_refusal(answer: str | None) -> None:
    assert reply_from({"answer": answer}).abstained


def test_a_refusal_in_words_can_be_told() -> None:
    assert reply_from({"answer": "文章没有说。", "abstained": True}).abstained


@pytest.mark.parametrize(
    "line",
    [
        '{"answer": "x"}',
        '{"id": 1}',
        '{"id": 1, "answer": 3}',
        '{"id": 1, "answer": "x", "citations": [{}]}',
        '{"id": 1, "answer": "x", "probability": "high"}',
        "[]",
        "{",
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text('{"id": 0, "answer": "x"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(QuestionError, match=r"answers\.jsonl:2"):
        read_replies(file)


def test_an_id_that_comes_twice_is_named(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text('{"id": 7, "answer": "x"}\n' * 2, encoding="utf-8")
    with pytest.raises(QuestionError, match="7 comes twice"):
        read_replies(file)


@given(st.dictionaries(st.sampled_from(["answer", "citations", "contexts", "hits"]), JSON))
def test_any_object_is_a_reply_or_refused(tmp_path_factory: pytest.TempPathFactory, entry) -> None:
    file = tmp_path_factory.getbasetemp() / "any.jsonl"
    file.write_text(json.dumps({"id": "1", **entry}), encoding="utf-8")
    with suppress(QuestionError):
        assert list(read_replies(file)) == ["1"]


def test_questions_are_judged_that_have_an_answer() -> None:
    questions = [Question("1", "？"), Question("2", "？")]
    asked = paired(questions, {"2": reply_from({"answer": ""})})
    assert [one.question.id for one in asked] == ["2"]
    with pytest.raises(QuestionError, match="same ids"):
        paired(questions, {"3": reply_from({"answer": ""})})
