"""Articles that go on in another file of the same folder, as pages of a newspaper do."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from ingest.continuation import join_files
from ingest.errors import PartlyRead
from ingest.files import Event, Failed, Given
from ingest.types import Reading
from ingest.workers.tasks import Source

_T = TypeVar("_T")


def folder_of(key: str) -> str:
    """The folder of the file that is known by ``key``."""
    return os.path.dirname(key)  # noqa: PTH120  # as text: it need not be a path of this system


def join_folders(
    events: Iterable[Event[_T] | None],
    sources: Iterable[Source],
    make: Callable[[Reading], _T],
    jumping: Collection[str] = (),
) -> Iterator[Event[_T] | None]:
    """The ``events`` of reading ``sources``, with articles joined that go on in another file.

    Files that have jumps are held back until all the others of their folder have been read;
    ``make`` is called anew on what is made of them. They keep their jumps. ``jumping`` are the keys
    of files that had jumps before: if one of these can't be read now, or not all of it, the others
    in its folder fail too, since their articles could be halves that were whole before.
    """
    left = Counter(folder_of(source.key) for source in sources)
    held: dict[str, list[Given[_T]]] = {}
    broken: set[str] = set()
    for event in events:
        if event is None:
            yield None
            continue
        folder = folder_of(event.source.key)
        if event.source.key in jumping and _is_lost(event):
            broken.add(folder)
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
            files = held.pop(folder, [])
            if folder in broken:
                yield from (_given_up(each) for each in files if each.source.key in jumping)
                files = [each for each in files if each.source.key not in jumping]
            yield from _joined(files, make)


def _is_lost(event: Event[_T]) -> bool:
    return isinstance(event, Failed) or (isinstance(event, Given) and not event.whole)


def _given_up(event: Given[_T]) -> Failed:
    name = event.source.name
    return Failed(
        event.source,
        PartlyRead(
            f"{name} goes on in files of which one can't be read now; what the library has of it "
            "is kept, mend the other first",
            f"{name} 的文章转到其他文件，其中有文件目前无法读取；文库保留原有内容，请先修复该文件",
        ),
    )


def _joined(files: list[Given[_T]], make: Callable[[Reading], _T]) -> Iterator[Given[_T]]:
    readings = join_files({each.source.name: each.reading for each in files})
    for each in files:
        reading = readings[each.source.name]
        if reading is each.reading:
            yield each
        else:
            jumps = each.reading.jumps
            yield replace(each, reading=replace(reading, jumps=jumps), made=make(reading))
