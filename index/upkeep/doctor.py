"""Examines a library: its truth row by row, and what is derived from it byte by byte.

Nothing is written. `index.upkeep.mend` mends what was found.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.derived import KINDS, Derived, derived_folder
from index.store import generations
from index.store.database import FILE_NAME, clear_errors, open_database, transaction, writable
from index.store.entries import Entries
from index.store.generations import Recipe
from index.store.lock import write_lock
from index.store.store import Store
from index.upkeep.checks import Fault, check_file, check_rows, row_count
from ingest.errors import LibraryBusy, LibraryError, LibraryMismatch

if TYPE_CHECKING:
    from index.embed import Embedder

_SHOWN = 3  # articles that are named
UNMENDABLE = frozenset({"page"})

# What is wrong, by the kind of fault: of {count} articles or rows, such as {some}.
_FAULTS = {
    "page": (
        "the library file is damaged ({told})",
        "文库文件已损坏（{told}）",
    ),
    "index": (
        "indexes in the library file don't fit its tables ({told})",
        "文库文件中的索引与表不符（{told}）",
    ),
    "lost": (
        "{count} rows belong to nothing (tables: {told})",
        "有 {count} 行没有归属（表：{told}）",
    ),
    "content": (
        "the text of {count} articles isn't the one that they were filed with ({some})",
        "{count} 篇文章的文字与存入时不同（{some}）",
    ),
    "heading": (
        "the headings of {count} articles don't stand in their text ({some})",
        "{count} 篇文章的小标题不在正文中（{some}）",
    ),
    "span": (
        "passages of {count} articles aren't of their text, or empty ({some})",
        "{count} 篇文章的段落不在正文中或为空（{some}）",
    ),
    "passage": (
        "passages of {count} articles are missing, which can't be found ({some})",
        "{count} 篇文章缺少段落，无法被搜到（{some}）",
    ),
    "vector": (
        "vectors are missing or damaged in {count} articles ({some})",
        "{count} 篇文章的向量缺失或损坏（{some}）",
    ),
    "reprint": (
        "{count} reprints aren't linked as reprints are ({some})",
        "{count} 篇转载文章的关联有误（{some}）",
    ),
    "unsigned": (
        "{count} articles have no signature that tells their reprints ({some})",
        "{count} 篇文章缺少用于识别转载的特征（{some}）",
    ),
    "given": (
        "no file gives {count} articles ({some})",
        "{count} 篇文章没有来源文件的记录（{some}）",
    ),
    "field": (
        "what is noted about {count} articles can't be read ({some})",
        "{count} 篇文章的附加信息无法读取（{some}）",
    ),
    "sequence": (
        "{count} articles are newer than the library says that it is ({some})",
        "{count} 篇文章的序号超出文库的记录（{some}）",
    ),
}
_REPAIR = ("`wenjin doctor --repair` mends it", "可用 `wenjin doctor --repair` 修复")
_RECOVER = (
    f"bring it back from a copy, or save what can be read with `sqlite3 {FILE_NAME} .recover`, "
    "or ingest the files into a new library",
    f"请恢复备份，或用 `sqlite3 {FILE_NAME} .recover` 抢救可读的部分，或把文件重新加入新的文库",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the examination found, in a line, with what to do. ``wrong`` unless it is only worth
    knowing; ``mendable`` if a repair can do it.
    """

    kind: str
    english: str
    chinese: str
    wrong: bool = True
    mendable: bool = False

    def in_language(self, language: str) -> str:
        """The line in ``language`` ("zh", or anything else for English)."""
        return self.chinese if language == "zh" else self.english


@dataclass(frozen=True, slots=True)
class Counts:
    """What a library holds."""

    articles: int
    reprints: int
    passages: int
    files: int
    sequence: int
    embedder: str
    dimension: int
    wenjin: str
    """The version that began it; empty where it isn't known."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What a library holds, if it can be told, and what was found."""

    counts: Counts | None
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not any(finding.wrong for finding in self.findings)


Progress = Callable[[int, int], None]
"""Is told how many rows have been looked at since it was told last, and how many there are."""


def examine(folder: Path, embedder: Embedder | None, progress: Progress) -> Examination:
    """Examine the library in ``folder``, which is to be searched with ``embedder`` if given.

    Others may read and write meanwhile.
    """
    try:
        with _one_state(folder) as connection:
            faults = faults_of(connection, progress)
            findings = [_told(connection, fault) for fault in faults]
            if any(fault.kind in UNMENDABLE for fault in faults):
                return Examination(None, tuple(findings))
            counts = _counts(connection)
            findings += _fitting(connection, folder, embedder)
            findings += _worth_knowing(connection)
        if not faults:  # else it is made anew in any case
            findings += _derived_findings(folder, counts)
    except LibraryError as error:  # damaged beyond reading, another schema, or none at all
        return Examination(None, (Finding("unusable", error.english, error.chinese),))
    return Examination(counts, tuple(findings))


def faults_of(connection: sqlite3.Connection, progress: Progress) -> list[Fault]:
    """What is wrong with the truth. The rows are looked at if the file is whole."""
    faults = check_file(connection)
    if not any(fault.kind in UNMENDABLE for fault in faults):
        total = row_count(connection)
        faults += check_rows(connection, lambda done: progress(done, total))
    return faults


@contextmanager
def _one_state(folder: Path) -> Iterator[sqlite3.Connection]:
    """The library's file, whatever is written meanwhile."""
    with (
        closing(open_database(folder)) as connection,
        clear_errors(folder),
        transaction(connection, "DEFERRED"),
    ):
        yield connection


@contextmanager
def _open_as_made(folder: Path) -> Iterator[Store]:
    """The library in ``folder``, as with the embedder that it was made with."""
    with closing(open_database(folder)) as connection:
        its = generations.searched(connection).recipe
    store = Store(folder, embedder=its.embedder, dimension=its.dimension, create=False)
    with closing(store):
        yield store


def derived_problems(folder: Path, dimension: int) -> dict[Path, list[str]]:
    """What is wrong with the files of each part that is derived, by their folder."""
    from index.catalogue.search import CatalogueIndex
    from index.dense.search import DenseIndex
    from index.lexical.search import LexicalIndex

    found = {}
    with _open_as_made(folder) as store:
        make: dict[str, Callable[[Path], Derived]] = {
            "lexical": lambda path: LexicalIndex(store, path),
            "dense": lambda path: DenseIndex(store, path, dimension),
            "catalogue": lambda path: CatalogueIndex(Entries(store), path),
        }
        for kind in KINDS:
            path = derived_folder(folder, kind, store.generation)
            if path.is_dir():
                found[path] = make[kind](path).problems()
    return {path: problems for path, problems in found.items() if problems}


def _derived_findings(folder: Path, counts: Counts) -> list[Finding]:
    """Only while nobody writes: what is being written is neither one state nor the other."""
    try:
        with _quiet(folder):
            found = derived_problems(folder, counts.dimension)
    except LibraryBusy as busy:
        english = f"what is derived from the library wasn't examined: {busy.english}"
        return [Finding("busy", english, f"未检查派生文件：{busy.chinese}", wrong=False)]
    return [
        Finding(
            "derived",
            f"{path}: {'; '.join(problems)}: {_REPAIR[0]}",
            f"{path}：{'；'.join(problems)}：{_REPAIR[1]}",
            mendable=True,
        )
        for path, problems in found.items()
    ]


@contextmanager
def _quiet(folder: Path) -> Iterator[None]:
    """Nobody writes meanwhile, as far as this process can keep others from it."""
    if writable(folder):
        with write_lock(folder):
            yield
    else:
        yield


def _fitting(
    connection: sqlite3.Connection, folder: Path, embedder: Embedder | None
) -> list[Finding]:
    """Whether it can be searched with this embedder."""
    if embedder:
        mine = Recipe(embedder.name, embedder.dimension)
        try:
            generations.check(folder, generations.searched(connection).recipe, mine)
        except LibraryMismatch as error:
            return [Finding("embedder", error.english, error.chinese)]
    return []


def _counts(connection: sqlite3.Connection) -> Counts:
    query = """
        SELECT (SELECT count(*) FROM articles),
            (SELECT count(*) FROM articles WHERE reprint_of IS NOT NULL),
            (SELECT count(*) FROM passages WHERE generation = library.generation),
            (SELECT count(*) FROM files WHERE path != ''), sequence, embedder, dimension, wenjin
        FROM library JOIN generations ON number = generation
    """
    return Counts(*connection.execute(query).fetchone())


def _told(connection: sqlite3.Connection, fault: Fault) -> Finding:
    english, chinese = _FAULTS[fault.kind]
    values = {
        "count": len(fault.numbers),
        "some": _ids(connection, fault.numbers[:_SHOWN]) if "{some}" in english else "",
        "told": fault.told,
    }
    mendable = fault.kind not in UNMENDABLE
    what = _REPAIR if mendable else _RECOVER
    return Finding(
        fault.kind,
        f"{english.format(**values)}: {what[0]}",
        f"{chinese.format(**values)}：{what[1]}",
        mendable=mendable,
    )


def _ids(connection: sqlite3.Connection, numbers: Sequence[int]) -> str:
    marks = ", ".join("?" * len(numbers))
    query = f"SELECT id FROM articles WHERE number IN ({marks}) ORDER BY number"
    return ", ".join(key for (key,) in connection.execute(query, numbers))


def _worth_knowing(connection: sqlite3.Connection) -> list[Finding]:
    """What isn't wrong, but better done."""
    findings = []
    if generations.unfinished(connection):
        findings.append(
            Finding(
                "unfinished",
                "a `wenjin reindex` was stopped: run it again, and it goes on",
                "有未完成的 `wenjin reindex`：重新运行即可继续",
                wrong=False,
            )
        )
    if generations.left_over(connection):
        findings.append(
            Finding(
                "leftover",
                f"passages from before the last `wenjin reindex` take up room: {_REPAIR[0]}",
                f"上次 `wenjin reindex` 之前的段落仍占用空间：{_REPAIR[1]}",
                wrong=False,
                mendable=True,
            )
        )
    if generations.searched(connection).recipe.splitting != Recipe("", 0).splitting:
        findings.append(
            Finding(
                "splitting",
                "the articles were split into passages by other rules than today's: `wenjin "
                "reindex` splits them anew",
                "文章是按旧规则划分段落的：`wenjin reindex` 可重新划分",
                wrong=False,
            )
        )
    return findings
