"""The user's own words: lines as in jieba's user dictionaries, ``word [frequency [tag]]``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.errors import SettingError

_LINE = re.compile(r"(\S+)(?:\s+(\d{1,9}))?(?:\s+([a-zA-Z]+))?")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the user's, and how often it stands in texts as jieba's dictionary counts them;
    without that, often enough not to be cut.
    """

    text: str
    frequency: int | None


def user_words(lines: str) -> list[Word]:
    """The words that ``lines`` give, one each; empty ones are passed over. Tags mean nothing here.

    Raises SettingError for a line of another form.
    """
    stripped = (line.strip() for line in lines.lstrip("\ufeff").splitlines())
    return [_word(number, line) for number, line in enumerate(stripped, start=1) if line]


def _word(number: int, line: str) -> Word:
    found = _LINE.fullmatch(line)
    if found is None:
        shown = line if len(line) <= 40 else f"{line[:40]}…"
        raise SettingError(
            f'Line {number} of the user dictionary isn\'t a word: "{shown}". Write one word a '
            "line, and after it, if you like, its frequency (a whole number) and a tag, with "
            "spaces between them.",
            f"用户词典第 {number} 行不是词条：“{shown}”。请每行写一个词，"
            "其后可加词频（整数）和词性，以空格分隔。",
        )
    return Word(found[1], int(found[2]) if found[2] else None)
