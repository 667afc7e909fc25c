import json
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import QuestionError
from ingest.types import article_id
from retriever.evaluate import qrels_of, report_of_run, run_of_texts
from retriever.questions import Question, documents, read_contexts, read_questions

BRIDGE = "石桥长三十米。河水流过石桥，桥上有人。"
HILL = "山上有一座古庙。"


def keep(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "questions.json"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def squad(*asked: dict[str, Any], title: str | None = "石桥") -> dict[str, Any]:
    return {
        "version": "1.0",
        "data": [{"title": title, "paragraphs": [{"context": BRIDGE, "qas": list(asked)}]}],
    }


def test_squad_gives_the_sentence_of_the_answer_and_the_paragraph(tmp_path: Path) -> None:
    file = keep(
        tmp_path,
        squad(
            {
                "id": "q1",
                "question": "什么流过石桥？",
                "answers": [
                    {"text": "河水", "answer_start": 7},
                    {"text": "河水", "answer_start": 7},
                    {"text": "水", "answer_start": 8},
                ],
            },
            {
                "question": "多长？",
                "answers": [{"text": "三十米", "answer_start": 0}],  # it stands elsewhere
            },
            {"question": "谁造的？", "is_impossible": "true", "answers": [{"text": "x"}]},
            {"question": "有桥吗？", "answers": [{"text": "YES", "answer_start": -1}]},
        ),
    )
    paragraph = article_id("石桥", BRIDGE)
    assert read_questions(file) == [
        Question(
            "q1",
            "什么流过石桥？",
            evidence=("河水流过石桥，桥上有人。",),
            answers=("河水", "水"),
            docs={paragraph: 1},
        ),
        Question(
            "1-1-2",
            "多长？",
            evidence=("石桥长三十米。",),
            answers=("三十米",),
            docs={paragraph: 1},
        ),
        Question("1-1-3", "谁造的？", answerable=False),
        Question("1-1-4", "有桥吗？", answers=("YES",), docs={paragraph: 1}),
    ]
    [article] = documents(file)
    assert (article.id, article.title, article.path) == (paragraph, "石桥", str(file))


def test_an_answer_over_two_sentences_has_both(tmp_path: Path) -> None:
    answer = {"text": "三十米。河水", "answer_start": 3}
    [asked] = read_questions(keep(tmp_path, squad({"question": "?", "answers": [answer]})))
    assert asked.evidence == (BRIDGE,)


def test_of_a_sentence_without_end_the_clause_is_the_evidence(tmp_path: Path) -> None:
    text = "甲" * 150 + "，原告住在云河市，" + "乙" * 150
    content = squad({"question": "?", "answers": [{"text": "云河市", "answer_start": 155}]})
    content["data"][0]["paragraphs"][0]["context"] = text
    [asked] = read_questions(keep(tmp_path, content))
    assert asked.evidence == ("原告住在云河市",)


def test_cmrc_as_a_list(tmp_path: Path) -> None:
    qas = [{"query_id": "T_0", "query_text": "多长？", "answers": ["三十米", "三十米"]}]
    entry = {"context_id": "T", "context_text": BRIDGE, "title": "石桥", "qas": qas}
    file = keep(tmp_path, [entry])
    [article] = documents(file)
    assert read_questions(file) == [
        Question(
            "T_0",
            "多长？",
            evidence=("石桥长三十米。",),
            answers=("三十米",),
            docs={article.id: 1},
        )
    ]


def test_rgb_judges_what_does_not_answer_too(tmp_path: Path) -> None:
    file = tmp_path / "zh.json"
    entry = {
        "id": 0,
        "query": "桥多长，山上有什么？",
        "answer": [["三十米", "30米"], ["古庙"]],
        "positive": [[BRIDGE], [HILL]],
        "negative": ["市政府公布预算。", HILL],
        "positive_wrong": ["石桥长四十米。"],
    }
    file.write_text("\n".join([json.dumps(entry)] * 2), encoding="utf-8")
    asked, _ = read_questions(file)
    assert asked.answers == ("三十米", "30米", "古庙")
    assert asked.evidence == (BRIDGE, HILL)
    assert asked.docs == {
        article_id(None, BRIDGE): 1,
        article_id(None, HILL): 1,
        article_id(None, "市政府公布预算。"): 0,
    }
    assert {article.id for article in documents(file)} == set(asked.docs)


def test_crud_asks_about_up_to_three_news(tmp_path: Path) -> None:
    one = {"ID": "c1", "event": "桥", "news1": BRIDGE, "questions": "多长？", "answers": "三十米"}
    two = {**one, "ID": "c2", "news2": HILL, "questions": ["多长？", "有什么？"]}
    file = keep(
        tmp_path,
        {
            "event_summary": [{"ID": "s", "text": "…", "summary": "…"}],
            "questanswer_1doc": [one],
            "questanswer_2docs": [two],
        },
    )
    first, second = read_questions(file)
    assert (first.id, first.question, first.answers) == ("c1", "多长？", ("三十米",))
    assert second.question == "多长？\n有什么？"
    assert second.docs == {article_id(None, BRIDGE): 1, article_id(None, HILL): 1}
    assert {article.id for article in documents(file)} == set(second.docs)


def test_flashrag(tmp_path: Path) -> None:
    entry = {"id": "test_0", "question": "who?", "golden_answers": ["Wang"], "metadata": {}}
    assert read_questions(keep(tmp_path, [entry])) == [
        Question("test_0", "who?", answers=("Wang",))
    ]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            {
                "user_input": "多长？",
                "retrieved_contexts": ["别的。"],
                "reference_contexts": [BRIDGE],
                "response": "四十米",
                "reference": "三十米",
            },
            Question(
                "1",
                "多长？",
                evidence=(BRIDGE,),
                answers=("三十米",),
                docs={article_id(None, BRIDGE): 1},
            ),
        ),
        (
            {
                "question": "多长？",
                "contexts": ["别的。"],
                "answer": "四十米",
                "ground_truth": "三十米",
            },
            Question("1", "多长？", answers=("三十米",)),
        ),
        (
            {"question": "多长？", "answer": "四十米", "ground_truths": ["三十米"]},
            Question("1", "多长？", answers=("三十米",)),
        ),
    ],
)
def test_ragas_then_and_now(tmp_path: Path, entry: dict[str, Any], expected: Question) -> None:
    file = keep(tmp_path, [entry])
    assert read_questions(file) == [expected]
    assert [article.id for article in documents(file)] == list(expected.docs)


def test_a_file_of_ragas_is_all_it_takes_to_measure_another_search(tmp_path: Path) -> None:
    found = {"user_input": "多长？", "retrieved_contexts": [HILL, f"甲。{BRIDGE}"]}
    file = keep(
        tmp_path,
        [
            {**found, "reference_contexts": [BRIDGE], "response": "三十米"},
            {**found, "user_input": " ", "reference_contexts": [BRIDGE]},
            {"user_input": "谁？", "retrieved_contexts": [], "reference_contexts": [HILL]},
        ],
    )
    questions, texts = read_questions(file), read_contexts(file)
    assert texts == {"1": (HILL, f"甲。{BRIDGE}"), "3": ()}
    run, qrels = run_of_texts(questions, texts), qrels_of(questions, "passage")
    assert run == {"1": {"text-1": 2.0, "evidence-1": 1.0}, "3": {}}
    figure = report_of_run(run, qrels, level="passage").figure("mrr@10")
    assert figure is not None
    assert figure.values == {"1": 0.5, "3": 0}


def test_other_layouts_have_nothing_that_was_found(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="ragas"):
        read_contexts(keep(tmp_path, [{"question": "谁？"}]))


SHARED = Path(__file__).parent.parent.parent / "shared/data"


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared data beside the checkout")
@pytest.mark.parametrize(
    ("name", "questions", "unanswerable", "articles"),
    [
        ("train/drcd_dev.json.gz", 3524, 0, 1000),
        ("train/cmrc2018_trial.json.gz", 1000, 0, 256),  # two of 1,002 are blank
        ("train/cail2019_dev.json.gz", 6000, 1420, 999),
        ("eval/xquad.zh.json.gz", 1190, 0, 240),
        ("eval/rgb_zh_fact.jsonl.gz", 100, 0, 943),
    ],
)
def test_real_files(name: str, questions: int, unanswerable: int, articles: int) -> None:
    asked = read_questions(SHARED / name)
    assert len(asked) == questions == len({each.id for each in asked})
    assert sum(not each.answerable for each in asked) == unanswerable
    library = {article.id for article in documents(SHARED / name)}
    assert len(library) == articles
    assert {document for each in asked for document in each.docs} <= library
