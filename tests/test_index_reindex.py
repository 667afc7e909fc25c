"""Making a library anew while it is in use."""

from __future__ import annotations

import random
import shutil
import sqlite3
import threading
import zlib
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from conftest import BigramEmbedder, make_article
from older_library import make_older_library

from index.index import Index
from index.store.generations import Recipe
from index.types import FloatArray
from index.upkeep.reindex import Reindexed, Step, reindex
from ingest import split
from ingest.errors import (
    ArticleNotFound,
    LibraryBusy,
    LibraryError,
    LibraryMismatch,
    LibraryNotFound,
)
from ingest.types import Article


def some_article(number: int) -> Article:
    """One that is like no other."""
    choose = random.Random(number)
    words = ["".join(map(chr, choose.choices(range(0x4E00, 0x9000), k=3))) for _ in range(8)]
    return make_article(f"{'，'.join(words)}。", title=words[0])


ARTICLES = [some_article(number) for number in range(150)]
TEA = make_article("采茶\n春天采茶最忙。", title="茶山", headings=["采茶"])
BUS = make_article("The bus leaves at 8.30 every morning.", title="Timetable", language="en")


class CharacterEmbedder:
    """Another real embedder: counts of characters, hashed. It remembers what it was asked."""

    name = "characters"
    dimension = 400

    def __init__(self, most: int = 10**9) -> None:
        self.asked: list[str] = []
        self._left = most  # passages; then it is as if somebody pressed Ctrl-C

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for character in text:
                rows[row, zlib.crc32(character.encode()) % self.dimension] += 1
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        self._left -= len(texts)
        if self._left < 0:
            raise KeyboardInterrupt
        self.asked += texts
        return self.encode_queries(texts)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "library"
    with Index.open(folder, BigramEmbedder(), create=True) as index:
        index.add(ARTICLES)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A library of `ARTICLES`, of bigrams."""
    return Path(shutil.copytree(made, tmp_path / "library"))


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "library.sqlite3")) as connection:
        return connection.execute(query).fetchall()


def found(index: Index, question: str, embedder: BigramEmbedder | CharacterEmbedder) -> set[str]:
    """The best by terms and by vector."""
    vector = embedder.encode_queries([question])[0]
    rankings = (index.search_lexical(question, 1), index.search_dense(vector, 1))
    return {
        passage.article_id
        for ranking in rankings
        for passage in index.passages(ranking.numbers.tolist())
    }


def assert_answers(folder: Path, embedder: BigramEmbedder | CharacterEmbedder) -> None:
    with Index.open(folder, embedder) as index:
        for one in (ARTICLES[7], ARTICLES[140]):
            assert found(index, f"{one.title}\n{one.text}", embedder) == {one.id}
        held = index.passage_count
    assert rows(folder, "SELECT count(*) FROM vectors") == [(held,)]
    assert rows(folder, "SELECT count(*) FROM passages") == [(held,)]


def test_another_embedder(folder: Path) -> None:
    other = CharacterEmbedder()
    with pytest.raises(LibraryMismatch, match="wenjin reindex"):
        Index.open(folder, other)
    assert reindex(folder, other) == Reindexed(False, anew=True, articles=150, passages=150)
    assert len(set(other.asked)) == 150
    assert_answers(folder, other)
    with pytest.raises(LibraryMismatch, match=r"characters \(400"):
        Index.open(folder, BigramEmbedder())
    reindex(folder, BigramEmbedder())
    assert_answers(folder, BigramEmbedder())


def test_nothing_is_done_where_nothing_has_changed(folder: Path) -> None:
    before = rows(folder, "SELECT * FROM library")
    assert reindex(folder, BigramEmbedder()) == Reindexed(upgraded=False, anew=False)
    assert rows(folder, "SELECT * FROM library") == before


def test_all_is_made_anew_if_forced(folder: Path) -> None:
    numbers = rows(folder, "SELECT max(number) FROM passages")
    assert reindex(folder, BigramEmbedder(), force=True).passages == 150
    assert rows(folder, "SELECT min(number) - 1 FROM passages") == numbers
    assert_answers(folder, BigramEmbedder())


def test_other_rules_of_splitting(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "SELECT splitting FROM generations"
    assert rows(folder, query) == [(split.VERSION,)]
    with sqlite3.connect(folder / "library.sqlite3") as connection:  # made by an earlier version
        connection.execute("UPDATE generations SET splitting = splitting - 1")
    connection.close()
    assert_answers(folder, BigramEmbedder())  # good enough until then
    assert reindex(folder, BigramEmbedder()).anew
    assert rows(folder, query) == [(split.VERSION,)]


def test_a_run_that_was_stopped_goes_on(folder: Path) -> None:
    stopped = CharacterEmbedder(most=130)  # one transaction of two
    with pytest.raises(KeyboardInterrupt):
        reindex(folder, stopped)
    assert len(stopped.asked) == 128
    assert_found_as_before(folder)
    going_on = CharacterEmbedder()
    done = reindex(folder, going_on)
    assert (done.articles, done.kept) == (150, 128)
    assert len(going_on.asked) == 22
    assert not set(going_on.asked) & set(stopped.asked)
    assert_answers(folder, going_on)


def assert_found_as_before(folder: Path) -> None:
    with Index.open(folder, BigramEmbedder()) as index:
        one = ARTICLES[140]
        assert found(index, f"{one.title}\n{one.text}", BigramEmbedder()) == {one.id}
        assert index.passage_count == 150


def test_articles_come_and_go_between_the_runs(folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        reindex(folder, CharacterEmbedder(most=130))
    with Index.open(folder, BigramEmbedder()) as index:
        index.remove([ARTICLES[3].id, ARTICLES[149].id])
        index.add([TEA, BUS])
        assert index.passage_count == 150
    other = CharacterEmbedder()
    assert reindex(folder, other) == Reindexed(
        False, anew=True, articles=150, kept=127, passages=150
    )
    assert_answers(folder, other)
    with Index.open(folder, other) as index:
        assert found(index, "茶山\n采茶\n春天采茶最忙。", other) == {TEA.id}
        asked = f"{ARTICLES[3].title}\n{ARTICLES[3].text}"
        assert ARTICLES[3].id not in found(index, asked, other)


def test_a_run_for_another_embedder_drops_what_was_begun(folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        reindex(folder, CharacterEmbedder(most=130))
    assert not reindex(folder, BigramEmbedder()).anew
    assert rows(folder, "SELECT count(*), count(DISTINCT generation) FROM passages") == [(150, 1)]
    again = CharacterEmbedder()
    assert reindex(folder, again).kept == 0
    assert len(again.asked) == 150


def test_what_is_left_of_the_old_one_is_deleted_by_the_next_run(folder: Path) -> None:
    class Stop(Exception):
        pass

    def stop_at_leftovers(step: Step) -> None:
        if step.stage == "leftovers":
            raise Stop

    other = CharacterEmbedder()
    with pytest.raises(Stop):
        reindex(folder, other, progress=stop_at_leftovers)
    with Index.open(folder, other) as index:
        one = ARTICLES[140]
        assert found(index, f"{one.title}\n{one.text}", other) == {one.id}
        assert index.passage_count == 150
    assert rows(folder, "SELECT count(*) FROM passages") == [(300,)]
    assert not reindex(folder, other).anew
    assert_answers(folder, other)
    assert not {"dense", "lexical"} & {path.name for path in folder.iterdir()}


def test_one_who_searches_all_the_time_sees_the_old_or_the_new_state(folder: Path) -> None:
    told: list[set[str]] = []
    failures: list[BaseException] = []
    done = threading.Event()
    one = ARTICLES[140]

    def search_on() -> None:
        embedder = BigramEmbedder()
        with Index.open(folder, embedder) as index:
            while not done.is_set():
                try:
                    told.append(found(index, f"{one.title}\n{one.text}", embedder))
                except ArticleNotFound:  # found in the old, and asked for in the new one
                    continue
                except BaseException as error:
                    failures.append(error)
                    raise

    reader = threading.Thread(target=search_on)
    reader.start()
    for _ in range(3):
        reindex(folder, BigramEmbedder(), force=True)
    done.set()
    reader.join()
    assert failures == []
    assert told
    assert all(each == {one.id} for each in told)


def test_one_who_searches_with_the_old_embedder_is_told(folder: Path) -> None:
    with Index.open(folder, BigramEmbedder()) as index:
        reindex(folder, CharacterEmbedder())
        vector = BigramEmbedder().encode_queries(["石桥"])[0]
        with pytest.raises(LibraryMismatch, match="start again with that"):
            index.search_dense(vector, 5)
        with pytest.raises(LibraryMismatch, match="start again with that"):
            index.add([TEA])
        with pytest.raises(LibraryMismatch):
            index.remove([ARTICLES[0].id])
    assert rows(folder, "SELECT count(DISTINCT length(vector)) FROM vectors") == [(1,)]


def test_reprints_stay_linked_and_have_no_passages(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    long = "石桥建于明代，桥面用青石铺成，两侧有栏杆，" * 20
    first, again = make_article(f"{long}。"), make_article(f"{long}！", path="b.txt")
    with Index.open(folder, BigramEmbedder(), create=True) as index:
        index.add([first, again])
    done = reindex(folder, CharacterEmbedder())
    assert done.articles == 1
    with Index.open(folder, CharacterEmbedder()) as index:
        assert index.originals() == {again.id: first.id}
        index.remove([first.id])  # the other one takes its place
        assert found(index, long, CharacterEmbedder()) == {again.id}


def test_schema_2_is_brought_up_to_date(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    make_older_library(folder, [*ARTICLES, TEA])
    with pytest.raises(LibraryMismatch, match="wenjin reindex"):
        Index.open(folder, BigramEmbedder())
    steps: list[Step] = []
    done = reindex(folder, BigramEmbedder(), progress=steps.append)
    assert done == Reindexed(upgraded=True, anew=False)
    assert steps == [Step("schema")]
    assert_answers(folder, BigramEmbedder())
    with Index.open(folder, BigramEmbedder()) as index:
        assert index.article(TEA.id) == TEA
        assert index.add([TEA, BUS]) == 1
        assert index.remove([TEA.id]) == 1


def test_schema_2_and_another_embedder_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    make_older_library(folder, ARTICLES)
    other = CharacterEmbedder()
    assert reindex(folder, other) == Reindexed(True, anew=True, articles=150, passages=150)
    assert_answers(folder, other)


def test_an_upgraded_library_has_the_tables_of_a_new_one(tmp_path: Path) -> None:
    make_older_library(tmp_path / "old", ARTICLES[:1])
    reindex(tmp_path / "old", BigramEmbedder())
    Index.open(tmp_path / "new", BigramEmbedder(), create=True).close()
    query = "SELECT name, sql FROM sqlite_schema ORDER BY name"
    assert rows(tmp_path / "old", query) == rows(tmp_path / "new", query)


def test_an_upgrade_that_fails_leaves_the_library_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    make_older_library(folder, ARTICLES)
    with sqlite3.connect(folder / "library.sqlite3") as connection:
        connection.execute("CREATE TABLE gone (in_the_way)")
    connection.close()
    with pytest.raises(LibraryError, match="gone"):
        reindex(folder, BigramEmbedder())
    assert rows(folder, "SELECT schema, embedder FROM library") == [(2, "bigrams")]
    assert rows(folder, "SELECT max(length(vector)) FROM vectors") == [(4 * 64,)]


@pytest.mark.parametrize(("schema", "what"), [(99, "newer version"), (1, "new library")])
def test_a_schema_that_there_is_no_road_from(folder: Path, schema: int, what: str) -> None:
    with sqlite3.connect(folder / "library.sqlite3") as connection:
        connection.execute("UPDATE library SET schema = ?", (schema,))
    connection.close()
    with pytest.raises(LibraryMismatch, match=what):
        reindex(folder, BigramEmbedder())


def test_without_a_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryNotFound):
        reindex(tmp_path / "none", BigramEmbedder())
    assert not (tmp_path / "none").exists()
    with pytest.raises(LibraryNotFound):
        reindex(tmp_path, BigramEmbedder())
    assert list(tmp_path.iterdir()) == []


def test_while_another_process_writes(folder: Path) -> None:
    from index.store.lock import write_lock

    with write_lock(folder), pytest.raises(LibraryBusy, match="is writing to"):
        reindex(folder, BigramEmbedder())


def test_an_empty_library(tmp_path: Path) -> None:
    Index.open(tmp_path, BigramEmbedder(), create=True).close()
    assert reindex(tmp_path, CharacterEmbedder()).anew
    with Index.open(tmp_path, CharacterEmbedder()) as index:
        assert index.add([TEA]) == 1


def test_more_articles_than_one_process_makes(tmp_path: Path) -> None:
    many = [some_article(number) for number in range(520)]
    with Index.open(tmp_path, BigramEmbedder(), create=True) as index:
        index.add(many)
    steps: list[Step] = []
    other = CharacterEmbedder()
    done = reindex(tmp_path, other, workers=2, progress=steps.append)
    assert (done.articles, done.passages, len(other.asked)) == (520, 520, 520)
    told = [step.done for step in steps if step.stage == "articles"]
    assert told == sorted(told)
    assert told[-1] == 520
    with Index.open(tmp_path, other) as index:
        assert found(index, many[500].text, other) == {many[500].id}


def test_a_recipe_is_what_shapes_passages_and_vectors(folder: Path) -> None:
    query = "SELECT embedder, dimension, splitting FROM generations"
    [recipe] = rows(folder, query)
    assert Recipe(*recipe) == Recipe("bigrams", 64)  # type: ignore[arg-type]
