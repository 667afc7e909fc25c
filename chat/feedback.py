"""What readers say of answers, kept in the library's folder as cases that ``wenjin eval`` runs.

A line of the file is an opinion; of several with one id the last counts, so that it can be changed
and taken back. What it says about the truth stands in ``answerable``, ``evidence`` and ``answers``,
as in a file of questions; an opinion that says nothing about it is kept without them.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from index.durable import sync_folder
from ingest.errors import LibraryError, QuestionError

FILE_NAME = "feedback.jsonl"
LONGEST_CASE = 16_000  # bytes of a line
LONGEST_FILE = 16_000_000  # bytes

Reason = Literal["", "off", "source", "outdated", "there", "other"]
"""Why it didn't help: not what was asked, a wrong or missing source, outdated, refused though the
articles say it, something else.
"""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reader says of an answer: that it was ``helpful`` or not, or None to take that back.

    ``question`` is complete, as it was understood, ``asked`` as it was put after those in
    ``before``; ``without`` are the keys of filters that weren't wanted. ``said`` is the answer's
    text, ``quotes`` what it rests on, ``article`` the title of the first article cited.
    """

    id: str
    question: str
    asked: str
    helpful: bool | None
    reason: Reason
    note: str
    refused: bool
    said: str
    quotes: tuple[str, ...]
    article: str | None
    before: tuple[str, ...]
    without: tuple[str, ...]


def case(opinion: Opinion, time: str) -> dict[str, Any]:
    """The line of an opinion, given at ``time``."""
    return {
        "id": opinion.id,
        "question": opinion.question,
        "helpful": opinion.helpful,
        **_truth(opinion),
        "reason": opinion.reason,
        "note": opinion.note,
        "refused": opinion.refused,
        "said": opinion.said,
        "asked": opinion.asked,
        "before": list(opinion.before),
        "without": list(opinion.without),
        "time": time,
    }


def _truth(opinion: Opinion) -> dict[str, Any]:
    """What is known of the question now. ``wenjin eval`` asks it with all the filters that it
    names: nothing is known if some of them weren't wanted.
    """
    if opinion.without or opinion.helpful is None:
        return {}
    if opinion.refused:
        if opinion.helpful:
            return {"answerable": False}
        return {"answerable": True} if opinion.reason == "there" else {}
    if not opinion.helpful:
        return {}
    return {
        "answerable": True,
        "evidence": list(opinion.quotes),
        "answers": [opinion.said],
        "article": opinion.article,
    }


def keep(folder: Path, kept: dict[str, Any]) -> None:
    """Add a case to the library in ``folder``; it is on the disk afterwards.

    Raises QuestionError for one that is too long, and LibraryError when the folder can't be written
    or the file is full.
    """
    line = json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    if len(line) > LONGEST_CASE:
        raise QuestionError(
            "this is too long to be kept: shorten the note",
            "内容太长，无法保存：请缩短说明",
        )
    path = folder / FILE_NAME
    try:
        with path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            end = _end_of_lines(file)
            _check_room(path, end + len(line))
            file.truncate(end)  # a power cut may have left half a line, which nobody was told of
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        if not end:
            sync_folder(folder)
    except OSError as error:
        raise LibraryError(
            f"the feedback can't be kept: {path} can't be written ({error.strerror}); check its "
            "permissions and the disk's space",
            f"无法保存反馈：无法写入 {path}（{error.strerror}）；请检查权限和磁盘空间",
        ) from error


def lines(folder: Path) -> bytes:
    """The whole lines of the library in ``folder``, even while others add some; empty without any.

    Raises OSError.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return b""
    content = path.read_bytes()
    return content[: content.rfind(b"\n") + 1]


def _end_of_lines(file: IO[bytes]) -> int:
    """Where the last whole line ends."""
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - LONGEST_CASE)
    file.seek(start)
    return start + file.read().rfind(b"\n") + 1


def _check_room(path: Path, size: int) -> None:
    if size > LONGEST_FILE:
        raise LibraryError(
            f"the feedback can't be kept: {path} is full; move it to another place",
            f"无法保存反馈：{path} 已满；请将其移到别处",
        )
