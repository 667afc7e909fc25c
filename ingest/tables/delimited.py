"""How a file of delimited values (RFC 4180 and its relatives) is laid out, and its rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ingest.page.lines import ends_sentence
from ingest.tables.fields import is_known

DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_ROWS = 200
_LONGEST_FIELD = 64 * 2**20  # characters
_LONGEST_NAME = 40  # characters of a column's name
_CLOSED = 0.9  # share of quoted cells that end where a cell does
_OPENING = r'"(?<![^\n\r{}]")'  # the quote first: it is what is searched for
_CLOSING = r'[^"]*+(?:""[^"]*+)*+"'
_NUMBER = re.compile(r"[-+−]?[\d.,:/ %年月日-]*\d[\d.,:/ %年月日-]*")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the cells of a file are told apart, and what stands above its rows.

    ``names`` are those of the columns, their numbers from 1 if there is no header; ``skipped`` rows
    come before the first; ``title`` is what stands alone in the first row.
    """

    delimiter: str
    quoted: bool
    names: tuple[str, ...]
    skipped: int = 0
    title: str | None = None

    @property
    def has_header(self) -> bool:
        """Whether a row names the columns."""
        return self.skipped > (self.title is not None)


def find_layout(sample: str, *, header: bool = False) -> Layout:
    """The layout of a file that begins with ``sample``; with ``header`` it surely has one."""
    delimiter = max(DELIMITERS, key=lambda one: _consistency(sample, one))
    quoted = _are_closed(sample, delimiter)
    rows = list(islice(read_rows(sample, delimiter, quoted=quoted), _SAMPLE_ROWS))
    rows = [[cell.strip() for cell in row] for row in rows]
    width = _commonest(map(len, filter(None, rows)))[0]
    above = next((i for i, row in enumerate(rows) if any(row)), 0)
    title = None
    if len(rows) > above + 1 and width > 1 and _is_alone(rows[above]):
        title = next(filter(None, rows[above]))
        above += 1
    if above < len(rows) and (header or _is_header(rows[above], rows[above + 1 :])):
        names = rows[above] + [""] * (width - len(rows[above]))
        return Layout(delimiter, quoted, tuple(names), above + 1, title)
    names = [str(number) for number in range(1, width + 1)]
    return Layout(delimiter, quoted, tuple(names), above, title)


def read_rows(text: str, delimiter: str, *, quoted: bool) -> Iterator[list[str]]:
    """The cells of each row; none for a blank line. May raise csv.Error."""
    csv.field_size_limit(_LONGEST_FIELD)
    lines = io.StringIO(text, newline="")
    if quoted:
        return csv.reader(lines, delimiter=delimiter)
    return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)


def end_of_rows(block: bytes, layout: Layout) -> tuple[int, int]:
    """Where the last whole row of a block that begins with one ends, and how many there are.

    Rows are counted as the csv module does: a line's end between quotes ends none.
    """
    end = block.rfind(b"\n") + 1
    if not layout.quoted or b'"' not in block:
        return end, block.count(b"\n")
    opening = re.compile(_OPENING.format(re.escape(layout.delimiter)).encode())
    cell = re.compile(opening.pattern + _CLOSING.encode())
    rest = cell.sub(b"", block[:end])
    if opening.search(rest):  # a cell may reach beyond the last line
        end = _end_before_open(block[:end], opening, cell)
        rest = cell.sub(b"", block[:end])
    return end, rest.count(b"\n")


def _end_before_open(block: bytes, opening: re.Pattern[bytes], cell: re.Pattern[bytes]) -> int:
    """Where the last line ends that ends outside of quotes, with a cell behind it left open."""
    end = position = 0
    while found := opening.search(block, position):
        end = max(end, block.rfind(b"\n", position, found.start()) + 1)
        closed = cell.match(block, found.start())
        if not closed:
            return end
        position = closed.end()
    return len(block)


def _consistency(sample: str, delimiter: str) -> tuple[float, int]:
    """How many of the rows have the commonest number of cells, if that is more than one."""
    quoted = _are_closed(sample, delimiter)
    rows = list(islice(read_rows(sample, delimiter, quoted=quoted), _SAMPLE_ROWS))
    cells, share = _commonest(map(len, filter(None, rows)))
    return (round(share, 1) if cells > 1 else 0.0), cells


def _commonest(numbers: Iterable[int]) -> tuple[int, float]:
    """The number that comes most often, and its share; 0 if there are none."""
    counts = Counter(numbers)
    ((number, count),) = counts.most_common(1) or [(0, 0)]
    return number, count / max(1, counts.total())


def _are_closed(sample: str, delimiter: str) -> bool:
    """Whether quotes at the start of cells enclose them, and aren't those of a quotation."""
    mark = re.escape(delimiter)
    opening = _OPENING.format(mark)
    rest, closed = re.subn(rf"{opening}{_CLOSING}(?=[\n\r{mark}]|\Z)", "", sample)
    left_open = len(re.findall(opening, rest)) - 1  # the last cell may be cut off
    return left_open <= (1 - _CLOSED) * (closed + left_open)


def _is_alone(row: Sequence[str]) -> bool:
    return len(row) > 1 and len(list(filter(None, row))) == 1


def _is_header(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a row names the columns below it: short, different, no numbers, none of it again."""
    names = list(filter(None, first))
    if any(map(is_known, names)) and len(set(names)) == len(names):
        return True
    if len(names) < 2 or len(set(names)) < len(names) or 2 * len(names) < len(first):
        return False
    if any(
        len(name) > _LONGEST_NAME or ends_sentence(name) or _NUMBER.fullmatch(name)
        for name in names
    ):
        return False
    return not any(
        cell and cell == name for row in rows for name, cell in zip(first, row, strict=False)
    )
