"""The command that makes a library anew: ``reindex``."""

from __future__ import annotations

import time
from argparse import Namespace
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

from chat.cli.context import STOPPED, Context
from chat.cli.progress import bar
from chat.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from index.upkeep.reindex import Reindexed, Step


def reindex(options: Namespace, context: Context) -> int:
    """``wenjin reindex``: what was made stays when it is stopped, and the next run goes on."""
    from index.upkeep.reindex import reindex as run

    settings, began = context.settings, time.monotonic()
    embedder = context.load_embedder()
    with _Steps(context, quiet=options.quiet) as steps:
        try:
            done = run(
                Path(settings.library),
                embedder,
                force=options.force,
                device=settings.device,
                progress=steps.take,
            )
        except KeyboardInterrupt:
            steps.close()
            context.note("reindex.stopped")
            return STOPPED
    if not options.quiet:
        _print(done, embedder.name, time.monotonic() - began, context)
    return 0


class _Steps:
    """A line for every stage, and a bar while more can be told of it."""

    def __init__(self, context: Context, *, quiet: bool) -> None:
        self._context = context
        self._quiet = quiet
        self._stage = ""
        self._done = 0
        self._bars = ExitStack()
        self._advance: Callable[[int, int], None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take(self, step: Step) -> None:
        """Show how far it is."""
        if step.stage != self._stage:
            self.close()
            if not self._quiet:
                self._context.note(f"reindex.{step.stage}", done=step.done, total=step.total)
            self._stage, self._done = step.stage, 0
        if step.total:
            if self._advance is None:
                self._advance = self._bars.enter_context(bar(quiet=self._quiet, unit=""))
            self._advance(step.done - self._done, step.total)
            self._done = step.done

    def close(self) -> None:
        """Take the bar away."""
        self._bars.close()
        self._advance = None


def _print(done: Reindexed, embedder: str, seconds: float, context: Context) -> None:
    if done.anew:
        context.note(
            "reindex.done",
            articles=done.articles,
            passages=done.passages,
            embedder=embedder,
            seconds=f"{seconds:.1f}",
        )
        if done.kept:
            context.note("reindex.kept", kept=done.kept)
        spec = context.settings.embedder
        if spec != Settings().embedder:
            context.note("reindex.embedder", spec=spec)
    elif done.upgraded:
        context.note("reindex.upgraded", seconds=f"{seconds:.1f}")
    else:
        context.note("reindex.nothing", embedder=embedder)
