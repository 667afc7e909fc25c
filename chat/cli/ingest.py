"""``wenjin ingest``: files and folders become articles of the library."""

from __future__ import annotations

import codecs
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chat.cli.context import STOPPED, Context, print_json
from chat.cli.progress import Progress, print_round, print_summary
from chat.cli.user_words import opener
from chat.ingest_report import report_record
from ingest.errors import SettingError

if TYPE_CHECKING:
    from index.files.update import Report, UpdateOptions
    from ingest.formats import File, Options
    from ingest.workers.tasks import Limits

STANDARD_INPUT = "-"
LEAST_MEMORY = 100  # MB; a reader starts with less, and reads little


def ingest(options: Namespace, context: Context) -> int:
    """``wenjin ingest PATH…``: 1 if any file failed, though all the others are in the library."""
    from index.embed import own_model
    from index.files.update import UpdateOptions

    how = UpdateOptions(
        read=_read_options(options),
        sync=options.sync,
        leave_out=Path(context.settings.library),
        model=own_model(context.settings.embedder),
        workers=_at_least("workers", options.workers, 1),
        limits=_limits(_at_least("memory", options.memory, LEAST_MEMORY)),
    )
    paths = [_input(path) for path in options.paths]
    run = _watch if options.watch else _ingest
    return run(paths, how, context, quiet=options.quiet, json=options.json)


def ingest_folder(folder: Path, context: Context) -> int:
    """Put the articles of all files in ``folder`` into the library and say how it went.

    Returns the exit code of ``wenjin ingest``.
    """
    from index.embed import own_model
    from index.files.update import UpdateOptions

    how = UpdateOptions(model=own_model(context.settings.embedder))
    return _ingest([folder], how, context, quiet=False, json=False)


def _ingest(
    paths: Sequence[Path | File],
    how: UpdateOptions,
    context: Context,
    *,
    quiet: bool,
    json: bool,
) -> int:
    from index.files.update import update_library

    progress = Progress(context, quiet=quiet)
    try:
        report = update_library(opener(context), paths, progress, how)
    finally:
        progress.close()
    _tell(report, paths, context, quiet=quiet, json=json)
    return _code(report)


def _watch(
    paths: Sequence[Path | File],
    how: UpdateOptions,
    context: Context,
    *,
    quiet: bool,
    json: bool,
) -> int:
    """Tell of each round, until Ctrl-C, which is how it ends."""
    from index.files.watch import watch_library

    if not any(isinstance(path, Path) and path.is_dir() for path in paths):
        raise SettingError(
            "--watch follows folders, and none is given: give one that exists",
            "--watch 用于跟踪文件夹，但没有给出文件夹：请给出一个存在的文件夹",
        )
    progress = Progress(context, quiet=quiet)
    reports = watch_library(opener(context), paths, progress, how)
    code = 0
    try:
        for number, report in enumerate(reports):
            progress.close()
            code = STOPPED if report.stopped else 0
            if json:
                print_json(report_record(report, context.language), indent=None)
            elif number:
                print_round(report, context)
            else:
                _tell(report, paths, context, quiet=quiet, json=False)
            if not number:
                context.note("ingest.watching", paths=" ".join(map(str, paths)))
    except KeyboardInterrupt:  # while nothing was going on
        pass
    finally:
        progress.close()
    return code


def _tell(
    report: Report, paths: Sequence[Path | File], context: Context, *, quiet: bool, json: bool
) -> None:
    if json:
        print_json(report_record(report, context.language))
    elif report.stopped:
        context.note("ingest.stopped", new=report.updated.added + report.updated.linked)
    elif not (report.read or report.unchanged or report.failed or report.forgotten):
        _note_nothing(paths, context)
    elif not quiet:
        print_summary(report, context)


def _note_nothing(paths: Sequence[Path | File], context: Context) -> None:
    from ingest.formats import SUFFIXES

    kinds = " ".join(SUFFIXES)
    context.note("ingest.nothing", paths=" ".join(map(_name, paths)), kinds=kinds)


def _name(path: Path | File) -> str:
    return str(path) if isinstance(path, Path) else path.name


def _code(report: Report) -> int:
    if report.stopped:
        return STOPPED
    done = report.read or report.unchanged or report.forgotten
    return 0 if done and not report.failed else 1


def _input(name: str) -> Path | File:
    """A path, or what comes in on standard input."""
    if name != STANDARD_INPUT:
        return Path(name)
    from ingest.read import read_stream

    return read_stream(sys.stdin.buffer)


def _at_least(name: str, wish: int | None, least: int) -> int | None:
    if wish is not None and wish < least:
        raise SettingError(
            f"--{name} is {wish}, but must be {least} or more",
            f"--{name} 的值是 {wish}，但至少应为 {least}",
        )
    return wish


def _limits(megabytes: int | None) -> Limits:
    from ingest.workers.tasks import Limits

    return Limits() if megabytes is None else Limits(memory=megabytes * 2**20)


def _read_options(options: Namespace) -> Options:
    from ingest.formats import Options

    if options.encoding:
        try:
            codecs.lookup(options.encoding)
        except LookupError as error:
            raise SettingError(
                f"--encoding is {options.encoding!r}, which is no encoding; gb18030, big5hkscs and "
                "utf-8 are some",
                f"--encoding 的值是“{options.encoding}”，没有这种编码；可用的有 gb18030、big5 和 "
                "utf-8 等",
            ) from error
    return Options(_columns(options.columns), options.encoding, options.ocr)


def _columns(wish: str) -> dict[str, str]:
    """``title=标题,text=正文`` as a mapping of fields to columns."""
    from ingest.tables.fields import NAMES

    columns = {}
    for pair in filter(None, wish.split(",")):
        field, _, column = (each.strip() for each in pair.partition("="))
        if field not in NAMES or not column:
            raise SettingError(
                f"--columns has {pair!r}, but takes FIELD=COLUMN, with a field of: "
                f"{', '.join(NAMES)}",
                f"--columns 中有“{pair}”，但应写作 字段=列名，字段可以是：{'、'.join(NAMES)}",
            )
        columns[field] = column
    return columns
