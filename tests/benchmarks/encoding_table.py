"""How often the encoding of a file, and of 200 bytes cut out of it anywhere, is told rightly.

``python tests/benchmarks/encoding_table.py [SHARED [PIECES [SEED]]]`` prints a row for every kind
of text: whether whole files are read rightly, the share of pieces that are, that are refused, and
that are read wrongly. A piece is right if it gives the text that was cut out, but for a character
cut at either end. The table of characters' frequencies was made without any of these texts.
"""

from __future__ import annotations

import gzip
import json
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path
from random import Random

from opencc import OpenCC

from ingest.encoding import DROPPED, decode
from ingest.errors import ReadError

SHARED = Path(__file__).parent.parent.parent.parent / "shared"
BYTES = 200
CHARACTERS = 400_000  # of each text
BOTH = ("gb18030", "utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
TRADITIONAL = (*BOTH, "cp950", "big5hkscs")


@dataclass(frozen=True, slots=True)
class Kind:
    """A text in an encoding; ``data`` are its bytes."""

    name: str
    encoding: str
    text: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Row:
    kind: Kind
    whole: bool
    right: int
    refused: int
    wrong: int


def kinds(shared: Path) -> Iterator[Kind]:
    """Real legacy files, their twins in UTF-8 encoded otherwise, and other texts encoded."""
    folder = shared / "data" / "messy" / "legacy_encodings"
    for name, own in (("pku_test", "gb18030"), ("as_test", "cp950")):
        data = (folder / f"{name}.txt").read_bytes()
        text = data.decode(own)
        yield Kind(f"{name} (real)", own, text, data)
        twin = (folder / f"{name}.utf8").read_text("utf-8")
        for encoding in BOTH:
            if encoding != own:
                yield _encoded(name, encoding, twin)
    simplified = {
        "news": "\n".join(_news(shared)),
        "newspaper pages": "\n".join(
            path.read_text("utf-8") for path in sorted((shared / "corpus").glob("*.txt"))
        ),
        "technical, mixed": "\n".join(_paragraphs(shared)),
    }
    for name, text in simplified.items():
        for encoding in BOTH:
            yield _encoded(name, encoding, text)
        converted = OpenCC("s2tw").convert(text)
        for encoding in TRADITIONAL:
            yield _encoded(f"{name}, traditional", encoding, converted)


def _encoded(name: str, encoding: str, text: str) -> Kind:
    """The text, as far as it can be encoded."""
    data = DROPPED.sub("", text).encode(encoding, "ignore")
    return Kind(name, encoding, data.decode(encoding), data)


def _news(shared: Path) -> Iterator[str]:
    with gzip.open(shared / "data/eval/news_docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in islice(lines, 0, 30_000, 50):
            yield json.loads(line)["text"]


def _paragraphs(shared: Path) -> Iterator[str]:
    with gzip.open(shared / "data/train/zh_en_paragraphs.jsonl.gz", "rt", "utf-8") as lines:
        for line in islice(lines, 0, 100_000, 20):
            yield json.loads(line)["zh"]


def measure(kind: Kind, pieces: int, rng: Random) -> Row:
    """Read the whole and ``pieces`` random pieces of a kind."""
    text = kind.text[:CHARACTERS]
    ends = list(accumulate(len(character.encode(kind.encoding)) for character in text))
    counts = {True: 0, False: 0, None: 0}
    for _ in range(pieces):
        start = rng.randrange(max(1, ends[-1] - BYTES))
        piece = kind.data[start : start + BYTES]
        first = bisect_left(ends, start) + (1 if start else 0)
        if start and start in ends[first - 1 : first]:
            first = bisect_left(ends, start) + 1
        last = bisect_right(ends, start + len(piece))
        counts[_is_right(piece, text[first:last])] += 1
    return Row(
        kind, decode(kind.data, name="x") == kind.text, counts[True], counts[None], counts[False]
    )


def _is_right(piece: bytes, wanted: str) -> bool | None:
    """Whether a piece is read rightly, None if it's refused."""
    try:
        found = decode(piece, name="x")
    except ReadError:
        return None
    return wanted in found and len(found) <= len(wanted) + 2


def table(rows: list[Row], pieces: int) -> str:
    """The rows, a line each, and their sum."""
    lines = [f"{'text':28} {'encoding':10} whole  right refused wrong  of {pieces} pieces"]
    for row in rows:
        kind, share = row.kind, 100 * row.right / pieces
        whole = "right" if row.whole else "WRONG"
        counts = f"{share:5.1f}% {row.refused:7} {row.wrong:5}"
        lines.append(f"{kind.name:28} {kind.encoding:10} {whole} {counts}")
    share = 100 * sum(row.right for row in rows) / (pieces * len(rows))
    lines.append(f"{'all':39} {sum(row.whole for row in rows):2}/{len(rows)} {share:5.2f}%")
    return "\n".join(lines)


def main(shared: Path = SHARED, pieces: int = 1000, seed: int = 1) -> None:
    rng = Random(seed)
    print(table([measure(kind, pieces, rng) for kind in kinds(shared)], pieces))


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0]) if given else SHARED, *map(int, given[1:]))
