"""The command line: ``wenjin COMMAND …``.

Exit codes: 0 done, answered or abstained · 1 an error, in one line on stderr · 2 wrong use ·
130 stopped with Ctrl-C.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from chat import i18n
from chat.cli.context import STOPPED, Context, message_language
from chat.cli.parser import build_parser
from chat.settings import TABLE, load_settings
from ingest.errors import QuestionError, SettingError, WenjinError

PIPE_CLOSED = 141  # the exit code that shells give for SIGPIPE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` (those of the process unless given) name.

    Returns the exit code; a wrong command line leaves by SystemExit, as argparse does.
    """
    # Threads that spin while they wait make other programs, and then themselves, very slow. Torch
    # and faiss read the one when they load, numpy's OpenBLAS the other: 2**4 cycles, the least.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
    _never_fail_to_print()
    if arguments is None:
        arguments = sys.argv[1:]
        # What a process ends with needn't be searched for garbage and taken apart piece by piece.
        atexit.register(gc.freeze)
    language = _peek_language(arguments)
    try:
        code = _run(arguments, language)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print(i18n.text("cli.stopped", language), file=sys.stderr)
        return STOPPED
    except BrokenPipeError:  # whoever read the output has read enough, as in ``wenjin … | head``
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except (WenjinError, OSError) as error:
        return _report(error, language)
    return code


def _run(arguments: Sequence[str], language: str) -> int:
    options = build_parser(language).parse_args(arguments)
    flags = {row.name: getattr(options, row.name, None) for row in TABLE}
    settings = load_settings(flags, config=getattr(options, "config", None))
    code: int = options.run(options, Context(settings, language))
    return code


def _report(error: WenjinError | OSError, language: str) -> int:
    message = error.in_language(language) if isinstance(error, WenjinError) else str(error)
    print(f"wenjin: {message}", file=sys.stderr)
    return 2 if isinstance(error, (SettingError, QuestionError)) else 1


def _peek_language(arguments: Sequence[str]) -> str:
    """The language to speak, known before the command line is understood."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--language")
    parser.add_argument("--config", type=Path)
    try:
        options, _ = parser.parse_known_args(arguments)
        wish = load_settings({"language": options.language}, config=options.config).language
    except (argparse.ArgumentError, SettingError):  # reported when the command line is read
        wish = "auto"
    return message_language(wish, os.environ)


def _never_fail_to_print() -> None:
    """Characters that the terminal's encoding lacks come out as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
