"""The objects of a file (JSON, JSON Lines, a table), each with the place that a message names."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import QuestionError

_GZIP = b"\x1f\x8b"
_FLAGS = {"true": True, "false": False}


def malformed(place: str, english: str, chinese: str) -> QuestionError:
    """The error for what stands at ``place``."""
    return QuestionError(f"{place}: {english}", f"{place}：{chinese}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A JSON object, the place it stands at (``questions.jsonl:7``, ``dev.json:1: data[3]``), and
    its ``number`` there, from 1: the line, or the position in a list.

    Each method raises QuestionError, which names the place, for a field that isn't as it says.
    """

    place: str
    number: int
    fields: Mapping[str, Any]

    def __contains__(self, name: object) -> bool:
        return name in self.fields

    def text(self, name: str) -> str:
        """A string, which has to be there."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            raise malformed(self.place, f'needs {{"{name}": "…"}}', f'需要 {{"{name}": "…"}}')
        return value

    def text_or_none(self, name: str) -> str | None:
        """A string; None where there is none, null or a blank one."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, str):
            raise malformed(self.place, f'"{name}" is a string', f'"{name}" 应为字符串')
        return value if value and value.strip() else None

    def name(self, field: str, otherwise: str | None = None) -> str:
        """An id, which may be a number; where there is none ``otherwise``, or else the number."""
        value = self.fields.get(field)
        if value is None or value == "":
            return otherwise or str(self.number)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise malformed(
                self.place, f'"{field}" is a string or a number', f'"{field}" 应为字符串或数字'
            )
        return str(value)

    def texts(self, *names: str) -> tuple[str, ...]:
        """The strings of these fields, each a string, or a list of strings or of such lists; every
        string once, and none that is blank.
        """
        found: dict[str, None] = {}
        for name in names:
            found |= dict.fromkeys(self._strings(name, self.fields.get(name)))
        return tuple(text for text in found if text.strip())

    def _strings(self, name: str, value: object) -> Iterator[str]:
        if isinstance(value, list):
            for each in value:
                yield from self._strings(name, each)
        elif isinstance(value, str):
            yield value
        elif value is not None:
            raise malformed(
                self.place,
                f'"{name}" is a string or a list of strings',
                f'"{name}" 应为字符串或字符串列表',
            )

    def flag(self, name: str, *, otherwise: bool) -> bool:
        """True or false, or a string that says so; ``otherwise`` where there is neither."""
        value = self.fields.get(name, otherwise)
        value = _FLAGS.get(value.lower(), value) if isinstance(value, str) else value
        if not isinstance(value, bool):
            raise malformed(
                self.place, f'"{name}" is true or false', f'"{name}" 应为 true 或 false'
            )
        return value

    def grades(self, name: str) -> dict[str, int]:
        """Grades by name: those of an object, or 1 for a name and for each of a list of names."""
        value = self.fields.get(name)
        if value is None:
            return {}
        listed = value if isinstance(value, list) else [value]
        pairs = list(value.items()) if isinstance(value, dict) else [(each, 1) for each in listed]
        if not all(isinstance(key, str | int) and type(grade) is int for key, grade in pairs):
            raise malformed(
                self.place,
                f'"{name}" is an id, a list of ids, or {{"id": grade}}',
                f'"{name}" 应为 id、id 列表或 {{"id": 等级}}',
            )
        return {str(key): grade for key, grade in pairs}

    def entries(self, name: str) -> list[Entry]:
        """The objects in a list."""
        value = self.fields.get(name)
        if not isinstance(value, list):
            raise malformed(
                self.place, f'needs {{"{name}": [{{…}}]}}', f'需要 {{"{name}": [{{…}}]}}'
            )
        between = "." if self.place.endswith("]") else ": "
        return [
            _entry(each, f"{self.place}{between}{name}[{position}]", position + 1)
            for position, each in enumerate(value)
        ]


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, unzipped if it is gzip. Raises QuestionError."""
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if data.startswith(_GZIP) else data).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise malformed(
            str(path),
            f"the file can't be read: {error}; give one in UTF-8",
            f"无法读取文件：{error}；请给出 UTF-8 编码的文件",
        ) from error


def read_entries(text: str, path: Path) -> list[Entry]:
    """The objects in the text of a file: one a line (``#`` lines and empty ones are skipped), those
    of a JSON list, or a single one. Raises QuestionError for anything else.
    """
    lines = [
        (number, line)
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip() and not line.startswith("#")
    ]
    if not lines:
        raise malformed(str(path), "the file is empty", "文件是空的")
    try:
        json.loads(lines[0][1])
        pretty = len(lines) == 1
    except (ValueError, RecursionError):
        pretty = True
    if pretty:
        return _whole(path, "\n".join(line for _, line in lines), lines[0][0])
    return [
        _entry(_parsed(line, path, number), f"{path}:{number}", number) for number, line in lines
    ]


def read_table(text: str, path: Path) -> list[Entry]:
    """Lines of an id, a tab and a text as objects (``_id``, ``text``). Raises QuestionError."""
    entries = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            key, _, rest = line.strip().partition("\t")
            if not rest:
                raise malformed(
                    f"{path}:{number}", "needs an id, a tab and a text", "需要 id、制表符和文本"
                )
            entries.append(Entry(f"{path}:{number}", number, {"_id": key, "text": rest.strip()}))
    return entries


def _whole(path: Path, text: str, first: int) -> list[Entry]:
    """The objects of a file that is one JSON value, which begins on line ``first``."""
    value = _parsed(text, path, first)
    if isinstance(value, list):
        return [
            _entry(each, f"{path}: [{position}]", position + 1)
            for position, each in enumerate(value)
        ]
    return [_entry(value, f"{path}:{first}", first)]


def _parsed(text: str, path: Path, first: int) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{path}:{first + error.lineno - 1}"
        raise malformed(place, f"not JSON ({error.msg})", f"不是 JSON（{error.msg}）") from error
    except (ValueError, RecursionError) as error:  # a number too long, lists too deep
        raise malformed(
            f"{path}:{first}", f"not JSON ({error})", f"不是 JSON（{error}）"
        ) from error


def _entry(value: object, place: str, number: int) -> Entry:
    if not isinstance(value, dict):
        raise malformed(place, "needs an object: {…}", "需要一个对象：{…}")
    return Entry(place, number, value)
