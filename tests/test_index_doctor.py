"""What is wrong with a library is found, said and mended."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from conftest import BigramEmbedder, make_article

from index.derived import KINDS
from index.index import Index
from index.store import generations
from index.store.database import FILE_NAME, open_database
from index.store.generations import Recipe
from index.store.lock import write_lock
from index.types import FileChange, SourceFile
from index.upkeep.doctor import Examination, examine
from index.upkeep.mend import repair
from ingest.errors import LibraryBusy, LibraryError, LibraryMismatch
from ingest.prepare import prepare_article
from ingest.types import Article, article_id

STORY = "".join(f"石桥第{n}段每年春天都有人来修，" for n in "甲乙丙丁戊己庚辛壬癸")
PLAIN = [
    make_article(f"渡口{one}的水位去年降了。渡船{one}停航。", title=f"渡口{one}")
    for one in "东南西北"
]
HEADED = make_article(
    "开头一句。\n水位\n水位降了三尺。\n船\n船都停了。", title="水与船", headings=("水位", "船")
)
ORIGINAL = make_article(f"{STORY}记者甲报道。", title="修桥")
REPRINT = make_article(f"{STORY}记者乙报道。", title="修桥")
FILED = make_article("这一篇来自文件，讲的是堤坝。", title="堤坝", path="/pages/a.txt")
ALL = [*PLAIN, HEADED, ORIGINAL, REPRINT, FILED]


class Counting(BigramEmbedder):
    """Tells how many passages it has embedded."""

    def __init__(self) -> None:
        self.embedded = 0

    def encode_passages(self, texts):  # type: ignore[no-untyped-def]
        self.embedded += len(texts)
        return super().encode_passages(texts)


class Other(BigramEmbedder):
    name = "others"


@pytest.fixture
def folder(tmp_path: Path, embedder: BigramEmbedder) -> Path:
    """A library with plain articles, one with headings, a reprint, and one of a file."""
    folder = tmp_path / "library"
    with Index.open(folder, embedder, create=True) as index:
        index.add([*PLAIN, HEADED, ORIGINAL, REPRINT])
        file = SourceFile("/pages/a.txt", "a.txt", "digest")
        index.update([FileChange(file, (prepare_article(FILED),))])
    return folder


def ignore(_done: int, _total: int) -> None:
    pass


def examined(folder: Path) -> Examination:
    return examine(folder, BigramEmbedder(), ignore)


def repaired(folder: Path) -> Examination:
    return repair(folder, BigramEmbedder(), ignore)


def kinds(examination: Examination) -> set[str]:
    return {finding.kind for finding in examination.findings if finding.wrong}


def damage(folder: Path, *statements: str) -> None:
    """Write what no program of ours does."""
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def number(article: Article) -> str:
    return f"(SELECT number FROM articles WHERE id = '{article.id}')"


def found_everywhere(folder: Path) -> None:
    """Whether all articles that aren't reprints are found by terms and by vectors alike."""
    with Index.open(folder, BigramEmbedder()) as index:
        searched = {one.id: one for one in index.articles() if one.id not in index.originals()}
        vector = BigramEmbedder().encode_queries(["水"])[0]
        by_vectors = index.passages(index.search_dense(vector, 999).numbers)
        assert {passage.article_id for passage in by_vectors} == searched.keys()
        for article in searched.values():
            by_terms = index.passages(index.search_lexical(article.text, 999).numbers)
            assert article.id in {passage.article_id for passage in by_terms}


def test_a_sound_library_is_clean_and_counted(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    examination = examine(folder, BigramEmbedder(), lambda *done: told.append(done))
    assert examination.clean
    assert not examination.findings
    counts = examination.counts
    assert counts
    assert (counts.articles, counts.reprints, counts.files) == (len(ALL), 1, 1)
    assert (counts.embedder, counts.dimension) == ("bigrams", 64)
    assert sum(done for done, _ in told) == {total for _, total in told}.pop()


def test_an_empty_library_is_clean(tmp_path: Path, embedder: BigramEmbedder) -> None:
    Index.open(tmp_path, embedder, create=True).close()
    assert examined(tmp_path).clean
    assert repaired(tmp_path).clean


PASSAGE = f"(SELECT min(number) FROM passages WHERE article = {number(PLAIN[0])})"
DAMAGES = {
    "lost": "DELETE FROM passages WHERE number = " + PASSAGE,
    "passage": f"DELETE FROM passages WHERE article = {number(HEADED)}",
    "span": f'UPDATE passages SET "end" = 999 WHERE number = {PASSAGE}',
    "span: empty": f'UPDATE passages SET "end" = start WHERE number = {PASSAGE}',
    "vector": f"DELETE FROM vectors WHERE number = {PASSAGE}",
    "vector: short": f"UPDATE vectors SET vector = x'00' WHERE number = {PASSAGE}",
    "vector: long": f"UPDATE vectors SET vector = zeroblob(9999) WHERE number = {PASSAGE}",
    "vector: no number": f"UPDATE vectors SET vector = CAST(replace(hex(zeroblob(64)), '00', "
    f"'~~') AS BLOB) WHERE number = {PASSAGE}",
    "heading": f"UPDATE headings SET start = 1 WHERE article = {number(HEADED)}",
    "content": f"UPDATE articles SET text = text || '又一句。' WHERE id = '{PLAIN[1].id}'",
    "content: not UTF-8": "UPDATE articles SET text = CAST(x'e6b2b3ff' AS TEXT) "
    f"WHERE id = '{PLAIN[1].id}'",
    "field": f"UPDATE articles SET authors = '[' WHERE id = '{PLAIN[2].id}'",
    "field: not UTF-8": "UPDATE articles SET source = CAST(x'ff41' AS TEXT) "
    f"WHERE id = '{PLAIN[2].id}'",
    "reprint": f"UPDATE articles SET reprint_of = number WHERE id = '{REPRINT.id}'",
    "reprint: of a reprint": f"UPDATE articles SET reprint_of = {number(REPRINT)} "
    f"WHERE id = '{PLAIN[3].id}'",
    "unsigned": f"DELETE FROM signatures WHERE article = {number(PLAIN[3])}",
    "given": f"DELETE FROM gives WHERE article = {number(PLAIN[3])}",
    "sequence": f"UPDATE passages SET sequence = 99 WHERE number = {PASSAGE}",
}


@pytest.mark.parametrize("damaged", DAMAGES)
def test_what_is_wrong_is_told_and_mended_and_all_else_stays(folder: Path, damaged: str) -> None:
    kind = damaged.partition(":")[0]
    before = articles(folder)
    damage(folder, DAMAGES[damaged])
    examination = examined(folder)
    assert kind in kinds(examination)
    for finding in examination.findings:
        assert finding.mendable
        assert "--repair" in finding.english
        assert "--repair" in finding.chinese
    assert kinds(examined(folder)) == kinds(examination)  # looking changes nothing
    assert repaired(folder).clean
    assert len(list(folder.glob(f"{FILE_NAME}.before-repair-*"))) == 1
    after = articles(folder)
    assert len(after) == len(before)
    changed = [key for key in before if after.get(key) != before[key]]
    assert len(changed) == (kind in {"content", "field", "heading"})
    found_everywhere(folder)


def articles(folder: Path) -> dict[str, Article]:
    with Index.open(folder, BigramEmbedder()) as index:
        return {one.id: one for one in index.articles()}


def test_the_copy_made_before_a_repair_is_as_it_was(folder: Path) -> None:
    damage(folder, DAMAGES["span"])
    before = kinds(examined(folder))
    repaired(folder)
    [copy] = folder.glob(f"{FILE_NAME}.before-repair-*")
    copy.replace(folder / FILE_NAME)
    for left in folder.glob(f"{FILE_NAME}-*"):
        left.unlink()
    assert before <= kinds(examined(folder))


def test_only_what_is_wrong_is_embedded_again(folder: Path) -> None:
    counting = Counting()
    assert repair(folder, counting, ignore).clean
    assert counting.embedded == 0
    damage(folder, DAMAGES["vector"])
    assert repair(folder, counting, ignore).clean
    assert counting.embedded == len(prepare_article(PLAIN[0]).passages)


def test_altered_text_is_filed_as_what_it_says_and_its_file_read_again(folder: Path) -> None:
    damage(folder, f"UPDATE articles SET text = '堤坝塌了。' WHERE id = '{FILED.id}'")
    assert kinds(examined(folder)) >= {"content"}
    repaired(folder)
    with Index.open(folder, BigramEmbedder()) as index:
        assert index.article(article_id("堤坝", "堤坝塌了。")).text == "堤坝塌了。"
        file = index.files()["/pages/a.txt"]
        assert file.digest == ""
        index.update([FileChange(SourceFile(*file_of(file)), (prepare_article(FILED),))])
        assert index.article(FILED.id) == FILED
        assert "堤坝塌了。" not in {one.text for one in index.articles()}


def file_of(file: SourceFile) -> tuple[str, str, str]:
    return file.path, file.name, "digest"


def test_altered_text_that_another_article_has_is_there_once(folder: Path) -> None:
    damage(
        folder,
        f"UPDATE articles SET text = '{PLAIN[0].text}', title = '{PLAIN[0].title}' "
        f"WHERE id = '{PLAIN[1].id}'",
    )
    assert repaired(folder).clean
    with Index.open(folder, BigramEmbedder()) as index:
        assert {one.id for one in index.articles()} == {one.id for one in ALL} - {PLAIN[1].id}


def test_a_damaged_page_is_told_and_nothing_is_touched(folder: Path) -> None:
    checkpoint(folder)
    path = folder / FILE_NAME
    content = bytearray(path.read_bytes())
    page = next(place for place in range(4096, len(content), 4096) if content[place] == 13)
    content[page : page + 8] = b"\xff" * 8
    path.write_bytes(content)
    examination = examined(folder)
    assert kinds(examination)
    assert not any(finding.mendable for finding in examination.findings)
    assert "ingest" in examination.findings[0].english or "copy" in examination.findings[0].english
    with contextlib.suppress(LibraryError):  # it may not even be read
        assert not repaired(folder).clean
    assert path.read_bytes() == bytes(content)


def checkpoint(folder: Path) -> None:
    damage(folder, "PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.mark.parametrize("content", [b"", b"not a database" * 99])
def test_what_is_no_library_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    assert kinds(examined(tmp_path)) == {"unusable"}
    assert kinds(examined(tmp_path / "nothing")) == {"unusable"}


def test_another_embedder_is_told_and_all_else_is_examined(folder: Path) -> None:
    damage(folder, DAMAGES["unsigned"])
    assert kinds(examine(folder, Other(), ignore)) == {"embedder", "unsigned"}
    assert kinds(examine(folder, None, ignore)) == {"unsigned"}
    with pytest.raises(LibraryMismatch):
        repair(folder, Other(), ignore)


def test_what_a_stopped_reindex_left_is_worth_knowing_and_cleared(folder: Path) -> None:
    damage(
        folder,
        'INSERT INTO passages (article, start, "end", sequence, generation) '
        f"SELECT {number(HEADED)}, 0, 3, 1, 7",
    )
    examination = examined(folder)
    assert examination.clean
    assert [finding.kind for finding in examination.findings] == ["leftover"]
    assert repaired(folder).findings == ()


def test_an_unfinished_reindex_and_older_passages_are_worth_knowing(folder: Path) -> None:
    with closing(open_database(folder)) as connection:
        generations.begin(connection, Recipe("bigrams", 64))
        connection.execute("UPDATE generations SET splitting = 0 WHERE number = 1")
    examination = examined(folder)
    assert examination.clean
    assert [finding.kind for finding in examination.findings] == ["unfinished", "splitting"]


def test_while_another_writes_the_truth_is_examined_and_nothing_repaired(folder: Path) -> None:
    with write_lock(folder):
        examination = examined(folder)
    assert examination.clean
    assert [finding.kind for finding in examination.findings] == ["busy"]
    damage(folder, DAMAGES["unsigned"])
    with write_lock(folder):
        assert kinds(examined(folder)) == {"unsigned"}
        with pytest.raises(LibraryBusy):
            repaired(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_derived_is_made_anew_without_embedding(folder: Path, kind: str) -> None:
    counting = Counting()
    shutil.rmtree(folder / kind, ignore_errors=True)
    assert examined(folder).clean
    assert repair(folder, counting, ignore).clean
    found_everywhere(folder)
    assert counting.embedded == 0


def test_a_repair_that_is_stopped_is_done_by_the_next(folder: Path) -> None:
    damage(folder, *(DAMAGES[kind] for kind in ("vector", "given", "unsigned")))

    class Stopping(BigramEmbedder):
        def encode_passages(self, texts):  # type: ignore[no-untyped-def]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        repair(folder, Stopping(), ignore)
    assert repaired(folder).clean
    found_everywhere(folder)


def spoilt(content: bytes, choose: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(choose.choice([1, 1, 4])):
        spoilt[choose.randrange(len(spoilt))] ^= 1 << choose.randrange(8)
    return bytes(spoilt)


@pytest.mark.parametrize("seed", range(12))
def test_bits_that_flip_anywhere_stop_no_examination(folder: Path, seed: int) -> None:
    """What isn't found is what nothing tells: a bit of a vector, or of a name."""
    checkpoint(folder)
    path = folder / FILE_NAME
    content = spoilt(path.read_bytes(), random.Random(seed))
    path.write_bytes(content)
    examination = examined(folder)
    if all(finding.mendable for finding in examination.findings):
        assert repaired(folder).clean
    else:
        assert examination.findings
