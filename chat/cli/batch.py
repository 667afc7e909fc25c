"""``wenjin ask --batch FILE``: the answers to many questions, a line of JSON each, as they come."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from chat.cli.context import STOPPED, Context, print_json
from chat.records import answer_record
from ingest.errors import QuestionError

if TYPE_CHECKING:
    from chat.assistant import Assistant

STDIN = "-"


def ask_batch(options: Namespace, context: Context) -> int:
    """Answer the questions of a file: a JSON object or a plain question a line.

    A line that can't be asked is told, and the others go on; 1 if there was one. After Ctrl-C every
    line that was begun is whole.
    """
    from tqdm import tqdm

    lines = _lines(options.batch)
    failed = done = 0
    try:
        with context.open_assistant() as assistant:
            for number, line in tqdm(lines, disable=None, leave=False):
                try:
                    _answer(assistant, line, str(number), options.without)
                    done += 1
                except QuestionError as error:
                    failed += 1
                    place, message = (
                        f"{options.batch}:{number}",
                        error.in_language(context.language),
                    )
                    tqdm.write(
                        context.text("batch.failed", place=place, message=message), file=sys.stderr
                    )
    except KeyboardInterrupt:
        context.note("batch.stopped", count=done)
        return STOPPED
    return 1 if failed else 0


def _lines(source: str) -> list[tuple[int, str]]:
    """The lines that aren't blank, with their numbers from 1. Raises QuestionError."""
    try:
        data = sys.stdin.buffer.read() if source == STDIN else Path(source).read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(
            f"{source}: the questions can't be read: {error}; give a file in UTF-8",
            f"{source}：无法读取问题：{error}；请给出 UTF-8 编码的文件",
        ) from error
    lines = enumerate(text.split("\n"), start=1)
    return [(number, line.strip()) for number, line in lines if line.strip()]


def _answer(assistant: Assistant, line: str, number: str, without: list[str]) -> None:
    """Ask a line's question and print its answer, with the line's id or else its number."""
    key, question = _question(line, number)
    record = {"id": key, **answer_record(assistant.ask(question, without=without))}
    print_json(record, indent=None)


def _question(line: str, number: str) -> tuple[str, str]:
    if not line.startswith("{"):
        return number, line
    try:
        entry = json.loads(line)
    except ValueError as error:
        raise QuestionError(f"not JSON ({error})", f"不是 JSON（{error}）") from error
    if not isinstance(entry.get("question"), str):
        raise QuestionError('needs {"question": "…"}', '需要 {"question": "…"}')
    return str(entry.get("id", number)), entry["question"]
