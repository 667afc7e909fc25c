"""What a disk can do to a library: it is full, may not be written, or gives back other bytes."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest
from conftest import DIMENSION, BigramEmbedder, make_article

from index.catalogue.search import CatalogueIndex
from index.dense.parameters import Parameters
from index.dense.search import DenseIndex
from index.derived import KINDS
from index.index import Index
from index.opened import Opened
from index.store.entries import Entries
from index.store.store import Store
from index.store.writer import without_file
from index.types import Ranking
from index.upkeep.doctor import Examination, examine
from index.upkeep.mend import repair
from ingest.errors import LibraryError
from ingest.types import Article

ARTICLES = [
    make_article(f"第{n}号渡口的水位是{n * n}寸。渡船每日开{n}次。", title=f"渡口{n}")
    for n in range(150)
]
# Lists, of which all are searched: what is found doesn't depend on how they were learned.
LISTS = Parameters(exact=1, lists=0.5, probes=99, candidates=999)
FLIPS = 8  # of each kind


class Counting(BigramEmbedder):
    def __init__(self) -> None:
        self.embedded = 0

    def encode_passages(self, texts):  # type: ignore[no-untyped-def]
        self.embedded += len(texts)
        return super().encode_passages(texts)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of a few megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "wenjin", str(place))
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    yield place
    assert not run("umount", "--lazy", str(place)).returncode


def run(*command: str) -> subprocess.CompletedProcess[str]:
    if shutil.which(command[0]) is None or os.geteuid():
        return subprocess.CompletedProcess(command, 1, stderr="only root can")
    return subprocess.run(command, capture_output=True, text=True)


def examined(folder: Path) -> Examination:
    return examine(folder, BigramEmbedder(), lambda _done, _total: None)


def repaired(folder: Path, embedder: BigramEmbedder) -> Examination:
    return repair(folder, embedder, lambda _done, _total: None)


def test_a_full_disk_loses_nothing_and_goes_on_when_there_is_space(disk: Path) -> None:
    filler, folder = disk / "filler", disk / "library"
    with Index.open(folder, BigramEmbedder(), create=True) as index:
        index.add(ARTICLES[:5])
        filler.write_bytes(bytes(2_000_000))
        confirmed = []
        articles = [make_article(f"第{n}篇。" + f"水{n}位。" * 300) for n in range(2000)]
        with pytest.raises(LibraryError) as caught:
            index.add(articles, progress=confirmed.append)
        assert "disk" in caught.value.english
        assert "磁盘" in caught.value.chinese
        filler.unlink()
        kept = {one.id for one in index.articles()}
        assert {one.id for one in [*ARTICLES[:5], *articles[: max(confirmed, default=0)]]} <= kept
        more = [one for one in articles if one.id not in kept][:10]
        assert index.add(more) == len(more)
        for article in [*ARTICLES[:5], *more]:
            found = index.passages(index.search_lexical(article.text[:9], 999).numbers)
            assert article.id in {passage.article_id for passage in found}
    assert examined(folder).clean


def test_a_full_disk_stops_nobody_who_searches(disk: Path) -> None:
    filler, folder = disk / "filler", disk / "library"
    removed, kept, new = ARTICLES[0], ARTICLES[1], ARTICLES[50]
    with Index.open(folder, BigramEmbedder(), create=True) as index:
        index.add(ARTICLES[:50])
        with closing(Opened(folder, BigramEmbedder())) as killed:  # before it had saved terms
            killed.writer.update(list(without_file([new])))
            killed.writer.remove([removed.id])
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(1024))
        assert kept.id in found(index, kept)
        assert removed.id not in found(index, removed)
        filler.unlink()
    with Index.open(folder, BigramEmbedder()) as index:
        assert new.id in found(index, new)
        assert removed.id not in found(index, removed)


def found(index: Index, article: Article) -> set[str]:
    """The ids of the articles whose terms are most like those of this one."""
    numbers = index.search_lexical(article.text, 20).numbers
    return {passage.article_id for passage in index.passages(numbers)}


def test_a_library_that_may_only_be_read_is_searched_and_examined(disk: Path) -> None:
    folder = disk / "library"
    with Index.open(folder, BigramEmbedder(), create=True) as index:
        index.add(ARTICLES)
        before = results(index)
    files = contents(folder)
    assert not run("mount", "-o", "remount,ro", str(disk)).returncode
    with Index.open(folder, BigramEmbedder()) as index:
        assert same(results(index), before)
        with pytest.raises(LibraryError, match="can't be written"):
            index.remove([ARTICLES[0].id])
    assert examined(folder).clean
    with pytest.raises(LibraryError, match="can't be written"):
        repaired(folder, BigramEmbedder())
    assert contents(folder) == files


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with files of everything that is derived."""
    folder = tmp_path_factory.mktemp("whole") / "library"
    with Index.open(folder, BigramEmbedder(), create=True) as index:
        index.add(ARTICLES)
    with closing(open_store(folder)) as store:
        open_dense(store, folder).save()
        CatalogueIndex(Entries(store), folder / "catalogue", fewest=0).save()
    assert examined(folder).clean
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(whole, tmp_path / "library"))


def open_store(folder: Path) -> Store:
    return Store(folder, embedder="bigrams", dimension=DIMENSION, create=False)


def open_dense(store: Store, folder: Path) -> DenseIndex:
    return DenseIndex(store, folder / "dense", DIMENSION, parameters=LISTS)


def contents(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in paths}


def results(index: Index) -> list[Ranking]:
    vector = BigramEmbedder().encode_queries(["渡口的水位"])[0]
    return [index.search_lexical("第七号渡口的水位", 20), index.search_dense(vector, 20)]


def all_results(folder: Path) -> list[Ranking]:
    """What is found in the library, and in its lists of vectors."""
    vector = BigramEmbedder().encode_queries(["渡口的水位"])[0]
    with closing(open_store(folder)) as store:
        dense = open_dense(store, folder)
        dense.follow()
        found = dense.search(vector, 20)
        catalogue = CatalogueIndex(Entries(store), folder / "catalogue", fewest=0)
        catalogue.follow()
        every = catalogue.catalogue
        undated = np.flatnonzero(every.undated())
        admitted = every.passages_of(every.written_by("王五"))
    with Index.open(folder, BigramEmbedder()) as index:
        rankings = [*results(index), found]
    return [*rankings, *(Ranking(one, np.zeros(0, np.float32)) for one in (undated, admitted))]


def same(these: list[Ranking], those: list[Ranking]) -> bool:
    return all(
        np.array_equal(one.numbers, other.numbers) and np.allclose(one.scores, other.scores)
        for one, other in zip(these, those, strict=True)
    )


@pytest.fixture(scope="module")
def expected(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Ranking]:
    return all_results(Path(shutil.copytree(whole, tmp_path_factory.mktemp("copy") / "library")))


@pytest.mark.parametrize("seed", range(FLIPS))
@pytest.mark.parametrize("kind", KINDS)
def test_a_flipped_bit_is_told_and_mended_or_changes_nothing(
    folder: Path, expected: list[Ranking], kind: str, seed: int
) -> None:
    choose = random.Random(seed)
    path = choose.choice([path for path in sorted((folder / kind).iterdir()) if path.is_file()])
    content = bytearray(path.read_bytes() or b"?")
    content[choose.randrange(len(content))] ^= 1 << choose.randrange(8)
    path.write_bytes(content)
    findings = examined(folder).findings
    if findings:
        assert {finding.kind for finding in findings} == {"derived"}
        check_mended(folder, expected)
    else:
        assert same(all_results(folder), expected)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
@pytest.mark.parametrize("kind", KINDS)
def test_a_truncated_file_is_told_and_mended(
    folder: Path, expected: list[Ranking], kind: str, share: float
) -> None:
    path = max((folder / kind).iterdir(), key=lambda path: path.stat().st_size)
    os.truncate(path, int(share * path.stat().st_size))
    [finding] = examined(folder).findings
    assert finding.kind == "derived"
    assert str(folder / kind) in finding.english
    assert finding.mendable
    check_mended(folder, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_derived_may_be_deleted(folder: Path, expected: list[Ranking], kind: str) -> None:
    shutil.rmtree(folder / kind)
    counting = Counting()
    with Index.open(folder, counting) as index:
        assert same(results(index), expected[:2])
    assert counting.embedded == 0
    assert same(all_results(folder), expected)
    assert examined(folder).clean


def check_mended(folder: Path, expected: list[Ranking]) -> None:
    """A repair mends all, and embeds nothing."""
    counting = Counting()
    assert repaired(folder, counting).clean
    assert counting.embedded == 0
    assert same(all_results(folder), expected)
