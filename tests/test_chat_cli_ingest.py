"""``wenjin ingest``, as a call and as a process."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import PAGES

from chat.cli.main import main
from chat.cli.progress import MOST_LINES
from index.store.batches import SIZE

pytestmark = pytest.mark.usefixtures("elsewhere")

SECONDS = 60  # for what takes a few, on a machine with much else to do


def run_json(capsys, *arguments: str, code: int = 0):
    """What a command prints, as JSON."""
    capsys.readouterr()
    assert main([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def write_pages(folder: str, count: int) -> None:
    Path(folder).mkdir()
    for number in range(count):
        text = f"第{number}条渡线\n\n　　这条渡线开了{number}年，去年停航{number}天。\n"
        Path(folder, f"{number:04}.txt").write_text(text, encoding="utf-8")


# A shell that runs tests in the background has them ignore Ctrl-C.
COMMAND = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from chat.cli.main import main
sys.exit(main())
"""


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process of its own, which is killed in the end."""
    command = [sys.executable, "-c", COMMAND, *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


# --- what it says -----------------------------------------------------------------------------


def test_what_is_new_and_what_is_known_is_counted(capsys, tmp_path):
    assert main(["--library", "lib", "ingest", str(PAGES)]) == 0
    files = len(list(PAGES.iterdir()))
    articles = len(run_json(capsys, "articles", "--library", "lib"))
    assert main(["ingest", str(PAGES), "--library", "lib", "--encoding", "utf-8"]) == 0
    summary = capsys.readouterr().err
    assert f"files: {files} read\n" in summary
    assert f"articles: {articles} known already\n" in summary
    assert main(["ingest", str(PAGES), "--library", "lib", "--encoding", "utf-8"]) == 0
    assert f"files: {files} unchanged\narticles: no change\n" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lib"]


def test_it_takes_what_it_can_and_tells_the_rest(capsys):
    folder = Path("mixed")
    folder.mkdir()
    (folder / "empty.txt").write_bytes(b" \n")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 9)
    (folder / "table.xyz").write_text("1,2", encoding="utf-8")
    good = next(PAGES.glob("*.md"))
    (folder / good.name).write_bytes(good.read_bytes())
    assert main(["ingest", "mixed", "missing.txt"]) == 1
    told = capsys.readouterr().err
    for name in ("empty.txt", "binary.txt", "missing.txt"):
        assert sum(name in line for line in told.splitlines()) == 1
    assert "table.xyz" not in told
    reasons = "(1 without text, 1 empty, 1 that can't be opened)"
    assert f"files: 1 read, 1 of kinds that aren't read, 3 failed {reasons}\n" in told
    assert run_json(capsys, "articles")


def test_a_kind_that_is_not_read_is_told_if_it_is_asked_for(capsys):
    Path("table.xyz").write_text("1,2", encoding="utf-8")
    assert main(["ingest", "table.xyz", "--language", "zh"]) == 1
    told = capsys.readouterr().err
    assert "table.xyz" in told
    assert "文件：失败 1（类型不明 1）" in told


def test_many_failures_are_counted_not_listed(capsys):
    Path("mixed").mkdir()
    for number in range(MOST_LINES + 7):
        Path("mixed", f"{number}.txt").touch()
    assert main(["ingest", "mixed"]) == 1
    told = capsys.readouterr().err
    assert sum(".txt" in line for line in told.splitlines()) == MOST_LINES
    assert "and 7 more: --json tells all" in told
    assert f"({MOST_LINES + 7} empty)" in told
    report = run_json(capsys, "ingest", "mixed", code=1)
    assert len(report["failed"]) == MOST_LINES + 7


def test_a_report_as_json(capsys):
    write_pages("pages", 3)
    Path("pages", "empty.txt").touch()
    report = run_json(capsys, "ingest", "pages", code=1)
    assert report.pop("seconds") > 0
    (failed,) = report.pop("failed")
    assert (failed["file"], failed["reason"]) == ("pages/empty.txt", "empty_file")
    assert failed["file"] in failed["message"]
    files = {"found": 4, "read": 3, "unchanged": 0, "passed_over": 0, "failed": 1, "forgotten": 0}
    assert report == {
        "files": files,
        "articles": {"new": 3, "reprints": 0, "changed": 0, "known": 0, "removed": 0},
        "passages": 3,
        "partly_read": [],
        "library": {"articles": 3, "passages": 3},
        "stopped": False,
    }


def test_sync_forgets_what_is_gone(capsys):
    write_pages("pages", 3)
    assert main(["ingest", "pages", "--quiet"]) == 0
    Path("pages", "0001.txt").unlink()
    report = run_json(capsys, "ingest", "pages", "--sync")
    assert report["files"]["forgotten"] == report["articles"]["removed"] == 1
    assert len(run_json(capsys, "articles")) == 2


def test_a_name_that_is_no_utf_8_is_no_trouble(capsys):
    name = b"\xff.txt"
    Path(os.fsdecode(name)).write_bytes(next(PAGES.glob("*.txt")).read_bytes())
    assert main(["ingest", os.fsdecode(name)]) == 0
    assert run_json(capsys, "articles")[0]["path"].endswith(".txt")
    assert run_json(capsys, "ingest", os.fsdecode(name))["files"]["unchanged"] == 1


def test_a_run_without_any_article_makes_no_library(capsys):
    Path("empty.txt").touch()
    Path("nothing").mkdir()
    assert main(["ingest", "empty.txt", "--quiet"]) == 1
    assert main(["ingest", "nothing"]) == 1
    assert capsys.readouterr().err.count("\n") == 2
    assert not Path("library").exists()


def test_standard_input_is_a_file(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("河水很清。".encode("gb18030"))))
    assert main(["ingest", "-", "--encoding", "gb18030"]) == 0
    (article,) = run_json(capsys, "articles")
    assert article["path"] == "stdin"
    assert run_json(capsys, "show", article["id"])["text"] == "河水很清。"


def test_columns_of_a_table_may_be_named(capsys):
    lines = ["甲,乙", *(f"第{number}条渡线,这条渡线开了{number}年。" for number in range(3))]
    Path("table.csv").write_text("\n".join(lines), encoding="utf-8")
    assert main(["ingest", "table.csv", "--columns", "title=甲, text=乙"]) == 0
    titles = {article["title"] for article in run_json(capsys, "articles")}
    assert titles == {f"第{number}条渡线" for number in range(3)}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--columns", "colour=red"], "colour=red"),
        (["--columns", "title"], "title"),
        (["--encoding", "klingon"], "klingon"),
        (["--workers", "0"], "--workers"),
        (["--memory", "7"], "--memory"),
        (["--watch"], "--watch"),
    ],
)
def test_wrong_use_is_told(capsys, arguments: Sequence[str], told: str):
    Path("page.txt").touch()
    assert main(["ingest", "page.txt", *arguments]) == 2
    line = capsys.readouterr().err
    assert told in line
    assert line.count("\n") == 1


# --- stopped in the middle --------------------------------------------------------------------


@pytest.mark.parametrize(("blow", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_what_was_written_is_kept_and_the_next_run_goes_on(capsys, blow, code):
    pages = 4 * SIZE
    write_pages("pages", pages)
    reached = f"{2 * SIZE:04}.txt"
    Path("pages", reached).write_bytes(b"")  # tells when it is reached
    with started("ingest", "pages") as process:
        assert process.stderr
        assert reached in process.stderr.readline()
        process.send_signal(blow)
        said = process.stderr.read()
        assert process.wait(SECONDS) == code
    assert ("run the same command again" in said) == (blow == signal.SIGINT)
    kept = len(run_json(capsys, "articles"))
    assert 0 < kept < pages - 1
    report = run_json(capsys, "ingest", "pages", code=1)
    assert report["library"]["articles"] == pages - 1
    assert report["articles"]["new"] == pages - 1 - kept
    assert report["files"]["unchanged"] > 0


# --- watching ---------------------------------------------------------------------------------


def test_watching_takes_what_changes(capsys):
    """A new file, a broken one, the same mended, a new folder, a file and a folder that go."""
    write_pages("pages", 2)
    (Path("pages") / "library").mkdir()
    with started("ingest", "pages", "--watch", "--library", "pages/library") as process:
        assert process.stderr

        def wait_for(*told: str) -> None:
            lines = []
            for line in process.stderr:
                lines.append(line)
                if all(word in "".join(lines) for word in told):
                    return
            raise AssertionError(lines)

        wait_for("following pages")
        Path("pages", "new").mkdir()
        Path("pages", "new", "page.txt").write_text("新来的一页。", encoding="utf-8")
        wait_for("1 read · articles: 1 new")
        Path("pages", "broken.txt").write_bytes(b"")
        wait_for("broken.txt", "1 failed")
        Path("pages", "broken.txt").write_text("补好了的一页。", encoding="utf-8")
        wait_for("articles: 1 new")
        Path("pages", ".hidden.txt").write_text("看不见的一页。", encoding="utf-8")
        Path("pages", "0001.txt").unlink()
        wait_for("1 forgotten", "1 removed")
        Path("pages", "new").rename("elsewhere")
        wait_for("1 forgotten")
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0
    articles = run_json(capsys, "articles", "--library", "pages/library")
    assert sorted(article["path"] for article in articles) == ["pages/0000.txt", "pages/broken.txt"]
