"""Rows of spreadsheets as lines that can be understood alone: ``Team: Blues | City: STL``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.formats.blocks import CELL_SEPARATOR, clean, row

Row = Sequence[str]

_NUMBER = re.compile(
    r"[-+(]?[\d.,\s%‰$€£¥￥:/年月日-]*\d[\d.,\s%‰)$€£¥￥:/年月日-]*(?:[eE][-+]?\d+)?"
)
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d) 00:00:00")
_NO_DAY = re.compile(r"1899-12-3[01] (\d\d:\d\d:\d\d)")
_LONGEST_HEADER = 60  # characters
_MOST_HEADERS = 3  # rows of text above the first row with a number


def row_lines(rows: Iterable[Row]) -> Iterator[str]:
    """A line for each row that holds anything, columns named where the sheet names them.

    A row with one cell is a heading or a remark. What stands below one has the columns of what
    stands above, unless a blank row shows that another table begins.
    """
    table: list[Row] = []
    header: Row | None = None
    apart, blank = True, False
    for cells in (tuple(map(_value, one)) for one in rows):
        count = sum(map(bool, cells))
        if count > 1:
            table.append(cells)
            blank = False
        elif count == 1:
            lines, header = _table_lines(table, header, apart=apart)
            yield from lines
            apart, table = blank or (apart and not lines), []
            yield row(cells)
        else:
            blank, apart = True, apart or not table
    yield from _table_lines(table, header, apart=apart)[0]


def _table_lines(
    rows: Sequence[Row], above: Row | None, *, apart: bool
) -> tuple[list[str], Row | None]:
    """The lines of a table, and the row that names its columns: its own, or that ``above``."""
    own = _header(rows) if apart else None
    if own is None or (above and not any(map(_has_number, rows))):
        header, start = above, 0
    else:
        header, start = rows[own], own + 1
    figures = any(map(_has_number, rows))
    lines = []
    for i, cells in enumerate(rows):
        inner = figures and not _has_number(cells)  # a heading among the rows, or another header
        if header is None or i < start or inner or cells == header:
            lines.append(row(cells))
        else:
            lines.append(_named(cells, header))
    return lines, header


def _named(cells: Row, header: Row) -> str:
    """A row with its columns' names."""
    names = [*header, *[""] * len(cells)]
    return CELL_SEPARATOR.join(
        f"{name}: {cell}" if name else cell
        for name, cell in zip(names, cells, strict=False)
        if cell
    )


def _header(rows: Sequence[Row]) -> int | None:
    """Where the row stands that names the columns: above the first number, with the most names.

    Of several as long it's the first if it names all columns; or else what stands above it names
    groups of columns.
    """
    first = next((i for i, cells in enumerate(rows) if _has_number(cells)), None)
    upper = rows[: 1 if first is None else min(first, _MOST_HEADERS)]
    if not upper or len(rows) == 1:
        return None
    counts = [sum(map(bool, cells)) for cells in upper]
    most = max(counts)
    whole = most == max(sum(map(bool, cells)) for cells in rows)
    best = counts.index(most) if whole else len(counts) - 1 - counts[::-1].index(most)
    names = [name for name in rows[best] if name]
    distinct = len(set(names)) == len(names)
    return best if distinct and max(map(len, names)) <= _LONGEST_HEADER else None


def _has_number(cells: Row) -> bool:
    return any(map(_NUMBER.fullmatch, cells))


def _value(cell: str) -> str:
    """A cell as its sheet shows it: a date without a time, a time without a day."""
    text = clean(cell)
    return _NO_DAY.sub(r"\1", _MIDNIGHT.sub(r"\1", text))
