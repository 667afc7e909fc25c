"""What a masthead line or a file's name says: newspaper, date and page; and a text's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from ingest.lines import HAN_CHARACTER

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_NUMERAL = "[〇○零一二三四五六七八九十]"
_CHINESE_DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号號]")
_CHINESE_NUMERAL_DATE = re.compile(
    f"({_NUMERAL}{{4}})年({_NUMERAL}{{1,3}})月({_NUMERAL}{{1,3}})[日号號]"
)
_ISO_DATE = re.compile(r"(?<![0-9A-Za-z-])(\d{4})[-./_](\d{1,2})[-./_](\d{1,2})(?!\d)")
_COMPACT_DATE = re.compile(r"(?<![0-9A-Za-z])((?:19|20)\d\d)(\d\d)(\d\d)(?![0-9A-Za-z])")
_MONTHS = "January February March April May June July August September October November December"
_MONTH = "(" + "|".join(f"{name[:3]}(?:{name[3:]}|t)?" for name in _MONTHS.split()) + r")\.?"
_MONTH_FIRST = re.compile(
    rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.IGNORECASE
)
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(\d{{4}})\b", re.IGNORECASE)

_PAPER = re.compile(
    "[\u4e00-\u9fff]{1,10}?(?:日报|晚报|早报|晨报|时报|周报|商报|都市报|导报|青年报|工人报|日報|晚報|早報|"
    "晨報|時報|週報|周報|商報|導報|青年報|人民报|科技报|教育报|农民报|法治报|经济报|文汇报|文匯報|周刊|週刊|"
    "新闻|新聞|报|報)(?![\u4e00-\u9fff])"
)
_WESTERN_NAMES = (
    "Daily News|Daily|Times|Post|Herald|News|Tribune|Journal|Gazette|Chronicle|Observer|Guardian|"
    "Standard|Star|Sun|Telegraph|Weekly|Review|Courier|Mail|Globe"
)
_WESTERN_PAPER = re.compile(
    rf"(?:[A-Z][\w'’-]*\s+){{1,5}}?(?:{_WESTERN_NAMES}|{_WESTERN_NAMES.upper()})\b"
)
_PAGE = re.compile(
    r"第\s*([A-Z]?\d{1,3}|[一二三四五六七八九十]{1,3})\s*版|(?<![\w])([A-Z]?\d{1,3})\s*版|"
    r"\b(?:[Pp]age|PAGE)\s+([A-Z]?\d{1,3})\b|(?<![\w])([A-Z]\d{1,2})(?![\w])"
)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file says about its text outside of it: in a header, in fields, in a table's columns.

    ``guessed`` names those fields that it only suggests. An empty field says nothing.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    source: str | None = None
    page: str | None = None
    published: str | None = None
    language: str | None = None
    guessed: tuple[str, ...] = ()


def find_issue(mastheads: Iterable[str], path: str) -> Stated:
    """What the masthead lines say, and after them the name of the file and of its folders."""
    name = PurePath(path)
    clues = [*mastheads, name.stem, *(part for part in reversed(name.parent.parts))]
    return Stated(
        source=next(filter(None, map(find_source, clues)), None),
        published=next(filter(None, map(find_date, clues)), None),
        page=next(filter(None, map(find_page, clues)), None),
    )


def find_date(text: str) -> str | None:
    """The first full date in ``text`` as an ISO date, or None."""
    for pattern in (_CHINESE_DATE, _ISO_DATE, _COMPACT_DATE):
        for found in pattern.finditer(text):
            day = _iso(*(int(group) for group in found.groups()))
            if day:
                return day
    for found in _CHINESE_NUMERAL_DATE.finditer(text):
        day = _iso(*(_numeral(group) for group in found.groups()))
        if day:
            return day
    for found in _MONTH_FIRST.finditer(text):
        return _iso(int(found[3]), _month(found[1]), int(found[2]))
    for found in _DAY_FIRST.finditer(text):
        return _iso(int(found[3]), _month(found[2]), int(found[1]))
    return None


def find_source(text: str) -> str | None:
    """The newspaper's name in a masthead or file name, or None."""
    separated = text.replace("_", " ")
    found = _PAPER.search(separated) or _WESTERN_PAPER.search(separated)
    return found[0].strip() if found else None


def find_page(text: str) -> str | None:
    """The page's number as printed, without leading zeros, or None."""
    found = _PAGE.search(text.replace("_", " "))
    if not found:
        return None
    number = next(group for group in found.groups() if group)
    if number[0] in "一二三四五六七八九十":
        return str(_numeral(number))
    return number.lstrip("0") or number


def find_language(text: str) -> str:
    """The ISO 639-1 code of the language, told by its script."""
    if len(re.findall("[\u3040-\u30ff]", text)) * 8 > len(text):
        return "ja"
    if len(re.findall("[\uac00-\ud7af]", text)) * 4 > len(text):
        return "ko"
    letters = len(re.findall("[A-Za-z\u00c0-\u024f]", text))
    # A Chinese character says about as much as four letters.
    return "zh" if 4 * len(HAN_CHARACTER.findall(text)) >= letters else "en"


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _month(name: str) -> int:
    return [month[:3].lower() for month in _MONTHS.split()].index(name[:3].lower()) + 1


def _numeral(text: str) -> int:
    """A number written in Chinese: ``二〇二四``, ``六``, ``十二``, ``二十一``."""
    if "十" not in text:
        return int(text.translate(_DIGITS))
    tens, _, ones = text.partition("十")
    return 10 * int((tens or "一").translate(_DIGITS)) + int((ones or "〇").translate(_DIGITS))
