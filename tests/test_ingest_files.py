"""Many files, read by workers that may die of them."""

from __future__ import annotations

import gzip
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import pytest
from hostile import obey

from ingest.errors import DamagedFile, FileTooLarge, ReadError
from ingest.files import AHEAD, GROUP, Event, Failed, Given, Unchanged, read_files
from ingest.formats import File, Options, concatenate
from ingest.read import read_file
from ingest.workers.tasks import MOST, Limits, Source, digest_of, source_of

SECONDS = 5.0  # far more than a page takes, on a machine with much else to do
Texts = tuple[str, ...]


@pytest.fixture
def scratch(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are made."""
    folder = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def write(folder: Path, *texts: str) -> list[Path]:
    paths = [folder / f"{number:03}.txt" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(f"{text}。这一页写的是第{path.stem}页的事。\n", encoding="utf-8")
    return paths


def events(
    paths: Iterable[Path], is_known: Callable[[str, str], bool] | None = None, **how: object
) -> list[Event[Texts]]:
    known = {"is_known": is_known} if is_known else {}
    limits = Limits(seconds=SECONDS, ocr_seconds=SECONDS)
    return list(read_files(map(source_of, paths), obey, **{"limits": limits, **known, **how}))


def children() -> set[int]:
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that has just ended
            found |= set(map(int, (task / "children").read_text().split()))
    return found


def test_files_are_read_in_their_order_as_one_process_reads_them(tmp_path: Path) -> None:
    paths = write(tmp_path, *(f"渡口{number}" for number in range(30)))
    given = events(paths, workers=3)
    for path, event in zip(paths, given, strict=True):
        assert isinstance(event, Given)
        assert event.source == source_of(path)
        assert event.reading == read_file(path)
        assert event.made == tuple(article.text for article in event.reading.articles)
        assert (event.share, event.last, event.whole) == (1.0, True, True)


def test_what_fails_is_told_in_its_place_and_the_rest_goes_on(tmp_path: Path) -> None:
    first, second = write(tmp_path, "石桥", "木桥")
    binary = tmp_path / "binary.txt"
    binary.write_bytes(b"\x7fELF\0\0\0" + bytes(range(256)))
    os.mkfifo(tmp_path / "pipe.txt")
    paths = [first, tmp_path / "missing.txt", binary, tmp_path / "pipe.txt", tmp_path, second]
    good, missing, is_binary, pipe, folder, last = events(paths)
    assert isinstance(good, Given)
    assert isinstance(last, Given)
    for event in (missing, is_binary, pipe, folder):
        assert isinstance(event, Failed)
        assert type(event.error) is not DamagedFile
        assert event.source.name in event.error.chinese


@pytest.mark.parametrize(
    ("order", "kind", "told"),
    [
        ("停住", FileTooLarge, f"{SECONDS:g} s"),
        ("中止", DamagedFile, "SIGABRT"),
        ("被杀", FileTooLarge, "memory"),
        ("出错", DamagedFile, "RuntimeError: no reader should raise it (hostile.py:"),
    ],
)
def test_a_worker_that_dies_takes_one_file_with_it(
    tmp_path: Path, order: str, kind: type[ReadError], told: str
) -> None:
    before, victim, *after = events(write(tmp_path, "前", order, "后", "末"), workers=2)
    assert isinstance(victim, Failed)
    assert type(victim.error) is kind
    assert told in victim.error.english
    assert victim.source.name in victim.error.english
    assert victim.source.name in victim.error.chinese
    assert all(isinstance(event, Given) for event in (before, *after))


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_a_file_that_needs_too_much_memory_is_given_up(tmp_path: Path) -> None:
    small, large = write(tmp_path, "小", "大")
    with large.open("a", encoding="utf-8") as file:
        for number in range(2_000_000):
            file.write(f"第{number}行。\n")
    limits = Limits(memory=200 * 2**20)
    first, second, third = events([small, large, small], limits=limits, workers=1)
    assert isinstance(first, Given)
    assert isinstance(second, Failed)
    assert isinstance(second.error, FileTooLarge)
    assert "200 MB" in second.error.english
    assert isinstance(third, Given)


def write_lines(path: Path, count: int, order: Callable[[int], str]) -> None:
    """Lines of JSON of about 100 KB each, so that there are few articles in many bytes."""
    text = "河水流过石桥，桥上有人。" * 2700
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            line = {"title": f"第{number}号", "text": f"{order(number)}{number}。\n{text}"}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def test_a_large_file_is_read_in_parts_one_after_another(tmp_path: Path) -> None:
    write_lines(tmp_path / "many.jsonl", 100, lambda number: "渡口")
    (after,) = write(tmp_path, "石桥")
    *parts, last = events([tmp_path / "many.jsonl", after], workers=2)
    assert len(parts) > 2
    assert isinstance(last, Given)
    titles: list[str | None] = []
    for part in parts:
        assert isinstance(part, Given)
        assert part.source.key == str(tmp_path / "many.jsonl")
        assert part.last == (part is parts[-1])
        assert part.whole
        titles += [article.title for article in part.reading.articles]
    assert titles == [f"第{number}号" for number in range(100)]
    assert sum(part.share for part in parts if isinstance(part, Given)) == pytest.approx(1)


def test_a_part_that_is_lost_is_told_and_the_others_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    write_lines(path, 100, lambda number: "中止。" if 20 < number < 60 else "渡口")
    *parts, last = events([path], workers=1)
    assert all(isinstance(part, Given) and part.made for part in parts)
    assert isinstance(last, Given)
    assert (last.last, last.whole, last.made) == (True, False, None)
    assert last.reading.problems
    assert all("SIGABRT" in problem.english for problem in last.reading.problems)
    assert 0 < sum(part.share for part in parts if isinstance(part, Given)) < 1


def test_a_file_all_of_whose_parts_are_lost_has_failed(tmp_path: Path) -> None:
    write_lines(tmp_path / "many.jsonl", 60, lambda number: "中止。")
    (event,) = events([tmp_path / "many.jsonl"], workers=1)
    assert isinstance(event, Failed)
    assert "SIGABRT" in event.error.english


def test_a_large_gzip_file_is_read_in_the_parts_of_its_member(
    tmp_path: Path, scratch: Path
) -> None:
    plain = tmp_path / "many.jsonl"
    write_lines(plain, 100, lambda number: "渡口")
    packed = tmp_path / "many.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes(), 1))
    given = [event for event in events([packed], workers=2) if isinstance(event, Given)]
    assert len(given) > 3
    assert given[-1].last
    assert all(event.whole for event in given)
    assert {event.digest for event in given} == {digest_of(File("", packed), Options())}
    assert concatenate(event.reading for event in given) == read_file(packed)
    assert sum(event.share for event in given) == pytest.approx(1)
    assert not list(scratch.iterdir())


def test_nothing_unpacked_is_left_behind(tmp_path: Path, scratch: Path) -> None:
    content = b'{"text": "A bridge over the river."}\n' * 200_000
    for name, packed in (("a", gzip.compress(content, 1)), ("b", gzip.compress(content, 1)[:-9])):
        (tmp_path / f"{name}.jsonl.gz").write_bytes(packed)
    paths = sorted(tmp_path.glob("*.gz"))
    reading = read_files(map(source_of, paths), obey, workers=2)
    next(reading)
    [folder] = scratch.iterdir()
    assert list(folder.iterdir())
    reading.close()  # type: ignore[attr-defined]
    assert not list(scratch.iterdir())
    *_, last = events(paths)
    assert isinstance(last, Failed)
    assert type(last.error) is DamagedFile
    assert not list(scratch.iterdir())


def test_of_a_very_large_reading_some_articles_are_made_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "many.json"
    count = 2 * GROUP + 1
    text = "河水流过石桥，桥上有人。" * (MOST // count // 11)
    records = [
        {"title": f"第{number}号", "text": ("中止。" if number == GROUP else "") + text}
        for number in range(count)
    ]
    path.write_text(json.dumps(records, ensure_ascii=False, indent=0), encoding="utf-8")
    given = events([path], limits=Limits())  # it takes as long as it takes
    first, *groups, last = (event for event in given if isinstance(event, Given))
    assert not first.reading.articles
    for event in groups:
        assert event.made == tuple(article.text for article in event.reading.articles)
    titles = [article.title for event in groups for article in event.reading.articles]
    assert titles == [f"第{number}号" for number in (*range(GROUP), 2 * GROUP)]
    assert (last.last, last.whole) == (True, False)
    assert "SIGABRT" in last.reading.problems[0].english


def test_a_known_file_is_not_read_and_no_worker_is_started(tmp_path: Path) -> None:
    paths = write(tmp_path, "中止", "中止")
    known = {(source_of(path).key, digest_of(File("", path), Options())) for path in paths}
    before = children()
    for event in events(paths, is_known=lambda key, digest: (key, digest) in known):
        assert isinstance(event, Unchanged)
        assert children() == before


def test_a_digest_tells_content_and_options_apart(tmp_path: Path) -> None:
    file = File("", write(tmp_path, "一")[0])
    other = File("", content=file.data + b" ")
    ways = [Options(), Options(encoding="gb18030"), Options(columns={"title": "标题"})]
    digests = [digest_of(file, way) for way in ways] + [digest_of(other, Options())]
    assert len(set(digests)) == len(digests)
    assert digest_of(File("elsewhere", content=file.data), Options()) == digests[0]


def test_what_is_not_on_disk_is_read_too() -> None:
    source = Source("stdin", File("stdin.txt", content="河水很清。".encode()))
    (event,) = read_files([source], obey)
    assert isinstance(event, Given)
    assert event.made == ("河水很清。",)


def test_no_more_is_read_ahead_than_workers_can_use(tmp_path: Path) -> None:
    paths = write(tmp_path, *map(str, range(100)))
    taken: list[Path] = []
    sources = (source_of(path) for path in paths if not taken.append(path))  # type: ignore[func-returns-value]
    reading = read_files(sources, obey, workers=2)
    next(reading)
    assert len(taken) <= 2 * AHEAD
    reading.close()  # type: ignore[attr-defined]


def test_no_process_is_left_behind(tmp_path: Path) -> None:
    before = children()
    paths = write(tmp_path, *"渡口石桥", "停住", *"木船")
    reading = read_files(map(source_of, paths), obey, workers=2)
    next(reading)
    assert children() > before
    reading.close()  # type: ignore[attr-defined]
    assert children() == before
    events(paths[:2])
    assert children() == before


def test_a_killed_parent_takes_its_workers_along(tmp_path: Path) -> None:
    """Even such as hang."""
    code = (
        "import sys; from pathlib import Path; from hostile import obey\n"
        "from ingest.files import read_files; from ingest.workers.tasks import source_of\n"
        "for event in read_files(map(source_of, map(Path, sys.argv[1:])), obey, workers=1):\n"
        "    tasks = Path('/proc/self/task').glob('*/children')\n"
        "    print(*(each.read_text() for each in tasks), flush=True)\n"
    )
    paths = write(tmp_path, "一", "停住")
    command = [sys.executable, "-c", code, *map(str, paths)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout
        workers = [int(each) for each in parent.stdout.readline().split()]
        assert workers
        handles = [os.pidfd_open(worker) for worker in workers]
        parent.send_signal(signal.SIGKILL)
    for handle in handles:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        assert poll.poll(SECONDS * 1000)
        os.close(handle)
