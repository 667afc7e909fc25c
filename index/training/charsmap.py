"""One table for all of the tokeniser's normalisation: characters in, folded characters out.

Full width and half width, capitals, accents, traditional and simplified become one; punctuation
becomes a space. The table is stored the way the ``Precompiled`` normaliser of ``tokenizers`` reads
it: a double-array trie over the keys' UTF-8 bytes (four bytes a unit, as Darts-clone lays them
out), then the replacements, each ended by a zero byte.
"""

from __future__ import annotations

import itertools
import struct
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

_HAS_LEAF = 1 << 8
_IS_LEAF = 1 << 31
_BLOCK = 256


def folded(character: str) -> str:
    """What ``character`` becomes before it is cut into tokens; may be empty or several characters.

    Traditional characters are left to `folding`, which converts them all at once.
    """
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", character).lower())
    text = "".join(c for c in text if unicodedata.category(c) != "Mn" or c > "\u3000")
    text = unicodedata.normalize("NFKC", text)
    return "".join(" " if unicodedata.category(c)[0] in "PSZC" else c for c in text)


def folding() -> dict[str, str]:
    """Every character that folding changes → what it becomes. Format characters (Cf) vanish."""
    import opencc

    simplify = opencc.OpenCC("t2s").convert
    table: dict[str, str] = {}
    for code in range(1, sys.maxunicode + 1):
        character = chr(code)
        category = unicodedata.category(character)
        if category in {"Cn", "Co", "Cs"}:
            continue
        target = "" if category == "Cf" else simplify(folded(character))
        if target != character:
            table[character] = target
    return table


def precompiled_charsmap(table: Mapping[str, str]) -> bytes:
    """``table`` as ``tokenizers.normalizers.Precompiled`` takes it."""
    offsets: dict[str, int] = {}
    replacements = bytearray()
    for target in table.values():
        if target not in offsets:
            offsets[target] = len(replacements)
            replacements += target.encode() + b"\0"
    root = _Node()
    for key, target in table.items():
        root.insert(key.encode(), offsets[target])
    units = _double_array(root)
    return struct.pack(f"<I{len(units)}I", 4 * len(units), *units) + bytes(replacements)


@dataclass(slots=True)
class _Node:
    children: dict[int, _Node] = field(default_factory=dict)
    value: int | None = None

    def insert(self, key: bytes, value: int) -> None:
        node = self
        for byte in key:
            node = node.children.setdefault(byte, _Node())
        node.value = value


def _double_array(root: _Node) -> list[int]:
    """The trie as units: a child is at its parent's base XOR its label, a value at label 0."""
    units: list[int] = [0]
    used: set[int] = {0}
    bases: set[int] = {0}
    waiting = [(root, 0)]
    for node, place in waiting:
        labels = sorted(node.children)
        if node.value is not None:
            labels.insert(0, 0)
        lowest = max(1, len(units) - 2 * _BLOCK)  # looking further back hardly saves room
        base = next(
            b
            for b in itertools.count(lowest)
            if b not in bases and not any(b ^ label in used for label in labels)
        )
        bases.add(base)
        used.update(base ^ label for label in labels)
        units.extend([0] * ((base | (_BLOCK - 1)) + 1 - len(units)))
        units[place] |= (place ^ base) << 10
        if node.value is not None:
            units[place] |= _HAS_LEAF
            units[base] = _IS_LEAF | node.value
        for label, child in node.children.items():
            units[base ^ label] = label
            waiting.append((child, base ^ label))
    return units
