"""Mends UTF-8 that was read as a Western encoding and saved again: ``â€™`` for ``’``."""

from __future__ import annotations

import re

ENOUGH = 3  # pairs such as Ã©, each of which may be meant, that together show the damage

# What the bytes 80 to 9F are in Windows-1252; in Latin-1 they are controls.
_BYTES = {bytes([n]).decode("cp1252", "replace"): n for n in range(0x80, 0xA0)}
_BYTES = {character: n for character, n in _BYTES.items() if character != "\ufffd"}
_SPECIAL = "\u0080-\u0084\u0086-\u009f" + re.escape("".join(_BYTES))
_NEXT = f"[\u0080-\u00bf{_SPECIAL}]"
_RUN = re.compile(
    f"(?:[\u00c2-\u00df]{_NEXT}|[\u00e0-\u00ef]{_NEXT}{{2}}|[\u00f0-\u00f4]{_NEXT}{{3}})+"
)
_LEADS = frozenset(map(chr, range(0xC2, 0xF5)))  # the first of a run; most texts have none
_SURE = re.compile(f"[\u0080-\u0084\u0086-\u009f]|[\u00e0-\u00f4].?[{_SPECIAL}]")
_PAIR = re.compile("[\u00c2\u00c3][\u0080-\u00bf]")
_NEVER = re.compile("[\u0080-\u009f\u0800-\u08ff]")  # voilà » would become one of the latter
_CONTROL = re.compile("[\u0080-\u0084\u0086-\u009f]")


def mend_doubled(text: str) -> str:
    """The text with such runs as they were meant, if some show beyond doubt what happened."""
    if _LEADS.isdisjoint(text):
        return text
    runs = {run[0] for run in _RUN.finditer(text) if _meant(run) != run[0]}
    sure = any(map(_SURE.search, runs)) or (runs and len(_PAIR.findall(text)) >= ENOUGH)
    return _RUN.sub(_meant, text) if sure else text


def count_controls(text: str) -> int:
    """How many characters no text holds: a sign that it was read in a wrong encoding."""
    return len(_CONTROL.findall(text))


def _meant(run: re.Match[str]) -> str:
    data = bytes(_BYTES.get(character, ord(character)) for character in run[0])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return run[0]
    return run[0] if _NEVER.search(text) else text
