"""What some questions ask for, and what a sentence that gives it looks like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.tokens import normalise


@dataclass(frozen=True, slots=True)
class Kind:
    """``asked`` finds questions for it, ``given`` sentences that may give it, both normalised."""

    asked: re.Pattern[str]
    given: re.Pattern[str]


NUMBER = Kind(
    re.compile(r"多少|几|多[大长高久远深宽重]|how (?:many|much|long|large|big|old|often|deep|far)"),
    re.compile(r"\d|[一二三四五六七八九十百千万亿两]|\b(?:one|two|three|four|five|six|ten)\b"),
)
DATE = Kind(
    re.compile(r"哪一?[年天月]|几[年月]|何[时年]|什么时[候间]|\bwhen\b|what year"),
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
    re.compile(r"谁|哪一?位|哪一?个人|何人|\bwho\b"),
    re.compile(
        r"主任|书记|[院校局站会处科所队组班社团部店镇村乡县市省区州]长|主席|总[统理裁]|经理|教授|博士"
        r"|老师|师傅|先生|女士|同志|记者|学者|专家|作家|[皇国]帝|国王|说|认为|表示|坦言|介绍|·"
        r"|\b(?:mr|mrs|ms|dr|professor|president|director|chairman|mayor|said|says)\b"
    ),
)
KINDS = (NUMBER, DATE, REASON, NAME, PERSON)


def given(question: str, texts: Sequence[str]) -> list[list[bool]]:
    """For each of ``KINDS``: which texts give it, if the question asks for it."""
    asked, plain = normalise(question), [normalise(text) for text in texts]
    return [
        [bool(kind.given.search(text)) for text in plain]
        if kind.asked.search(asked)
        else [False] * len(plain)
        for kind in KINDS
    ]


def gives_all(question: str, text: str) -> bool:
    """Whether the text may give everything that the question asks for."""
    asked, plain = normalise(question), normalise(text)
    return all(kind.given.search(plain) for kind in KINDS if kind.asked.search(asked))
