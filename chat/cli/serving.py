"""The commands that run the web page: ``serve`` and ``demo``."""

from __future__ import annotations

import os
import sys
import threading
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from chat.cli.context import STOPPED, Context
from chat.cli.ingest import ingest_folder

DEMO_LIBRARY = "demo-library"
IDLE_SECONDS = 0.5  # in which a thread that has nothing to do ends
_HERE = Path(__file__).parent.parent
SAMPLE_FOLDERS = (_HERE / "samples", _HERE.parent / "samples")  # installed; in a checkout


def serve(options: Namespace, context: Context) -> int:  # noqa: ARG001
    """``wenjin serve``: the page, the widget and the API, until Ctrl-C."""
    return _serve(context)


def demo(options: Namespace, context: Context) -> int:
    """``wenjin demo``: the sample articles in a library of their own, then as ``serve``.

    The library is DEMO_LIBRARY unless a flag names another: one's own, which the environment or
    the settings file may name, is left alone. Articles that it has already are passed over.
    """
    from retriever.questions import read_questions

    library = getattr(options, "library", DEMO_LIBRARY)
    context = replace(context, settings=replace(context.settings, library=library))
    samples = next(folder for folder in SAMPLE_FOLDERS if folder.is_dir())
    code = ingest_folder(samples / "pages", context)
    questions = read_questions(samples / "questions.jsonl")
    return code or _serve(context, [each.question for each in questions if each.answerable])


def _serve(context: Context, examples: Sequence[str] = ()) -> int:
    """Serve until Ctrl-C; ``examples`` are questions that the page offers to begin with."""
    from chat.web.server import serve as run_server

    code = 0
    with suppress(KeyboardInterrupt), context.open_assistant() as assistant:
        try:
            run_server(assistant, context.settings, examples=examples)
        except KeyboardInterrupt:
            code = STOPPED
        _leave_if_busy(code)
    return code


def _leave_if_busy(code: int) -> None:
    """End the process here if an answer is still being worked on: a step of it can't be stopped,
    may take long, and has the library open. What the library has confirmed is safe.
    """
    workers = [thread for thread in threading.enumerate() if thread.name.startswith("AnyIO")]
    for worker in workers:
        worker.join(IDLE_SECONDS)
    if any(worker.is_alive() for worker in workers):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
