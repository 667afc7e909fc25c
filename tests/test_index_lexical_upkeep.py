"""The lexical index as it is kept up: in a folder or in memory, by one or by several, damaged."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sources import MemorySource
from test_index_lexical import TEXTS, expected_scores

from index.lexical.asked import plain
from index.lexical.document import document_of
from index.lexical.search import LexicalIndex
from ingest.errors import LibraryError

BRIDGES = {1: "石桥的河", 2: "京津冀协同发展", 3: "河水 three cities"}
# So few passages that removed ones never stay in the statistics.
EDITS = st.lists(
    st.tuples(
        st.lists(TEXTS, max_size=2),
        st.sets(st.integers(1, 8), max_size=2),
        st.sampled_from(["save", "save", "reopen", "nothing"]),
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture(params=["folder", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "lexical" if request.param == "folder" else None


@pytest.fixture
def source() -> MemorySource:
    source = MemorySource()
    source.write(BRIDGES)
    return source


def found(index: LexicalIndex, question: str = "河") -> list[int]:
    return sorted(index.search(index.plain(question), 9).numbers.tolist())


def saved(source: MemorySource, folder: Path | None) -> LexicalIndex:
    index = LexicalIndex(source, folder)
    index.save()
    return index


def states(edits: Sequence[tuple[list[str], set[int], str]]) -> Iterator[dict[int, str]]:
    """The passages after each of the edits."""
    texts: dict[int, str] = {}
    last = 0
    for added, removed, _ in edits:
        texts = {number: text for number, text in texts.items() if number not in removed}
        texts |= dict(enumerate(added, start=last + 1))
        last += len(added)
        yield texts


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(edits=EDITS, question=TEXTS, data=st.data())
def test_it_scores_the_passages_that_there_are(
    folder: Path | None,
    tmp_path_factory: pytest.TempPathFactory,
    edits: list[tuple[list[str], set[int], str]],
    question: str,
    data: st.DataObject,
) -> None:
    folder = folder and tmp_path_factory.mktemp("library") / "lexical"
    source, last = MemorySource(), 0
    index = LexicalIndex(source, folder)
    for (added, removed, then), texts in zip(edits, states(edits), strict=True):
        new = dict(enumerate(added, start=last + 1))
        source.write(new, removed=[number for number in removed if number <= last])
        last += len(new)
        if then == "nothing":
            continue
        if then == "reopen":
            index = LexicalIndex(source, folder)
        ready = data.draw(st.sets(st.sampled_from(sorted(new)))) if new else set()
        index.save({number: document_of(new[number]) for number in ready})
        assert index.sequence == source.sequence
        numbers = np.array(sorted(texts), np.int64)
        expected = expected_scores([texts[number] for number in sorted(texts)], question)
        assert index.scores(plain(question), numbers) == pytest.approx(expected, abs=1e-5)
        assert (
            found(index, question)
            == [number for number, score in zip(sorted(texts), expected, strict=True) if score][:9]
        )
    assert index.sequence == source.sequence or edits[-1][2] == "nothing"
    index.save()
    assert index.problems() == []


def test_removed_passages_are_soon_forgotten_by_the_statistics(folder: Path | None) -> None:
    source = MemorySource()
    source.write({number: f"石桥{'河' * (number % 5)}" for number in range(1, 101)})
    index = saved(source, folder)
    for number in range(1, 51):
        source.write(removed=[number])
        index.save()
    exact = saved(source, None)
    assert index.idf("石桥") == pytest.approx(exact.idf("石桥"), rel=0.25)
    assert found(index) == found(exact)


def test_readers_see_what_was_saved_when_they_follow(source: MemorySource, tmp_path: Path) -> None:
    reader = LexicalIndex(source, tmp_path / "lexical")
    assert (reader.sequence, found(reader)) == (0, [])
    reader.follow()
    assert not (tmp_path / "lexical").exists()  # a reader writes nothing
    writer = saved(source, tmp_path / "lexical")
    assert found(reader) == []
    reader.follow()
    assert found(reader) == [1, 3]
    source.write({4: "大河"}, removed=[1])
    writer.save()
    assert found(reader) == [1, 3]
    reader.follow()
    assert (reader.sequence, found(reader)) == (2, [3, 4])


def test_another_source_s_files_do_not_count(source: MemorySource, tmp_path: Path) -> None:
    saved(source, tmp_path / "lexical")
    other = MemorySource()
    other.stamp = "memory-2"
    other.write({7: "河"})
    index = LexicalIndex(other, tmp_path / "lexical")
    assert index.sequence == 0
    index.save()
    assert found(index) == [7]


def test_an_older_state_of_the_source_is_reflected_too(tmp_path: Path) -> None:
    newer, older = MemorySource(), MemorySource()
    newer.write({1: "河"})
    newer.write({2: "河"})
    older.write({1: "河"})
    saved(newer, tmp_path / "lexical")
    index = saved(older, tmp_path / "lexical")
    assert (index.sequence, found(index)) == (1, [1])


def flip(path: Path, random: random.Random) -> None:
    """One bit of a file is another."""
    content = bytearray(path.read_bytes())
    content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    path.write_bytes(content)


def files(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if path.suffix != ".lock" and path.name[0] != "."
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_flipped_bit_is_found_and_mended(source: MemorySource, tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "lexical"
    saved(source, folder)
    for place in range(len(files(folder))):
        path = files(folder)[place]
        flip(path, random.Random(seed))
        index = LexicalIndex(source, folder)
        if path.name != "meta.json":  # of which no sum is kept
            assert LexicalIndex(source, folder).problems()
            assert (index.sequence, found(index)) == (0, [])
        index.save()
        assert (found(index), index.problems()) == ([1, 3], [])


def test_files_that_are_cut_short_or_gone_are_made_anew(
    source: MemorySource, tmp_path: Path
) -> None:
    folder = tmp_path / "lexical"
    for place in range(len(files_of_one(source, folder))):
        for harm in (lambda path: path.write_bytes(path.read_bytes()[:-3]), Path.unlink):
            harm(files(folder)[place])
            index = LexicalIndex(source, folder)
            assert (index.sequence, found(index)) == (0, [])
            assert index.problems()
            index.save()
            assert (found(index), index.problems()) == ([1, 3], [])


def files_of_one(source: MemorySource, folder: Path) -> list[Path]:
    saved(source, folder)
    return files(folder)


def test_a_folder_that_is_deleted_under_a_reader_is_made_anew(
    source: MemorySource, tmp_path: Path
) -> None:
    folder = tmp_path / "lexical"
    index = saved(source, folder)
    for path in folder.iterdir():
        path.unlink()
    index.follow()
    assert (index.sequence, found(index)) == (0, [])
    index.save()
    assert found(index) == [1, 3]


def test_what_searching_finds_damaged_counts_no_more(tmp_path: Path) -> None:
    source = MemorySource()
    source.write({number: f"{'石桥' * number}的河" for number in range(1, 10)})
    index = saved(source, tmp_path / "lexical")
    [records] = (tmp_path / "lexical").glob("*.records")
    flip(records, random.Random(0))
    with pytest.raises(LibraryError):
        found(index)
    assert (index.sequence, found(index)) == (0, [])
    index.follow()
    assert index.sequence == 0
    index.save()
    assert len(found(index)) == 9


def test_passages_that_are_missing_are_a_problem(source: MemorySource, tmp_path: Path) -> None:
    saved(source, tmp_path / "lexical")
    other = MemorySource()
    other.write({**BRIDGES, 9: "河"})
    index = LexicalIndex(other, tmp_path / "lexical")
    assert index.problems() == ["lexical doesn't hold the passages of the library"]
    source.sequence -= 1
    index = LexicalIndex(source, tmp_path / "lexical")
    assert index.problems() == ["lexical isn't of the library as it is"]


def test_to_be_behind_is_no_problem(source: MemorySource, tmp_path: Path) -> None:
    index = saved(source, tmp_path / "lexical")
    source.write({9: "河", 10: "水"}, removed=[1])
    source.write(removed=[10])
    assert index.problems() == []
    assert LexicalIndex(source, tmp_path / "lexical").problems() == []


def test_what_a_killed_writer_left_is_overwritten(source: MemorySource, tmp_path: Path) -> None:
    index = saved(source, tmp_path / "lexical")
    [records] = (tmp_path / "lexical").glob("*.records")
    with records.open("ab") as file:
        file.write(b"half a record")
    (tmp_path / "lexical" / "2.records").write_bytes(b"half a file")
    assert LexicalIndex(source, tmp_path / "lexical").problems() == []
    source.write({9: "大河"})
    index.save()
    assert (found(index), index.problems()) == ([1, 3, 9], [])
    assert [path.name for path in (tmp_path / "lexical").glob("*.records")] == [records.name]


def test_what_is_open_can_be_read_while_others_make_it_anew(
    source: MemorySource, tmp_path: Path
) -> None:
    index = saved(source, tmp_path / "lexical")
    reader = LexicalIndex(source, tmp_path / "lexical")
    for number in (1, 2):
        source.write(removed=[number])  # so many that all is written to another file
        index.save()
    assert found(reader) == [1, 3]
    reader.follow()
    assert found(reader) == [3]


def test_passages_and_questions_are_cut_by_the_user_s_words(folder: Path | None) -> None:
    source = MemorySource()
    source.write({1: "問津橋通車", 2: "问津，桥"})
    index = saved(source, folder)
    without = index.scores(index.plain("问津桥"), np.array([1, 2]))
    source.words = "问津桥 100 n\n"
    source.write()
    index.follow()
    if folder:  # the old words serve until the terms have been made anew
        assert index.scores(index.plain("问津桥"), np.array([1, 2])).tolist() == without.tolist()
    index.save()
    best, other = index.scores(index.plain("问津桥"), np.array([1, 2]))
    assert best > without[0]
    assert other < without[1]
    again = LexicalIndex(source, folder)
    again.follow()
    assert again.scores(again.plain("问津桥"), np.array([1])) == pytest.approx([best])


def test_many_passages_are_cut_by_several_processes_as_by_one(tmp_path: Path) -> None:
    source = MemorySource()
    source.words = "问津桥 100 n\n"
    source.write(
        {number: f"第{number}座问津桥{'的河' * (number % 7)}" for number in range(1, 1500)}
    )
    one = saved(source, None)
    several = LexicalIndex(source, tmp_path / "lexical", many=9)
    several.save()
    asked, numbers = one.plain("问津桥的河"), source.numbers_since(0)
    assert np.array_equal(several.scores(asked, numbers), one.scores(asked, numbers))
    assert several.problems() == []
