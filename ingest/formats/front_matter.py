"""What stands above a Markdown text between lines of dashes: ``key: value``, and lists of values.

Programs that keep notes and make web pages write it so, in a small part of YAML. Where it is
anything else the text is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.page.metadata import Stated, find_date
from ingest.tables.fields import find_columns
from ingest.tables.rows import find_authors

_FRONT_MATTER = re.compile(
    r"\ufeff?---[ \t]*\r?\n(.{0,20000}?\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL
)
_FIELD = re.compile(r"([^\W\d][\w .-]{0,40}?)\s*:(?:\s+(.*))?$")
_ITEM = re.compile(r"\s*-\s+(.*)$")
_INLINE_LIST = re.compile(r"\[(.*)\]$")
_BLOCK = re.compile(r"[>|][+-]?\d?$")
_COMMENT = re.compile(r"\s+#.*$")
_QUOTES = "\"'"


def split_front_matter(text: str) -> tuple[Stated, str]:
    """What the front matter states, and the text below it."""
    found = _FRONT_MATTER.match(text)
    fields = _fields(found[1].splitlines()) if found else None
    if not found or not fields:
        return Stated(), text
    columns = find_columns(tuple(fields), {})
    values = {field: fields[key] for field, key in columns.items()}
    stated = Stated(
        title=next(iter(values.get("title", ())), None),
        authors=find_authors(values.get("authors", ())),
        source=next((one for one in values.get("source", ()) if "://" not in one), None),
        published=next(filter(None, map(find_date, values.get("published", ()))), None),
    )
    return stated, text[found.end() :]


def _fields(lines: Iterable[str]) -> dict[str, Sequence[str]] | None:
    """The values of each key; None if a line is neither a field nor part of one."""
    fields: dict[str, list[str]] = {}
    last: list[str] | None = None
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        entry = _ITEM.match(line)
        field = _FIELD.match(line)
        if entry and last is not None:
            last += _values(entry[1])
        elif field:
            last = fields.setdefault(field[1], [])
            last += _values(field[2] or "")
        elif line[0] not in " \t" or last is None:
            return None
        elif not (_FIELD.match(line.strip())):  # a value that goes on; keys within keys are dropped
            last[-1:] = [" ".join([*last[-1:], line.strip()])]
    return dict(fields)


def _values(text: str) -> Iterator[str]:
    text = text.strip()
    listed = None if text.startswith("[[") else _INLINE_LIST.match(text)
    for one in listed[1].split(",") if listed else [text]:
        value = one.strip()
        quoted = len(value) > 1 and value[0] in _QUOTES and value[-1] == value[0]
        value = value[1:-1] if quoted else _COMMENT.sub("", value)
        if value.startswith("[[") and value.endswith("]]"):  # a link to another note
            value = value[2:-2].rpartition("|")[2]
        if value and not _BLOCK.match(value):
            yield value
