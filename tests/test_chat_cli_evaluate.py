import io
import json
import sys
from pathlib import Path

import pytest

from chat.assistant import Assistant
from chat.cli.context import Context
from chat.cli.main import main
from chat.cli.parser import build_parser
from chat.settings import load_settings

QUESTION = "小河里的鱼变少，主要是哪些原因？"
UNANSWERABLE = "月球离地球有多远？"
EVIDENCE = "电鱼、药鱼占近四成"
LINES = [
    {
        "id": "1",
        "question": QUESTION,
        "evidence": EVIDENCE,
        "file": "云河日报_2024-09-18_第5版.txt",
    },
    {"id": "2", "question": UNANSWERABLE, "answerable": False},
]


pytestmark = pytest.mark.usefixtures("elsewhere")


@pytest.fixture(autouse=True)
def _questions(elsewhere):
    write_lines("questions.jsonl", LINES)


def write_lines(name, entries):
    lines = [json.dumps(entry, ensure_ascii=False) for entry in entries]
    Path(name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def run_json(capsys, *arguments):
    """What a command that ends well prints, as JSON."""
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


# --- eval -------------------------------------------------------------------------------------


def test_eval_gives_figures(capsys, library):
    record = run_json(capsys, "eval", "questions.jsonl", "--library", library)
    assert record["questions"] == 2
    assert record["answer_holds_evidence"] is not None
    assert record["unanswerable_refused"] == 1
    assert [report["kind"] for report in record["reports"]] == [
        *("retrieval", "answers", "abstention", "speed")
    ]
    assert main(["eval", "questions.jsonl", "--library", library]) == 0
    assert "| figure 指标 | zh |" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kind", "figure"),
    [
        ("retrieval", "recall@5"),
        ("answers", "citation_precision"),
        ("abstention", "unanswerable_refused"),
        ("speed", "total_p95"),
    ],
)
def test_each_kind_of_report_is_made(capsys, library, kind, figure):
    record = run_json(capsys, "eval", kind, "questions.jsonl", "--library", library)
    assert record["kind"] == kind
    assert record["figures"][figure]["value"] is not None
    assert record["facts"]["embedder"] == "builtin"


def test_reports_are_written_as_their_names_end(capsys, library):
    files = ["r.html", "r.md", "r.json"]
    flags = [word for file in files for word in ("--report", file)]
    assert main(["eval", "answers", "questions.jsonl", "--library", library, *flags]) == 0
    assert Path("r.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert Path("r.md").read_text(encoding="utf-8").startswith("## Answers")
    assert json.loads(Path("r.json").read_text(encoding="utf-8"))["kind"] == "answers"
    assert capsys.readouterr().err.count("the report is in") == 3


@pytest.mark.parametrize("name", ["r.pdf", "r", "nowhere/r.html"])
def test_a_report_that_cannot_be_written_is_told_at_once(capsys, library, name):
    assert main(["eval", "questions.jsonl", "--library", library, "--report", name]) == 2
    captured = capsys.readouterr()
    assert name in captured.err
    assert captured.out == ""


def test_a_library_of_the_documents_that_come_along(capsys):
    data = {
        "version": "1",
        "data": [
            {
                "title": "渡船",
                "paragraphs": [
                    {
                        "context": "青石镇渡船的票价是两元。渡船由林家看管。",
                        "qas": [
                            {
                                "id": "a",
                                "question": "青石镇渡船的票价是多少？",
                                "answers": [{"text": "两元", "answer_start": 9}],
                            }
                        ],
                    }
                ],
            }
        ],
    }
    Path("squad.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    record = run_json(capsys, "eval", "squad.json", "--with-documents")
    assert record["answer_holds_evidence"] == 1
    assert record["retrieval"]["success@1"] == 1
    assert not Path("library").exists()


def test_a_foreign_systems_answers_are_judged_without_a_library(capsys):
    write_lines(
        "answers.jsonl",
        [
            {"id": "1", "answer": f"{EVIDENCE}。[1]", "contexts": [f"报道说，{EVIDENCE}。"]},
            {"id": "2", "answer": "", "probability": 0.1},
        ],
    )
    given = ["questions.jsonl", "--answers", "answers.jsonl"]
    figures = run_json(capsys, "eval", "answers", *given)["figures"]
    assert figures["answer_holds_evidence"]["value"] == 1
    assert figures["citation_recall"]["value"] == figures["citations_exact"]["value"] == 1
    figures = run_json(capsys, "eval", "abstention", *given)["figures"]
    assert figures["unanswerable_refused"]["value"] == 1


def test_the_lines_of_a_batch_are_judged_as_the_answers_are(capsys, library):
    assert main(["ask", "--batch", "questions.jsonl", "--library", library]) == 0
    Path("answers.jsonl").write_text(capsys.readouterr().out, encoding="utf-8")
    asked = run_json(capsys, "eval", "answers", "questions.jsonl", "--library", library)
    for flags in ([], ["--library", library]):
        given = ["questions.jsonl", "--answers", "answers.jsonl", *flags]
        assert run_json(capsys, "eval", "answers", *given)["figures"] == asked["figures"]


def test_a_run_is_written_and_judged(capsys, library):
    outs = ["--run-out", "run.txt", "--qrels-out", "qrels.txt"]
    here = ["--library", library]
    own = run_json(capsys, "eval", "retrieval", "questions.jsonl", *here, *outs)
    assert Path("run.txt").read_text(encoding="utf-8").startswith("1 Q0 ")
    given = ["--run", "run.txt", "--qrels", "qrels.txt"]
    again = run_json(capsys, "eval", "retrieval", "questions.jsonl", *given)
    assert again["figures"]["recall@5"] == own["figures"]["recall@5"]


# --- eval compare -----------------------------------------------------------------------------


def write_report(name, values, **changes):
    figure = {"value": None, "low": None, "high": None, "higher_is_better": True}
    rows = [
        {"id": str(i), "question": f"{i}？", "figures": {"word_f1": value}}
        for i, value in enumerate(values)
    ]
    record = {"kind": "answers", "figures": {"word_f1": figure}, "facts": {}, "curves": {}}
    content = json.dumps({**record, "rows": rows, **changes}, ensure_ascii=False)
    Path(name).write_text(content, encoding="utf-8")


def test_a_gate_closes_at_what_is_worse(capsys):
    write_report("a.json", [1] * 20)
    write_report("b.json", [1] * 10 + [0] * 10)
    assert main(["eval", "compare", "a.json", "b.json"]) == 0
    assert main(["eval", "compare", "a.json", "b.json", "--gate"]) == 1
    captured = capsys.readouterr()
    assert captured.err == "wenjin: the gate is closed, worse: F1 of words 1.000 → 0.500\n"
    assert "| F1 of words | 1.000 | 0.500 | -0.500 |" in captured.out
    assert main(["eval", "compare", "b.json", "a.json", "--gate"]) == 0
    assert main(["eval", "compare", "a.json", "b.json", "--tolerance", "0.4"]) == 1
    assert main(["eval", "compare", "a.json", "b.json", "--tolerance", "0.6"]) == 0


def test_a_comparison_is_written_as_json_and_as_a_page(capsys):
    write_report("a.json", [1] * 20)
    write_report("b.json", [1] * 19 + [0])
    record = run_json(capsys, "eval", "compare", "a.json", "b.json", "--report", "c.html")
    assert record["answers"]["word_f1"]["worse"] == ["19"]
    assert record["answers"]["word_f1"]["verdict"] == "same"
    assert "19" in Path("c.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "told"), [({"kind": "speed"}, "speed"), ({"rows": []}, "different questions")]
)
def test_what_cannot_be_compared_is_told(capsys, changes, told):
    write_report("a.json", [1, 1])
    write_report("b.json", [1, 1], **changes)
    assert main(["eval", "compare", "a.json", "b.json"]) == 2
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("words", [["a.json"], ["a.json", "b.json", "--tolerance", "much"]])
def test_a_comparison_needs_two_reports_and_a_number(capsys, words):
    with pytest.raises(SystemExit) as leaving:
        main(["eval", "compare", *words])
    assert leaving.value.code == 2
    assert "see wenjin eval compare --help" in capsys.readouterr().err


# --- ask --batch ------------------------------------------------------------------------------


def test_a_batch_answers_line_by_line_and_tells_bad_ones(capsys, library):
    lines = [QUESTION, "", '{"id": "b", "question": "谁？"}', "{", '{"id": 3}', "问" * 3000]
    Path("mixed.txt").write_text("\n".join(lines), encoding="utf-8")
    assert main(["ask", "--batch", "mixed.txt", "--library", library]) == 1
    captured = capsys.readouterr()
    records = [json.loads(line) for line in captured.out.splitlines()]
    assert [record["id"] for record in records] == ["1", "b"]
    assert records[0]["question"] == QUESTION
    assert records[0]["citations"]
    for place in ("mixed.txt:4", "mixed.txt:5", "mixed.txt:6"):
        assert captured.err.count(place) == 1


def test_a_batch_is_read_from_the_input(capsys, library, monkeypatch):
    given = io.TextIOWrapper(io.BytesIO(QUESTION.encode()))
    monkeypatch.setattr(sys, "stdin", given)
    assert main(["ask", "--batch", "-", "--json", "--library", library]) == 0
    assert json.loads(capsys.readouterr().out)["question"] == QUESTION


def test_a_batch_that_is_not_there_is_told(capsys, library):
    assert main(["ask", "--batch", "none.txt", "--library", library]) == 2
    assert "none.txt" in capsys.readouterr().err


# --- Ctrl-C -----------------------------------------------------------------------------------


class Interrupted(Assistant):
    """When it is asked the third time, Ctrl-C comes."""

    asked = 0

    def ask(self, question, **options):
        self.asked += 1
        if self.asked > 2:
            raise KeyboardInterrupt
        return super().ask(question, **options)


class InterruptedContext(Context):
    def open_assistant(self):
        return Interrupted.open(self.settings.library, settings=self.settings)


def run_interrupted(library, *arguments):
    options = build_parser("en").parse_args(arguments)
    return options.run(options, InterruptedContext(load_settings({"library": library}), "en"))


@pytest.mark.parametrize("kind", ["", "answers", "abstention"])
def test_after_ctrl_c_there_are_figures_of_what_was_asked(capsys, library, kind):
    write_lines("many.jsonl", [{**LINES[0], "id": str(number)} for number in range(9)])
    words = ["eval", *filter(None, [kind]), "many.jsonl", "--json"]
    assert run_interrupted(library, *words) == 130
    captured = capsys.readouterr()
    assert "the first 2 of 9 questions" in captured.err
    record = json.loads(captured.out)
    assert record.get("questions", len(record.get("rows", ()))) == 2


def test_after_ctrl_c_a_batch_has_whole_lines(capsys, library):
    write_lines("many.jsonl", LINES * 3)
    assert run_interrupted(library, "ask", "--batch", "many.jsonl") == 130
    captured = capsys.readouterr()
    assert [json.loads(line)["id"] for line in captured.out.splitlines()] == ["1", "2"]
    assert "after 2 answers" in captured.err
