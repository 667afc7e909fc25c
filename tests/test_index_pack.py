"""A library goes into one file, and comes out of it as it was, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest
from conftest import BigramEmbedder, make_article
from hypothesis import given
from hypothesis import strategies as st

from index.index import Index
from index.store.database import FILE_NAME
from index.store.lock import write_lock
from index.upkeep.doctor import examine
from index.upkeep.pack import FORMAT, model_files, pack, unpack
from ingest.errors import LibraryBusy, LibraryError, LibraryNotFound

ARTICLES = [make_article(f"渡口{one}的水位降了。", title=f"渡口{one}") for one in "东南西北"]
SETTINGS = b"passages = 3\n"


@pytest.fixture
def folder(tmp_path: Path, embedder: BigramEmbedder) -> Path:
    folder = tmp_path / "library"
    with Index.open(folder, embedder, create=True) as index:
        index.add(ARTICLES)
    return folder


@pytest.fixture
def file(folder: Path, tmp_path: Path) -> Path:
    """The library, packed with some settings and a model's file."""
    pack(folder, tmp_path / "a.wenjin", files={"wenjin.toml": SETTINGS, "models/m/x": b"model"})
    return tmp_path / "a.wenjin"


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_what_is_unpacked_is_what_was_packed(file: Path, tmp_path: Path) -> None:
    members = unpack(file, tmp_path / "there" / "library")
    there = tmp_path / "there" / "library"
    assert names(there) == {FILE_NAME, "wenjin.toml", "models/m/x", "lock"}
    assert (there / "wenjin.toml").read_bytes() == SETTINGS
    for member in members:
        content = (there / member.name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (member.size, member.sha256)
    with Index.open(there, BigramEmbedder()) as index:
        assert {one.id for one in index.articles()} == {one.id for one in ARTICLES}
        found = index.passages(index.search_lexical("渡口东", 1).numbers)
        assert found[0].article_id == ARTICLES[0].id
    assert examine(there, BigramEmbedder(), lambda _done, _total: None).clean
    assert names(tmp_path / "there") == {f"library/{name}" for name in names(there)}


def test_progress_is_told_in_bytes(folder: Path, tmp_path: Path) -> None:
    for run in (
        partial(pack, folder, tmp_path / "p", files={"wenjin.toml": SETTINGS}),
        partial(unpack, tmp_path / "p", tmp_path / "there"),
    ):
        dones, totals = zip(*progress_of(run), strict=True)
        assert set(totals) == {sum(dones)}


def progress_of(run: Callable[..., object]) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    run(progress=lambda *done: told.append(done))
    return told


def test_what_is_written_meanwhile_is_in_the_pack_or_not_but_never_half(
    folder: Path, tmp_path: Path
) -> None:
    groups = [[make_article(f"第{n}次，第{m}篇。") for m in range(9)] for n in range(8)]
    with Index.open(folder, BigramEmbedder()) as index:
        writer = threading.Thread(target=lambda: [index.add(group) for group in groups])
        writer.start()
        sizes = []
        while writer.is_alive() or not sizes:
            target = tmp_path / f"{len(sizes)}.wenjin"
            pack(folder, target, files={})
            unpack(target, tmp_path / target.stem)
            with Index.open(tmp_path / target.stem, BigramEmbedder()) as unpacked:
                sizes.append(unpacked.article_count - len(ARTICLES))
        writer.join()
    assert all(size % 9 == 0 for size in sizes)
    assert sizes == sorted(sizes)


def test_hidden_files_of_a_model_stay_behind(tmp_path: Path) -> None:
    for name in ("config.json", "1_Pooling/config.json", ".git/HEAD", ".cache"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert set(model_files(tmp_path, "embedder")) == {
        "models/embedder/config.json",
        "models/embedder/1_Pooling/config.json",
    }


def test_a_file_that_is_there_stays(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"mine")
    with pytest.raises(LibraryError, match="is there already"):
        pack(folder, tmp_path / "taken", files={})
    assert (tmp_path / "taken").read_bytes() == b"mine"


def test_where_there_is_no_library_nothing_is_packed(tmp_path: Path) -> None:
    with pytest.raises(LibraryNotFound):
        pack(tmp_path / "nothing", tmp_path / "a.wenjin", files={})
    assert not names(tmp_path)


@pytest.mark.parametrize("name", ["../x", "models/a\\b", "secrets.txt", "models/m/../../x"])
def test_odd_names_are_not_packed(folder: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(LibraryError, match="can't be packed"):
        pack(folder, tmp_path / "a.wenjin", files={name: b""})


def test_a_folder_that_is_not_empty_stays(file: Path, folder: Path, tmp_path: Path) -> None:
    for taken in (folder, file):
        before = taken.stat()
        with pytest.raises(LibraryError, match="isn't empty"):
            unpack(file, taken)
        assert taken.stat().st_ino == before.st_ino
    (tmp_path / "empty").mkdir()
    unpack(file, tmp_path / "empty")
    assert FILE_NAME in names(tmp_path / "empty")


def refused(file: Path, reason: str) -> None:
    """It is said why the file isn't taken, and nothing is left of it."""
    there = file.parent / "there" / "library"
    with pytest.raises(LibraryError, match=reason) as caught:
        unpack(file, there)
    assert "\n" not in caught.value.english + caught.value.chinese
    assert not list(there.parent.iterdir())


def test_what_is_no_pack_is_refused(tmp_path: Path, folder: Path) -> None:
    refused(tmp_path / "missing", "can't be read")
    refused(tmp_path, "can't be read")
    refused(folder / FILE_NAME, "isn't a whole pack")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("page.txt", "text")
    refused(tmp_path / "other.zip", "no manifest")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.9, 0.999])
def test_a_truncated_pack_is_refused(file: Path, share: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(share * len(content))])
    refused(file, "isn't a whole pack")


@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_is_noticed_where_it_matters(
    packed: bytes, tmp_path_factory: pytest.TempPathFactory, share: float, bit: int
) -> None:
    room = tmp_path_factory.mktemp("flipped")
    (room / "whole").write_bytes(packed)
    members = unpack(room / "whole", room / "before")
    flipped = bytearray(packed)
    flipped[int(share * len(packed))] ^= 1 << bit
    (room / "a").write_bytes(flipped)
    try:
        assert unpack(room / "a", room / "there") == members  # a bit that says nothing: of a date
    except LibraryError:
        assert not (room / "there").exists()
    assert not list(room.glob(".*"))


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A pack of one article."""
    room = tmp_path_factory.mktemp("packed")
    with Index.open(room / "library", BigramEmbedder(), create=True) as index:
        index.add(ARTICLES[:1])
    pack(room / "library", room / "a", files={"wenjin.toml": SETTINGS})
    return (room / "a").read_bytes()


def rewritten(
    file: Path,
    *,
    content: Mapping[str, bytes] = {},
    manifest: Callable[[dict], object] = lambda _manifest: None,  # type: ignore[type-arg]
    names: Mapping[str, str] = {},
) -> Path:
    """The pack with other members, or another manifest."""
    with zipfile.ZipFile(file) as old:
        members = {name: old.read(name) for name in old.namelist()} | dict(content)
    told = json.loads(members["manifest.json"])
    manifest(told)
    members["manifest.json"] = json.dumps(told).encode()
    with zipfile.ZipFile(file, "w") as new:
        for name, data in members.items():
            new.writestr(names.get(name, name), data)
    return file


def test_an_altered_member_is_refused(file: Path) -> None:
    refused(rewritten(file, content={"wenjin.toml": b"passages = 4\n"}), "wenjin.toml was altered")


def test_a_member_of_another_size_is_refused(file: Path) -> None:
    refused(rewritten(file, content={"models/m/x": b"0" * 10_000_000}), "of another size")


def test_a_newer_format_is_refused(file: Path) -> None:
    newer = rewritten(file, manifest=lambda told: told.update(format=FORMAT + 1))
    refused(newer, "newer version")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda told: told.pop("members"),
        lambda told: told.pop("format"),
        lambda told: told["members"][0].pop("sha256"),
        lambda told: told["members"].append("x"),
        lambda told: told.update(members=3),
        lambda told: told["members"].pop(),
        lambda told: told["members"].pop(0),
        lambda told: told["members"].append(told["members"][0]),
    ],
)
def test_a_manifest_that_is_not_as_it_should_be_is_refused(
    file: Path,
    wrong: Callable[[dict], object],  # type: ignore[type-arg]
) -> None:
    refused(rewritten(file, manifest=wrong), "isn't a whole pack")


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "/tmp/outside",
        "models/../../outside",
        "models/m/..",
        "models//x",
        "models/x",
        "models/m/a:b",
        "models\\m\\x",
        "lexical/meta.json",
        "lock",
    ],
)
def test_a_member_that_would_lie_elsewhere_is_refused(file: Path, name: str) -> None:
    def rename(told: dict) -> None:  # type: ignore[type-arg]
        for member in told["members"]:
            if member["name"] == "models/m/x":
                member["name"] = name

    refused(rewritten(file, manifest=rename, names={"models/m/x": name}), "isn't a whole pack")
    assert not (file.parent / "outside").exists()
    assert not Path("/tmp/outside").exists()


def test_a_link_is_refused(file: Path) -> None:
    with zipfile.ZipFile(file) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(file, "w") as new:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            new.writestr(info, content)
    refused(file, "isn't a whole pack")


def test_a_member_that_is_there_twice_is_refused(file: Path) -> None:
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("models/m/x", b"other")
    refused(file, "other members")


def test_more_than_the_disk_holds_is_refused(file: Path) -> None:
    huge = (1 << 32) - 2

    def claim(told: dict) -> None:  # type: ignore[type-arg]
        told["members"][-1]["size"] = huge

    content = bytearray(rewritten(file, manifest=claim).read_bytes())
    entry = content.rindex(b"models/m/x") - 46  # its header in the directory
    content[entry + 24 : entry + 28] = huge.to_bytes(4, "little")
    file.write_bytes(content)
    refused(file, "isn't a whole pack|more than the disk has left")


def test_what_a_check_refuses_is_not_put_in_place(file: Path, tmp_path: Path) -> None:
    def refuse(folder: Path) -> None:
        assert (folder / "wenjin.toml").read_bytes() == SETTINGS
        raise LibraryError("no", "不")

    with pytest.raises(LibraryError, match="no"):
        unpack(file, tmp_path / "there" / "library", check=refuse)
    assert not list((tmp_path / "there").iterdir())


def test_two_at_once_do_not_meet(file: Path, tmp_path: Path) -> None:
    room = tmp_path / ".there.unpacking"
    room.mkdir()
    with write_lock(room), pytest.raises(LibraryBusy):
        unpack(file, tmp_path / "there")
    assert room.is_dir()


KILLED = """
import os, signal, sys
from pathlib import Path
from index.upkeep.pack import pack, unpack
def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)
run, source, target = sys.argv[1:]
if run == "pack":
    pack(Path(source), Path(target), files={}, progress=kill)
else:
    unpack(Path(source), Path(target), check=kill)
"""


@pytest.mark.parametrize("run", ["pack", "unpack"])
def test_who_is_killed_leaves_nothing_half_there(
    file: Path, folder: Path, tmp_path: Path, run: str
) -> None:
    source, target = (folder if run == "pack" else file), tmp_path / "there" / "it"
    for _ in range(2):
        command = [sys.executable, "-c", KILLED, run, str(source), str(target)]
        done = subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1"})
        assert done.returncode == -signal.SIGKILL
        assert not target.exists()
    if run == "pack":
        pack(source, target, files={})
    else:
        unpack(source, target)
    assert list((tmp_path / "there").iterdir()) == [target]
