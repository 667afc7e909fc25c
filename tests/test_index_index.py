import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from conftest import DIMENSION, BigramEmbedder, make_article
from sources import read_only

from index.index import Index
from index.opened import Opened
from index.store.batches import SIZE
from index.store.lock import write_lock
from ingest.errors import ArticleNotFound, LibraryBusy, LibraryError, LibraryMismatch
from ingest.types import Article

BRIDGE = make_article("河上有一座石桥。桥边住着渔夫。", title="石桥", path="a.txt")
TEA = make_article("采茶\n春天采茶最忙。", title="茶山", headings=["采茶"], path="a.txt")
BUS = make_article("The bus leaves at 8.30 every morning.", title="Timetable", language="en")
ALL = [BRIDGE, TEA, BUS]


def found_by_terms(index: Index, question: str) -> list[str]:
    passages = index.passages(index.search_lexical(question, 10).numbers)
    return [passage.article_id for passage in passages]


def found_by_vector(index: Index, text: str, k: int = 1) -> list[str]:
    vector = BigramEmbedder().encode_queries([text])[0]
    return [one.article_id for one in index.passages(index.search_dense(vector, k).numbers)]


def test_what_is_added_is_found_both_ways(index: Index) -> None:
    assert index.add(ALL) == 3
    assert found_by_terms(index, "渔夫住在哪里？") == [BRIDGE.id]
    assert found_by_terms(index, "漁夫") == [BRIDGE.id]
    assert found_by_terms(index, "When do buses leave?") == [BUS.id]
    assert found_by_vector(index, "石桥\n河上有一座石桥。") == [BRIDGE.id]
    assert (index.article_count, index.passage_count) == (3, 3)


def test_title_and_heading_are_searched_but_not_quoted(index: Index) -> None:
    index.add(ALL)
    [number] = index.search_lexical("茶山", 5).numbers
    [passage] = index.passages([number])
    assert TEA.text[passage.start : passage.end] == "春天采茶最忙。"
    assert passage.heading == "采茶"


def test_an_empty_library(index: Index) -> None:
    assert found_by_terms(index, "石桥") == []
    assert found_by_vector(index, "石桥") == []
    assert index.articles() == []
    assert index.add([]) == 0


def test_the_same_article_counts_once(index: Index) -> None:
    assert index.add([BRIDGE, TEA, BRIDGE]) == 2
    assert index.add([TEA, BUS]) == 1
    assert index.articles() == [BRIDGE, TEA, BUS]


def test_progress_tells_how_many_are_confirmed(index: Index) -> None:
    told: list[int] = []
    articles = [make_article(f"第{number}篇文章。") for number in range(2 * SIZE + 2)]
    index.add([*articles[:10], *articles], progress=told.append)
    assert told == [SIZE, 2 * SIZE, 2 * SIZE + 12]


def test_what_was_confirmed_stays_when_a_source_fails(open_index: Callable[[], Index]) -> None:
    def failing() -> Iterator[Article]:
        for number in count():
            if number == SIZE + 30:
                raise KeyboardInterrupt
            yield make_article(f"第{number}座石桥。")

    index = open_index()
    with pytest.raises(KeyboardInterrupt):
        index.add(failing())
    assert index.article_count == SIZE
    assert len(index.search_lexical("石桥", SIZE + 30).numbers) == SIZE
    assert len(open_index().search_lexical("石桥", SIZE + 30).numbers) == SIZE


def test_what_is_removed_is_not_found(index: Index) -> None:
    index.add(ALL)
    assert index.remove([BRIDGE.id, BRIDGE.id[:12]]) == 1
    assert found_by_terms(index, "石桥渔夫") == []
    assert BRIDGE.id not in found_by_vector(index, BRIDGE.text, k=9)
    with pytest.raises(ArticleNotFound):
        index.article(BRIDGE.id)
    assert index.add([BRIDGE]) == 1
    assert found_by_terms(index, "石桥渔夫") == [BRIDGE.id]


def test_removing_leaves_the_scores_that_the_rest_alone_would_have(
    index: Index, tmp_path: Path
) -> None:
    index.add(ALL)
    index.remove([BUS.id])
    with Index.open(tmp_path / "other", BigramEmbedder(), create=True) as other:
        other.add([BRIDGE, TEA])
        question = "春天的石桥"
        assert index.search_lexical(question, 5).scores == pytest.approx(
            other.search_lexical(question, 5).scores
        )


def test_nothing_is_removed_if_one_is_unknown(index: Index) -> None:
    index.add(ALL)
    with pytest.raises(ArticleNotFound):
        index.remove([BRIDGE.id, "unknown"])
    assert index.article_count == 3


def test_scores_of_given_passages_are_those_of_the_search(index: Index) -> None:
    index.add(ALL)
    by_terms = index.search_lexical("春天的石桥", 5)
    assert index.lexical_scores("春天的石桥", by_terms.numbers) == pytest.approx(by_terms.scores)
    vector = BigramEmbedder().encode_queries(["石桥"])[0]
    by_vector = index.search_dense(vector, 3)
    assert index.dense_scores(vector, by_vector.numbers) == pytest.approx(by_vector.scores)
    assert (np.diff(by_vector.scores) <= 0).all()


def test_rare_words_weigh_more(index: Index) -> None:
    index.add([*ALL, make_article("又一座石桥。", title=None)])
    assert index.idf("没有") >= index.idf("渔夫") > index.idf("石桥")


def test_opening_again_embeds_nothing(open_index: Callable[[], Index], tmp_path: Path) -> None:
    class Refusing(BigramEmbedder):
        def encode_passages(self, texts: object) -> np.ndarray:
            raise AssertionError

    open_index().add(ALL)
    shutil.rmtree(tmp_path / "library" / "lexical")
    with Index.open(tmp_path / "library", Refusing()) as again:
        assert found_by_terms(again, "渔夫") == [BRIDGE.id]
        assert found_by_vector(again, "石桥\n河上有一座石桥。") == [BRIDGE.id]
        assert again.articles() == ALL


LEXICAL_FILES = ["meta.json", ".managed.json", ".term", ".idx", ".store", ".fast", ".fieldnorm"]


@pytest.mark.parametrize("share", [0, 0.5])
@pytest.mark.parametrize("suffix", LEXICAL_FILES)
def test_a_truncated_lexical_file_is_made_anew(
    open_index: Callable[[], Index], tmp_path: Path, suffix: str, share: float
) -> None:
    open_index().add(ALL)
    [path] = (tmp_path / "library" / "lexical").glob(f"*{suffix}")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    again = open_index()
    assert found_by_terms(again, "渔夫") == [BRIDGE.id]
    assert again.add([make_article("新来的渔夫。")]) == 1
    assert len(found_by_terms(open_index(), "渔夫")) == 2


@pytest.mark.parametrize("suffix", LEXICAL_FILES)
def test_a_missing_lexical_file_is_made_anew(
    open_index: Callable[[], Index], tmp_path: Path, suffix: str
) -> None:
    open_index().add(ALL)
    [path] = (tmp_path / "library" / "lexical").glob(f"*{suffix}")
    path.unlink()
    assert found_by_terms(open_index(), "渔夫") == [BRIDGE.id]


def test_terms_deleted_while_the_library_is_open_are_made_anew(
    index: Index, tmp_path: Path
) -> None:
    index.add([TEA, BUS])
    shutil.rmtree(tmp_path / "library" / "lexical")
    assert found_by_terms(index, "采茶") == [TEA.id]
    index.add([BRIDGE])
    assert set(found_by_terms(index, "石桥和采茶")) == {BRIDGE.id, TEA.id}


def test_a_library_file_put_back_from_a_copy_is_believed(
    open_index: Callable[[], Index], tmp_path: Path
) -> None:
    file = tmp_path / "library" / "library.sqlite3"
    with open_index() as index:
        index.add([BRIDGE])
    shutil.copy(file, tmp_path / "copy")
    with open_index() as index:
        index.add([TEA])
    shutil.copy(tmp_path / "copy", file)
    again = open_index()
    assert found_by_terms(again, "石桥和采茶") == [BRIDGE.id]
    assert again.passage_count == 1


def test_an_open_library_sees_what_another_writes(open_index: Callable[[], Index]) -> None:
    reader, writer = open_index(), open_index()
    writer.add(ALL)
    assert found_by_terms(reader, "渔夫") == [BRIDGE.id]
    assert found_by_vector(reader, "石桥\n河上有一座石桥。") == [BRIDGE.id]
    writer.remove([BRIDGE.id])
    assert found_by_terms(reader, "渔夫") == []
    assert BRIDGE.id not in found_by_vector(reader, "石桥", k=9)
    assert (reader.article_count, reader.passage_count) == (2, 2)


def test_one_writes_at_a_time(index: Index, tmp_path: Path) -> None:
    index.add([BRIDGE])
    with write_lock(tmp_path / "library"):
        with pytest.raises(LibraryBusy, match=f"Process {os.getpid()} is writing"):
            index.add([TEA])
        with pytest.raises(LibraryBusy):
            index.remove([BRIDGE.id])
        assert found_by_terms(index, "渔夫") == [BRIDGE.id]
    assert index.add([TEA]) == 1


def test_a_removed_article_is_not_shown_while_another_still_writes(
    open_index: Callable[[], Index], tmp_path: Path
) -> None:
    reader = open_index()
    reader.add(ALL)
    with write_lock(tmp_path / "library"):  # as a writer that has confirmed, and goes on
        Opened(tmp_path / "library", BigramEmbedder()).writer.remove([BRIDGE.id])
        assert found_by_terms(reader, "石桥渔夫采茶") == [TEA.id]
        assert BRIDGE.id not in found_by_vector(reader, "石桥", k=9)
    assert found_by_terms(reader, "石桥渔夫采茶") == [TEA.id]


def test_threads_may_search_while_one_writes(index: Index) -> None:
    articles = [make_article(f"第{number}座石桥。") for number in range(60)]
    index.add(articles[:20])

    def search(_: int) -> int:
        return len(index.search_lexical("石桥", 100).numbers) + len(
            index.search_dense(np.full(DIMENSION, 0.125, np.float32), 100).numbers
        )

    with ThreadPoolExecutor(4) as threads:
        counts = threads.map(search, range(60))
        for number in range(20, 60, 10):
            index.add(articles[number : number + 10])
            index.remove([articles[number].id])
        assert all(40 <= found <= 120 for found in counts)
    assert search(0) == 2 * 56


def test_another_embedder_is_refused(open_index: Callable[[], Index], tmp_path: Path) -> None:
    class Other(BigramEmbedder):
        name = "other"

    open_index().close()
    with pytest.raises(LibraryMismatch) as caught:
        Index.open(tmp_path / "library", Other())
    assert "bigrams" in str(caught.value)
    assert "other" in caught.value.in_language("zh")


@pytest.fixture
def read_only_library() -> Iterator[Path]:
    """A library in a folder in which this process may not write, whoever runs it."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "library"
        with Index.open(folder, BigramEmbedder(), create=True) as index:
            index.add(ALL)
        Path(parent).chmod(0o755)
        with read_only(folder):
            yield folder


def test_a_library_that_may_only_be_read(read_only_library: Path) -> None:
    with Index.open(read_only_library, BigramEmbedder()) as reader:
        assert found_by_terms(reader, "渔夫") == [BRIDGE.id]
        assert found_by_vector(reader, "石桥\n河上有一座石桥。") == [BRIDGE.id]
        with pytest.raises(LibraryError, match="can't be written"):
            reader.add([make_article("新。")])
