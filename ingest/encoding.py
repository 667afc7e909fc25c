"""Turns a file's bytes into text: UTF-8, UTF-16, UTF-32, GB18030, Big5 and other legacy encodings.

Only UTF-8 can be told by its form alone. Chinese text in one legacy encoding often decodes without
an error in another, into nonsense. So every candidate reads the bytes, and the reading that takes
the fewest bits to say (`characters`) is taken if it reads like text at all and is much likelier
than any other; whatever gives no such reading is refused.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.alphabets import (
    has_accents_of_a_language,
    has_western_form,
    information_in,
    is_of_script,
    mixes_scripts,
    script_of,
)
from ingest.characters import information, mean_beyond_ascii
from ingest.doubled import mend_doubled
from ingest.errors import BinaryFile, EmptyFile, ReadError, UnknownEncoding

BYTE_ORDER_MARKS = (  # UTF-32 first: its little-endian mark starts with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SIGNATURES = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"\x7fELF",
    b"\xd0\xcf\x11\xe0",
    b"SQLite format 3",
)
REPLACEMENT = "\ufffd"
DAMAGE = 0.005  # wrong bytes per character
SAMPLE = 100_000  # bytes that are judged to find the encoding
WINDOW = 20_000  # characters: every window of a text must read like text,
SLACK = 3.0  # with this many bits a character more
CONTROLS = frozenset(map(chr, {*range(9), 11, *range(14, 32), 127}))
MANY_CONTROLS = 0.005
DROPPED = re.compile("[" + re.escape("".join(CONTROLS)) + "\ufeff]")

CUT = 12.0  # bits that a text pays for beginning in the middle of a character
LONE = 10.0  # bits more for a letter by itself in Chinese text: it may be half a character
MARGIN = 12.0  # bits by which the best reading must beat any other
DECLARED = 60.0  # bits that a declared encoding is ahead by
FEW = 12  # characters beyond ASCII that may be valid UTF-8 by chance

# The superset that writers who say the first name may have meant.
_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "cp950",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
_EXAMPLES = "utf-8, utf-16, gb18030, big5, big5hkscs, cp1252, shift_jis, euc-kr, koi8-r"


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An encoding that files come in without saying so."""

    encoding: str
    most: float  # bits of a character beyond ASCII (of UTF-16 and UTF-32 of any) in the mean
    unit: int = 1  # bytes of which a character's first may be missing are fewer
    rarity: float = 0.0  # bits: how much rarer files in it are than in GB18030
    script: str | None = None  # of its letters beyond ASCII, where no more is known of them


CANDIDATES = (
    _Candidate("gb18030", 13.0, 2),
    _Candidate("cp950", 13.0, 2),
    _Candidate("big5hkscs", 13.0, 2, 6),
    _Candidate("utf-8", 30.0, 4, -30),
    _Candidate("utf-16-le", 13.0, 2),
    _Candidate("utf-16-be", 13.0, 2),
    _Candidate("utf-32-le", 18.0, 4),
    _Candidate("utf-32-be", 18.0, 4),
    _Candidate("cp1252", 11.0, 1, 6),
    _Candidate("cp932", 12.0, 2, 12),
    _Candidate("euc_jp", 12.0, 2, 12),
    _Candidate("cp949", 11.5, 2, 12),
    _Candidate("cp1251", 6.0, 1, 12),
    _Candidate("koi8-r", 6.0, 1, 16),
    _Candidate("cp866", 6.0, 1, 20),
    _Candidate("cp1253", 6.5, 1, 16),
)
BIG5 = {"cp950", "big5hkscs"}  # differ in a few characters
ALPHABETIC = ("cp1251", "koi8-r", "cp866", "cp1253")  # none of their letters is Latin
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")

_NOT_ASCII = re.compile(rb"[^\x00-\x7f]")
_CUT_UTF8 = re.compile(rb"[\x80-\xbf]{1,3}")
_LONE_LETTER = re.compile(
    r"(?:\A|(?<=[\u0080-\uffef]))[A-Za-z@\[\\\]^_`{|}~](?=[\u2e80-\uffef\r\n])"
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What bytes say in an encoding, and how many bits it takes to say that."""

    candidate: _Candidate
    skipped: int
    text: str
    bits: float


def decode(
    data: bytes, *, name: str, encoding: str | None = None, declared: str | None = None
) -> str:
    """The text of a file, without its byte order mark and stray control characters.

    ``encoding`` is to be used whatever comes out; one that is merely ``declared`` in the file is
    believed if its text is plausible. What was read in a wrong encoding and saved again before is
    mended. A character cut off at either end is left out, a damaged one stands as U+FFFD. Raises
    EmptyFile, BinaryFile or UnknownEncoding, each naming the file as ``name``, and ReadError for an
    ``encoding`` that isn't known.
    """
    if not data.strip():
        raise empty(name)
    if encoding:
        text = _in_encoding(data, encoding, name)
    else:
        text = mend_doubled(_told(data, declared, name))
    text = DROPPED.sub("", text)
    if not text.strip():
        raise empty(name)
    return text


def _in_encoding(data: bytes, encoding: str, name: str) -> str:
    known = _codec(encoding)
    if known is None:
        raise ReadError(
            f"{name}: there is no encoding named {encoding}; give one such as {_EXAMPLES}",
            f"{name}：没有名为 {encoding} 的编码；可用的如 {_EXAMPLES}",
        )
    for mark, marked in BYTE_ORDER_MARKS:
        if data.startswith(mark) and marked.startswith(known[:5]):
            known = marked
    text = _try(data, known)
    if text is None:
        raise UnknownEncoding(
            f"{name} isn't written in {encoding}; leave out --encoding, or give another one",
            f"{name} 的编码不是 {encoding}；请去掉 --encoding，或换一种",
        )
    return text


def _told(data: bytes, declared: str | None, name: str) -> str:
    """The text of a file whose encoding is to be found out."""
    if data.startswith(SIGNATURES):
        raise _binary(name)
    text = _marked(data, name)
    text = _utf8(data) if text is None else text
    text = _guessed(data, declared) if text is None else text
    if text is None:
        raise _binary(name) if _controls(data.decode("latin-1")) else _unknown(name)
    return text


def _marked(data: bytes, name: str) -> str | None:
    """The text of a file that starts with a byte order mark."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            text = _try(data, encoding)
            if text is None:
                raise _unknown(name)
            if _controls(text):
                raise _binary(name)
            return text
    return None


def _utf8(data: bytes) -> str | None:
    """The text, if it can't be but UTF-8: a few characters of two bytes may be so by chance."""
    text = _try(data, "utf-8", damaged=False)
    if text is None or _controls(text):
        return None
    few = 0 < len(data) - len(text) < FEW and max(text, default="") < "\u0800"
    return None if few else text


def _guessed(data: bytes, declared: str | None) -> str | None:
    """The most plausible reading, if it's plausible, and plausible everywhere."""
    first = _NOT_ASCII.search(data)
    start = first.start() // 4 * 4 if first else 0  # UTF-32 has four bytes a character
    readings = sorted(_readings(data, start, declared), key=lambda reading: reading.bits)
    if not readings:
        return None
    best = readings[0]
    if any(_contradicts(other, best) for other in readings[1:]):
        return None
    text = _try(data[best.skipped :], best.candidate.encoding)
    if text is None or _controls(text):
        return None
    windows = (text[i : i + WINDOW] for i in range(0, len(text), WINDOW))
    sound = all(mean_beyond_ascii(part) <= best.candidate.most + SLACK for part in windows)
    return text if sound else None


def _contradicts(other: _Reading, best: _Reading) -> bool:
    """Whether a reading that says something else is nearly as likely."""
    if best.candidate.script:  # it is declared
        return False
    family = {other.candidate.encoding, best.candidate.encoding}
    if len(family) == 1 or family == BIG5 or other.text in best.text or best.text in other.text:
        return False
    return other.bits - best.bits < MARGIN


def _readings(data: bytes, start: int, declared: str | None) -> Iterator[_Reading]:
    """What the bytes from ``start`` on, all before being ASCII, may say."""
    stated = _codec(declared) if declared else None
    for candidate in _candidates(stated):
        for skipped in _starts(data, start, candidate):
            text = _try(data[start + skipped : start + SAMPLE], candidate.encoding)
            if text is None or not text.strip():
                continue
            if not _is_plausible(text, candidate, declared=candidate.encoding == stated):
                continue
            bits = _information(text, candidate)
            bits += LONE * len(_LONE_LETTER.findall(text))
            bits += candidate.rarity + CUT * (skipped > 0)
            bits -= DECLARED * (candidate.encoding == stated)
            yield _Reading(candidate, skipped, text, bits)


def _candidates(stated: str | None) -> Sequence[_Candidate]:
    """The encodings to try, and that which is declared if it isn't one of them."""
    if stated is None or any(candidate.encoding == stated for candidate in CANDIDATES):
        return CANDIDATES
    return (*CANDIDATES, _Candidate(stated, 15.0, script=script_of(stated)))


def _information(text: str, candidate: _Candidate) -> float:
    return information_in(candidate.script, text) if candidate.script else information(text)


def _starts(data: bytes, start: int, candidate: _Candidate) -> Sequence[int]:
    """How many bytes of a cut character there may be before the text."""
    if candidate.encoding == "utf-8":
        cut = _CUT_UTF8.match(data)
        return [cut.end() if cut else 0]
    return range(candidate.unit) if start == 0 or candidate.encoding in WIDE else [0]


def _is_plausible(text: str, candidate: _Candidate, *, declared: bool) -> bool:
    """Whether what bytes say in an encoding, perhaps the one declared, is text."""
    if candidate.encoding in WIDE:
        return information(text) <= candidate.most * len(text)
    if candidate.script:
        return is_of_script(text, candidate.script)
    if mean_beyond_ascii(text) > candidate.most:
        return False
    if candidate.encoding in ALPHABETIC:
        return not mixes_scripts(text)
    if candidate.encoding == "cp1252":
        return has_western_form(text) and (declared or has_accents_of_a_language(text))
    return True


def _codec(name: str) -> str | None:
    """Python's name of an encoding of text, or None."""
    try:
        found = codecs.lookup(name.strip()).name
        "".encode(found)  # fails for what is no encoding of text
    except (LookupError, UnicodeError, ValueError):
        return None
    return _ALIASES.get(found, found)


def _try(data: bytes, encoding: str, *, damaged: bool = True) -> str | None:
    """The text, or None. A last character that was cut off in the middle is dropped.

    In a ``damaged`` text a few bytes may be wrong; each stands as U+FFFD.
    """
    decoder = codecs.getincrementaldecoder(encoding)("replace" if damaged else "strict")
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError:
        return None
    if damaged and text.count(REPLACEMENT) > DAMAGE * len(text):
        return None
    return text


def _controls(text: str) -> bool:
    """Whether there are more control characters than a text has."""
    counts = Counter(text[:SAMPLE])
    return sum(counts[control] for control in CONTROLS) > MANY_CONTROLS * counts.total()


def empty(name: str) -> EmptyFile:
    """What is said of a file without a character."""
    return EmptyFile(f"{name} is empty; nothing to read", f"{name} 是空文件，没有可读的内容")


def _binary(name: str) -> BinaryFile:
    return BinaryFile(
        f"{name} holds binary data, not text; save it as plain text first",
        f"{name} 是二进制数据，不是文本；请先另存为纯文本",
    )


def _unknown(name: str) -> UnknownEncoding:
    return UnknownEncoding(
        f"the encoding of {name} can't be told; give it with --encoding NAME, or save it as UTF-8",
        f"无法判断 {name} 的编码；请用 --encoding 指明，或另存为 UTF-8",
    )
