"""What some questions ask for, and what a sentence that gives it looks like."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from chat.answers.quantities import gives_quantity
from index.tokens import STOP_WORDS, normalise, words
from ingest.split import Span

plain = functools.lru_cache(maxsize=2048)(normalise)  # a sentence is looked at more than once


@dataclass(frozen=True, slots=True)
class Kind:
    """``asked`` finds questions for it, ``given`` sentences that may give it, both normalised.

    ``names``: as which parts of speech jieba's dictionary knows names of this kind.
    """

    asked: re.Pattern[str]
    given: re.Pattern[str]
    names: tuple[str, ...] = ()


NUMBER = Kind(
    re.compile(
        "多少|几|多[大长高久远深宽重]"
        "|how (?:many|much|long|large|big|old|often|deep|far|tall|high)"
        r"|\bwhat (?:is|are|was|were) (?:the |its |their )?(?:\w+ ){0,2}?"
        r"(?:population|area|height|length|width|depth|size|weight|age|distance|speed|price|cost"
        r"|fare|fee|budget|income|revenue|rate|number|share|percentage|temperature|capacity)s?\b"
    ),
    re.compile(r"\d|[一二三四五六七八九十百千万亿两]|\b(?:one|two|three|four|five|six|ten)\b"),
)
DATE = Kind(
    re.compile(
        r"哪一?[年天月日]|几[年月日]|何[时年]|什么时[候间]|时间|日期|\bwhen\b|what (?:year|date)"
    ),
    re.compile(r"\d ?[年月日]|世纪|[12]\d{3}"),
)
REASON = Kind(
    re.compile(r"为什么|为何|原因|\bwhy\b"),
    re.compile(r"因|由于|所以|为了|导致|使得|because|due to|since|so that"),
)
NAME = Kind(
    re.compile(r"叫什么|名称|名字|全称|称为|简称|\bnames?\b|called"),
    re.compile(r"[“”《》\"「」『』]|称|叫|named|called"),
)
PERSON = Kind(
    re.compile(r"谁|哪一?位|哪一?个?人|何人|\bwho\b"),
    re.compile(
        r"主任|书记|[院校局站会处科所队组班社团部店镇村乡县市省区州]长|主席|总[统理裁]|经理|教授|博士"
        r"|老师|师傅|先生|女士|同志|记者|学者|专家|作家|[皇国]帝|国王|说|认为|表示|坦言|介绍|·"
        r"|\b(?:mr|mrs|ms|dr|professor|president|director|chairman|mayor|said|says)\b"
    ),
    ("nr",),
)
PLACE = Kind(
    re.compile(
        r"哪里|哪儿|在哪|何[处地]|什么地方|\bwhere\b"
        r"|哪一?[个座处]?(?:国家?|城市?|省份?|地区|地方|州|县|市|区|洲|镇|村|岛)"
    ),
    re.compile(r"位于|位在|坐落|地处|\blocated\b"),
    ("ns",),
)
LIST = Kind(
    re.compile(
        r"哪些|哪[几两二三四五六七八九十]|分别|几[个种类项点条大方]|包括"
        r"|\bwhat are (?:\w+ ){0,4}?\w{2,}s\b|which \w+s\b"
    ),
    re.compile(r"、.*(?:、|和|及|与)|;.*;|一是|包括|分别|一方面|, .*,? and\b|\bincluding\b"),
)
KINDS = (NUMBER, DATE, REASON, NAME, PERSON, PLACE, LIST)
FACTS = (NUMBER, DATE, PERSON, PLACE)  # what a few words give

_NUMERAL = r"(?:\d[\d,.]*|[一二三四五六七八九十百千两半零〇]+)(?:[余多几]?[十百千万亿]+)?[余多几]?"
_NUMBER = re.compile(r"\d[\d,.]*|[一二三四五六七八九十百千万亿两]+")
_DATE = re.compile(r"\d+ ?年(?:\d+ ?月)?(?:\d+ ?日)?|\d+ ?月(?:\d+ ?日)?|世纪|[12]\d{3}|\d+ ?日")
_NAME_TAGS = ("nr", "ns", "nt", "nz")
_FULL_NAME = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)+")
_CAPITALISED = re.compile(r"\b[A-Z][\w.-]+")
_UNIT = re.compile(r"(?:多少|几)[个多]?[万亿千百]*([\u4e00-\u9fff])")
_NO_UNIT = frozenset("是的有在了吗呢钱")
_ASKING = re.compile(
    r"多少|几|哪一?|什么|谁|何|怎样|如何|多[大长高久远深宽重]|how (?:many|much)|what|which|who|when"
    r"|where|why|how"
)


def asked_kinds(question: str) -> list[Kind]:
    """Those of ``KINDS`` that the question asks for."""
    return [kind for kind in KINDS if kind.asked.search(plain(question))]


def gives(kind: Kind, question: str, text: str) -> bool:
    """Whether the text may give what the question asks for, which is of this kind."""
    if kind is NUMBER:
        return bool(kind.given.search(plain(text))) and gives_quantity(question, text)
    return bool(kind.given.search(plain(text)) or names(kind, question, text))


def given(question: str, texts: Sequence[str]) -> list[list[bool]]:
    """For each of ``KINDS``: which texts give it, if the question asks for it."""
    asked = asked_kinds(question)
    return [[kind in asked and gives(kind, question, text) for text in texts] for kind in KINDS]


def gives_all(question: str, text: str) -> bool:
    """Whether the text may give everything that the question asks for."""
    return all(gives(kind, question, text) for kind in asked_kinds(question))


def names(kind: Kind, question: str, text: str) -> list[str]:
    """The names of this kind in the text, normalised, but for those in the question."""
    if not kind.names:
        return []
    asked = plain(question)
    found = [word for word, tag in _tagged(plain(text)) if tag.startswith(kind.names)]
    if kind is PERSON:
        found += [name.lower() for name in _FULL_NAME.findall(text)]
    return [name for name in found if name not in asked]


def all_names(text: str) -> list[str]:
    """The names in the text, normalised: those that jieba knows, and words with a capital."""
    tagged = [word for word, tag in _tagged(plain(text)) if tag.startswith(_NAME_TAGS)]
    return tagged + [word.lower() for word in _CAPITALISED.findall(text)]


@functools.lru_cache(maxsize=2048)
def _tagged(text: str) -> list[tuple[str, str]]:
    """The words of ``text`` with their parts of speech, as jieba's dictionary has them."""
    import rjieba

    tagged: list[tuple[str, str]] = rjieba.tag(text)
    return tagged


def values(question: str, text: str) -> list[Span]:
    """Where ``text`` gives numbers or dates such as ``question`` asks for, other than its own.

    Both are normalised. A number must have the unit that is asked for, where there is one.
    """
    patterns = [_DATE] if DATE.asked.search(question) else []
    if NUMBER.asked.search(question):
        patterns.append(_number_asked(question))
    found = (match for pattern in patterns for match in pattern.finditer(text))
    return [match.span() for match in found if match.group() not in question]


@functools.lru_cache(maxsize=256)
def _number_asked(question: str) -> re.Pattern[str]:
    """Numbers with the unit that the question asks for."""
    unit = _UNIT.search(question)
    if unit and unit[1] not in _NO_UNIT:
        return re.compile(rf"{_NUMERAL} ?个?{unit[1]}")
    return _NUMBER


def asks(question: str) -> bool:
    """Whether it has a question word, unlike a headline or search terms."""
    return bool(_ASKING.search(plain(question)))


def without_asking(question: str) -> str:
    """The question, normalised, without the words that ask: of ``大桥哪一年通车`` ``大桥 通车``."""
    return _ASKING.sub(" ", DATE.asked.sub(" ", plain(question)))


def word_before(question: str) -> str:
    """The last content word before what asks: of ``大桥全长多少米`` ``全长``; empty if none is."""
    asked = plain(question)
    marks = list(_ASKING.finditer(asked))
    if not marks:
        return ""
    mark = marks[0] if marks[0].group() == "多少" else marks[-1]
    found = [word for word in words(asked[: mark.start()]) if word not in STOP_WORDS]
    return found[-1] if found else ""
