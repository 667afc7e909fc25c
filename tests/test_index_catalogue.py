"""The catalogue: as a library gives it, and against one that is worked out by hand."""

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from conftest import make_article
from hypothesis import given, settings
from hypothesis import strategies as st

from index.catalogue.catalogue import Catalogue
from index.catalogue.names import Names
from index.catalogue.search import CatalogueIndex
from index.index import Index
from index.store.database import FILE_NAME
from index.store.edits import Edit, Filed
from index.store.entries import Entries
from index.store.store import Store
from index.tokens import fold
from ingest.types import Passage

FIRST = replace(
    make_article("河上有一座石桥。", authors=("陈砚秋", "李红")),
    source="云河日报",
    published="2024-05-06",
)
SECOND = replace(
    make_article("春天采茶最忙。", authors=("陳硯秋",)), source="雲河日報", published="2024-02-29"
)
THIRD = replace(make_article("没有署名。", authors=("陈砚秋",)), source=None, published=None)
FOURTH = replace(make_article("日期不对。", authors=()), source="岩浦日报", published="May 2024")


@pytest.fixture
def catalogue(index: Index) -> Catalogue:
    index.add([FIRST, SECOND, THIRD, FOURTH])
    return index.catalogue()


def test_an_author_is_one_in_simplified_and_traditional_characters(catalogue: Catalogue) -> None:
    assert catalogue.written_by("陳硯秋").tolist() == [True, True, True, False]
    assert catalogue.written_by("李红").tolist() == [True, False, False, False]
    assert not catalogue.written_by("王五").any()
    assert catalogue.authors.spelling("陈砚秋") == "陈砚秋"  # most articles spell it so


def test_a_source_is_too(catalogue: Catalogue) -> None:
    assert catalogue.appeared_in("云河日报").tolist() == [True, True, False, False]


def test_dates_are_inclusive_and_may_be_missing(catalogue: Catalogue) -> None:
    def between(first: date | None, last: date | None) -> list[bool]:
        return catalogue.published_between(first, last).tolist()

    assert between(date(2024, 2, 29), date(2024, 5, 6)) == [True, True, False, False]
    assert between(date(2024, 3, 1), None) == [True, False, False, False]
    assert between(None, date(2024, 3, 1)) == [False, True, False, False]
    assert catalogue.undated().tolist() == [False, False, True, True]
    assert catalogue.newest == date(2024, 5, 6)


def test_it_follows_the_library(index: Index, catalogue: Catalogue) -> None:
    assert index.catalogue() is catalogue
    index.remove([FIRST.id])
    changed = index.catalogue()
    assert (len(changed.numbers), changed.newest) == (3, date(2024, 2, 29))


def test_an_empty_library_has_an_empty_one(index: Index) -> None:
    empty = index.catalogue()
    assert (len(empty.numbers), empty.newest, empty.authors.table.names) == (0, None, [])
    assert empty.published_between(date(2024, 1, 1), None).tolist() == []


# What follows holds for a catalogue that is made at once, followed step by step or read from its
# file: each is compared with what is worked out here from the articles themselves.

NAMES = ("陈砚秋", "陳硯秋", "李红", "Idris Pell", "idris pell", "")
DAYS = ("2024-05-06", "2024-02-29", "1999-12-31", "May 2024", None)


def filed(
    number: int, authors: Sequence[str], source: str | None, day: str | None, original: str | None
) -> Filed:
    made = make_article(f"第{number}篇。", title=f"{number}", authors=authors)
    article = replace(made, source=source, published=day)
    if original is not None:
        return Filed(article, original=original)
    passages = [Passage(article.id, 0, 2, None)] * (number % 3)
    return Filed(article, passages, [np.zeros(4, np.float32)] * len(passages), bands=[number])


@st.composite
def edits(draw: st.DrawFn, held: Mapping[str, Filed]) -> tuple[list[Filed], list[str]]:
    """Articles to file, some of them once more, and the ids of others to remove."""
    repeated = {one.original for one in held.values()}
    originals = [key for key, one in held.items() if one.original is None]
    gone = draw(st.sets(st.sampled_from(sorted(held)))) - repeated if held else set()
    new: dict[str, Filed] = {}
    for number in draw(st.sets(st.integers(0, 20), max_size=4)):
        may_repeat = sorted(set(originals) - gone)
        original = draw(st.sampled_from([None, *may_repeat]))
        names = draw(st.lists(st.sampled_from(NAMES), max_size=2))
        values = draw(st.sampled_from([None, *NAMES])), draw(st.sampled_from(DAYS))
        one = filed(number, names, *values, original)
        key = one.article.id
        if key not in gone and key != original and not (original and key in repeated):
            new[key] = one
            originals = [other for other in originals if other != key]
    return list(new.values()), sorted(gone)


class Library:
    """A store, and what it should have."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder, embedder="none", dimension=4, create=True)
        self.held: dict[str, Filed] = {}

    def write(self, new: Sequence[Filed], gone: Sequence[str]) -> None:
        self.store.write(Edit(new, [self.store.number(key) for key in gone]))
        self.held |= {one.article.id: one for one in new}
        for key in gone:
            del self.held[key]

    def follower(self, folder: Path | None = None, fewest: int = 0) -> CatalogueIndex:
        return CatalogueIndex(Entries(self.store), folder, fewest=fewest)

    def check(self, catalogue: Catalogue) -> None:
        """That this is what the library has."""
        numbers = {self.store.number(key): one for key, one in self.held.items()}
        articles = [numbers[number] for number in sorted(numbers)]
        assert catalogue.numbers.tolist() == sorted(numbers)
        own = self._own_passages()
        passages = [own[one.original or one.article.id] for one in articles]
        assert catalogue.held.tolist() == [bool(one) for one in passages]
        for row, expected in enumerate(passages):
            alone = np.arange(len(articles)) == row
            assert catalogue.passages_of(alone).tolist() == sorted(expected)
            assert (catalogue.shares(np.array(expected, np.int64)) == 1)[row] == bool(expected)
        all_of_them = catalogue.passages_of(catalogue.held)
        assert all_of_them.tolist() == sorted({one for each in passages for one in each})
        days = [day_of(one.article.published) for one in articles]
        held = [day for day, here in zip(days, passages, strict=True) if day and here]
        assert catalogue.newest == max(held, default=None)
        assert catalogue.undated().tolist() == [day is None for day in days]
        since = date(2024, 3, 1)
        assert catalogue.published_between(since, None).tolist() == [
            day is not None and day >= since for day in days
        ]
        authors = [list(one.article.authors) for one in articles]
        sources = [[one.article.source] if one.article.source else [] for one in articles]
        self.check_names(catalogue.authors, authors)
        self.check_names(catalogue.sources, sources)

    def check_names(self, names: Names, expected: Sequence[Sequence[str]]) -> None:
        for name in NAMES:
            folded = [[fold(one) for one in each] for each in expected]
            assert names.having(name).tolist() == [fold(name) in each for each in folded]
            spelled = Counter(one for each in expected for one in each if fold(one) == fold(name))
            spelling = names.spelling(fold(name))
            assert spelled[spelling or ""] == max(spelled.values(), default=0)
            assert (spelling is None) == (not spelled)
        totals = Counter(one for each in folded for one in each)
        counted = names.counted(np.ones(len(expected), np.bool_), 3)
        assert counted.total == len(totals)
        assert counted.counts.tolist() == [count for _, count in totals.most_common(3)]
        for name, count, row in zip(counted.names, counted.counts, counted.rows, strict=True):
            assert totals[fold(name)] == count
            assert fold(name) in folded[row]

    def _own_passages(self) -> dict[str, list[int]]:
        query = """
            SELECT id, passages.number FROM articles
            LEFT JOIN passages ON article = articles.number
        """
        own: dict[str, list[int]] = {}
        for key, number in self.store.rows(query):
            own.setdefault(key, []).extend([number] if number else [])
        return own


def day_of(published: str | None) -> date | None:
    try:
        return date.fromisoformat(published or "")
    except ValueError:
        return None


@given(st.data())
@settings(max_examples=40)
def test_whatever_is_written_it_follows(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder))
        followed = library.follower()
        for _ in range(data.draw(st.integers(1, 5))):
            library.write(*data.draw(edits(library.held)))
            before, numbers = followed.catalogue, followed.catalogue.numbers.copy()
            followed.follow()
            library.check(followed.catalogue)
            assert (before.numbers == numbers).all()  # whoever has it goes on with it
            saved = library.follower(Path(folder) / "catalogue")
            if data.draw(st.booleans()):
                saved.save()
                saved = library.follower(Path(folder) / "catalogue")
            saved.follow()
            library.check(saved.catalogue)
        library.store.close()


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Library]:
    """A library whose catalogue has a file."""
    library = Library(tmp_path)
    library.write([filed(number, NAMES[:2], "云河日报", DAYS[0], None) for number in range(9)], [])
    library.follower(tmp_path / "catalogue").save()
    yield library
    library.store.close()


FILE = Path("catalogue/catalogue.bin")


def damage(content: bytes) -> Iterator[bytes]:
    """What may have become of a file."""
    yield b""
    yield content[:3]
    yield content[:-1]
    for place in range(0, len(content), 7):
        yield content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_a_damaged_file_is_as_good_as_none(kept: Library, tmp_path: Path) -> None:
    whole = (tmp_path / FILE).read_bytes()
    assert kept.follower(tmp_path / "catalogue").problems() == []
    for content in damage(whole):
        (tmp_path / FILE).write_bytes(content)
        index = kept.follower(tmp_path / "catalogue")
        assert index.sequence == 0
        [problem] = index.problems()
        assert str(tmp_path / FILE) in problem
    index.follow()
    kept.check(index.catalogue)


def test_a_damaged_file_is_written_anew_however_small(kept: Library, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"nothing")
    index = kept.follower(tmp_path / "catalogue", fewest=1000)
    index.save()
    assert index.problems() == []
    assert kept.follower(tmp_path / "catalogue").sequence == kept.store.sequence


def test_a_missing_file_is_made_from_the_library(kept: Library, tmp_path: Path) -> None:
    (tmp_path / FILE).unlink()
    index = kept.follower(tmp_path / "catalogue")
    assert (index.sequence, index.problems()) == (0, [])
    index.save()
    kept.check(index.catalogue)
    assert (tmp_path / FILE).is_file()


def test_a_file_of_another_library_counts_for_nothing(kept: Library, tmp_path: Path) -> None:
    other = Library(tmp_path / "other")
    index = other.follower(tmp_path / "catalogue")
    assert index.sequence == 0
    other.check(index.catalogue)
    other.store.close()


def test_an_older_copy_of_the_library_is_believed(kept: Library, tmp_path: Path) -> None:
    kept.write([], list(kept.held)[:2])
    kept.follower(tmp_path / "catalogue").save()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("UPDATE library SET sequence = 1")
        connection.commit()
    index = kept.follower(tmp_path / "catalogue")
    index.follow()
    kept.check(index.catalogue)
    assert index.sequence == 1


def test_no_file_for_few_articles_nor_for_few_changes(kept: Library, tmp_path: Path) -> None:
    before = (tmp_path / FILE).read_bytes()
    kept.write([filed(50, NAMES, None, None, None)], [])
    kept.follower(tmp_path / "catalogue", fewest=1).save()
    assert (tmp_path / FILE).read_bytes() == before
    kept.write([filed(51, NAMES, None, None, None)], [])
    kept.follower(tmp_path / "catalogue", fewest=1).save()
    assert (tmp_path / FILE).read_bytes() != before
    kept.follower(tmp_path / "elsewhere", fewest=100).save()
    assert not (tmp_path / "elsewhere").exists()


def test_names_that_nobody_has_any_more_leave_the_file(kept: Library, tmp_path: Path) -> None:
    kept.write([filed(50, ["王五"], None, None, None)], [])
    kept.write([], [next(key for key, one in kept.held.items() if "王五" in one.article.authors)])
    kept.follower(tmp_path / "catalogue").save()
    assert kept.follower(tmp_path / "catalogue").catalogue.authors.table.names == [*NAMES[:2]]
