import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import QuestionError, SettingError
from retriever.questions import (
    Question,
    documents,
    judged_by,
    layouts,
    read_corpus,
    read_questions,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
FIELDS = ["question", "evidence", "doc", "answers", "answerable", "id", "_id", "text", "data"]
FIELDS += ["paragraphs", "context", "qas", "query", "positive", "news1", "questions", "user_input"]


def write(path: Path, *entries: object) -> Path:
    path.parent.mkdir(exist_ok=True)
    lines = [json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_questions_are_read_with_all_that_is_known(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(
        "# 注\n"
        '{"id": "q1", "question": "面积？", "answerable": true, "article": "题", "file": "a.txt", '
        '"evidence": "21.6", "lang": "zh"}\n'
        "\n"
        '{"question": "谁？", "answerable": false, "article": null, "evidence": null}\n'
        '{"question": "几个？", "evidence": ["一", "二", " "], "answers": ["2"], "doc": "d7"}\n'
        '{"id": 9, "question": "何时？", "answer": "昨天", "doc": ["d1", 2]}\n'
        '{"question": "多好？", "doc": {"d1": 2, "d2": 0}}\n',
        encoding="utf-8",
    )
    assert read_questions(file) == [
        Question("q1", "面积？", evidence=("21.6",), article="题", file="a.txt", lang="zh"),
        Question("4", "谁？", answerable=False),
        Question("5", "几个？", evidence=("一", "二"), answers=("2",), docs={"d7": 1}),
        Question("9", "何时？", answers=("昨天",), docs={"d1": 1, "2": 1}),
        Question("7", "多好？", docs={"d1": 2, "d2": 0}),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "7",
        '{"id": 1}',
        '{"question": 1}',
        '{"question": "?", "answerable": "yes"}',
        '{"question": "?", "evidence": 3}',
        '{"question": "?", "answers": [["a", 3]]}',
        '{"question": "?", "doc": {"a": "1"}}',
        '{"question": "?", "doc": [["a"]]}',
        '{"question": "?", "doc": {"a": true}}',
        '{"question": "?", "id": true}',
        '{"question": "?", "file": 3}',
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "一？"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(QuestionError, match=r"questions\.jsonl:2: ") as caught:
        read_questions(file)
    assert "questions.jsonl:2：" in caught.value.chinese


def test_a_place_deep_in_a_file_is_named(tmp_path: Path) -> None:
    squad = {"data": [{"paragraphs": [{"context": "河。", "qas": [{"question": "?"}, {}]}]}]}
    squad["data"][0]["paragraphs"][0]["qas"][0]["answers"] = []  # type: ignore[index]
    file = write(tmp_path / "dev.json", squad)
    with pytest.raises(QuestionError, match=r"data\[0\]\.paragraphs\[0\]\.qas\[1\]"):
        read_questions(file)


def test_broken_json_over_several_lines_is_named_where_it_breaks(tmp_path: Path) -> None:
    file = tmp_path / "questions.json"
    file.write_text('[\n {"question": "一？"},\n {"question": }\n]', encoding="utf-8")
    with pytest.raises(QuestionError, match=r"questions\.json:3: not JSON"):
        read_questions(file)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe{", b"\x1f\x8bnot gzip"])
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "questions.jsonl").write_bytes(data)
    with pytest.raises(QuestionError, match=r"questions\.jsonl"):
        read_questions(tmp_path / "questions.jsonl")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=r"none\.jsonl"):
        read_questions(tmp_path / "none.jsonl")


def test_gzip_and_lists_are_read_too(tmp_path: Path) -> None:
    entries = [{"question": "一？"}, {"question": "二？"}]
    (tmp_path / "zipped").write_bytes(gzip.compress(json.dumps(entries).encode()))
    assert [each.question for each in read_questions(tmp_path / "zipped")] == ["一？", "二？"]
    pretty = tmp_path / "pretty.json"
    pretty.write_text(json.dumps(entries[:1], indent=2), encoding="utf-8")
    assert [each.question for each in read_questions(pretty)] == ["一？"]


def test_ids_that_come_again_are_told_apart(tmp_path: Path) -> None:
    ids = ["a", "b", "a", "a#2", "a"]
    file = write(tmp_path / "q.jsonl", *({"id": each, "question": "?"} for each in ids))
    told: list[str] = []
    questions = read_questions(file, tell=lambda english, _: told.append(english))
    assert [each.id for each in questions] == ["a", "b", "a#2", "a#2#2", "a#3"]
    assert told == ["3 questions have an id that came before; they are told apart by #2, #3, …"]


def test_blank_questions_are_left_out(tmp_path: Path) -> None:
    file = write(tmp_path / "q.jsonl", {"question": " "}, {"question": "谁？"})
    told: list[str] = []
    assert [q.id for q in read_questions(file, tell=lambda _, chinese: told.append(chinese))] == [
        "2"
    ]
    assert told == ["1 个问题为空，已略过"]
    with pytest.raises(QuestionError, match="no question"):
        read_questions(write(tmp_path / "blank.jsonl", {"question": ""}))


def test_an_unknown_layout_lists_the_known_ones(tmp_path: Path) -> None:
    file = write(tmp_path / "q.jsonl", {"question": "谁？"})
    with pytest.raises(SettingError, match=" ".join(layouts())):
        read_questions(file, layout="squid")
    with pytest.raises(QuestionError, match="golden_answers"):
        read_questions(write(tmp_path / "other.jsonl", {"frage": "wer?"}))


def test_a_layout_can_be_named(tmp_path: Path) -> None:
    file = write(tmp_path / "q.jsonl", {"question": "谁？", "contexts": [], "answer": "王五"})
    assert read_questions(file)[0].answers == ()  # ragas: what a system said
    assert read_questions(file, layout="wenjin")[0].answers == ("王五",)


def test_a_table_of_topics_with_judgements(tmp_path: Path) -> None:
    file = tmp_path / "topics.tsv"
    file.write_text("7\t桥在哪里？\n8\t谁？\n", encoding="utf-8")
    (tmp_path / "qrels").write_text("7 0 d1 2\n7 0 d2 0\n9 0 d1 1\n")
    assert [each.id for each in read_questions(file)] == ["7", "8"]
    assert read_questions(file, qrels=tmp_path / "qrels") == [
        Question("7", "桥在哪里？", docs={"d1": 2, "d2": 0})
    ]
    file.write_text("7\t桥在哪里？\n8\n", encoding="utf-8")
    with pytest.raises(QuestionError, match=r"topics\.tsv:2"):
        read_questions(file)


def test_judgements_of_other_questions_are_refused() -> None:
    with pytest.raises(QuestionError, match="same ids"):
        judged_by([Question("7", "桥？")], {"q7": {"d1": 1}})


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    write(tmp_path / "queries.jsonl", {"_id": "1", "text": "桥？"}, {"_id": "2", "text": "山？"})
    corpus = [{"_id": "d1", "title": "桥", "text": "河水流过石桥。"}, {"_id": "d2", "text": ""}]
    write(tmp_path / "corpus.jsonl", *corpus, {"_id": "d3", "title": "", "text": "山上有庙。"})
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\n1\td1\t2\n")
    (tmp_path / "qrels/dev.tsv").write_text("query-id\tcorpus-id\tscore\n2\td3\t1\n")
    return tmp_path


def test_a_folder_of_beir(beir: Path) -> None:
    assert read_questions(beir) == [Question("1", "桥？", docs={"d1": 2})]
    assert read_questions(beir / "queries.jsonl") == read_questions(beir)
    [asked] = read_questions(beir, qrels=beir / "qrels/dev.tsv")
    assert (asked.id, asked.docs) == ("2", {"d3": 1})


def test_the_corpus_of_beir_becomes_articles_by_their_ids(beir: Path) -> None:
    bridge, hill = documents(beir)
    assert (bridge.path, bridge.title, bridge.text) == ("d1", "桥", "河水流过石桥。")
    assert (hill.path, hill.title, hill.language) == ("d3", None, "zh")
    [own] = read_corpus(write(beir / "own.jsonl", {"id": "n1", "text": "雨。"}))
    assert own.path == "n1"


def test_questions_without_documents_say_so(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="without documents"):
        list(documents(write(tmp_path / "q.jsonl", {"question": "谁？"})))
    (tmp_path / "topics.tsv").write_text("7\t谁？", encoding="utf-8")
    with pytest.raises(QuestionError, match="without documents"):
        list(documents(tmp_path / "topics.tsv"))


def given_or_refused(read: Callable[[Path], object], path: Path) -> bool:
    """Whether ``read`` gives something, or else an error that names the file (or the corpus that
    should be beside it).
    """
    try:
        read(path)
    except QuestionError as error:
        return str(path.parent) in str(error)
    return True


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=5), max_size=4))
def test_any_json_gives_questions_or_says_where_it_cannot(
    tmp_path_factory: pytest.TempPathFactory, entries: list[object]
) -> None:
    file = write(tmp_path_factory.getbasetemp() / "any.jsonl", *entries)
    assert given_or_refused(read_questions, file)
    assert given_or_refused(lambda path: list(documents(path)), file)


@given(st.text(max_size=60))
def test_any_text_gives_questions_or_says_where_it_cannot(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.txt"
    file.write_text(text, encoding="utf-8", errors="replace", newline="")
    assert given_or_refused(read_questions, file)
