"""Turns a file's bytes into text: UTF-8, UTF-16, UTF-32, GB18030, Big5 or Windows-1252.

Only UTF-8 can be told by its form alone. Chinese text in one legacy encoding often decodes without
an error in another, into nonsense, so every candidate is judged by how plausible its text is, and
bytes that give no plausible text are refused.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

from ingest.errors import BinaryFile, EmptyFile, UnknownEncoding

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
LEGACY = ("gb18030", "cp950", "big5hkscs")
WIDE = ("utf-16-le", "utf-16-be")
WESTERN_MARKS = frozenset("’‘“”–—…€£°§«»¿¡\xa0")
REPLACEMENT = "\ufffd"
DAMAGE = 0.005  # wrong bytes per character
SAMPLE = 200_000  # characters that are judged
PLAUSIBLE = 0.5
CONTROLS = frozenset(map(chr, {*range(9), 11, *range(14, 32), 127}))
MANY_CONTROLS = 0.005
DROPPED = re.compile("[" + re.escape("".join(CONTROLS)) + "\ufeff]")

# The most frequent characters of general Chinese text, simplified and traditional.
COMMON = frozenset(
    "一三上下不与专且世业东两並个中为主么义之也书了事二于亚些亞交产人什从他代令以们件任会传但"
    "位体何作你使來例供依保信修個們候做備傳像元先克入內全兩公兰共关其具内写军决准几出击分划列"
    "则创別利别到制則前剧創劃劇力功加务动助動務包化北区區十华协協单南卡即原去县参參及反发取受"
    "变口只可台叶号司合同名后向启员命和品員哪商問啟單器四回因国图國圖在地场型城域執基場塞境士"
    "处备复外多大天太头女好如始委子字存学學它安完定实客家容密實寫对导将將專對導小少尔就尼展属"
    "屬山岛島州工已巴市布带帶常平年并幾广序库应府度庫廣建开式強强当录形影很律後得從復德心性总"
    "息情想意應成我或战戰戶户所手打执技护拉括持指按据接提播擊據支收改放政效教数整數文斯新方於"
    "施无日时明易是显時更書最會月有服期本术机权条来東构林果查标校样根格條業構標模樣機權次正此"
    "每比民水求江決沒没治法注洲活流海港游湾源準演灣点為無然爾片版物特状狀獲王环现現球理環生產"
    "用由电界當發的监監目直相省看着知码确確碼示社种科称程種稱空立站端第等简算管節簡米类系約級"
    "終組結給統經維網線編縣總约级线组终经结给统维编网罗置羅美義者而职联聯職能自至臺與色节花英"
    "获華葉著蘭處號行術表被装裝裡西要規視规视解言計記設許試該認語說調請證議護變讓计认让议记许"
    "设证试该语说请调谷責資賽责资赛起越路身車軍軟載輸轉车转软载输达过运近还这进连选這通連進遊"
    "運過道達選還那部都配里重量金錄長长門開間關门问间队阿院除隊集電需非面音項頭題類顯项题首香"
    "馬马體高麼黃黄點龍龙"
)
PUNCTUATION = frozenset("。、“”‘’《》〈〉【】「」『』…—·　①②③④⑤℃○□■●◎")
FULL_WIDTH = ("\uff01", "\uff5e")


def decode(data: bytes, *, name: str) -> str:
    """The text of a file, without its byte order mark and stray control characters.

    Raises EmptyFile, BinaryFile or UnknownEncoding, each naming the file as ``name``.
    """
    if not data.strip():
        raise _empty(name)
    if data.startswith(SIGNATURES):
        raise _binary(name)
    text = _marked(data, name) or _utf8(data) or _guessed(data) or _utf8(data, damaged=True)
    if text is None:
        if _control_share(data.decode("latin-1")) > MANY_CONTROLS:
            raise _binary(name)
        raise _unknown(name)
    text = DROPPED.sub("", text)
    if not text.strip():
        raise _empty(name)
    return text


def _marked(data: bytes, name: str) -> str | None:
    """The text of a file that starts with a byte order mark."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            text = _try(data, encoding)
            if text is None:
                raise _unknown(name)
            if _control_share(text) > MANY_CONTROLS:
                raise _binary(name)
            return text
    return None


def _utf8(data: bytes, *, damaged: bool = False) -> str | None:
    text = _try(data, "utf-8", damaged=damaged)
    return text if text is not None and _control_share(text) <= MANY_CONTROLS else None


def _guessed(data: bytes) -> str | None:
    """The most plausible reading, if any is plausible."""
    best, best_score = None, PLAUSIBLE
    for encoding in (*LEGACY, *WIDE):
        text = _try(data, encoding)
        if text is None or _control_share(text) > MANY_CONTROLS:
            continue
        score = plausibility(text, ascii_counts=encoding in WIDE)
        if score > best_score:
            best, best_score = text, score
    return best or _western(data)


def _western(data: bytes) -> str | None:
    """Windows-1252, if accents stand where Western languages have them: within words."""
    text = _try(data, "cp1252")
    if text is None or _control_share(text) > MANY_CONTROLS:
        return None
    foreign = [character for character in text if character > "\x7f"]
    odd = sum(not (character.isalpha() or character in WESTERN_MARKS) for character in foreign)
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii()]
    solid = sum(len(word) >= 3 and not re.search("[A-Za-z]", word) for word in words)
    if odd > 0.1 * len(foreign) or solid > 0.4 * len(words):
        return None
    return text


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


def plausibility(text: str, *, ascii_counts: bool = False) -> float:
    """How much ``text`` looks like Chinese, from 0 or less to 1.

    The mean over its characters beyond ASCII (all of them with ``ascii_counts``): 1 for a frequent
    character or Chinese punctuation, less for the rest of GB2312's and Big5's first level, none
    for rarer ones, a penalty for what no text holds.
    """
    counts = Counter(text[:SAMPLE])
    if not ascii_counts:
        counts = Counter({c: n for c, n in counts.items() if c > "\x7f"})
    total = counts.total()
    return _weighted(counts) / total if total else 0.0


def _weighted(counts: Mapping[str, int]) -> float:
    return sum(_weight(character) * count for character, count in counts.items())


def _weight(character: str) -> float:
    if character in COMMON or character in PUNCTUATION or character <= "\x7f":
        return 1.0
    if FULL_WIDTH[0] <= character <= FULL_WIDTH[1]:
        return 1.0
    if unicodedata.category(character) in ("Co", "Cn", "Cc", "Cs"):
        return -1.0
    return 0.3 if _is_first_level(character) else 0.0


def _is_first_level(character: str) -> bool:
    """Whether GB2312 or Big5 counts the character among the frequent ones."""
    gb, big5 = character.encode("gb2312", "ignore"), character.encode("big5", "ignore")
    return b"\xb0" <= gb[:1] <= b"\xd7" or b"\xa4" <= big5[:1] <= b"\xc6"


def _control_share(text: str) -> float:
    counts = Counter(text[:SAMPLE])
    return sum(counts[control] for control in CONTROLS) / max(1, counts.total())


def _empty(name: str) -> EmptyFile:
    return EmptyFile(f"{name} is empty; nothing to read", f"{name} 是空文件，没有可读的内容")


def _binary(name: str) -> BinaryFile:
    return BinaryFile(
        f"{name} holds binary data, not text; save it as plain text first",
        f"{name} 是二进制数据，不是文本；请先另存为纯文本",
    )


def _unknown(name: str) -> UnknownEncoding:
    return UnknownEncoding(
        f"the encoding of {name} can't be told; save it as UTF-8",
        f"无法判断 {name} 的编码；请另存为 UTF-8",
    )
