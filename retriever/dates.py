"""Periods that a text names, in Chinese or English: ``2023年5月``, ``去年``, ``last month``."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

EARLIEST, LATEST = date(1600, 1, 1), date(2999, 12, 31)  # the first newspapers are of 1605


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, from the first to the last one."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class DateWords:
    """``text[start:end]`` names the period; ``relative`` if it counts from the day of asking."""

    start: int
    end: int
    period: Period
    relative: bool


_NUMERAL = "[〇零○一二两三四五六七八九十]"
_YEAR = r"(?:(?<!\d)\d{4}|[〇零○一二三四五六七八九]{4})"
_MONTH = r"(?:(?<!\d)(?:1[0-2]|0?[1-9])|十[一二]?|(?<!十)[一二三四五六七八九])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_TO = r"\s?(?:[-—–~到至])\s?"
_COUNT = rf"(?P<count>\d{{1,3}}|{_NUMERAL}{{1,3}}|半)"
_ENGLISH = "one two three four five six seven eight nine ten eleven twelve"
_ENGLISH_NUMBERS = {word: number for number, word in enumerate(_ENGLISH.split(), start=1)}
_MONTHS = "january february march april may june july august september october november december"
_NAMES = {name[:3]: number for number, name in enumerate(_MONTHS.split(), start=1)}
_NAME = "(?P<month>" + "|".join(f"{n[:3]}(?:{n[3:]}|t)?" for n in _MONTHS.split()) + r")\b\.?"
_NTH = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b(?![.,]?\d)"
_PLAIN_YEAR = r"(?<![0-9a-z.,])(?:1[89]\d\d|20\d\d)(?![0-9a-z年]|[.,]\d)"
_UNITS = dict.fromkeys(("周", "星期", "礼拜"), "week") | dict.fromkeys("天日", "day")
_UNITS |= {"年": "year", "月": "month"}
_BACK = {"今": 0, "本": 0, "这": 0, "this": 0, "current": 0, "去": 1, "上": 1, "昨": 1, "前": 2}


@dataclass(frozen=True, slots=True)
class Said:
    """The day of asking, and the year that a month without one is of, if one was just named."""

    today: date
    year: int | None


Maker = Callable[[re.Match[str], Said], Period]


def find_dates(text: str, today: date) -> list[DateWords]:
    """The periods that ``text``, as `tokens.fold` gives it, names, as on the day ``today``.

    A date without a year is the last such one that has begun, or of the year named just before it
    (``2023年3月和5月``). What ``到``, ``至``, a dash, ``to`` or ``between … and`` join is one.
    Dates that don't exist, or are outside ``EARLIEST`` to ``LATEST``, are none.
    """
    found: list[DateWords] = []
    taken = 0
    for start, match, make, relative in _matches(text):
        if start < taken:
            continue
        taken = match.end()
        between = text[found[-1].end : start] if found else ""
        year = found[-1].period.last.year if _LIST.fullmatch(between) else None
        try:
            period = make(match, Said(today, year))
        except (ValueError, OverflowError):  # 30 February
            continue
        if not EARLIEST <= period.first <= period.last <= LATEST:
            continue
        words = DateWords(start, match.end(), period, relative)
        joined = _joined(text, found[-1], words) if found else None
        found[-1:] = [joined] if joined else [*found[-1:], words]
    return found


_LIST = re.compile(r"\s?(?:[-—–~到至和与及、,]|and|to|until|through)\s?")
_UNTIL = re.compile(r"\s?(?:[-—–~到至]|to|until|through)\s?")
_BETWEEN = re.compile(r"\bbetween\s+$")


def _matches(text: str) -> Iterator[tuple[int, re.Match[str], Maker, bool]]:
    """What looks like a date, by its start, the longest first."""
    matches = [
        (match.start(), -match.end(), number, match)
        for number, (pattern, _, _) in enumerate(_PATTERNS)
        for match in pattern.finditer(text)
    ]
    for start, _, number, match in sorted(matches, key=lambda found: found[:3]):
        yield start, match, *_PATTERNS[number][1:]


def _joined(text: str, one: DateWords, other: DateWords) -> DateWords | None:
    """Both as one period, if the text joins them and they are in order."""
    between = text[one.end : other.start]
    joins = _UNTIL.fullmatch(between) or (
        between.strip() == "and" and _BETWEEN.search(text[: one.start])
    )
    if not joins or one.period.first > other.period.last:
        return None
    period = Period(one.period.first, other.period.last)
    return DateWords(one.start, other.end, period, one.relative or other.relative)


def _iso(match: re.Match[str], _said: Said) -> Period:
    return _of_day(*(int(number) for number in match.groups()))


def _chinese_years(match: re.Match[str], said: Said) -> Period:
    """``2023年``, ``2021-2023年``, ``去年``, each with a half, a quarter, a month or a day."""
    own = match["year"]
    first = _number(own) if own else said.today.year - _BACK[match["back"]]
    if match["to_year"]:
        return Period(_of_year(first).first, _of_year(_number(match["to_year"])).last)
    if match["half"]:
        return _of_months(first, *((1, 6) if match["half"] == "上" else (7, 12)))
    if match["quarter"]:
        last = 3 * _number(match["quarter"])
        return _of_months(first, last - 2, last)
    return _of_chinese_month(match, first) if match["month"] else _of_year(first)


def _chinese_month(match: re.Match[str], said: Said) -> Period:
    """``5月``, ``五月十八日``."""
    return _latest(lambda it: _of_chinese_month(match, it), said.today, said.year)


def _of_chinese_month(match: re.Match[str], year: int) -> Period:
    month = _number(match["month"])
    if match["day"]:
        first, last = _number(match["day"]), _number(match["to_day"] or match["day"])
        return Period(date(year, month, first), date(year, month, last))
    to = match["to_month"]
    return _of_months(year, month, _number(to) if to else month)


def _relative_month(match: re.Match[str], said: Said) -> Period:
    """``上个月``, ``本月18日``, ``last month``."""
    month = _months_before(said.today.replace(day=1), _back(match["back"]))
    day = match.groupdict().get("day")
    if day:
        return _of_day(month.year, month.month, _number(day))
    return _of_months(month.year, month.month, month.month)


def _relative_week(match: re.Match[str], said: Said) -> Period:
    """``上周``, ``this week``: from Monday to Sunday."""
    monday = said.today - timedelta(days=said.today.weekday(), weeks=_back(match["back"]))
    return Period(monday, monday + timedelta(days=6))


def _relative_year(match: re.Match[str], said: Said) -> Period:
    return _of_year(said.today.year - _back(match["back"]))


def _relative_day(match: re.Match[str], said: Said) -> Period:
    days = {"yesterday": 1, "today": 0}.get(match[0])
    day = said.today - timedelta(days=_BACK[match[0][0]] if days is None else days)
    return Period(day, day)


def _last_few(match: re.Match[str], said: Said) -> Period:
    """``最近三个月``, ``the last 7 days``: up to the day of asking."""
    unit = _UNITS.get(match["unit"], match["unit"])
    count = match["count"] or "1"
    if count == "半":
        back = {"year": (6, 0), "month": (0, 15)}.get(unit, (0, 0))
    else:
        number = _ENGLISH_NUMBERS.get(count) or _number(count)
        back = {"year": (12 * number, 0), "month": (number, 0), "week": (0, 7 * number)}.get(
            unit, (0, number)
        )
    return Period(_months_before(said.today, back[0]) - timedelta(days=back[1]), said.today)


def _english_day(match: re.Match[str], said: Said) -> Period:
    """``18 May 2023``, ``May 18``."""
    month, day = _NAMES[match["month"][:3]], int(match["day"])
    own = match.groupdict().get("year")
    return _latest(lambda it: _of_day(it, month, day), said.today, int(own) if own else said.year)


def _english_month(match: re.Match[str], said: Said) -> Period:
    """``May 2023``, and after ``in``, ``since`` and the like ``May``."""
    month = _NAMES[match["month"][:3]]
    own = match.groupdict().get("year")
    return _latest(
        lambda it: _of_months(it, month, month), said.today, int(own) if own else said.year
    )


def _plain_years(match: re.Match[str], _said: Said) -> Period:
    return Period(
        _of_year(int(match["year"])).first, _of_year(int(match["to_year"] or match["year"])).last
    )


def _latest(period_in: Callable[[int], Period], today: date, year: int | None) -> Period:
    """The period in ``year``, or in the last year in which it has begun by ``today``."""
    if year:
        return period_in(year)
    for candidate in range(today.year, today.year - 8, -1):  # 29 February: every fourth year
        try:
            period = period_in(candidate)
        except ValueError:
            continue
        if period.first <= today:
            return period
    raise ValueError("no such day")


def _of_day(year: int, month: int, day: int) -> Period:
    return Period(date(year, month, day), date(year, month, day))


def _of_months(year: int, first: int, last: int) -> Period:
    if first > last:
        raise ValueError("months in disorder")
    return Period(date(year, first, 1), date(year, last, monthrange(year, last)[1]))


def _of_year(year: int) -> Period:
    return _of_months(year, 1, 12)


def _months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last one of a shorter month."""
    year, month = divmod(12 * day.year + day.month - 1 - months, 12)
    if year < 1:
        raise ValueError("before the first year")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _back(word: str) -> int:
    return _BACK.get(word, _BACK.get(word[0], 1))  # last, past, previous


def _number(text: str) -> int:
    """A number in digits or in Chinese: ``12``, ``十二``, ``二〇二三``."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    if ten:
        return 10 * (_number(tens) if tens else 1) + (_number(ones) if ones else 0)
    return int("".join(str(int(unicodedata.numeric("〇" if c == "○" else c))) for c in text))


_IN_YEAR = (
    rf"(?:(?P<half>[上下])半年|第?(?P<quarter>[一二三四1-4])季度?"
    rf"|(?P<month>{_MONTH})(?:月?{_TO}(?P<to_month>{_MONTH}))?月份?"
    rf"(?:(?P<day>{_DAY})(?:[日号]?{_TO}(?P<to_day>{_DAY}))?[日号])?)"
)
_PATTERNS: tuple[tuple[re.Pattern[str], Maker, bool], ...] = (
    (re.compile(r"(?<![\d.-])(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?![\d.-])"), _iso, False),
    (
        re.compile(
            rf"(?:(?P<year>{_YEAR})(?:年?{_TO}(?P<to_year>{_YEAR}))?\s?年(?![代级度])\s?(?P<back>)"
            rf")(?:的?{_IN_YEAR})?"
        ),
        _chinese_years,
        False,
    ),
    (
        re.compile(
            rf"(?:(?P<back>[今去]|(?<![以之提年])前)年(?!度)(?P<year>)(?P<to_year>))(?:的?{_IN_YEAR})?"
        ),
        _chinese_years,
        True,
    ),
    (
        re.compile(
            rf"(?P<month>{_MONTH})(?:月?{_TO}(?P<to_month>{_MONTH}))?月份?"
            rf"(?:(?P<day>{_DAY})(?:[日号]?{_TO}(?P<to_day>{_DAY}))?[日号])?"
        ),
        _chinese_month,
        False,
    ),
    (
        re.compile(rf"(?P<back>本|这个|上个|上)月(?![亮球色光饼])份?(?:(?P<day>{_DAY})[日号])?"),
        _relative_month,
        True,
    ),
    (
        re.compile(r"(?P<back>本|这个?|上个?)(?:周(?![期刊边围密岁年])|星期|礼拜)"),
        _relative_week,
        True,
    ),
    (
        re.compile(r"[今昨](?:天|日(?!头条))|(?<![以之提])前天(?![气然津空下才数])"),
        _relative_day,
        True,
    ),
    (
        re.compile(
            rf"(?:最近|过去|(?<![接将附远临邻贴靠亲最新])近)的?这?{_COUNT}个?"
            r"(?P<unit>年|月|周|星期|礼拜|天|日)"
        ),
        _last_few,
        True,
    ),
    (re.compile(rf"\b{_NAME}\s+{_NTH}(?:,?\s+(?P<year>{_PLAIN_YEAR}))?"), _english_day, False),
    (
        re.compile(rf"(?<![\w.,]){_NTH}(?:\s+of)?\s+{_NAME}(?:,?\s+(?P<year>{_PLAIN_YEAR}))?"),
        _english_day,
        False,
    ),
    (re.compile(rf"\b{_NAME},?\s+(?:of\s+)?(?P<year>{_PLAIN_YEAR})"), _english_month, False),
    (re.compile(rf"(?:(?<=\bin )|(?<=\bsince )|(?<=\blast ))\s*{_NAME}"), _english_month, False),
    (
        re.compile(rf"(?P<year>{_PLAIN_YEAR})(?:[-–—](?P<to_year>{_PLAIN_YEAR}))?"),
        _plain_years,
        False,
    ),
    (re.compile(r"\b(?P<back>last|previous|this|current)\s+month\b"), _relative_month, True),
    (re.compile(r"\b(?P<back>last|previous|this|current)\s+week\b"), _relative_week, True),
    (re.compile(r"\b(?P<back>last|previous|this|current)\s+year\b"), _relative_year, True),
    (re.compile(r"\b(?:yesterday|today)\b"), _relative_day, True),
    (
        re.compile(
            rf"\b(?:last|past|previous)\s+(?:(?P<count>\d{{1,3}}|{'|'.join(_ENGLISH_NUMBERS)})\s+)?"
            r"(?P<unit>day|week|month|year)s?\b"
        ),
        _last_few,
        True,
    ),
)
