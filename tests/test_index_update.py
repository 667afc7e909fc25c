"""A library that follows files: what is read, skipped, replaced, forgotten and kept."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import BigramEmbedder

from index.files.update import Problem, Report, UpdateOptions, update_library
from index.index import Index
from index.store.batches import SIZE
from ingest.errors import EmptyFile, LibraryNotFound, UnknownFormat
from ingest.files import Event
from ingest.formats import File, Options
from ingest.prepare import Prepared
from ingest.workers.tasks import Source

Update = Callable[..., Report]


class Ear:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.sources: list[str] = []
        self.events: list[str] = []
        self.problems: list[Problem] = []
        self.stop_after = ("", threading.Event())

    def begin(self, sources: Sequence[Source]) -> None:
        self.sources = [source.name for source in sources]

    def take(self, event: Event[tuple[Prepared, ...]]) -> None:
        self.events.append(event.source.name)
        name, stopped = self.stop_after
        if name and event.source.name.endswith(name):
            stopped.set()

    def tell(self, problem: Problem) -> None:
        self.problems.append(problem)


@pytest.fixture
def open_library(tmp_path: Path) -> Callable[..., Index]:
    def open_library(*, create: bool = False) -> Index:
        return Index.open(tmp_path / "library", BigramEmbedder(), create=create)

    return open_library


@pytest.fixture
def update(open_library: Callable[..., Index]) -> Update:
    def update(*paths: Path | File, **how: object) -> Report:
        ear = Ear()
        report = update_library(open_library, paths, ear, UpdateOptions(workers=1, **how))  # type: ignore[arg-type]
        assert [*report.failed, *report.partly] == ear.problems
        assert sorted(ear.events) == sorted(ear.sources)
        assert report.files == len(ear.sources)
        assert not report.stopped
        return report

    return update


@pytest.fixture
def texts(open_library: Callable[..., Index]) -> Callable[[], dict[str, str]]:
    """The articles' texts by the names of their files."""

    def texts() -> dict[str, str]:
        with open_library() as index:
            return {Path(each.path).name: each.text for each in index.articles()}

    return texts


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    (folder / "old").mkdir(parents=True)
    for name in ("a.txt", "b.txt", "old/c.txt"):
        write(folder / name, f"第{name}条渡线开了很多年。")
    return folder


def write(path: Path, text: str) -> None:
    path.write_text(f"{text}\n", encoding="utf-8")


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.read, report.unchanged, len(report.failed), report.forgotten


def test_files_are_read_once(update: Update, pages: Path) -> None:
    first = update(pages)
    assert counts(first) == (3, 0, 0, 0)
    assert (first.updated.added, first.library_articles) == (3, 3)
    assert first.library_passages == first.updated.passages == 3
    second = update(pages)
    assert counts(second) == (0, 3, 0, 0)
    assert (second.updated.added, second.library_articles) == (0, 3)


def test_a_file_is_known_from_wherever_it_is_given(
    update: Update, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(pages)
    monkeypatch.chdir(pages / "old")
    assert counts(update(Path("../a.txt"), Path("c.txt"))) == (0, 2, 0, 0)


def test_what_has_been_read_when_it_is_stopped_stays(
    update: Update, open_library: Callable[..., Index], pages: Path, texts
) -> None:
    update(pages)
    (pages / "a.txt").unlink()
    for name in ("d.txt", "e.txt"):
        write(pages / name, f"第{name}条渡线开了很多年。")
    options = UpdateOptions(workers=1, sync=True)
    ear = Ear()
    ear.stop_after = ("d.txt", options.stopped)
    report = update_library(open_library, [pages], ear, options)
    assert report.stopped
    assert counts(report) == (1, 1, 0, 0)  # nothing is forgotten
    assert report.updated.added == 1
    assert texts().keys() == {"a.txt", "b.txt", "c.txt", "d.txt"}
    assert update(pages).updated.added == 1


def test_a_changed_file_replaces_its_articles(update: Update, pages: Path, texts) -> None:
    update(pages)
    write(pages / "b.txt", "这条渡线去年停航了。")
    report = update(pages)
    assert counts(report) == (1, 2, 0, 0)
    assert (report.updated.added, report.updated.removed) == (1, 1)
    assert texts()["b.txt"] == "这条渡线去年停航了。"


def test_what_else_is_asked_of_a_file_is_a_change(update: Update, pages: Path) -> None:
    update(pages)
    assert counts(update(pages, read=Options(encoding="utf-8"))) == (3, 0, 0, 0)


def test_vanished_files_stay_without_sync(update: Update, pages: Path, texts) -> None:
    update(pages)
    (pages / "a.txt").unlink()
    assert counts(update(pages)) == (0, 2, 0, 0)
    assert set(texts()) == {"a.txt", "b.txt", "c.txt"}


def test_sync_forgets_what_vanished_from_the_folders_given(
    update: Update, pages: Path, texts
) -> None:
    update(pages)
    (pages / "a.txt").unlink()
    shutil.rmtree(pages / "old")
    (pages / "old").mkdir()
    report = update(pages / "old", sync=True)
    assert counts(report) == (0, 0, 0, 1)
    assert report.updated.removed == 1
    assert set(texts()) == {"a.txt", "b.txt"}
    assert counts(update(pages, sync=True)) == (0, 1, 0, 1)
    assert set(texts()) == {"b.txt"}


def test_sync_of_a_moved_file_keeps_its_article(update: Update, pages: Path, texts) -> None:
    update(pages)
    (pages / "a.txt").rename(pages / "old" / "d.txt")
    report = update(pages, sync=True)
    assert counts(report) == (1, 2, 0, 1)
    assert (report.updated.added, report.updated.removed) == (0, 0)
    assert len(texts()) == 3


def test_sync_never_forgets_what_it_could_not_look_at(
    update: Update, pages: Path, texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(pages)
    (pages / "a.txt").write_bytes(b"")
    shutil.rmtree(pages / "old")
    (pages / "old").symlink_to("old")  # which can't be listed
    report = update(pages, pages / "missing", sync=True)
    assert counts(report) == (0, 1, 3, 0)
    shutil.move(pages, pages.with_name("elsewhere"))
    assert counts(update(pages, sync=True)) == (0, 0, 1, 0)
    assert set(texts()) == {"a.txt", "b.txt", "c.txt"}


def test_a_file_that_fails_now_keeps_what_it_gave(update: Update, pages: Path, texts) -> None:
    update(pages)
    (pages / "a.txt").write_bytes(b"")
    for _ in range(2):  # it is tried again
        report = update(pages, sync=True)
        assert counts(report) == (0, 2, 1, 0)
        assert isinstance(report.failed[0].error, EmptyFile)
    assert "a.txt" in texts()


def test_other_kinds_are_passed_over_unless_they_are_asked_for(update: Update, pages: Path) -> None:
    write(pages / "notes.xyz", "1,2")
    report = update(pages)
    assert (counts(report), report.passed_over) == ((3, 0, 0, 0), 1)
    report = update(pages / "notes.xyz", pages)
    assert (counts(report), report.passed_over) == ((0, 3, 1, 0), 0)
    assert isinstance(report.failed[0].error, UnknownFormat)


def test_a_file_given_twice_is_read_once(update: Update, pages: Path) -> None:
    assert update(pages, pages / "a.txt", pages / "old" / ".." / "a.txt").files == 3


def test_what_comes_on_standard_input_is_kept_by_what_it_says(update: Update, pages: Path) -> None:
    first = File("stdin", content="河水很清。".encode())
    second = File("stdin", content="河水很浑。".encode())
    assert update(first).updated.added == 1
    assert update(second).updated.added == 1
    assert counts(update(first, pages, sync=True)) == (3, 1, 0, 0)
    assert update(pages).library_articles == 5


def test_the_librarys_own_folder_is_left_out(update: Update, tmp_path: Path, pages: Path) -> None:
    update(pages)
    write(tmp_path / "library" / "a.txt", "这不是文章。")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "library")
    assert counts(update(tmp_path, leave_out=link)) == (0, 3, 0, 0)


def test_without_articles_no_library_is_made(
    update: Update, tmp_path: Path, open_library: Callable[..., Index]
) -> None:
    (tmp_path / "empty.txt").touch()
    assert counts(update(tmp_path / "empty.txt", sync=True)) == (0, 0, 1, 0)
    with pytest.raises(LibraryNotFound):
        open_library()


def test_ctrl_c_keeps_what_was_confirmed(
    update: Update, open_library: Callable[..., Index], pages: Path
) -> None:
    lines = (f'{{"text": "第{number}号渡口在河的第{number}个弯。"}}' for number in range(SIZE))
    write(pages / "0.jsonl", "\n".join(lines))

    class Stopping(Ear):
        def take(self, event: Event[tuple[Prepared, ...]]) -> None:
            super().take(event)
            if len(self.events) > 1:
                raise KeyboardInterrupt

    report = update_library(open_library, [pages], Stopping())
    assert report.stopped
    assert report.library_articles == report.updated.added == SIZE
    rest = update(pages)
    assert (rest.unchanged, rest.updated.added) == (1, 3)
    assert rest.library_articles == SIZE + 3


def test_halves_do_not_replace_a_joined_article_while_one_of_them_fails(
    update: Update, pages: Path, texts
) -> None:
    half = "县里今年修了三座石桥。村民说，以后过河不用再绕路，孩子上学也近了，石桥的"
    rest = "栏杆上刻着捐钱人的名字。村民每年给石桥上一次漆，修桥的工匠也会回来看看。"
    first, second = pages / "第1版.txt", pages / "第3版.txt"
    write(first, f"石桥修好了\n\n{half}\n（下转第3版）")
    write(second, f"石桥修好了\n（上接第1版）\n{rest}")
    update(pages)
    before = texts()
    assert any(half + rest in text for text in before.values())
    second.write_bytes(b"")
    write(first, f"石桥修好了\n\n今年春天，{half}\n（下转第3版）")
    report = update(pages)
    assert {Path(problem.file).name for problem in report.failed} == {"第1版.txt", "第3版.txt"}
    assert texts() == before
    write(second, f"石桥修好了\n（上接第1版）\n{rest}")
    assert not update(pages).failed
    assert any(f"今年春天，{half}{rest}" in text for text in texts().values())
