"""Follows folders, and takes what changes in them into a library as it comes."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.files.plan import Work, is_inside, is_under, outside
from index.files.update import Listener, Opener, Report, Update, UpdateOptions
from index.types import SourceFile
from ingest.formats import File
from ingest.read import find_files, is_hidden
from ingest.workers.tasks import printable, source_of

_LOOK_MS = 200  # how often the watcher looks whether Ctrl-C came


def watch_library(
    open_index: Opener,
    paths: Sequence[Path | File],
    listener: Listener,
    options: UpdateOptions = UpdateOptions(),  # noqa: B008
) -> Iterator[Report]:
    """Do as `update_library`, then wait for changes in the folders; a report of each round.

    Files that vanish meanwhile are forgotten. It ends after a round that Ctrl-C stopped; one that
    comes while it waits is raised. The library is made in any case. Raises LibraryError.
    """
    followed = _Followed.of(paths, options.leave_out)
    changes = followed.changes()
    next(changes)  # from here on nothing is missed
    with open_index(create=True) as index:
        update = Update(index, listener, options)
        work = update.plan(paths)
        while True:
            report = update.run(work, create=lambda: index)
            yield report
            if report.stopped:
                return
            work = Work(())
            while not work.sources and not work.gone:
                changed = next(changes)
                if changed:
                    update = Update(index, listener, options)
                    work = followed.work(changed, update.known)


@dataclass(frozen=True, slots=True)
class _Followed:
    """Folders as they were given, by their absolute paths; ``leave_out`` is no part of them."""

    folders: Mapping[Path, Path]
    leave_out: Path | None

    @classmethod
    def of(cls, paths: Sequence[Path | File], leave_out: Path | None) -> _Followed:
        given = [path for path in paths if isinstance(path, Path) and path.is_dir()]
        return cls({Path(os.path.abspath(path)): path for path in given}, leave_out)  # noqa: PTH100

    def changes(self) -> Iterator[Collection[Path]]:
        """Nothing at first; then, again and again, the absolute paths where something changed."""
        from watchfiles import watch

        for changes in watch(
            *self.folders,
            watch_filter=lambda _, path: self._given(Path(path)) is not None,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
        ):
            yield {Path(path) for _, path in changes}

    def work(self, changed: Collection[Path], known: Mapping[str, SourceFile]) -> Work:
        """What to do about changes at these paths."""
        given = filter(None, map(self._given, filter(Path.exists, changed)))
        sources = {
            source.key: source
            for source in map(source_of, outside(find_files(given), self.leave_out))
        }
        vanished = {printable(path) for path in changed if not path.exists()}
        gone = [key for key in known if key in vanished or is_under(key, vanished)]
        return Work(list(sources.values()), gone=gone)

    def _given(self, path: Path) -> Path | None:
        """The path as people call it, None if it is in no folder that is followed or is hidden."""
        if self.leave_out and is_inside(path, self.leave_out):
            return None
        for folder, name in self.folders.items():
            if path != folder and path.is_relative_to(folder):
                inside = path.relative_to(folder)
                if not any(map(is_hidden, inside.parts)):
                    return name / inside
        return None
