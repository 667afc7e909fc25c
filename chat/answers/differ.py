"""Where two articles disagree on what is asked: a number, a date or a name.

Two sentences disagree when both answer the question and what they answer can't both be right. They
do it in the same words but for that number, date or name, or in other words that have nothing of
the kind in common.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from difflib import SequenceMatcher

from chat.answers.kinds import DATE, NUMBER, REASON, all_names, asks, plain, values, without_asking
from chat.types import Evidence
from index.tokens import content, fold, is_han, words
from retriever.dates import Period, find_dates
from retriever.units import NUMBER as NUMERAL
from retriever.units import spaced

SAME_WORDS = 0.7  # share of two sentences that is alike from which they are the same statement
COVERED = 0.95  # share of the question's words that a clause in other words must have
SHORT_CLAUSE = 15  # characters; it goes together with the one after it
LONGEST = 300  # units; a longer sentence isn't compared
SHORTEST_NAME, LONGEST_NAME = 2, 12  # units
SPELLINGS = 0.6  # share of common characters from which two names are spellings of one
ROUNDED = 0.02  # numbers that differ by less are one, rounded

_ASKS_FOR_A_YEAR = re.compile(r"哪一?年|何年|what year")
_NAME_ASKED = re.compile(
    r"谁|哪|在何处|何[人地]|叫什么|是什么(?!样)|\bwho\b|\bwhere\b|\bwhich\b|\bwhat (?:is|was) the\b"
)
# Of two or three characters, the first one of the most frequent surnames.
_PERSON_NAME = re.compile(
    "[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶"
    "阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚]"
    r"[\u4e00-\u9fff]{1,2}"
)
_ASKS_HOW = re.compile(r"怎样|怎么|如何|\bhow (?!many|much)")
# Dates without a year are of another day when read on another one.
_TODAY, _ANOTHER_DAY = date(2000, 1, 1), date(2010, 7, 15)
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_NUMERALS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[零〇一二两三四五六七八九十百千万亿]")
_CLAUSE = re.compile(r"[^，,；;。]*[，,；;。]|[^，,；;。]+$")
_WITH_UNIT = re.compile(
    r"(?<![数几上])((?:\d+(?:,\d{3})*(?:\.\d+)?|[零〇一二两三四五六七八九十百千])[\d零〇一二两三四五六七八九十百千万亿]*)"
    r"[余多几]? ?个?(\w|[%‰])"
)


def differ(question: str, one: Evidence, other: Evidence) -> bool:
    """Whether the sentences, of two articles, answer the question with things that contradict."""
    if one.article.id == other.article.id or REASON.asked.search(plain(question)):
        return False
    return _in_the_same_words(question, one.text, other.text) or _in_other_words(
        plain(question), plain(one.text), plain(other.text)
    )


def _in_the_same_words(question: str, one: str, other: str) -> bool:
    """Whether the sentences are the same but for a number, a date or a name that is asked for."""
    left, right = spaced(one).split(), spaced(other).split()
    if max(len(left), len(right)) > LONGEST or _ASKS_HOW.search(plain(question)):
        return False
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.quick_ratio() < SAME_WORDS or matcher.ratio() < SAME_WORDS:
        return False
    asked = spaced(question)
    changes = {
        (operation, " ".join(left[a:b]), " ".join(right[c:d]))
        for operation, a, b, c, d in matcher.get_opcodes()
        if operation != "equal"
    }
    replaced = [
        (said, instead)
        for operation, said, instead in changes
        if operation == "replace" and not any(f" {units} " in asked for units in (said, instead))
    ]
    if _asks_for_a_number(plain(question)) and any(
        _other_number(said, instead) for said, instead in replaced
    ):
        return True
    # Reporters put the same thing in other words, too: a name must be the only difference.
    known = {*all_names(one), *all_names(other)}
    return (
        len(changes) == 1
        and _asks_for_a_name(plain(question))
        and any(_other_name(said, instead, known) for said, instead in replaced)
    )


def _asks_for_a_number(question: str) -> bool:
    """Whether a number or date is the answer; without a question word (``出生率``) it may be."""
    return any(kind.asked.search(question) for kind in (NUMBER, DATE)) or not asks(question)


def _asks_for_a_name(question: str) -> bool:
    """Whether a name may be the answer; without a question word (``首都``) it may, too."""
    return bool(_NAME_ASKED.search(question)) or not asks(question)


def _other_number(said: str, instead: str) -> bool:
    """Whether both have a number, and not the same one, rounded."""
    numbers = [list(filter(NUMERAL.fullmatch, units.split())) for units in (said, instead)]
    return all(numbers) and _far(*(_number("".join(units)) for units in numbers))


def _other_name(said: str, instead: str, known: Collection[str]) -> bool:
    """Whether in place of a name that is among the known ones, or of a part of it, stands
    something else of at least two characters.
    """
    one, other = said.split(), instead.split()
    return (
        min(len(one), len(other)) >= SHORTEST_NAME
        and max(len(one), len(other)) <= LONGEST_NAME
        and not any(map(NUMERAL.fullmatch, (*one, *other)))
        and any(_is_name("".join(units), known) for units in (one, other))
        and len(set(one) & set(other)) < SPELLINGS * min(len(one), len(other))
    )


def _is_name(text: str, known: Collection[str]) -> bool:
    """Whether the text is a known name, or one is part of the other; or looks like a person's."""
    return bool(_PERSON_NAME.fullmatch(text)) or any(text in name or name in text for name in known)


def _in_other_words(question: str, one: str, other: str) -> bool:
    """Whether sentences that both say all of the question have no answer to it in common."""
    one, other = _told(question, one), _told(question, other)
    if not one or not other:
        return False
    dates = _dates(one), _dates(other)
    if DATE.asked.search(question):
        if _ASKS_FOR_A_YEAR.search(question):
            dates = _years(dates[0]), _years(dates[1])
        return all(dates) and not _meet(*dates)
    if NUMBER.asked.search(question):
        # What was counted in another year is another number.
        same_time = not all(dates) or _meet(_years(dates[0]), _years(dates[1]))
        return same_time and _all_differ(_numbers(question, one), _numbers(question, other))
    return False


def _told(question: str, text: str) -> str:
    """The clauses of the text that have all of the question's names and numbers, and nearly all of
    its content words.
    """
    terms = set(words(content(without_asking(question))))
    fixed = {term for term in terms if not is_han(term)} | set(all_names(question))
    clauses = _CLAUSE.findall(text)
    for position in range(len(clauses) - 1, 0, -1):  # 1957年，大桥通车
        if len(clauses[position - 1]) < SHORT_CLAUSE:
            clauses[position - 1] += clauses.pop(position)
    return "".join(
        clause
        for clause in clauses
        if sum(term in clause for term in terms) >= COVERED * max(1, len(terms))
        and all(term in clause for term in fixed)
    )


def _dates(text: str) -> list[Period]:
    """The dates with a year."""
    folded = fold(text)
    always = find_dates(folded, _ANOTHER_DAY)
    return [found.period for found in find_dates(folded, _TODAY) if found in always]


def _years(periods: Sequence[Period]) -> list[Period]:
    """The whole years that the periods are of."""
    return [
        Period(one.first.replace(month=1, day=1), one.last.replace(month=12, day=31))
        for one in periods
    ]


def _meet(some: Sequence[Period], others: Sequence[Period]) -> bool:
    """Whether a period of each have a day in common."""
    return any(one.first <= two.last and two.first <= one.last for one in some for two in others)


def _numbers(question: str, text: str) -> list[tuple[str, float]]:
    """The numbers in the text that the question may ask for, each after its unit."""
    found = [_WITH_UNIT.match(text, start) for start, _ in values(question, text)]
    return [
        (match[2], _number(match[1])) for match in found if match and match[2] not in "年月日时"
    ]


def _all_differ(some: Sequence[tuple[str, float]], others: Sequence[tuple[str, float]]) -> bool:
    """Whether there are numbers of the same unit, but none that is another, rounded."""
    pairs = [(a, b) for unit, a in some for other_unit, b in others if unit == other_unit]
    return bool(pairs) and all(_far(a, b) for a, b in pairs)


def _far(one: float, other: float) -> bool:
    """Whether neither number is the other, rounded."""
    return abs(one - other) > ROUNDED * max(abs(one), abs(other))


def _number(text: str) -> float:
    """The number at the start of the text, in digits, Chinese numerals or both (``1.5万``)."""
    total, section, digit = 0.0, 0.0, 0.0
    for numeral in _NUMERALS.findall(text):
        if numeral in _MYRIADS:
            total += (section + digit) * _MYRIADS[numeral] if section + digit else 0
            section = digit = 0
        elif numeral in _TENS:
            section += (digit or 1) * _TENS[numeral]
            digit = 0
        else:
            digit = _DIGITS[numeral] if numeral in _DIGITS else float(numeral.replace(",", ""))
    return total + section + digit
