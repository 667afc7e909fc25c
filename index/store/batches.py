"""Changes as they come, put together to what is written in one go."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from index.types import FileChange

SIZE = 256  # articles, or files without any
PATIENCE = 0.5  # seconds that a change waits for others


def batches(
    changes: Iterable[FileChange | None], *, clock: Callable[[], float] = time.monotonic
) -> Iterator[list[FileChange]]:
    """The changes in order, in batches of about ``SIZE`` articles, or of fewer if they come slowly.

    After a None, which says that none has come for a while, the batch is what there is: nothing,
    too. No batch has a file once more after it was complete.
    """
    batch: list[FileChange] = []
    began = 0.0
    for piece in _pieces(changes):
        if piece is None:
            yield batch
            batch = []
            continue
        if batch and not _fits(piece, batch):
            yield batch
            batch = []
        began = began if batch else clock()
        batch.append(piece)
        if _size(batch) >= SIZE or clock() - began > PATIENCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _pieces(changes: Iterable[FileChange | None]) -> Iterator[FileChange | None]:
    """The changes, none of them too large."""
    for change in changes:
        if change is None:
            yield None
            continue
        for start in range(0, max(1, len(change.articles)), SIZE):
            end = start + SIZE
            complete = change.complete and end >= len(change.articles)
            yield replace(change, articles=change.articles[start:end], complete=complete)


def _fits(piece: FileChange, batch: list[FileChange]) -> bool:
    complete = {one.file.path for one in batch if one.complete}
    return _size([*batch, piece]) <= SIZE and piece.file.path not in complete


def _size(batch: Iterable[FileChange]) -> int:
    return sum(max(1, len(one.articles)) for one in batch)
