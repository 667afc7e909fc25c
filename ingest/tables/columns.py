"""The columns of a table that hold an article's fields, and its rows read by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from ingest.tables.fields import find_columns, page_is_sure
from ingest.tables.rows import Row

LONG_CELLS = 20.0  # characters of the mean cell of a column of texts
_FAR_LONGER = 2.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the fields stand in a row of a table with ``width`` columns."""

    positions: Mapping[str, int]
    width: int
    sure_page: bool = False

    def row(self, number: int, cells: Sequence[str]) -> Row:
        """What the cells say about an article; ``number`` is the row's in its file, from 1."""
        return Row(
            number,
            self.cell(cells, "text"),
            title=self.cell(cells, "title"),
            authors=(self.cell(cells, "authors"),),
            published=self.cell(cells, "published"),
            source=self.cell(cells, "source"),
            page=self.cell(cells, "page"),
            id=self.cell(cells, "id"),
            page_is_sure=self.sure_page,
        )

    def cell(self, cells: Sequence[str], field: str) -> str:
        """The cell of a field; nothing if there is none."""
        position = self.positions.get(field, len(cells))
        return cells[position].strip() if position < len(cells) else ""


def place_columns(
    names: Sequence[str], rows: Sequence[Sequence[str]], mapping: Mapping[str, str]
) -> Columns:
    """The columns as mapped, or else told by their names and by the first ``rows`` below them."""
    found = find_columns(names, mapping)
    if "text" not in found and "title" in found:
        found |= _longest(names, rows, found)
    positions = {field: names.index(column) for field, column in found.items()}
    return Columns(positions, len(names), page_is_sure(found, mapping))


def mean_length(rows: Sequence[Sequence[str]], position: int) -> float:
    """How many characters a column's cells have."""
    return fmean([len(row[position]) for row in rows if position < len(row)] or [0])


def _longest(
    names: Sequence[str], rows: Sequence[Sequence[str]], taken: Mapping[str, str]
) -> dict[str, str]:
    """Beside titles, the column with by far the longest cells is that of the texts."""
    lengths = {
        name: mean_length(rows, i) for i, name in enumerate(names) if name not in taken.values()
    }
    ordered = sorted(lengths, key=lengths.__getitem__, reverse=True)
    if not ordered or lengths[ordered[0]] < LONG_CELLS:
        return {}
    if len(ordered) > 1 and lengths[ordered[0]] < _FAR_LONGER * lengths[ordered[1]]:
        return {}
    return {"text": ordered[0]}
