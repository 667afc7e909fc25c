"""Makes of many passages what is indexed of them, in several processes at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from index.lexical.document import IndexedText, document_of
from ingest.files import worker_count
from ingest.workers.pool import Pool
from ingest.workers.tasks import Call, Limits

_TOGETHER = 500  # passages that a process is sent at a time
_AHEAD = 4  # such groups for each process

Cut = tuple[int, IndexedText]


def cut_in_workers(texts: Iterable[tuple[int, str]], words: str) -> Iterator[Cut]:
    """The texts of passages, with their numbers, in their order, cut with these words of the
    user's. Raises ReadError if a process dies of it.
    """
    limits = Limits()
    count = worker_count(None, limits)
    remaining = iter(texts)
    groups = iter(lambda: tuple(itertools.islice(remaining, _TOGETHER)), ())
    calls = ((group, words, limits.seconds) for group in groups)
    with Pool(count, limits.memory // count) as pool:
        for cut in pool.map(_cut, calls, ahead=_AHEAD * count):
            yield from cut


# --- in the worker --------------------------------------------------------------------------------


def _cut(call: Call, group: Sequence[tuple[int, str]], words: str, seconds: float) -> list[Cut]:
    return call(_cut_all, group, words, name="lexical", seconds=seconds)


def _cut_all(group: Sequence[tuple[int, str]], words: str) -> list[Cut]:
    return [(number, document_of(text, words)) for number, text in group]
