"""``wenjin ingest --user-dictionary``."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.cli.main import main
from index.embed import load_embedder
from index.index import Index


def words_of_the_library() -> str:
    with Index.open(Path("library"), load_embedder("builtin")) as index:
        return index.words


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.txt").write_text("渡津橋通車\n\n渡津橋今日通車。", encoding="utf-8")
    Path("words.txt").write_text("渡津桥 3 n\n", encoding="utf-8-sig")


def test_the_library_keeps_the_words_that_it_was_given() -> None:
    assert main(["ingest", "page.txt", "--user-dictionary", "words.txt"]) == 0
    assert words_of_the_library() == "渡津桥 3 n\n"
    assert main(["ingest", "page.txt"]) == 0
    assert words_of_the_library() == "渡津桥 3 n\n"


def test_a_library_that_is_there_takes_other_words_on() -> None:
    assert main(["ingest", "page.txt"]) == 0
    assert words_of_the_library() == ""
    assert main(["ingest", "page.txt", "--user-dictionary", "words.txt"]) == 0
    with Index.open(Path("library"), load_embedder("builtin")) as index:
        assert index.idf("渡津桥") < index.idf("山")  # it is a word of the article now
        assert len(index.search_lexical("渡津桥", 5).numbers) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [("石桥\n石桥 a b c\n".encode(), "Line 2"), (b"\xff\xfe", "can't be read"), (None, "can't be")],
)
def test_a_dictionary_that_is_none_is_told_before_anything_is_done(
    capsys: pytest.CaptureFixture[str], content: bytes | None, told: str
) -> None:
    if content is not None:
        Path("bad.txt").write_bytes(content)
    assert main(["ingest", "page.txt", "--user-dictionary", "bad.txt", "--language", "en"]) == 2
    assert told in capsys.readouterr().err
    assert not Path("library").exists()
