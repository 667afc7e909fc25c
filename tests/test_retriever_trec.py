from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import QuestionError
from retriever.trec import (
    ranked,
    read_qrels,
    read_run,
    write_qrels,
    write_run,
)

NAMES = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=8)
GRADES = st.dictionaries(NAMES, st.integers(-2, 4), min_size=1, max_size=5)


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_run_has_six_columns_and_its_scores_decide(tmp_path: Path) -> None:
    file = write(
        tmp_path / "run", "q1 Q0 d1 1 2.5 x", "q1\tQ0\td2\t2\t7e0\tx", "", "q2 Q0 d1 1 -1 x"
    )
    run = read_run(file)
    assert run == {"q1": {"d1": 2.5, "d2": 7.0}, "q2": {"d1": -1.0}}
    assert ranked(run["q1"]) == ["d2", "d1"]


def test_equal_scores_are_ranked_by_name_as_trec_eval_does() -> None:
    assert ranked({"a": 1.0, "c": 1.0, "b": 2.0}) == ["b", "c", "a"]


@pytest.mark.parametrize(
    "lines",
    [
        ["q1 0 d1 1", "q1 0 d2 0", "q2 0 d1 -2"],
        ["query-id\tcorpus-id\tscore", "q1\td1\t1", "q1\td2\t0", "q2\td1\t-2"],
        ["q1\td1\t1", "q1\td2\t0", "q2\td1\t-2"],
    ],
)
def test_judgements_of_trec_and_of_beir(tmp_path: Path, lines: list[str]) -> None:
    assert read_qrels(write(tmp_path / "qrels", *lines)) == {
        "q1": {"d1": 1, "d2": 0},
        "q2": {"d1": -2},
    }


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (read_run, "q1 Q0 d2 1 2.5"),
        (read_run, "q1 Q0 d2 1 high x"),
        (read_run, "q1 Q0 d1 1 2.5 x"),
        (read_run, "q1 Q0 d2 1 nan x"),
        (read_qrels, "q1 d2"),
        (read_qrels, "q1 0 d2 1.5"),
        (read_qrels, "q1 0 d1 1"),
    ],
    ids=["columns", "score", "twice", "nan", "columns", "grade", "twice"],
)
def test_a_bad_line_is_named(tmp_path: Path, read, line: str) -> None:
    good = "q1 Q0 d1 1 3.5 x" if read is read_run else "q1 0 d1 1"
    with pytest.raises(QuestionError, match="table:2: "):
        read(write(tmp_path / "table", good, line))


@given(st.dictionaries(NAMES, GRADES, min_size=1, max_size=4))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, qrels: dict[str, dict[str, int]]
) -> None:
    file = tmp_path_factory.getbasetemp() / "written"
    write_qrels(qrels, file)
    assert read_qrels(file) == qrels
    run = {key: {name: grade / 8 for name, grade in found.items()} for key, found in qrels.items()}
    write_run(run, file, system="x")
    assert read_run(file) == run


def test_a_run_is_written_best_first_and_names_keep_to_one_column(tmp_path: Path) -> None:
    write_run({"q 1": {"d1": 1.0, "title of\u3000it": 2.0}}, tmp_path / "run")
    assert (tmp_path / "run").read_text(encoding="utf-8").splitlines() == [
        "q_1 Q0 title_of_it 1 2.000000 wenjin",
        "q_1 Q0 d1 2 1.000000 wenjin",
    ]
    with pytest.raises(QuestionError, match="can't be written"):
        write_run({}, tmp_path / "no folder/run")


@given(st.text(max_size=80))
def test_any_text_is_read_or_its_line_named(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "any"
    file.write_text(text, encoding="utf-8", errors="replace", newline="")
    for read in (read_run, read_qrels):
        assert read_or_named(read, file)


def read_or_named(read, file: Path) -> bool:
    try:
        read(file)
    except QuestionError as error:
        return f"{file}:" in str(error)
    return True
