"""Which files an update looks at."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.files.plan import Work, is_inside, is_under, plan, with_neighbours
from index.types import SourceFile
from ingest.formats import File, Options
from ingest.workers.tasks import Source, digest_of, source_of

OPTIONS = Options()


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    for name in ("a/1.txt", "a/2.txt", "a/3.txt", "b/1.txt", "b/2.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return tmp_path


def recorded(*paths: Path, jumps: bool = False) -> dict[str, SourceFile]:
    """These files as they are now."""
    return {
        str(path): SourceFile(str(path), path.name, digest_of(File("", path), OPTIONS), jumps)
        for path in paths
    }


def neighbours(work: Work, known: dict[str, SourceFile]) -> tuple[set[str], set[str]]:
    work = with_neighbours(work, known, OPTIONS)
    return {source.key for source in work.sources}, set(work.again)


@pytest.mark.parametrize("change", ["new", "changed", "gone"])
def test_what_has_jumps_is_read_again_when_its_folder_changes(pages: Path, change: str) -> None:
    jumping = [pages / "a" / "1.txt", pages / "b" / "1.txt"]
    other = pages / "a" / "2.txt"
    known = recorded(*jumping, jumps=True) | recorded(other, pages / "b" / "2.txt")
    work = Work([source_of(other)])
    if change == "new":
        work = Work([source_of(pages / "a" / "3.txt")])
    elif change == "changed":
        other.write_text("anew", encoding="utf-8")
    else:
        work = Work((), gone=[str(other)])
    read, again = neighbours(work, known)
    assert again == {str(jumping[0])}
    assert read == {source.key for source in work.sources} | again


def test_nothing_is_read_again_where_nothing_changed(pages: Path) -> None:
    paths = [pages / "a" / "1.txt", pages / "a" / "2.txt"]
    known = recorded(*paths, jumps=True)
    assert neighbours(Work([source_of(path) for path in paths]), known)[1] == set()
    (pages / "a" / "3.txt").write_text("anew", encoding="utf-8")
    assert neighbours(Work([source_of(pages / "b" / "1.txt")]), known)[1] == set()


def test_a_neighbour_that_vanished_is_not_read(pages: Path) -> None:
    first, second = pages / "a" / "1.txt", pages / "a" / "2.txt"
    known = recorded(first, jumps=True)
    first.unlink()
    read, _ = neighbours(Work([source_of(second)]), known)
    assert read == {str(second)}


def test_a_neighbour_keeps_its_name(pages: Path) -> None:
    known = recorded(pages / "a" / "1.txt", jumps=True)
    work = with_neighbours(Work([source_of(pages / "a" / "2.txt")]), known, OPTIONS)
    assert work.sources[-1].name == "1.txt"


def test_a_file_without_a_place_is_known_by_what_it_says() -> None:
    work = plan([File("stdin", content=b"a")], {}, OPTIONS, sync=True, leave_out=None)
    (source,) = work.sources
    assert source == Source(f"stdin:{digest_of(File('', content=b'a'), OPTIONS)}", source.file)
    assert source.key in work.named


@pytest.mark.parametrize(
    ("key", "found"),
    [("/a/b/c.txt", True), ("/a/b.txt", True), ("/ab/c.txt", False), ("/a", False), ("x:1", False)],
)
def test_a_file_is_under_a_folder_at_any_depth(key: str, *, found: bool) -> None:
    assert is_under(key, {"/a"}) == found


def test_links_into_a_folder_are_seen_through(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    assert is_inside(tmp_path / "link" / "file", tmp_path / "folder")
    assert not is_inside(tmp_path / "folder2", tmp_path / "folder")
