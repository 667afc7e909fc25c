"""Every kind of dense index against NumPy, and what may happen to their files."""

import json
import random
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sources import MemorySource

from index.dense.parameters import Parameters
from index.dense.search import DenseIndex
from index.types import FloatArray, IntArray
from ingest.errors import ArticleNotFound, LibraryError

DIMENSION = 8
FLAT = Parameters()
LISTS = Parameters(exact=DIMENSION - 1, candidates=512, probes=1 << 20)
KINDS = {
    "flat": (FLAT, False),
    "lists in memory": (LISTS, False),
    "lists in a file": (LISTS, True),
}
each_kind = pytest.mark.parametrize("kind", KINDS)


def unit_rows(count: int, seed: int, dimension: int = DIMENSION) -> FloatArray:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def source_of(vectors: FloatArray) -> MemorySource:
    source = MemorySource(vectors.shape[1])
    source.write(vectors=dict(enumerate(vectors, start=1)))
    return source


@pytest.fixture
def saved(tmp_path: Path) -> tuple[MemorySource, Path]:
    """A source of 40 passages, and the folder in which their lists are saved."""
    source = source_of(unit_rows(40, 1))
    open_index(source, tmp_path / "dense").save()
    return source, tmp_path / "dense"


def open_index(source: MemorySource, folder: Path | None) -> DenseIndex:
    return DenseIndex(source, folder, DIMENSION, parameters=LISTS)


def assert_as_numpy(
    index: DenseIndex,
    held: dict[int, FloatArray],
    question: FloatArray,
    k: int,
    among: IntArray | None = None,
) -> None:
    chosen = sorted(set(held) if among is None else held.keys() & set(among.tolist()))
    scores = {number: float(held[number] @ question) for number in chosen}
    expected = sorted(chosen, key=lambda number: -scores[number])[:k]
    found = index.search(question, k, among)
    assert found.numbers.tolist() == expected
    assert found.scores == pytest.approx([scores[number] for number in expected], abs=1e-5)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 25)),
        st.tuples(st.just("remove"), st.integers(0, 12)),
        st.tuples(st.sampled_from(["follow", "save", "open"]), st.just(0)),
    ),
    max_size=12,
)


@each_kind
@settings(max_examples=40, deadline=None)
@given(steps, st.integers(0, 99), st.integers(0, 15))
def test_whatever_is_written_it_finds_what_numpy_finds(
    kind: str, steps: list[tuple[str, int]], seed: int, k: int
) -> None:
    parameters, on_disk = KINDS[kind]
    draw, source, held, last = random.Random(seed), MemorySource(DIMENSION), {}, 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dense" if on_disk else None
        index = DenseIndex(source, path, DIMENSION, parameters=parameters)
        for step, count in steps:
            if step == "add":
                added = dict(enumerate(unit_rows(count, seed + last), start=last + 1))
                last += count
                held |= added
                source.write(vectors=added)
            elif step == "remove":
                removed = draw.sample(sorted(held), min(count, len(held)))
                source.write(removed=removed)
                held = {number: held[number] for number in held.keys() - set(removed)}
            elif step == "open":
                index = DenseIndex(source, path, DIMENSION, parameters=parameters)
            else:
                (index.save if step == "save" else index.follow)()
        index.follow()
        question = unit_rows(1, seed + 1000)[0]
        some = draw.sample(sorted(held), len(held) // 2)
        assert index.count == len(held)
        assert index.sequence == source.sequence
        assert_as_numpy(index, held, question, k)
        assert_as_numpy(index, held, question, k, np.array(sorted(some), np.int64))
        unknown = range(last + 1, last + 200)  # so many that they aren't all looked up
        assert_as_numpy(index, held, question, k, np.array([*sorted(some), *unknown], np.int64))
        numbers = np.array(sorted(held, reverse=True), np.int64)
        assert index.scores(question, numbers) == pytest.approx(
            [float(held[number] @ question) for number in numbers.tolist()], abs=1e-5
        )
        assert index.problems() == []


@each_kind
def test_what_was_removed_has_no_score(kind: str, tmp_path: Path) -> None:
    parameters, on_disk = KINDS[kind]
    source = source_of(unit_rows(30, 0))
    folder = tmp_path / "dense" if on_disk else None
    index = DenseIndex(source, folder, DIMENSION, parameters=parameters)
    index.save()
    source.write(removed=[2])
    index.follow()
    assert len(index.scores(unit_rows(1, 1)[0], np.array([3, 1]))) == 2
    with pytest.raises(ArticleNotFound):
        index.scores(unit_rows(1, 1)[0], np.array([1, 2]))


def test_equal_and_empty_vectors_are_found(tmp_path: Path) -> None:
    vectors = np.repeat(unit_rows(2, 0), 20, axis=0)
    vectors[:5] = 0
    index = open_index(source_of(vectors), tmp_path / "dense")
    index.save()
    assert sorted(index.search(unit_rows(1, 1)[0], 40).numbers.tolist()) == list(range(1, 41))
    nothing = np.zeros(DIMENSION, np.float32)
    assert len(index.search(nothing, 40).numbers) == 40


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1, 0.02])
def test_the_best_by_code_hold_the_best(share: float, tmp_path: Path) -> None:
    rows = unit_rows(4040, 1) @ unit_rows(64, 2).T  # 64 numbers that 8 decide
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    vectors, questions = rows[:4000], rows[4000:]
    parameters = Parameters(exact=0, probes=30)  # of 126
    index = DenseIndex(source_of(vectors), tmp_path / "dense", 64, parameters=parameters)
    index.save()
    count = int(share * len(vectors))
    among = np.sort(np.random.default_rng(3).choice(len(vectors), count, replace=False)) + 1
    recall = []
    for question in questions:
        scores = vectors[among - 1] @ question
        best = among[np.argsort(-scores)[:10]]
        found = index.search(question, 10, among if share < 1 else None)
        assert found.scores == pytest.approx(vectors[found.numbers - 1] @ question, abs=1e-6)
        recall.append(np.isin(best, found.numbers).mean())
    assert not index.is_exact
    assert np.mean(recall) >= 0.95


def test_what_is_far_from_the_question_is_found_among_others(tmp_path: Path) -> None:
    vectors, question = unit_rows(3000, 1), unit_rows(1, 2)[0]
    index = DenseIndex(
        source_of(vectors), tmp_path / "dense", DIMENSION, parameters=Parameters(exact=0, probes=4)
    )
    index.save()
    far = np.sort(np.argsort(vectors @ question)[:400]) + 1
    assert len(index.search(question, 10, far).numbers) == 10


def test_its_kind_follows_the_number_of_passages(tmp_path: Path) -> None:
    parameters = Parameters(exact=20 * DIMENSION)
    source, rows = source_of(unit_rows(20, 0)), unit_rows(60, 1)
    index = DenseIndex(source, tmp_path / "dense", DIMENSION, parameters=parameters)
    index.save()
    assert index.is_exact
    source.write(vectors=dict(enumerate(rows, start=21)))
    index.save()
    assert not index.is_exact
    assert len(list((tmp_path / "dense").iterdir())) == 2
    source.write(removed=range(1, 72))
    index.save()
    assert index.is_exact
    assert index.count == 9
    assert list((tmp_path / "dense").iterdir()) == []


def test_one_who_only_reads_goes_on_exactly_until_there_are_far_more(tmp_path: Path) -> None:
    parameters = Parameters(exact=20 * DIMENSION)
    source = source_of(unit_rows(20, 0))
    index = DenseIndex(source, None, DIMENSION, parameters=parameters)
    index.follow()
    source.write(vectors=dict(enumerate(unit_rows(10, 1), start=21)))
    index.follow()
    assert index.is_exact
    source.write(vectors=dict(enumerate(unit_rows(20, 2), start=31)))
    index.follow()
    assert not index.is_exact
    assert index.count == 50


def test_a_file_is_kept_until_much_has_changed(saved: tuple[MemorySource, Path]) -> None:
    source, folder = saved
    before = sorted(folder.iterdir())
    index = open_index(source, folder)
    source.write(vectors={41: unit_rows(1, 5)[0]}, removed=[1])
    index.save()
    assert sorted(folder.iterdir()) == before
    source.write(vectors=dict(enumerate(unit_rows(9, 6), start=42)))
    index.save()
    assert sorted(folder.iterdir()) != before
    assert len(before) == len(list(folder.iterdir())) == 2


def test_a_file_that_another_process_replaces_serves_on(saved: tuple[MemorySource, Path]) -> None:
    source, folder = saved
    reader, writer = open_index(source, folder), open_index(source, folder)
    reader.follow()
    question, rows = unit_rows(1, 7)[0], unit_rows(20, 8)
    before = reader.search(question, 10)
    source.write(vectors=dict(enumerate(rows, start=41)), removed=range(1, 11))
    writer.save()
    gone = set(reader.search(question, 10).numbers.tolist()) & set(range(1, 11))
    assert not gone  # what the source has no more never comes out
    assert set(before.numbers.tolist()) & set(range(1, 41))
    reader.follow()
    found, wanted = reader.search(question, 10), writer.search(question, 10)
    assert found.numbers.tolist() == wanted.numbers.tolist()


def test_another_stamp_is_none_of_its_files(saved: tuple[MemorySource, Path]) -> None:
    _, folder = saved
    other = source_of(unit_rows(30, 9))
    other.stamp = "memory-2"
    index = open_index(other, folder)
    index.follow()
    question = unit_rows(1, 2)[0]
    held = dict(enumerate(unit_rows(30, 9), start=1))
    assert_as_numpy(index, held, question, 10)
    index.save()
    assert len(list(folder.iterdir())) == 2


def test_files_newer_than_the_source_are_none(saved: tuple[MemorySource, Path]) -> None:
    source, folder = saved
    source.write(removed=[1])
    source.write(vectors=dict(enumerate(unit_rows(30, 3), start=41)))
    open_index(source, folder).save()
    older = source_of(unit_rows(40, 1))
    index = open_index(older, folder)
    assert index.problems() == ["dense is newer than the library"]
    index.follow()
    assert_as_numpy(index, dict(enumerate(unit_rows(40, 1), start=1)), unit_rows(1, 2)[0], 10)


def test_a_flipped_bit_is_told_or_does_no_harm(saved: tuple[MemorySource, Path]) -> None:
    source, folder = saved
    held, question = dict(enumerate(unit_rows(40, 1), start=1)), unit_rows(1, 2)[0]
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        for place in range(0, len(content), max(1, len(content) // 150)):
            damaged = bytearray(content)
            damaged[place] ^= 1 << place % 8
            path.write_bytes(damaged)
            index = open_index(source, folder)
            assert index.problems(), (path, place)
            index.follow()
            found = index.search(question, 10)
            exact = [float(held[number] @ question) for number in found.numbers.tolist()]
            assert found.scores == pytest.approx(exact, abs=1e-5)
        path.write_bytes(content)
    assert open_index(source, folder).problems() == []


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_cut_off_file_is_told_and_made_anew(
    share: float, saved: tuple[MemorySource, Path]
) -> None:
    source, folder = saved
    held, question = dict(enumerate(unit_rows(40, 1), start=1)), unit_rows(1, 2)[0]
    for path in sorted(folder.iterdir()):
        path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
        index = open_index(source, folder)
        assert index.problems()
        index.follow()
        assert_as_numpy(index, held, question, 10)
        index.save()
        assert open_index(source, folder).problems() == []
        if not path.exists():
            break  # the lists have a new name


@pytest.mark.parametrize("kept", ["manifest", "lists", "nothing"])
def test_missing_files_are_made_anew(kept: str, saved: tuple[MemorySource, Path]) -> None:
    source, folder = saved
    index = open_index(source, folder)
    index.follow()
    for path in folder.iterdir():
        if kept == "nothing" or (path.suffix == ".json") != (kept == "manifest"):
            path.unlink()
    other = open_index(source, folder)
    other.follow()
    held, question = dict(enumerate(unit_rows(40, 1), start=1)), unit_rows(1, 2)[0]
    assert_as_numpy(other, held, question, 10)
    assert_as_numpy(index, held, question, 10)
    other.save()
    index.save()
    assert open_index(source, folder).problems() == []
    assert len(list(folder.iterdir())) == 2


def test_what_a_killed_writer_left_is_removed(saved: tuple[MemorySource, Path]) -> None:
    source, folder = saved
    (folder / "7-0a0b0c0d.ivf").write_bytes(b"half a fi")
    (folder / "ivf-1.json.new").write_bytes(b"{")
    index = open_index(source, folder)
    index.save()
    assert len(list(folder.iterdir())) == 2
    assert index.problems() == []


def test_a_folder_that_is_only_read_serves(saved: tuple[MemorySource, Path]) -> None:
    source, folder = saved
    before = {path: path.read_bytes() for path in folder.iterdir()}
    source.write(vectors=dict(enumerate(unit_rows(30, 3), start=41)))
    index = open_index(source, folder)
    index.follow()
    assert index.count == 70
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "dense").write_text("a file where a folder should be")
    index = open_index(source_of(unit_rows(20, 0)), tmp_path / "dense")
    with pytest.raises(LibraryError, match="dense"):
        index.save()


def test_a_manifest_changed_by_hand_is_damaged(saved: tuple[MemorySource, Path]) -> None:
    source, folder = saved
    [path] = folder.glob("*.json")
    digest, body = path.read_text().splitlines()
    facts = json.loads(body)
    path.write_text(f"{digest}\n{json.dumps(facts | {'sequence': 0})}")
    assert open_index(source, folder).problems() == [f"dense/{path.name} is damaged"]


def test_without_a_gpu_the_processor_searches() -> None:
    index = DenseIndex(source_of(unit_rows(1, 0)), None, DIMENSION, device="auto")
    index.follow()
    assert index.search(unit_rows(1, 0)[0], 3).numbers.tolist() == [1]
