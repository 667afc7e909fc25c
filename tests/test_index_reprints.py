"""Files, what they give, and articles that repeat others."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import BigramEmbedder, make_article

from index.index import Index
from index.store.batches import PATIENCE, SIZE, batches
from index.types import FileChange, IntArray, SourceFile, Updated
from ingest.errors import LibraryMismatch
from ingest.prepare import prepare_article
from ingest.types import Article

RELEASE = (
    "市水务局昨天宣布，今年汛期前将加固全市一百二十公里河堤，工程总投资4.6亿元。"
    "加固工程分三期进行，首期从南门桥到渡口，长38公里，预计5月底完工。"
    "水务局负责人介绍，施工期间沿河步道将分段封闭，居民可经由新修的便道通行。"
)
FIRST = make_article(RELEASE, title="河堤加固", authors=("甲",), path="a.txt")
SECOND = make_article(f"本报讯 {RELEASE}", title="又一版", authors=("乙",), path="b.txt")
THIRD = make_article(RELEASE + "完。", title="第三版", authors=("丙",), path="c.txt")
UPDATED = make_article(RELEASE.replace("4.6亿", "5.2亿"), title="更正", path="d.txt")
TEA = make_article("采茶\n春天采茶最忙。", title="茶山", headings=["采茶"], path="a.txt")


def file(name: str, digest: str = "1") -> SourceFile:
    return SourceFile(f"/news/{name}", name, digest)


def change(name: str, *articles: Article, digest: str = "1", complete: bool = True) -> FileChange:
    prepared = tuple(prepare_article(replace(article, path=name)) for article in articles)
    return FileChange(file(name, digest), prepared, complete)


def found(index: Index, question: str) -> list[str]:
    numbers = index.search_lexical(question, 20).numbers
    return list(dict.fromkeys(one.article_id for one in index.passages(numbers)))


def checked(index: Index) -> Index:
    """Everything searched is of an article that is no reprint, and of each of these."""
    originals = index.originals()
    assert not originals.keys() & set(originals.values())
    shown = {passage.article_id for passage in index.passages(searched(index))}
    assert shown == {article.id for article in index.articles()} - originals.keys()
    assert index.passage_count == len(searched(index))
    return index


def searched(index: Index) -> IntArray:
    """The numbers of all passages."""
    catalogue = index.catalogue()
    return catalogue.passages_of(catalogue.held)


def test_a_reprint_is_linked_and_not_searched(index: Index) -> None:
    assert index.add([FIRST, TEA]) == 2
    assert index.add([SECOND, THIRD, UPDATED]) == 3
    assert index.originals() == {SECOND.id: FIRST.id, THIRD.id: FIRST.id}
    assert index.reprints([FIRST.id, TEA.id]) == {FIRST.id: (SECOND, THIRD)}
    assert set(found(index, "河堤加固")) == {FIRST.id, UPDATED.id}
    assert index.article(SECOND.id) == SECOND
    checked(index)


def test_so_is_one_of_the_same_batch(index: Index) -> None:
    index.add([SECOND, FIRST, UPDATED, THIRD])
    assert index.originals() == {FIRST.id: SECOND.id, THIRD.id: SECOND.id}


def test_another_process_knows_what_to_link_to(open_index: Callable[[], Index]) -> None:
    one, other = open_index(), open_index()
    one.add([FIRST])
    other.add([SECOND])
    one.add([THIRD])
    assert open_index().originals() == {SECOND.id: FIRST.id, THIRD.id: FIRST.id}


def test_the_next_takes_the_place_of_what_is_removed(index: Index) -> None:
    index.add([FIRST, SECOND, THIRD])
    index.remove([FIRST.id])
    assert index.originals() == {THIRD.id: SECOND.id}
    assert found(index, "河堤") == [SECOND.id]
    assert index.add([FIRST]) == 1
    assert index.originals() == {THIRD.id: SECOND.id, FIRST.id: SECOND.id}
    index.remove([SECOND.id, THIRD.id])
    assert found(checked(index), "河堤") == [FIRST.id]


def test_very_short_texts_are_only_the_same_if_identical(index: Index) -> None:
    index.add([make_article("渡船停开。", title=None), make_article("渡船停开！", title="渡船")])
    index.add([make_article("渡船今停开。", title="停开"), make_article("", title="空")])
    assert len(index.originals()) == 1


def test_filters_know_a_reprint_by_the_passages_of_what_it_repeats(index: Index) -> None:
    index.add([replace(FIRST, source="甲报"), replace(SECOND, source="乙报"), TEA])
    catalogue = index.catalogue()
    second = catalogue.written_by("乙") & catalogue.appeared_in("乙报")
    [located] = index.located(catalogue.passages_of(second))
    [article] = index.numbered([located.article])
    assert article.id == FIRST.id
    assert index.numbered(catalogue.numbers[second].tolist()) == [replace(SECOND, source="乙报")]
    assert not (catalogue.written_by("乙") & catalogue.appeared_in("甲报")).any()
    assert catalogue.held.all()


def test_a_file_gives_articles(index: Index) -> None:
    told: list[Updated] = []
    updated = index.update(
        [change("a.txt", FIRST, TEA), change("b.txt", SECOND)], progress=told.append
    )
    assert updated == told[-1] == Updated(files=2, added=2, linked=1, passages=2)
    assert index.files() == {"/news/a.txt": file("a.txt"), "/news/b.txt": file("b.txt")}
    assert index.update([change("a.txt", FIRST, TEA)]) == Updated(files=1, known=2)


def test_what_a_changed_file_gives_no_more_is_removed(index: Index) -> None:
    index.update([change("a.txt", FIRST, TEA), change("b.txt", SECOND)])
    updated = index.update([change("a.txt", TEA, digest="2")])
    assert updated == Updated(files=1, known=1, removed=1, passages=1)
    assert found(checked(index), "河堤") == [SECOND.id]
    assert index.files()["/news/a.txt"].digest == "2"


def test_what_another_file_gives_stays(index: Index) -> None:
    index.update([change("a.txt", TEA), change("b.txt", TEA)])
    assert index.article(TEA.id).path == "a.txt"
    assert index.update([change("a.txt", FIRST, digest="2")]).removed == 0
    assert index.article(TEA.id).path == "b.txt"
    assert index.forget(["/news/b.txt", "/news/unknown.txt"]) == 1
    assert [article.id for article in index.articles()] == [FIRST.id]


def test_what_moves_to_another_file_at_once_stays(index: Index) -> None:
    index.update([change("a.txt", TEA)])
    updated = index.update([change("a.txt", FIRST, digest="2"), change("b.txt", TEA)])
    assert (updated.removed, updated.known) == (0, 1)
    assert index.article(TEA.id).path == "b.txt"


def test_what_was_added_without_a_file_stays(index: Index) -> None:
    index.add([TEA])
    index.update([change("a.txt", TEA)])
    assert index.files().keys() == {"/news/a.txt"}
    assert index.forget(["/news/a.txt", ""]) == 0
    assert index.articles() == [TEA]


def test_a_file_says_something_else_of_an_article(index: Index) -> None:
    index.update([change("a.txt", FIRST, TEA), change("b.txt", SECOND, TEA)])
    signed = replace(TEA, authors=("丁",), headings=(), subtitle="春日", notes=("摄影",))
    again = replace(SECOND, authors=("戊",), guessed=("authors",))
    assert index.update([change("b.txt", SECOND, signed, digest="2")]).replaced == 0
    assert index.update([change("a.txt", FIRST, signed, digest="2")]).replaced == 1
    assert index.update([change("b.txt", again, signed, digest="3")]).replaced == 1
    assert index.article(TEA.id) == signed
    assert index.article(SECOND.id) == replace(again, path="b.txt")
    assert index.originals() == {SECOND.id: FIRST.id}
    assert found(index, "丁") == found(index, "春日") == [TEA.id]
    checked(index)


def test_a_file_in_pieces_is_recorded_when_it_is_complete(index: Index) -> None:
    def pieces() -> Iterator[FileChange]:
        yield change("a.txt", FIRST, complete=False, digest="2")
        yield change("b.txt", *(make_article(f"第{number}篇。") for number in range(SIZE)))
        assert index.files()["/news/a.txt"].digest == ""
        yield change("a.txt", UPDATED, digest="2")

    index.update([change("a.txt", TEA)])
    assert index.update(pieces()).removed == 1
    assert index.files()["/news/a.txt"].digest == "2"
    assert {FIRST.id, UPDATED.id} < {article.id for article in index.articles()}


def test_a_run_that_is_stopped_is_gone_on_with(index: Index) -> None:
    articles = [make_article(f"第{number}篇文章。") for number in range(SIZE + 1)]

    def stopped() -> Iterator[FileChange]:
        yield change("a.txt", *articles[:SIZE], complete=False, digest="2")
        raise KeyboardInterrupt

    index.update([change("a.txt", TEA)])
    with pytest.raises(KeyboardInterrupt):
        index.update(stopped())
    assert index.article_count == SIZE + 1
    updated = index.update([change("a.txt", *articles[1:], digest="2")])
    assert updated == Updated(files=1, added=1, known=SIZE - 1, removed=2, passages=1)


def test_a_file_may_come_again_in_one_update(index: Index) -> None:
    index.update([change("a.txt", TEA), change("a.txt", FIRST, digest="2")])
    assert [article.id for article in index.articles()] == [FIRST.id]


def test_an_article_removed_by_hand_comes_back_with_its_file(index: Index) -> None:
    index.update([change("a.txt", FIRST, TEA)])
    index.remove([TEA.id])
    assert index.files()["/news/a.txt"].digest == ""  # so that the file is read again
    assert index.update([change("a.txt", FIRST, TEA)]).added == 1


def test_no_articles_at_all(index: Index) -> None:
    assert index.update([]) == Updated()
    assert index.update([change("empty.txt")]) == Updated(files=1)
    assert index.forget([]) == 0
    assert index.files().keys() == {"/news/empty.txt"}


def test_changes_are_written_some_dozens_of_articles_at_a_time() -> None:
    large = change("large.txt", *(make_article(str(number)) for number in range(2 * SIZE + 1)))
    small = [change(f"{number}.txt", TEA) for number in range(SIZE)]
    sizes = [[len(one.articles) for one in batch] for batch in batches([*small, large])]
    assert sizes == [[1] * SIZE, [SIZE], [SIZE], [1]]
    complete = [one.complete for batch in batches([large]) for one in batch]
    assert complete == [False, False, True]


def test_changes_that_come_slowly_do_not_wait() -> None:
    times = iter([0, PATIENCE / 2, PATIENCE * 2, 0, 0])
    changes = [change(f"{number}.txt", TEA) for number in range(3)]
    written = batches(changes, clock=lambda: next(times))
    assert [len(batch) for batch in written] == [2, 1]


def test_an_unknown_version_is_not(open_index: Callable[[], Index], tmp_path: Path) -> None:
    open_index().close()
    with sqlite3.connect(tmp_path / "library" / "library.sqlite3") as connection:
        connection.execute("UPDATE library SET schema = 99")
    connection.close()
    with pytest.raises(LibraryMismatch, match="newer version"):
        Index.open(tmp_path / "library", BigramEmbedder())
