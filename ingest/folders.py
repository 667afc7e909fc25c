"""Articles that go on in another file of the same folder, as pages of a newspaper do."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from ingest.continuation import join_files
from ingest.files import Event, Given
from ingest.types import Reading
from ingest.workers.tasks import Source

_T = TypeVar("_T")


def folder_of(key: str) -> str:
    """The folder of the file that is known by ``key``."""
    return os.path.dirname(key)  # noqa: PTH120  # as text: it need not be a path of this system


def join_folders(
    events: Iterable[Event[_T]], sources: Iterable[Source], make: Callable[[Reading], _T]
) -> Iterator[Event[_T]]:
    """The ``events`` of reading ``sources``, with articles joined that go on in another file.

    Files that have jumps are held back until all the others of their folder have been read;
    ``make`` is called anew on what is made of them. They keep their jumps.
    """
    left = Counter(folder_of(source.key) for source in sources)
    held: dict[str, list[Given[_T]]] = {}
    for event in events:
        folder = folder_of(event.source.key)
        if not isinstance(event, Given):
            yield event
        elif event.reading.jumps and event.share == 1.0:
            held.setdefault(folder, []).append(event)
        else:
            yield event
            if not event.last:
                continue
        left[folder] -= 1
        if not left[folder]:
            yield from _joined(held.pop(folder, []), make)


def _joined(files: list[Given[_T]], make: Callable[[Reading], _T]) -> Iterator[Given[_T]]:
    readings = join_files({each.source.name: each.reading for each in files})
    for each in files:
        reading = readings[each.source.name]
        if reading is each.reading:
            yield each
        else:
            jumps = each.reading.jumps
            yield replace(each, reading=replace(reading, jumps=jumps), made=make(reading))
