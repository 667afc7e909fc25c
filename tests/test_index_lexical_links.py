"""Terms that this process may not write: it links to them, and keeps for itself what they lack."""

from __future__ import annotations

import itertools
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sources import MemorySource, read_only
from test_index_lexical import TEXTS, expected_scores
from test_index_lexical_upkeep import BRIDGES, flip, found, saved

from index.lexical.search import LexicalIndex

EDITS = st.lists(
    st.tuples(st.lists(TEXTS, max_size=2), st.sets(st.integers(1, 8), max_size=2), st.booleans()),
    min_size=1,
    max_size=4,
)


def reading(source: MemorySource, folder: Path) -> LexicalIndex:
    """Who follows waits for nobody: time flies."""
    return LexicalIndex(source, folder, clock=itertools.count(step=10).__next__)


class Unread(MemorySource):
    """Whose texts nobody may read."""

    def texts_since(self, sequence: int) -> Iterator[tuple[int, str]]:
        raise AssertionError


@pytest.fixture
def library() -> Iterator[Path]:
    """The folder of a library, which everybody may read."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary folders are made."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


@pytest.fixture
def source() -> MemorySource:
    source = MemorySource()
    source.write(BRIDGES)
    return source


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_terms_that_are_there_are_not_made_again(library: Path) -> None:
    source = Unread()
    source.write(BRIDGES)
    like = MemorySource()
    like.write(BRIDGES)
    saved(like, library / "lexical")
    before = contents(library / "lexical")
    with read_only(library):
        reader = reading(source, library / "lexical")
        reader.follow()
        assert found(reader) == [1, 3]
        assert reader.problems() == []
    assert contents(library / "lexical") == before


def test_what_another_process_writes_is_seen(source: MemorySource, library: Path) -> None:
    writer = saved(source, library / "lexical")
    with read_only(library):
        reader = reading(source, library / "lexical")
    for number in range(10, 20):
        source.write({number: "大河"}, removed=[1, number - 1])
        writer.save()
        with read_only(library):
            reader.follow()
            assert (reader.sequence, found(reader)) == (source.sequence, [3, number])


def test_what_nobody_writes_is_kept_by_who_reads(source: MemorySource, library: Path) -> None:
    writer = saved(source, library / "lexical")
    before = contents(library / "lexical")
    with read_only(library):
        reader = reading(source, library / "lexical")
        for number in (10, 11):  # the second is added to what the reader has by then
            source.write({number: f"第{number}条河"}, removed=[1])
            reader.follow()
            assert (reader.sequence, found(reader)) == (
                source.sequence,
                [3, *range(10, number + 1)],
            )
    assert contents(library / "lexical") == before
    writer.save()
    source.write({12: "河"})
    writer.save()
    with read_only(library):
        reader.follow()
        assert (reader.sequence, found(reader)) == (source.sequence, [3, 10, 11, 12])
        assert reader.problems() == []


@settings(max_examples=20)
@given(edits=EDITS, question=TEXTS)
def test_it_finds_what_there_is_whoever_writes_it(
    edits: list[tuple[list[str], set[int], bool]], question: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        source, last, texts = MemorySource(), 0, dict[int, str]()
        source.write()
        writer = saved(source, Path(folder, "lexical"))
        with read_only(Path(folder)):
            reader = reading(source, Path(folder, "lexical"))
        for added, removed, is_written in edits:
            new = dict(enumerate(added, start=last + 1))
            last += len(new)
            source.write(new, removed=[number for number in removed if number <= last])
            texts = {one: text for one, text in (texts | new).items() if one not in removed}
            if is_written:
                writer.save()
            with read_only(Path(folder)):
                reader.follow()
            assert reader.sequence == source.sequence
            scores = expected_scores(list(texts.values()), question) if texts else []
            expected = [one for one, score in zip(texts, scores, strict=True) if score]
            assert found(reader, question) == expected[:9]


def test_who_has_just_written_is_waited_for(source: MemorySource, library: Path) -> None:
    now = [0.0]
    writer = saved(source, library / "lexical")
    with read_only(library):
        reader = LexicalIndex(source, library / "lexical", clock=lambda: now[0])
    source.write({10: "河"})
    writer.save()
    with read_only(library):
        reader.follow()
        source.write({11: "河"})
        reader.follow()
        assert found(reader) == [1, 3, 10]
        now[0] = 2.0
        reader.follow()
        assert found(reader) == [1, 3, 10, 11]


def test_without_files_that_can_be_used_all_is_in_memory(
    source: MemorySource, library: Path
) -> None:
    writer = saved(source, library / "lexical")
    for path in (library / "lexical").glob("*.term"):
        flip(path, random.Random(0))
    with read_only(library):
        reader = reading(source, library / "lexical")
        assert reader.sequence == 0
        reader.follow()
        assert found(reader) == [1, 3]
        assert reader.problems()
    writer.save()
    source.write({10: "河"})
    writer.save()
    with read_only(library):
        reader.follow()
        assert found(reader) == [1, 3, 10]


def test_nothing_is_left_of_it(source: MemorySource, library: Path, temporary: Path) -> None:
    writer = saved(source, library / "lexical")
    with read_only(library):
        reader = reading(source, library / "lexical")
    for number in range(10, 30):
        source.write({number: "河"}, removed=[number - 1])
        writer.save()
        with read_only(library):
            reader.follow()
            assert found(reader) == [1, 3, number]
    [folder] = temporary.iterdir()
    links = {path.name for path in folder.iterdir() if path.is_symlink()}
    assert links < contents(library / "lexical").keys()
    del reader
    assert list(temporary.iterdir()) == []


def test_where_no_temporary_folder_can_be_made_all_is_in_memory(
    source: MemorySource, library: Path, temporary: Path
) -> None:
    saved(source, library / "lexical")
    temporary.chmod(0o555)
    with read_only(library):
        reader = reading(source, library / "lexical")
        reader.follow()
        assert found(reader) == [1, 3]
