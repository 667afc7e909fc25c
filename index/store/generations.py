"""Generations: what one embedder made of all articles, split by one version of the rules.

The library has one that is searched. While the next is being made both have passages, so that the
old one serves until the new one is whole. The passages of a generation that isn't in the table any
more are left over, and deleted some at a time.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from ingest import split
from ingest.errors import LibraryMismatch


@dataclass(frozen=True, slots=True)
class Recipe:
    """What shapes passages and vectors: with another, all of them are made anew."""

    embedder: str
    dimension: int
    splitting: int = split.VERSION


@dataclass(frozen=True, slots=True)
class Generation:
    """One of a library, and the version of Wenjin that began it; empty where it isn't known."""

    number: int
    recipe: Recipe
    wenjin: str


def searched(connection: sqlite3.Connection) -> Generation:
    """The generation that is searched now."""
    return _generations(connection, "number = (SELECT generation FROM library)")[0]


def find_generation(connection: sqlite3.Connection, number: int) -> Generation:
    """The generation ``number``, which is there."""
    return _generations(connection, f"number = {number:d}")[0]


def unfinished(connection: sqlite3.Connection) -> Generation | None:
    """The next generation, if one was begun."""
    found = _generations(connection, "number > (SELECT generation FROM library)")
    return found[0] if found else None


def begin(connection: sqlite3.Connection, recipe: Recipe) -> Generation:
    """Begin the next generation."""
    [[number]] = connection.execute(
        "INSERT INTO generations (embedder, dimension, splitting, wenjin) VALUES (?, ?, ?, ?) "
        "RETURNING number",
        (recipe.embedder, recipe.dimension, recipe.splitting, wenjin_version()),
    ).fetchall()
    return Generation(number, recipe, wenjin_version())


def forget_unfinished(connection: sqlite3.Connection) -> None:
    """Let go of the next generation, if one was begun."""
    connection.execute("DELETE FROM generations WHERE number > (SELECT generation FROM library)")


def switch(connection: sqlite3.Connection, number: int) -> None:
    """Have the generation ``number`` searched from now on, and let go of all others."""
    connection.execute(
        "UPDATE library SET generation = ?, sequence = sequence + 1",
        (number,),
    )
    connection.execute("DELETE FROM generations WHERE number != ?", (number,))
    connection.execute("DELETE FROM removed")  # nobody follows the old one any further


def left_over(connection: sqlite3.Connection) -> list[int]:
    """The numbers of generations that were let go and still have passages."""
    query = """
        WITH RECURSIVE held (one) AS (
            SELECT min(generation) FROM passages UNION ALL
            SELECT (SELECT min(generation) FROM passages WHERE generation > one) FROM held
            WHERE one IS NOT NULL
        )
        SELECT one FROM held WHERE one IS NOT NULL AND one NOT IN (SELECT number FROM generations)
    """
    return [row[0] for row in connection.execute(query)]


def clear(connection: sqlite3.Connection, number: int, most: int) -> int:
    """Delete at most so many passages of a generation that was let go; give how many that were."""
    query = """
        DELETE FROM passages
        WHERE number IN (SELECT number FROM passages WHERE generation = ? LIMIT ?)
    """
    return connection.execute(query, (number, most)).rowcount


def check(folder: Path, its: Recipe, mine: Recipe) -> None:
    """Raises LibraryMismatch unless both are of one embedder. Splitting may differ: passages of an
    older version are good enough until `wenjin reindex`.
    """
    if (its.embedder, its.dimension) != (mine.embedder, mine.dimension):
        raise LibraryMismatch(
            f"The library {folder} was made with the embedder {its.embedder} ({its.dimension} "
            f"dimensions), not {mine.embedder} ({mine.dimension}): start again with that "
            "embedder, or run `wenjin reindex` with this one.",
            f"文库 {folder} 由向量模型 {its.embedder}（{its.dimension} 维）建立，"
            f"而非 {mine.embedder}（{mine.dimension} 维）：请改用该模型重新启动，"
            "或用现在的模型运行 `wenjin reindex`。",
        )


def changed_meanwhile(folder: Path) -> LibraryMismatch:
    """What to raise where a library is open, and another generation of it is searched by now."""
    return LibraryMismatch(
        f"The library {folder} has been made anew by `wenjin reindex`: open it again.",
        f"文库 {folder} 已由 `wenjin reindex` 重建：请重新打开。",
    )


def wenjin_version() -> str:
    """The version of Wenjin that runs."""
    from importlib.metadata import version

    return version("wenjin")


def _generations(connection: sqlite3.Connection, which: str) -> list[Generation]:
    query = f"""
        SELECT number, embedder, dimension, splitting, wenjin FROM generations WHERE {which}
        ORDER BY number DESC
    """
    return [
        Generation(number, Recipe(*recipe), wenjin)
        for number, *recipe, wenjin in connection.execute(query)
    ]
