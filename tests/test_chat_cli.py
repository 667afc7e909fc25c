import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PAGES

from chat.cli.context import message_language
from chat.cli.main import main
from chat.cli.parser import COMMANDS

QUESTION = "小河里的鱼变少，主要是哪些原因？"
UNANSWERABLE = "月球离地球有多远？"

pytestmark = pytest.mark.usefixtures("elsewhere")


def run_json(capsys, *arguments):
    """What a command that ends well prints, as JSON."""
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def wrong(capsys, *arguments):
    """What is said about a wrong command line."""
    try:
        code = main(arguments)
    except SystemExit as leaving:
        code = leaving.code
    assert code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def start(*arguments, **environment):
    """A true process."""
    return subprocess.Popen(
        [sys.executable, "-m", "chat.cli.main", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
    )


# --- help and wrong use -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "usage", "options"), [("en", "usage: ", "options:"), ("zh", "用法：", "选项:")]
)
def test_every_command_explains_itself_in_both_languages(capsys, language, usage, options):
    for words in [[], *([command.name] for command in COMMANDS)]:
        with pytest.raises(SystemExit) as leaving:
            main([*words, "--language", language, "--help"])
        assert leaving.value.code == 0
        said = capsys.readouterr().out
        assert said.startswith(usage + "wenjin")
        assert options in said


def test_the_version_is_printed_where_output_is(capsys):
    with pytest.raises(SystemExit) as leaving:
        main(["--version"])
    assert leaving.value.code == 0
    assert re.fullmatch(r"wenjin \d+\.\d+\.\d+\S*\n", capsys.readouterr().out)


def imported(*arguments):
    """The modules that a process of the command has in the end."""
    code = (
        "import sys, chat.cli.main\n"
        "try: chat.cli.main.main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines())


def test_help_imports_nothing_heavy():
    heavy = {"numpy", "torch", "transformers", "gradio", "faiss", "tantivy", "httpx", "fastapi"}
    assert not (heavy | {"importlib.metadata", "tomllib"}) & imported("--help")


def test_asking_a_small_library_imports_only_what_answers(library):
    models = {"torch", "transformers", "sentence_transformers", "httpx", "gradio", "fastapi"}
    to_read = {"ingest.read", "ingest.files", "ingest.page.byline", "index.making", "lxml"}
    to_write = {"index.store.writer", "index.upkeep", "concurrent.futures.process"}
    to_evaluate = {"retriever.evaluate", "ir_measures", "scipy"}
    others = {
        "importlib.metadata",
        "chat.questions.follow_up_chinese",
        "numpy.ma",
    }  # np.unique imports it
    modules = imported("ask", QUESTION, "--library", library)
    assert "rjieba" in modules  # it has searched
    assert not (models | to_read | to_write | to_evaluate | others) & modules


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], ["COMMAND"]),
        (["frobnicate"], ["frobnicate"]),
        (["ask"], ["QUESTION", "wenjin ask --help"]),
        (["ask", "one", "two"], ["two"]),
        (["ask", "one", "--jso"], ["--jso"]),
        (["search", "one", "-k"], ["-k"]),
        (["search", "one", "-k", "0"], ["--passages", "0"]),
        (["search", "one", "-k", "many"], ["--passages", "many"]),
        (["train", "data", "out", "--steps", "many"], ["many"]),
        (["train", "data", "--adapt", "library", "out"], ["out"]),
        (["articles", "--device", "tpu"], ["--device", "auto", "cpu", "cuda"]),
        (["articles", "--embedder", "magic"], ["magic", "builtin"]),
        (["articles", "--config", "missing.toml"], ["missing.toml"]),
    ],
)
def test_wrong_use_is_told_in_a_line(capsys, arguments, told):
    line = wrong(capsys, *arguments)
    for word in told:
        assert word in line


def test_wrong_use_is_told_in_chinese(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "缺少：QUESTION" in wrong(capsys, "ask")
    assert "未知的设置" in _with_file(capsys, "prot = 1\n")


def _with_file(capsys, content):
    Path("wenjin.toml").write_text(content, encoding="utf-8")
    return wrong(capsys, "articles")


def test_an_empty_question_is_wrong_use(capsys, library):
    assert "empty" in wrong(capsys, "ask", " ", "--library", library)


@pytest.mark.parametrize(
    ("wish", "environment", "language"),
    [
        ("auto", {}, "en"),
        ("auto", {"LANG": "zh_CN.UTF-8"}, "zh"),
        ("auto", {"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ("auto", {"LC_MESSAGES": "zh_TW", "LC_ALL": "", "LANG": "C"}, "zh"),
        ("zh", {"LC_ALL": "de_DE.UTF-8"}, "zh"),
        ("en", {"LC_ALL": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_messages_are_in_the_language_wished_for_or_the_locales(wish, environment, language):
    assert message_language(wish, environment) == language


# --- thinning it out ---------------------------------------------------------------------------


def test_remove_takes_out_all_or_none(capsys):
    assert main(["ingest", str(PAGES), "--quiet"]) == 0
    ids = [article["id"] for article in run_json(capsys, "articles")]
    assert main(["remove", ids[0], "nosuchid"]) == 1
    assert "nosuchid" in capsys.readouterr().err
    assert main(["remove", ids[0], ids[1][:12]]) == 0
    assert [article["id"] for article in run_json(capsys, "articles")] == ids[2:]


# --- asking it --------------------------------------------------------------------------------


def test_articles_and_show_agree(capsys, library):
    listed = run_json(capsys, "articles", "--library", library)
    assert set(listed[0]) == {
        *("id", "title", "subtitle", "authors", "affiliation", "source", "page", "published"),
        *("language", "headings", "characters", "path", "notes", "guessed", "reprint_of"),
    }
    shown = run_json(capsys, "show", listed[0]["id"][:12], "--library", library)
    text = shown.pop("text")
    assert shown == listed[0]
    assert len(text) == shown["characters"]


def test_show_prints_an_article_to_read(capsys, library):
    listed = run_json(capsys, "articles", "--library", library)
    article = next(article for article in listed if article["title"] and article["headings"])
    assert main(["show", article["id"], "--library", library]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"# {article['title']}\n")
    for heading in article["headings"]:
        assert f"\n## {heading}\n" in said or f"\n### {heading}\n" in said


def test_what_was_guessed_is_marked(capsys):
    Path("云河日报_2024-06-05.txt").write_text(
        "渡口停航\n\n　　渡口昨天停航了。\n", encoding="utf-8"
    )
    assert main(["ingest", "云河日报_2024-06-05.txt", "--quiet"]) == 0
    (article,) = run_json(capsys, "articles")
    assert "published" in article["guessed"]
    for words, language, told in [
        (["articles"], "zh", "推测：.*日期"),
        (["show", article["id"]], "en", "guessed: .*date"),
    ]:
        assert main([*words, "--language", language]) == 0
        assert re.search(told, capsys.readouterr().out)


def test_ask_gives_cited_sentences(capsys, library):
    answer = run_json(capsys, "ask", QUESTION, "--library", library)
    assert set(answer) == {
        *(
            "question",
            "query",
            "probability",
            "answer",
            "abstained",
            "disagreement",
            "sentences",
            "citations",
            "hits",
            "timings",
        )
    }
    assert answer["question"] == QUESTION
    assert answer["abstained"] is False
    numbers = [citation["number"] for citation in answer["citations"]]
    assert numbers == list(range(1, len(numbers) + 1))
    for sentence in answer["sentences"]:
        assert sentence["citations"]
        assert set(sentence["citations"]) <= set(numbers)
    for citation in answer["citations"]:
        article = run_json(capsys, "show", citation["article_id"], "--library", library)
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_ask_prints_the_answer_and_its_sources(capsys, library):
    answer = run_json(capsys, "ask", QUESTION, "--library", library)
    assert main(["ask", QUESTION, "--library", library]) == 0
    said = capsys.readouterr().out
    assert f"{answer['sentences'][0]['text']}[1]" in said
    assert f"[1] {answer['citations'][0]['title']}" in said


def test_a_refusal_is_no_failure_and_names_the_nearest(capsys, library):
    answer = run_json(capsys, "ask", UNANSWERABLE, "--library", library)
    assert answer["abstained"] is True
    assert (answer["answer"], answer["sentences"], answer["citations"]) == ("", [], [])
    assert main(["ask", UNANSWERABLE, "--library", library]) == 0
    english = capsys.readouterr().out
    assert english.startswith("The articles don't say.\n")
    assert answer["hits"][0]["article_id"] in english
    assert main(["ask", UNANSWERABLE, "--library", library, "--language", "zh"]) == 0
    assert capsys.readouterr().out.startswith("这些文章没有回答这个问题。\n")


def test_a_question_that_is_no_utf_8_is_a_question(capsys, library):
    answer = run_json(capsys, "ask", os.fsdecode(b"\xff" + QUESTION.encode()), "--library", library)
    assert QUESTION in answer["question"]


def test_search_gives_as_many_as_wanted_best_first(capsys, library):
    hits = run_json(capsys, "search", QUESTION, "-k", "3", "--library", library)
    origin = {"article_id", "title", "label", "authors", "affiliation", "source", "page"}
    origin |= {"published", "language", "path", "guessed"}
    position = {"heading", "start", "end", "text"}
    scores = {"score", "lexical", "dense", "matched"}
    assert set(hits[0]) == origin | position | scores | {"reprints"}
    assert "小河" in hits[0]["matched"]
    assert len(hits) == 3
    assert [hit["score"] for hit in hits] == sorted((h["score"] for h in hits), reverse=True)
    assert main(["search", QUESTION, "-k", "3", "--library", library]) == 0
    said = capsys.readouterr().out
    assert [line[:2] for line in said.splitlines()[::2]] == ["1.", "2.", "3."]


@pytest.mark.parametrize(
    "arguments",
    [
        ["articles"],
        ["ask", QUESTION],
        ["search", QUESTION],
        ["show", "a"],
        ["remove", "a"],
        ["serve"],
    ],
)
def test_without_a_library_one_line_says_so(capsys, arguments):
    assert main([*arguments, "--library", "nowhere"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "nowhere" in captured.err
    assert captured.err.count("\n") == 1
    assert not Path("nowhere").exists()


def test_train_without_data_is_told(capsys):
    Path("data").mkdir()
    assert main(["train", "data", "out"]) == 1
    assert capsys.readouterr().err.startswith("wenjin: data holds no training data")


def test_a_library_that_is_not_there_cannot_be_adapted_to(capsys):
    assert main(["train", "--adapt", "nowhere", "out"]) == 1
    assert "no library in nowhere" in capsys.readouterr().err
    assert not Path("out").exists()


def test_missing_figures_are_told_before_training(capsys):
    assert main(["train", "data", "out", "--figures", "nowhere"]) == 1
    assert "xquad.zh.json.gz is missing" in capsys.readouterr().err


def test_an_adapted_model_is_taken_for_a_new_library_alone(capsys, library):
    assert main(["train", "--adapt", library, "model", "--steps", "2"]) == 0
    assert "--embedder model" in capsys.readouterr().err
    adapted = ["--embedder", "model", "--library", "adapted"]
    assert main(["ingest", str(PAGES), "--quiet", *adapted]) == 0
    assert run_json(capsys, "search", QUESTION, *adapted)
    assert main(["search", QUESTION, "--library", library, "--embedder", "model"]) == 1
    assert "`wenjin reindex` with this one" in capsys.readouterr().err


def test_an_unknown_article_is_told(capsys, library):
    assert main(["show", "nosuchid", "--library", library]) == 1
    assert "nosuchid" in capsys.readouterr().err


# --- as a process -----------------------------------------------------------------------------


def test_a_reader_who_has_read_enough_is_no_error(library):
    process = start("articles", "--json", "--library", library)
    process.stdout.close()
    assert process.wait(60) == 141
    assert process.stderr.read() == b""


def test_any_terminal_gets_all_of_the_answer(library):
    process = start("ask", QUESTION, "--json", "--library", library, PYTHONIOENCODING="ascii")
    said, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, b"")
    assert json.loads(said)["question"] == QUESTION
