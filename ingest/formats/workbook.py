"""The sheets of a workbook: an article a row where columns hold titles and texts, or else lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.tables.columns import LONG_CELLS, Columns, mean_length, place_columns
from ingest.tables.fields import check_columns, check_fields
from ingest.tables.rows import Failures, read_row
from ingest.types import Reading

Rows = Sequence[Sequence[str]]

_ABOVE = 3  # rows among which the names of the columns stand
_SAMPLE = 200  # rows that the columns are told by


@dataclass(frozen=True, slots=True)
class Articles:
    """A sheet's rows that are articles: those from ``start`` on."""

    rows: Rows
    start: int
    columns: Columns

    def readings(self, name: str) -> Iterator[Reading]:
        """What each row gives, and which gave nothing; ``name`` is the file's."""
        empty = Failures()
        for number, cells in enumerate(self.rows[self.start :], self.start + 1):
            row = self.columns.row(number, cells)
            reading = read_row(row, name) if any(map(str.isalnum, row.text)) else Reading()
            if not reading.articles and any(map(str.strip, cells)):
                empty.add(number)
            yield reading
        yield Reading((), empty.problems(name, "they have no text", "没有正文"))


def find_articles(rows: Rows, mapping: Mapping[str, str]) -> Articles | None:
    """The rows as articles, if a row of names says which column holds their texts."""
    if mapping and all(column.isdecimal() for column in mapping.values()):
        return _placed(rows, -1, mapping)
    found = (_placed(rows, i, mapping) for i in range(min(_ABOVE, len(rows))))
    return next(filter(None, found), None)


def check_mapping(sheets: Sequence[Rows], mapping: Mapping[str, str], name: str) -> None:
    """Raises ReadError for fields that articles don't have, and columns that no sheet has."""
    check_fields(mapping, name)
    first = next((cells for rows in sheets for cells in rows[:_ABOVE] if any(cells)), ())
    check_columns(mapping, filter(None, first), name)


def _placed(rows: Rows, header: int, mapping: Mapping[str, str]) -> Articles | None:
    """The articles below the row numbered ``header``; without one columns have numbers."""
    width = max(map(len, rows[:_SAMPLE]), default=0)
    names = (
        [str(i) for i in range(1, width + 1)] if header < 0 else list(map(str.strip, rows[header]))
    )
    below = rows[header + 1 : header + 1 + _SAMPLE]
    if not below or any(column not in names for column in mapping.values()):
        return None
    columns = place_columns(names, below, mapping)
    text = columns.positions.get("text")
    if text is None:
        return None
    told = "text" in mapping or "title" in columns.positions
    if not told and mean_length(below, text) < LONG_CELLS:
        return None
    return Articles(rows, header + 1, columns)
