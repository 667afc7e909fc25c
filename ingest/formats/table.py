"""Tables of delimited values: an article a row, or the table as one article.

A table with a column of texts, mapped or told by its name, has an article in each row. Of any other
each row becomes a line of ``column: value | column: value``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.encoding import decode
from ingest.errors import EmptyFile, PartlyRead, ReadError
from ingest.formats import File, Options, Part, concatenate
from ingest.formats.blocks import CELL_SEPARATOR
from ingest.tables.columns import Columns, place_columns
from ingest.tables.delimited import Layout, end_of_rows, find_layout, read_rows
from ingest.tables.fields import check_columns, check_fields
from ingest.tables.pieces import cut, read_piece
from ingest.tables.rows import Failures, clean_cell, read_row, whole_article
from ingest.types import Reading

_SAMPLE = 256 * 2**10  # bytes that the layout is told by


@dataclass(frozen=True, slots=True)
class _Table:
    """A file's layout, and the columns that hold an article's fields."""

    layout: Layout
    columns: Columns


@dataclass(slots=True)
class _Given:
    """What the rows gave so far."""

    readings: list[Reading] = field(default_factory=list)
    empty: Failures = field(default_factory=Failures)
    ragged: Failures = field(default_factory=Failures)
    problems: list[ReadError] = field(default_factory=list)


def read(file: File, options: Options) -> Reading:
    """All articles of a table. Raises EmptyFile, UnknownEncoding, and ReadError for columns."""
    pieces = parts(file, options)
    reading = concatenate(read_part(file, part, options) for part in pieces)
    if not reading.articles:
        raise reading.problems[0] if reading.problems else _empty(file.name)
    return reading


def parts(file: File, options: Options) -> Sequence[Part]:
    """Runs of whole rows."""
    table = _look(file, options)
    return cut(file, lambda block: end_of_rows(block, table.layout))


def read_part(file: File, part: Part, options: Options) -> Reading:
    """The articles of a run of rows."""
    table = _look(file, options)
    try:
        text = decode(read_piece(file, part), name=file.name, encoding=options.encoding)
    except EmptyFile:
        return Reading()
    rows = _numbered(text, part, table.layout)
    if "text" not in table.columns.positions:
        return _whole(file, part, table.layout, rows)
    given = _Given()
    try:
        for number, cells in rows:
            _add(given, file.name, number, cells, table)
    except csv.Error as error:
        given.problems.append(_broken(file.name, error))
    problems = (
        *given.problems,
        *given.empty.problems(file.name, "they have no text", "没有正文"),
        *given.ragged.problems(
            file.name, "they have more cells than columns; quote them", "单元格多于列数；请加引号"
        ),
    )
    return concatenate([*given.readings, Reading((), problems)])


def _look(file: File, options: Options) -> _Table:
    """Raises ReadError for columns that aren't there, EmptyFile, UnknownEncoding."""
    mapping = options.columns
    check_fields(mapping, file.name)
    sample = decode(file.head(_SAMPLE), name=file.name, encoding=options.encoding)
    if file.size > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    layout = find_layout(sample, header=any(not column.isdecimal() for column in mapping.values()))
    check_columns(mapping, layout.names, file.name)
    rows = list(read_rows(sample, layout.delimiter, quoted=layout.quoted))[layout.skipped :]
    return _Table(layout, place_columns(layout.names, rows, mapping))


def _numbered(text: str, part: Part, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header that aren't blank, with their numbers in the file, from 1."""
    rows = read_rows(text, layout.delimiter, quoted=layout.quoted)
    for number, row in enumerate(rows, part.before + 1):
        if number > layout.skipped and any(cell.strip() for cell in row):
            yield number, row


def _add(given: _Given, name: str, number: int, cells: list[str], table: _Table) -> None:
    cells = _fitted(cells, table)
    if len(cells) > len(table.layout.names):
        given.ragged.add(number)
        return
    row = table.columns.row(number, cells)
    reading = read_row(row, name) if any(map(str.isalnum, row.text)) else Reading()
    given.readings.append(reading)
    if not reading.articles:
        given.empty.add(number)


def _fitted(cells: list[str], table: _Table) -> list[str]:
    """A row without empty cells beyond the columns, and with a text that wasn't quoted whole."""
    width = len(table.layout.names)
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > width and table.columns.positions["text"] == width - 1:
        cells = [*cells[: width - 1], table.layout.delimiter.join(cells[width - 1 :])]
    return cells


def _whole(
    file: File, part: Part, layout: Layout, rows: Iterator[tuple[int, list[str]]]
) -> Reading:
    """The rows as one article."""
    names = layout.names if layout.has_header else ()
    lines = []
    problems: tuple[ReadError, ...] = ()
    if part.start == 0 and any(names):
        lines.append(CELL_SEPARATOR.join(filter(None, names)))
    try:
        lines += [_line(cells, names) for _, cells in rows]
    except csv.Error as error:
        problems = (_broken(file.name, error),)
    title = layout.title if part.start == 0 else None
    if not lines and title:
        lines, title = [title], None
    if not lines:
        return Reading((), problems)
    return Reading((whole_article(lines, title=title, path=file.name),), problems)


def _line(cells: Sequence[str], names: Sequence[str]) -> str:
    """``name: value`` for each cell that isn't empty."""
    values = [" ".join(clean_cell(cell).split()) for cell in cells]
    labels = [*names, *[""] * len(values)]
    return CELL_SEPARATOR.join(
        f"{label}: {value}" if label else value
        for label, value in zip(labels, values, strict=False)
        if value
    )


def _broken(name: str, error: csv.Error) -> PartlyRead:
    return PartlyRead(
        f"{name} breaks the rules of its format ({error}); what follows there was left out",
        f"{name} 不符合表格格式（{error}）；其后内容未读取",
    )


def _empty(name: str) -> EmptyFile:
    return EmptyFile(f"{name} has no rows; nothing to read", f"{name} 没有任何行，没有可读的内容")
