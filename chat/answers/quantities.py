"""Whether a text gives the quantity that a question asks for: a height in metres, a sum in yuan."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.tokens import normalise

_NUMBER = (
    r"(?:[\d一二三四五六七八九十百千万亿两半几数多余.,]|\b(?:an?|one|two|three|four|five|six|seven"
    r"|eight|nine|ten|twelve|twenty|thirty|fifty|half|several|dozen|hundred|[mb]illion|thousand)\b)"
)
_BETWEEN = r"\s?(?:[多余来个名-]|hundred|thousand|[mb]illion)?\s?"


@dataclass(frozen=True, slots=True)
class _Quantity:
    """``asked`` finds questions for it, ``given`` a number with one of its units."""

    asked: re.Pattern[str]
    given: re.Pattern[str]


def _quantity(asked: str, units: str) -> _Quantity:
    return _Quantity(re.compile(asked), re.compile(f"{_NUMBER}{_BETWEEN}(?:{units})"))


_QUANTITIES = (
    _quantity(
        r"多[高深长远宽厚](?!时)|高度|深度|长度|宽度|距离"
        r"|\bhow (?:high|tall|deep|far|wide)\b|\b(?:height|depth|width|distance)\b",
        r"[米里尺丈寸]|公[里尺分]|[千厘毫]米|海里|k?m\b|met(?:er|re)|kilomet|feet|foot|miles?|inch",
    ),
    _quantity(r"多重|重量|体重|\bweigh", r"吨|[千公]?[克斤]|磅|k?g\b|tons?\b|pounds?"),
    _quantity(r"几岁|多大年|年龄|\bhow old\b|\bage\b", r"岁|周岁|years?"),
    _quantity(
        r"多久|多长时间|几[天年月周]|\bhow long\b",
        r"[年月天日周秒时]|小时|分钟|世纪|星期|years?|months?|weeks?|days?|hours?|minutes?|seconds?",
    ),
    _quantity(
        r"多少[钱元]|[价票]价|价格|工资|薪水|[月年]薪|费用|造价"
        r"|\bhow much (?:money|did|does)\b|\bsalary\b",
        r"[元钱块圆镑]|美元|法郎|dollars?|yuan|pounds?|euros?",
    ),
    _quantity(r"百分之几|百分比|比例|比重|占比|\bpercent", r"%|个百分点|成|percent"),
    _quantity(r"面积|\barea\b", r"平方|公顷|[亩顷]|square|hectare|acre"),
)
# 多少件纠纷, 几个人: the word that follows is the unit.
_COUNTED = re.compile(r"(?:多少|几)个?([\u4e00-\u9fff])")
_NO_UNIT = frozenset("的是岁乎何次级成")


def gives_quantity(question: str, text: str) -> bool:
    """Whether ``text`` has a number with the unit that ``question`` asks for, if it asks for one.

    Units are those of a few common quantities, or in Chinese the word that is counted.
    """
    asked, plain = normalise(question), normalise(text)
    for quantity in _QUANTITIES:
        if quantity.asked.search(asked):
            return bool(quantity.given.search(plain)) or _per_cent_said(asked, plain)
    counted = _COUNTED.search(asked)
    if counted is None or counted[1] in _NO_UNIT:
        return True
    return bool(re.search(f"{_NUMBER}.?{counted[1]}", plain))


def _per_cent_said(asked: str, plain: str) -> bool:
    """百分之三 has its unit before the number, and so has $5 million."""
    return bool(re.search(r"百分之|[$€£¥]\s?\d", plain)) and not re.search(
        r"多[高深长远宽厚重久]", asked
    )
