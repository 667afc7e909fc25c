"""How ``wenjin ingest`` tells what it does: a bar, a line for what fails, a report at the end."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chat.cli.context import Context
from chat.ingest_report import reason
from chat.plain import SEPARATOR

if TYPE_CHECKING:
    from index.files.update import Problem, Report
    from ingest.files import Event
    from ingest.prepare import Prepared
    from ingest.workers.tasks import Source

MOST_LINES = 20  # about files that fail; more of them are counted at the end
_BAR = "{desc} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}, {rate_fmt}]"


@contextmanager
def bar(*, quiet: bool, unit: str) -> Iterator[Callable[[int, int], None]]:
    """A bar, on a terminal and unless ``quiet``. What it gives is to be told how much has been done
    since it was told last, and how much there is.
    """
    from tqdm import tqdm

    disable = True if quiet else None  # None: a bar on a terminal, and nothing elsewhere
    with tqdm(unit=unit, unit_scale=True, leave=False, disable=disable) as shown:

        def advance(done: int, total: int) -> None:
            shown.total = total
            shown.update(done)

        yield advance


class Progress:
    """Shows how an update gets on: a bar of the bytes read, on a terminal and unless ``quiet``."""

    def __init__(self, context: Context, *, quiet: bool) -> None:
        self._context = context
        self._quiet = quiet
        self._bar: Any = None
        self._sizes: dict[str, int] = {}
        self._files = self._articles = self._lines = 0

    def begin(self, sources: Sequence[Source]) -> None:
        """These files will be read, if they have changed."""
        from tqdm import tqdm

        self.close()
        self._sizes = {source.key: source.size for source in sources}
        self._files = self._articles = self._lines = 0
        self._bar = tqdm(
            desc=self._counts(),
            total=sum(self._sizes.values()),
            unit="B",
            unit_scale=True,
            bar_format=_BAR,
            leave=False,
            disable=True
            if self._quiet
            else None,  # None: a bar on a terminal, and nothing elsewhere
        )

    def take(self, event: Event[tuple[Prepared, ...]]) -> None:
        """That came of a file, and what it gave has been taken."""
        from ingest.files import Given

        share = 1.0
        if isinstance(event, Given):
            share = event.share
            self._articles += len(event.reading.articles)
            self._files += event.last
        else:
            self._files += 1
        self._bar.set_description_str(self._counts(), refresh=False)
        self._bar.update(share * self._sizes[event.source.key])

    def tell(self, problem: Problem) -> None:
        """That couldn't be read."""
        from tqdm import tqdm

        self._lines += 1
        if self._lines <= MOST_LINES:
            tqdm.write(_line(problem, self._context.language), file=sys.stderr)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()

    def _counts(self) -> str:
        values = {"files": self._files, "total": len(self._sizes), "articles": self._articles}
        return self._context.text("ingest.progress", **values)


def print_summary(report: Report, context: Context) -> None:
    """Say at the end of a run what it did, and count what failed by its reason."""
    print(_files(report, context), file=sys.stderr)
    print(_articles(report, context), file=sys.stderr)
    context.note(
        "ingest.library",
        articles=report.library_articles,
        passages=report.library_passages,
        seconds=f"{report.seconds:.1f}",
    )
    problems = len(report.failed) + len(report.partly)
    if problems > MOST_LINES:
        context.note("ingest.more", count=problems - MOST_LINES)


def print_round(report: Report, context: Context) -> None:
    """Say in a line what a round of watching did."""
    seconds = context.text("ingest.seconds", seconds=f"{report.seconds:.1f}")
    told = SEPARATOR.join([_files(report, context), _articles(report, context), seconds])
    print(told, file=sys.stderr, flush=True)


def _files(report: Report, context: Context) -> str:
    counts = {
        "read": report.read,
        "partly": len({problem.file for problem in report.partly}),
        "unchanged": report.unchanged,
        "passed_over": report.passed_over,
        "forgotten": report.forgotten,
        "failed": len(report.failed),
    }
    told = context.text("ingest.files", counts=_counted(counts, context))
    if not report.failed:
        return told
    reasons = Counter(map(reason, report.failed)).most_common()
    return context.text("ingest.reasons", files=told, reasons=_counted(dict(reasons), context))


def _articles(report: Report, context: Context) -> str:
    updated = report.updated
    counts = {
        "new": updated.added,
        "linked": updated.linked,
        "replaced": updated.replaced,
        "known": updated.known,
        "removed": updated.removed,
    }
    return context.text("ingest.articles", counts=_counted(counts, context))


def _counted(counts: Mapping[str, int], context: Context) -> str:
    """Those of the counts that aren't 0, in words."""
    told = [context.text(f"ingest.{name}", count=count) for name, count in counts.items() if count]
    return context.text("ingest.comma").join(told) or context.text("ingest.none")


def _line(problem: Problem, language: str) -> str:
    """What happened to which file."""
    message = problem.error.in_language(language)
    return message if problem.file in message else f"{problem.file}: {message}"
