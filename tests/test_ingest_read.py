from __future__ import annotations

import io
import os
import socket
from pathlib import Path

import pytest

from ingest import read
from ingest.errors import BinaryFile, EmptyFile, FileTooLarge, ReadError, UnknownFormat
from ingest.formats import FORMATS

PAGE = "城市书房点亮夜晚\n□ 林晓\n\n去年，市里建成十家城市书房。读者可以读到夜里十点。\n"


def write(path: Path, text: str = PAGE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_finds_files_as_given_and_folders_in_order(tmp_path: Path) -> None:
    second = write(tmp_path / "folder" / "b.txt")
    nested = write(tmp_path / "folder" / "a" / "c.md")
    other = write(tmp_path / "folder" / "z.docx")
    write(tmp_path / "folder" / ".hidden.txt")
    write(tmp_path / "folder" / ".git" / "d.txt")
    single = tmp_path / "missing.txt"
    assert list(read.find_files([single, tmp_path / "folder"])) == [single, nested, second, other]


def test_walks_a_folder_once_whatever_links_to_it(tmp_path: Path) -> None:
    page = write(tmp_path / "folder" / "a.txt")
    (tmp_path / "folder" / "loop").symlink_to(tmp_path / "folder", target_is_directory=True)
    (tmp_path / "folder" / "self").symlink_to(tmp_path / "folder" / "self")
    found = list(read.find_files([tmp_path / "folder", tmp_path / "folder"]))
    assert found == [page, tmp_path / "folder" / "self"]
    with pytest.raises(ReadError, match="self can't be read"):
        read.read_file(found[1])


@pytest.mark.parametrize("name", ["page.txt", "page.TXT", "page.md", "page.markdown", "README"])
def test_reads_a_page(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name)
    (article,) = read.read_file(path).articles
    assert article.title == "城市书房点亮夜晚"
    assert article.authors == ("林晓",)
    assert article.path == str(path)


def test_reads_a_page_in_a_legacy_encoding(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(PAGE.encode("gb18030"))
    (article,) = read.read_file(path).articles
    assert "读者可以读到夜里十点。" in article.text


def test_reads_what_comes_in_on_standard_input() -> None:
    file = read.read_stream(io.BytesIO(PAGE.encode()))
    (article,) = read.read(file).articles
    assert (article.title, article.path) == ("城市书房点亮夜晚", "stdin")


def test_takes_no_more_from_a_stream_than_it_may() -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            assert 0 <= size <= read.LARGEST_STREAM + 1
            self.taken += size
            return bytes(size)

    stream = Endless()
    with pytest.raises(FileTooLarge, match="stdin is larger than 64 MB"):
        read.read_stream(stream)
    assert stream.taken == read.LARGEST_STREAM + 1


def test_leaves_out_what_systems_keep_for_themselves(tmp_path: Path) -> None:
    page = write(tmp_path / "a.txt")
    for name in ("~$a.docx", ".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX/b.txt"):
        write(tmp_path / name)
    assert list(read.find_files([tmp_path])) == [page]
    assert list(read.find_files([tmp_path / "Thumbs.db"])) == [tmp_path / "Thumbs.db"]


def test_gives_pipes_and_sockets_for_the_reader_to_refuse(tmp_path: Path) -> None:
    pipe, door = tmp_path / "a.txt", tmp_path / "b.txt"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(door))
        assert list(read.find_files([tmp_path])) == [pipe, door]
        for path in (pipe, door, Path(os.devnull)):
            with pytest.raises(ReadError, match="not a regular file"):
                read.read_file(path)


def test_path_is_kept_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "page.txt")
    monkeypatch.chdir(tmp_path)
    assert read.read_file(Path("page.txt")).articles[0].path == "page.txt"


@pytest.mark.parametrize(
    ("name", "content", "error", "english", "chinese"),
    [
        ("empty.txt", b" \n", EmptyFile, "empty", "空文件"),
        ("nothing.docx", b"", EmptyFile, "empty", "空文件"),
        ("noise.txt", b"\0\1\2\3" * 9, BinaryFile, "binary", "二进制"),
        ("song.txt", b"ID3\x03\0", UnknownFormat, "sound", "音频"),
        ("page.xyz", b"text", UnknownFormat, "no reader for .xyz", ".xyz"),
    ],
)
def test_says_why_a_file_cannot_be_read(
    tmp_path: Path, name: str, content: bytes, error: type[ReadError], english: str, chinese: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(error) as caught:
        read.read_file(path)
    for language, reason in (("en", english), ("zh", chinese)):
        message = caught.value.in_language(language)
        assert reason in message
        assert str(path) in message
        assert "\n" not in message


def test_refuses_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(FORMATS["text"].largest + 1)
    with pytest.raises(FileTooLarge, match="64 MB"):
        read.read_file(path)


def test_refuses_a_missing_file_and_a_broken_link(tmp_path: Path) -> None:
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "nowhere.txt")
    for path in (tmp_path / "missing.txt", link):
        with pytest.raises(ReadError, match="doesn't exist") as caught:
            read.read_file(path)
        assert "不存在" in caught.value.chinese


def test_refuses_a_folder_and_a_pipe(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="is a folder"):
        read.read_file(tmp_path)
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    with pytest.raises(ReadError, match="not a regular file"):
        read.read_file(pipe)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open everything")
def test_refuses_what_it_may_not_open(tmp_path: Path) -> None:
    page = write(tmp_path / "page.txt")
    page.chmod(0)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    assert list(read.find_files([tmp_path])) == [closed, page]
    for path in (page, closed):
        with pytest.raises(ReadError, match="permission denied"):
            read.read_file(path)
