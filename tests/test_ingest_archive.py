"""Archives: their members are read, and nothing that is wrong with one harms the others."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import zips
from ingest.errors import (
    DamagedFile,
    EmptyFile,
    FileTooLarge,
    LockedFile,
    ReadError,
    UnknownFormat,
)
from ingest.formats import File, Options, archive, concatenate
from ingest.read import read
from ingest.types import Reading
from ingest.zips import check_sizes

PAGE = "城市书房点亮夜晚\n□ 林晓\n\n去年，市里建成十家城市书房。读者可以读到夜里十点。\n"
OTHER = "石桥的故事很长，讲了三代人。\n"


def zipped(members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archived:
        for name, content in members.items():
            archived.writestr(name, content)
    return stream.getvalue()


def tarred(members: dict[str, str], mode: str = "w") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archived:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content.encode())
            archived.addfile(member, io.BytesIO(content.encode()))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archived.addfile(link)
    return stream.getvalue()


def read_bytes(content: bytes, name: str = "a.zip") -> Reading:
    return read(File(name, content=content))


def paths(reading: Reading) -> list[str]:
    return [article.path for article in reading.articles]


def renamed(content: bytes, old: bytes, new: bytes) -> bytes:
    """With a member's name replaced as it is written, whatever the zipfile module thinks of it."""
    assert len(old) == len(new)
    return content.replace(old, new)


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_reads_members_of_every_kind(method: int) -> None:
    table = "title,text\n甲,市里建成十家城市书房。\n"
    lines = '{"id": "x", "text": "石桥的故事。"}\n'
    reading = read_bytes(
        zipped({"版/a.txt": PAGE, "b.csv": table, "c.jsonl": lines, "版/": ""}, method)
    )
    assert paths(reading) == ["a.zip/版/a.txt", "a.zip/b.csv#2", "a.zip/c.jsonl#x"]
    assert reading.articles[0].authors == ("林晓",)
    assert not reading.problems


@pytest.mark.parametrize(
    ("name", "content", "path"),
    [
        ("a.tar", tarred({"版/a.txt": PAGE}), "a.tar/版/a.txt"),
        ("a.tgz", tarred({"版/a.txt": PAGE}, "w:gz"), "a.tgz/a.tar/版/a.txt"),
        ("a.tar.gz", tarred({"版/a.txt": PAGE}, "w:gz"), "a.tar.gz/a.tar/版/a.txt"),
        ("a.txt.gz", gzip.compress(PAGE.encode(), mtime=0), "a.txt.gz/a.txt"),
        (
            "a.jsonl.gz",
            gzip.compress(b'{"text": "One sentence."}', mtime=0),
            "a.jsonl.gz/a.jsonl#1",
        ),
    ],
)
def test_reads_tar_and_gzip(name: str, content: bytes, path: str) -> None:
    reading = read_bytes(content, name)
    assert paths(reading) == [path]
    assert not reading.problems


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-8"])
def test_recovers_names_in_other_encodings(encoding: str) -> None:
    names = ["人民生活第三版今日要聞.txt", "城市書房點亮夜晚.txt"]
    content = zipped(dict.fromkeys([f"{i}{'x' * 40}.txt" for i in range(2)], PAGE))
    for i, name in enumerate(names):
        raw = name.encode(encoding)
        filled = raw.removesuffix(b".txt").ljust(41, b"-") + b".txt"
        content = renamed(content, f"{i}{'x' * 40}.txt".encode(), filled)
    assert [path.replace("-", "") for path in paths(read_bytes(content))] == [
        f"a.zip/{name}" for name in names
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/x.txt", "a.zip/etc/x.txt"),
        ("/etc/x.txt", "a.zip/etc/x.txt"),
        ("C:\\temp\\x.txt", "a.zip/temp/x.txt"),
        ("..\\..\\x.txt", "a.zip/x.txt"),
        ("a//./b.txt", "a.zip/a/b.txt"),
        ("x\x1b[31m\n.txt", "a.zip/x[31m.txt"),
    ],
)
def test_names_lead_nowhere(name: str, shown: str) -> None:
    assert paths(read_bytes(zipped({name: PAGE}))) == [shown]


def test_leaves_out_what_systems_keep_for_themselves() -> None:
    hidden = [
        "__MACOSX/._a.txt",
        ".DS_Store",
        "版/.b.txt",
        "版/Thumbs.db",
        "~$a.docx",
        ".git/c.txt",
    ]
    reading = read_bytes(zipped({"a.txt": PAGE, **dict.fromkeys(hidden, OTHER)}))
    assert paths(reading) == ["a.zip/a.txt"]
    assert not reading.problems


def test_passes_over_other_kinds_of_files_and_says_so() -> None:
    reading = read_bytes(zipped({"a.css": "x", "b.mp3": b"ID3\x03\0", "c.css": "x", "d.txt": PAGE}))
    assert paths(reading) == ["a.zip/d.txt"]
    (problem,) = reading.problems
    assert isinstance(problem, UnknownFormat)
    assert str(problem) == "a.zip: 3 members passed over, of kinds that aren't read: .css .mp3"


def test_an_archive_of_nothing_else_is_passed_over_as_well() -> None:
    with pytest.raises(UnknownFormat, match="2 members passed over"):
        read_bytes(zipped({"a.css": "x", "b.css": "x"}))


def test_tells_of_the_first_if_no_member_can_be_read() -> None:
    with pytest.raises(
        ReadError, match=r"none of its 2 members .* the first: a.zip/a.txt is empty"
    ):
        read_bytes(zipped({"a.txt": "", "b.txt": " "}))


@pytest.mark.parametrize("members", [{}, {".a.txt": PAGE}])
def test_refuses_an_archive_without_files(members: dict[str, str | bytes]) -> None:
    with pytest.raises(EmptyFile, match="holds no files"):
        read_bytes(zipped(members))


def test_a_damaged_member_is_named_and_the_others_are_read() -> None:
    content = bytearray(zipped({"a.txt": OTHER * 9, "b.txt": PAGE}))
    content[60:64] = b"\xff\xff\xff\xff"  # in the first member's data
    reading = read_bytes(bytes(content))
    assert paths(reading) == ["a.zip/b.txt"]
    (problem,) = reading.problems
    assert isinstance(problem, DamagedFile)
    assert "a.zip/a.txt is damaged" in str(problem)


def locked(content: bytes, count: int) -> bytes:
    """With the flag of encryption set on the first members of the list."""
    changed = bytearray(content)
    start = 0
    for _ in range(count):
        start = changed.index(b"PK\x01\x02", start) + 4
        changed[start + 4] |= 1
    return bytes(changed)


def test_an_encrypted_member_is_named_and_an_encrypted_archive_refused() -> None:
    content = zipped({"a.txt": OTHER, "b.txt": PAGE})
    reading = read_bytes(locked(content, 1))
    assert paths(reading) == ["a.zip/b.txt"]
    assert isinstance(reading.problems[0], LockedFile)
    with pytest.raises(LockedFile, match="password"):
        read_bytes(locked(content, 2))


@pytest.mark.parametrize("cut", [30, 200, -30, -4])
def test_a_cut_off_archive_is_damaged(cut: int) -> None:
    with pytest.raises(DamagedFile, match="damaged"):
        read_bytes(zipped({"a.txt": OTHER * 99, "b.txt": PAGE})[:cut])


def nested(depth: int) -> bytes:
    content = zipped({"a.txt": PAGE})
    for _ in range(depth):
        content = zipped({"inner.zip": content})
    return content


def test_reads_archives_within_archives_but_not_for_ever() -> None:
    assert paths(read_bytes(nested(2))) == ["a.zip/inner.zip/inner.zip/a.txt"]
    with pytest.raises(FileTooLarge, match="within too many archives"):
        read_bytes(nested(3))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    zeros = bytes(zips.SMALL_TOTAL // 4 + 1)
    with pytest.raises(FileTooLarge, match="far more than it should"):
        read_bytes(zipped({f"{i}.txt": zeros for i in range(4)}))
    inner = zipped({f"{i}.txt": zeros for i in range(4)})
    reading = read_bytes(zipped({"a.zip": inner, "b.txt": PAGE}))
    assert paths(reading) == ["a.zip/b.txt"]
    assert isinstance(reading.problems[0], FileTooLarge)


def test_a_member_that_holds_more_than_it_declares_is_damaged() -> None:
    content = bytearray(zipped({"a.txt": OTHER * 500, "b.txt": PAGE}))
    listed = content.index(b"PK\x01\x02")
    struct.pack_into("<L", content, listed + 24, 10)  # its size
    reading = read_bytes(bytes(content))
    assert paths(reading) == ["a.zip/b.txt"]
    assert isinstance(reading.problems[0], DamagedFile)


def test_members_that_overlap_are_refused() -> None:
    content = zipped({"a.txt": OTHER * 40, "b.txt": PAGE})
    listed = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    changed = bytearray(content)
    struct.pack_into("<L", changed, listed + 42, 0)  # the second begins where the first does
    with pytest.raises(DamagedFile):
        read_bytes(bytes(changed))


def test_a_list_of_members_that_would_fill_the_memory_is_not_read() -> None:
    filling = zips.LARGEST_DIRECTORY + 2**20
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, filling, 0, 0)
    with pytest.raises(FileTooLarge):
        check_sizes(File("a.zip", content=bytes(filling) + end))


def test_too_many_members_are_refused() -> None:
    content = zipped({"a": ""})
    entry = content[content.index(b"PK\x01\x02") : content.index(b"PK\x05\x06")]
    listed = entry * (zips.MOST_MEMBERS + 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(listed), 0, 0)
    with pytest.raises(FileTooLarge):
        check_sizes(File("a.zip", content=listed + end))


def test_a_gzip_bomb_is_refused() -> None:
    packed = gzip.compress(bytes(2**24)) * (archive.LARGEST_MEMBER // 2**24 + 1)
    with pytest.raises(FileTooLarge, match="unpack it first"):
        read_bytes(packed, "a.txt.gz")


def test_large_archives_are_read_in_groups_of_members() -> None:
    filler = (OTHER * 30_000).encode()
    members: dict[str, str | bytes] = {f"{i}.txt": filler for i in range(8)}
    file = File("a.zip", content=zipped(members, zipfile.ZIP_STORED))
    parts = archive.parts(file, Options())
    assert [(part.start, part.stop) for part in parts] == [(0, 4), (4, 8)]
    with zipfile.ZipFile(io.BytesIO(file.content), "a") as archived:
        archived.writestr("last.txt", PAGE)
    small = File("a.zip", content=zipped({"a.txt": PAGE, "b.txt": OTHER}))
    reading = concatenate(
        archive.read_part(small, part, Options()) for part in archive.parts(small, Options())
    )
    assert paths(reading) == ["a.zip/a.txt", "a.zip/b.txt"]


SEEDS = st.sampled_from(
    [
        ("a.zip", zipped({"a.txt": PAGE, "b/c.csv": "title,text\n甲,乙丙。\n"})),
        ("a.zip", zipped({"n.zip": zipped({"a.txt": PAGE})}, zipfile.ZIP_LZMA)),
        ("a.tar", tarred({"a.txt": PAGE})),
        ("a.tgz", tarred({"a.txt": PAGE}, "w:gz")),
        ("a.txt.gz", gzip.compress(PAGE.encode(), mtime=0)),
    ]
)


@given(
    seed=SEEDS,
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), max_size=4),
    cut=st.floats(0.5, 1),
)
def test_any_bytes_give_a_reading_or_a_reason(
    seed: tuple[str, bytes], changes: list[tuple[float, bytes]], cut: float
) -> None:
    name, content = seed
    changed = bytearray(content)
    for place, new in changes:
        start = int(place * len(changed))
        changed[start : start + len(new)] = new
    with suppress(ReadError):
        assert read_bytes(bytes(changed[: int(cut * len(changed)) + 1]), name).articles


def test_articles_that_go_on_in_another_member_are_whole() -> None:
    first = (
        "河边日报 2024年6月5日 星期三 第1版\n\n石桥修好以后\n\n本报记者 周明\n\n"
        "河边的石桥修好了，来往的人比从前多了一倍。老人说，从前过河要等渡船，一等就是半个时辰，\n"
        "（下转第3版）\n"
    )
    rest = (
        "河边日报 2024年6月5日 星期三 第3版\n\n（上接第1版）\n\n"
        "如今走过石桥只要五分钟。渡船停在岸边，成了孩子们玩耍的地方。\n"
    )
    reading = read_bytes(zipped({"issue/01.txt": first, "issue/03.txt": rest}))
    (article,) = reading.articles
    assert article.title == "石桥修好以后"
    assert "半个时辰，如今走过石桥" in article.text
    assert not reading.jumps


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tgz", tarred({"a.jsonl": '{"text": "A bridge."}\n' * 300_000}, "w:gz")),
        ("a.txt.gz", gzip.compress(OTHER.encode() * 200_000, mtime=0)),
        ("a.jsonl.gz", gzip.compress(b'{"text": "A bridge."}\n', mtime=0)),
        ("a.zip", zipped({"a.jsonl": '{"text": "A bridge."}\n' * 300_000})),
    ],
)
def test_only_large_files_of_rows_are_unpacked(tmp_path: Path, name: str, content: bytes) -> None:
    assert archive.unpack(File(name, content=content), tmp_path) is None
    assert not list(tmp_path.iterdir())


def test_a_file_of_rows_is_unpacked_as_it_is(tmp_path: Path) -> None:
    content = b'{"text": "A bridge."}\n' * 300_000
    unpacked = archive.unpack(File("a.jsonl.gz", content=gzip.compress(content, mtime=0)), tmp_path)
    assert unpacked
    assert unpacked.name == "a.jsonl.gz/a.jsonl"
    assert unpacked.data == content


def test_of_what_cannot_be_unpacked_nothing_is_left(tmp_path: Path) -> None:
    block = b'{"text": "A bridge."}\n' * 2**19
    packed = gzip.compress(block, mtime=0)
    bomb = File("a.jsonl.gz", content=packed * (archive.LARGEST_MEMBER // len(block) + 1))
    with pytest.raises(FileTooLarge, match=r"a\.jsonl\.gz/a\.jsonl"):
        archive.unpack(bomb, tmp_path)
    with pytest.raises(DamagedFile):
        archive.unpack(File("a.jsonl.gz", content=packed[:-9]), tmp_path)
    assert not list(tmp_path.iterdir())
