"""The commands that run the web page: ``serve`` and ``demo``."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from chat.cli.context import Context
from chat.cli.ingest import ingest_folder

DEMO_LIBRARY = "demo-library"
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

    with context.open_assistant() as assistant, suppress(KeyboardInterrupt):
        run_server(assistant, context.settings, examples=examples)
    return 0
