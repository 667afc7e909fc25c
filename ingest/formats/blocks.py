"""What the readers of structured formats share: clean text, tables as lines, blocks of a document.

Their files tell paragraphs and headings themselves, so nothing is unwrapped; wording still tells
bylines and the furniture of pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from unicodedata import category

from ingest.errors import EmptyFile
from ingest.page.byline import is_name
from ingest.page.furniture import Block, Kind, line_kind, remark_kind
from ingest.page.lines import HAN, ends_sentence

CELL_SEPARATOR = " | "
LONGEST_HEADING = 60  # characters of a paragraph that may be a heading though no style says so
LONGEST_CELL = 300  # characters; a table with longer cells lays out a page
_BEFORE_TEXT = 4  # blocks among which the title may stand

# Soft hyphens, zero-width spaces, marks of text direction and control characters.
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffc"
    "\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]"
)
_WIDE = f"[{HAN}\u3001-\u303f\uff01-\uffee“”‘’…—]"
_BREAK_IN_CHINESE = re.compile(f"(?<={_WIDE})\\s*[\r\n]\\s*(?={_WIDE})")
_SPACES = re.compile("[^\\S\u3000]+|\u3000*[^\\S\u3000]\\s+")


@dataclass(frozen=True, slots=True)
class Document:
    """What a document holds; ``pictures``, by their members' names, are those with little beside.

    ``notes`` are those at the foot of its pages or at its end.
    """

    blocks: Sequence[Block]
    notes: Sequence[str] = ()
    pictures: Sequence[str] = ()


def clean(text: str) -> str:
    """``text`` as a line: without invisible characters, white space as one space.

    A line's end between Chinese characters is no space.
    """
    if text.isprintable() and "  " not in text:  # much the commonest case
        return text.strip()
    return _SPACES.sub(" ", _BREAK_IN_CHINESE.sub("", _INVISIBLE.sub("", text))).strip()


def heading(text: str, level: int) -> Block:
    """A title or a heading whose level the file tells, 1 for the highest."""
    return Block(Kind.SHORT, text, level=level)


def paragraph(text: str) -> Block:
    """A paragraph, or a piece of a page's furniture if its wording shows that it is one."""
    return Block(line_kind(text) or remark_kind(text) or Kind.PARAGRAPH, text)


def with_bylines(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, bare names right below a title or heading as bylines."""
    return [
        Block(Kind.BYLINE, block.text)
        if above and above.kind is Kind.SHORT and _may_be_name(block) and is_name(block.text)
        else block
        for above, block in zip((None, *blocks), blocks, strict=False)
    ]


def _may_be_name(block: Block) -> bool:
    return block.kind in (Kind.PARAGRAPH, Kind.SHORT) and not block.level


def item(text: str) -> Block:
    """A list's item, a table's row or a line of code: text whatever its wording."""
    return Block(Kind.PARAGRAPH, text)


def may_be_heading(text: str) -> bool:
    """Whether a paragraph set in bold or in the middle can be a heading."""
    return (
        len(text) <= LONGEST_HEADING and not ends_sentence(text) and text[-1] not in "，,；;：:、"
    )


def row(cells: Iterable[str]) -> str:
    """A table's row as a line; empty cells are left out."""
    return CELL_SEPARATOR.join(filter(None, cells))


def titled(title: str | None, blocks: Sequence[Block]) -> list[Block]:
    """The blocks below their title, which may stand among the first of them already.

    Its level is above that of all headings.
    """
    if not title:
        return list(blocks)
    same = _key(title)
    again = {i for i, block in enumerate(islice(blocks, _BEFORE_TEXT)) if _key(block.text) == same}
    below = (block for i, block in enumerate(blocks) if i not in again)
    return [
        heading(title, 1),
        *(replace(block, level=block.level + 1) if block.level else block for block in below),
    ]


def is_empty(blocks: Iterable[Block]) -> bool:
    """Whether the blocks hold nothing but space and punctuation."""
    return all(category(character)[0] not in "LNS" for block in blocks for character in block.text)


def no_text(name: str) -> EmptyFile:
    """What is said of a document without any."""
    return EmptyFile(f"{name} holds no text; nothing to read", f"{name} 没有文字，没有可读的内容")


def lines(text: str) -> Iterator[str]:
    """The lines of ``text`` that aren't blank, each cleaned."""
    return filter(None, map(clean, text.splitlines()))


def _key(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def is_data(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table holds data, in rows of short cells; otherwise it lays out the page."""
    longest = max((len(cell) for cells in rows for cell in cells), default=0)
    return max(map(len, rows), default=0) > 1 and longest <= LONGEST_CELL
