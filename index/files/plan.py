"""Which files an update has to look at, and which are there no more."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from index.types import SourceFile
from ingest.errors import ReadError
from ingest.folders import folder_of
from ingest.formats import File, Options
from ingest.read import find_files, open_file
from ingest.workers.tasks import Source, digest_of, source_of


@dataclass(frozen=True, slots=True)
class Work:
    """Files to read if they have changed, and the keys of those that are there no more.

    ``named`` are the keys of files that somebody asked for by name, ``again`` of those that are
    read though they haven't changed.
    """

    sources: Sequence[Source]
    named: Collection[str] = ()
    gone: Collection[str] = ()
    again: Collection[str] = ()


def plan(
    paths: Iterable[Path | File],
    known: Mapping[str, SourceFile],
    options: Options,
    *,
    sync: bool,
    leave_out: Path | None,
) -> Work:
    """The files given and those in the folders given, but for those in the folder ``leave_out``.

    With ``sync``, those of the ``known`` files that were in these folders are gone, unless their
    folder can't be listed.
    """
    given = [path for path in paths if isinstance(path, Path)]
    found = [source_of(path) for path in outside(find_files(given), leave_out)]
    sources = {source.key: source for source in found}
    named = {source_of(path).key for path in given if not path.is_dir()}
    for file in paths:
        if isinstance(file, File):  # it has no place to be known by, only what it says
            key = f"{file.name}:{digest_of(file, options)}"
            sources[key] = Source(key, file)
            named.add(key)
    folders = [source_of(path).key for path in given if path.is_dir()]
    gone = [
        key
        for key in known
        if sync and key not in sources and is_under(key, folders) and not is_under(key, sources)
    ]
    return Work(list(sources.values()), named, gone)


def with_neighbours(work: Work, known: Mapping[str, SourceFile], options: Options) -> Work:
    """The work, with files whose articles go on in others read again, too, where any file in their
    folder is new, gone or has changed.
    """
    folders = {folder_of(key) for key, file in known.items() if file.jumps}
    stale = {folder_of(key) for key in work.gone} & folders
    for source in work.sources:
        folder = folder_of(source.key)
        if folder in folders - stale and _has_changed(source, known, options):
            stale.add(folder)
    again = {key for key, file in known.items() if file.jumps and folder_of(key) in stale}
    here = {source.key for source in work.sources}
    missing = [known[key] for key in again - here if Path(key).exists()]
    more = [Source(file.path, File(file.name, Path(file.path))) for file in missing]
    return replace(work, sources=[*work.sources, *more], again=again)


def _has_changed(source: Source, known: Mapping[str, SourceFile], options: Options) -> bool:
    if source.key not in known:
        return True
    try:
        file = source.file if isinstance(source.file, File) else open_file(source.file)
        return digest_of(file, options) != known[source.key].digest
    except ReadError:
        return False


def is_under(key: str, folders: Collection[str]) -> bool:
    """Whether the file is in one of these folders, or in a folder of theirs."""
    folder = folder_of(key)
    while folder not in folders:
        if folder == (folder := folder_of(folder)):
            return False
    return True


def outside(paths: Iterable[Path], folder: Path | None) -> Iterable[Path]:
    """Those of ``paths`` that aren't in ``folder``."""
    if folder is None:
        return paths

    @cache
    def inside(parent: Path) -> bool:
        return is_inside(parent, folder)

    return (path for path in paths if not inside(path.parent))


def is_inside(path: Path, folder: Path) -> bool:
    """Whether the path is that of the folder or leads into it, links followed."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
