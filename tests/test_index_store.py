import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import make_article

from index.store.database import open_database, transaction
from index.store.edits import Edit, Filed
from index.store.generations import Recipe, begin, clear, left_over, switch
from index.store.store import Store
from ingest.dedupe import signature
from ingest.errors import ArticleNotFound, LibraryError, LibraryMismatch, LibraryNotFound
from ingest.types import Article, Passage


def open_store(folder: Path, *, embedder: str = "bigrams", create: bool = True) -> Store:
    return Store(folder, embedder=embedder, dimension=2, create=create)


def with_passages(article: Article, *spans: tuple[int, int]) -> Filed:
    passages = [Passage(article.id, *span, "桥") for span in spans]
    vectors = [np.array([0.75, 0.5], np.float32) for _ in spans]
    return Filed(article, passages, vectors, signature(article.text))


def add(store: Store, *filed: Filed) -> None:
    store.write(Edit(filed))


def remove(store: Store, *ids: str) -> None:
    store.write(Edit(gone=[store.number(one) for one in ids]))


FIRST = make_article("第一句。第二句。", title="一", path="b.txt")
SECOND = make_article(
    "头\n正文一。\n尾\n正文二。", title=None, headings=("头", "尾"), path="a.txt", authors=()
)
THIRD = make_article("另一篇。", title="三", path="b.txt")


def articles(store: Store) -> list[Article]:
    """All, in the order in which they are listed."""
    numbers = store.article_numbers()
    found = store.numbered(numbers)
    return [found[number] for number in numbers]


def test_an_article_comes_back_as_it_went_in(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, with_passages(FIRST), with_passages(SECOND))
    assert store.article(FIRST.id) == FIRST
    assert store.article(SECOND.id) == SECOND
    assert articles(store) == [SECOND, FIRST]


def test_the_articles_of_a_file_keep_their_order(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, with_passages(THIRD), with_passages(SECOND))
    add(store, with_passages(FIRST))
    assert articles(store) == [SECOND, THIRD, FIRST]


def test_an_article_that_is_filed_again_is_as_it_was_filed_last(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, with_passages(FIRST, (0, 4)), with_passages(SECOND, (2, 6)))
    signed = replace(FIRST, authors=("赵六",), subtitle="又", notes=("注",), guessed=("authors",))
    add(store, with_passages(signed, (4, 8)))
    assert (store.article_count, store.article(FIRST.id)) == (2, signed)
    assert [one.text for one in store.passages_since(0)] == ["正文一。", "第二句。"]
    assert store.removed_since(0) == [1]


def test_passages_come_in_the_order_asked_for(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, with_passages(FIRST, (0, 4), (4, 8)))
    assert store.passages([2, 1]) == [
        Passage(FIRST.id, 4, 8, "桥"),
        Passage(FIRST.id, 0, 4, "桥"),
    ]
    with pytest.raises(ArticleNotFound):
        store.passages([1, 3])


def test_what_has_changed_since_a_sequence_number(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, with_passages(FIRST, (0, 4), (4, 8)))
    first = store.sequence
    add(store, with_passages(SECOND, (2, 6)))
    remove(store, FIRST.id)
    assert [(one.number, one.text) for one in store.passages_since(0)] == [(3, "正文一。")]
    assert list(store.passages_since(store.sequence)) == []
    assert sorted(store.removed_since(first)) == [1, 2]
    [(numbers, vectors)] = store.vectors_since(first)
    assert numbers.tolist() == [3]
    assert vectors.tolist() == pytest.approx(np.array([[0.75, 0.5]]))


@pytest.mark.parametrize("text", ["字\0后。二。", "𠀀字后。二。", "e\u0301字。\r二。"])
def test_spans_count_characters_as_python_does(tmp_path: Path, text: str) -> None:
    store = open_store(tmp_path)
    add(store, with_passages(make_article(text), (1, 4), (4, 6)))
    assert [one.text for one in store.passages_since(0)] == [text[1:4], text[4:6]]


def test_passage_numbers_are_never_given_again(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, with_passages(FIRST, (0, 4)))
    remove(store, FIRST.id)
    add(store, with_passages(FIRST, (0, 4)))
    assert [one.number for one in store.passages_since(0)] == [2]


def test_an_article_is_found_by_a_beginning_of_its_id_that_is_its_alone(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, with_passages(FIRST), with_passages(SECOND))
    assert store.article(FIRST.id[:10]) == FIRST
    for wrong in ("", "zz", FIRST.id + "0", "%", "_"):
        with pytest.raises(ArticleNotFound, match="No article"):
            store.article(wrong)


def test_a_beginning_that_several_share_is_refused(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    articles = [make_article(f"第{number}篇。") for number in range(17)]  # 16 first digits
    add(store, *(with_passages(article) for article in articles))
    shared = next(
        article.id[0]
        for article in articles
        if sum(other.id[0] == article.id[0] for other in articles) > 1
    )
    with pytest.raises(ArticleNotFound, match="several"):
        store.article(shared)


def test_a_folder_without_a_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryNotFound) as caught:
        open_store(tmp_path / "none", create=False)
    assert "wenjin ingest" in str(caught.value)
    assert "文库" in caught.value.in_language("zh")
    assert not (tmp_path / "none").exists()


def test_a_library_file_without_tables_counts_as_none(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "library.sqlite3").close()
    (tmp_path / "library.sqlite3").touch()
    with pytest.raises(LibraryNotFound):
        open_store(tmp_path, create=False)
    assert open_store(tmp_path).article_count == 0


def test_another_embedder_is_refused(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with pytest.raises(LibraryMismatch, match=r"bigrams .* not other"):
        open_store(tmp_path, embedder="other")


def test_another_schema_is_refused(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with sqlite3.connect(tmp_path / "library.sqlite3") as connection:
        connection.execute("UPDATE library SET schema = 99")
    connection.close()
    with pytest.raises(LibraryMismatch, match="newer version"):
        open_store(tmp_path)


def test_a_store_of_another_generation_by_now_neither_reads_nor_writes(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, with_passages(FIRST, (0, 4)))
    with closing(open_database(tmp_path)) as connection, transaction(connection):
        switch(connection, begin(connection, Recipe("bigrams", 2)).number)
    assert store.outdated
    with pytest.raises(LibraryMismatch, match="open it again"):
        add(store, with_passages(SECOND, (2, 6)))
    with pytest.raises(LibraryMismatch, match="open it again"), store.snapshot():
        pass
    again = open_store(tmp_path)
    assert (again.article_count, again.passage_count) == (1, 0)
    assert again.stamp != store.stamp


def test_states_within_one_another_are_one(tmp_path: Path) -> None:
    store, other = open_store(tmp_path), open_store(tmp_path)
    with store.one_state(), store.snapshot() as before:
        add(other, with_passages(FIRST, (0, 4)))
        with store.snapshot() as inside:
            assert (inside, store.passage_count) == (before, 0)
        assert store.passage_count == 0
    assert store.passage_count == 1


def test_left_over_passages_are_of_generations_that_were_let_go(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, with_passages(FIRST, (0, 4), (4, 8)))
    with closing(open_database(tmp_path)) as connection:
        assert left_over(connection) == []
        switch(connection, begin(connection, Recipe("bigrams", 2)).number)
        assert left_over(connection) == [1]
        assert [clear(connection, 1, most=1) for _ in range(3)] == [1, 1, 0]
        assert left_over(connection) == []
        assert connection.execute("SELECT count(*) FROM vectors").fetchone() == (0,)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite3").write_bytes(b"not a database" * 100)
    with pytest.raises(LibraryError, match=r"library\.sqlite3 can't be used"):
        open_store(tmp_path, create=False)


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, with_passages(make_article("很长。" * 9000)))
    store.close()
    content = (tmp_path / "library.sqlite3").read_bytes()
    (tmp_path / "library.sqlite3").write_bytes(content[: len(content) // 2])
    with pytest.raises(LibraryError, match="can't be used"):
        articles(open_store(tmp_path, create=False))


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file can grow beyond some hundred kilobytes, as if the disk were full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("small_files")
def test_a_full_disk_undoes_what_it_stopped(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, with_passages(FIRST, (0, 4)))
    with pytest.raises(LibraryError, match="can't be used"):
        add(store, with_passages(make_article("很长。" * 99_999), (0, 3)))
    assert articles(store) == [FIRST]
    assert store.sequence == 1
    add(store, with_passages(SECOND, (2, 6)))
    assert store.article_count == 2


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError, match="can't be made"):
        open_store(tmp_path / "file" / "library")
