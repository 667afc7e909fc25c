"""A folder full of files that mean harm: each is named, and no good one between them is lost."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from hostile_files import ESCAPE, MB, write_hostile

from index.making import Maker
from ingest.errors import ReadError
from ingest.files import Failed, Given, read_files
from ingest.prepare import Prepared
from ingest.read import find_files
from ingest.workers.tasks import source_of

SIZE = 72 * MB  # a little more than a text may have, or a zip of zeros


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file: articles, or problems."""

    articles: tuple[Prepared, ...]
    problems: tuple[ReadError, ...]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile") / "files"


@pytest.fixture(scope="module")
def good(folder: Path) -> int:
    return write_hostile(folder, SIZE)


@pytest.fixture(scope="module")
def outcomes(folder: Path, good: int) -> dict[str, Outcome]:
    """By the names of the files, without their numbers."""
    found = {}
    for event in read_files(map(source_of, find_files([folder])), Maker(words=None), workers=2):
        name = Path(event.source.name).name
        match event:
            case Given(_, _, reading, made):
                outcome = Outcome(made or (), reading.problems)
            case Failed(_, error):
                outcome = Outcome((), (error,))
        found[name if name.endswith("好.txt") else name.partition("-")[2] or name] = outcome
    (folder / "21-closed").chmod(0o700)
    return found


def test_no_good_file_is_lost(outcomes: dict[str, Outcome], good: int) -> None:
    taken = {name for name, outcome in outcomes.items() if name.endswith("好.txt")}
    assert len(taken) == good
    assert all(len(outcomes[name].articles) == 1 for name in taken)


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("dense.zip", "FileTooLarge", "unpacks to far more"),
        ("overlap.zip", "DamagedFile", "damaged"),
        ("entities.xml", "DamagedFile", "entities"),
        ("entities.docx", "DamagedFile", "damaged"),
        ("zeros.docx", "FileTooLarge", "unpacks to far more"),
        ("sparse.txt", "FileTooLarge", "64 MB"),
        ("large.txt", "FileTooLarge", "64 MB"),
        ("one-line.jsonl", "FileTooLarge", "row of more than 64 MB"),
        ("unclosed.csv", "FileTooLarge", "row of more than 64 MB"),
        ("arrays.json", "DamagedFile", "too deeply"),
        ("locked.pdf", "LockedFile", "password"),
        ("cut.pdf", "DamagedFile", "damaged"),
        ("picture.png", "FileTooLarge", "pixels"),
        ("pipe.txt", "ReadError", "not a regular file"),
        ("nowhere.txt", "ReadError", "doesn't exist"),
        ("round.txt", "ReadError", "symbolic links"),
    ],
)
def test_a_bad_file_is_named_and_says_why(
    outcomes: dict[str, Outcome], name: str, kind: str, told: str
) -> None:
    outcome = outcomes[name]
    assert not outcome.articles
    (problem,) = outcome.problems
    assert type(problem).__name__ == kind
    assert name in problem.english
    assert name in problem.chinese
    assert told in problem.english


@pytest.mark.parametrize("name", ["nested.zip", "tags.html", "pages.pdf"])
def test_what_may_hold_something_gives_it_or_says_why(
    outcomes: dict[str, Outcome], name: str
) -> None:
    assert outcomes[name].articles or outcomes[name].problems


def test_long_paragraphs_and_lines_are_read(outcomes: dict[str, Outcome]) -> None:
    for name in ("paragraph.txt", "line.txt"):
        (article,) = (one.article for one in outcomes[name].articles)
        assert len(article.text) > 50_000


def test_an_archive_writes_nothing_anywhere(outcomes: dict[str, Outcome], folder: Path) -> None:
    articles = [one.article for one in outcomes["names.zip"].articles]
    assert len(articles) == 4
    assert all(".." not in article.path.partition("names.zip")[2] for article in articles)
    assert not list(folder.parent.rglob(f"*{ESCAPE}*"))
    assert not list(Path("/tmp").glob(f"{ESCAPE}*"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every folder")
def test_a_closed_folder_is_named(outcomes: dict[str, Outcome]) -> None:
    (problem,) = outcomes["closed"].problems
    assert "permission" in problem.english
