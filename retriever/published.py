"""When the articles that a question asks for were published, as far as it says so.

Most dates in a question are of what articles tell, in whatever year they tell it: they are left to
the search. A date beside words for publishing is the articles' own. ``2023年以来`` and ``上个月``
may be either, but what happened then can't have been told before, so that they count from their
start on: a filter that hides the answer would be worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from index.tokens import fold
from retriever.dates import DateWords, Period, find_dates
from retriever.names import AUTHOR, DATE, SOURCE, found_before
from retriever.types import OPEN, Filter


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a text, and the period that it names if it is a newspaper's."""

    words: DateWords
    issue: Period


def dated(text: str, today: date, newest: date | None) -> list[Dated]:
    """The dates in ``text``, as `tokens.fold` gives it, counted from ``today``.

    As a newspaper's date, what lies behind the ``newest`` article counts from that one's day: who
    reads the papers of 2023 means by last month one of theirs.
    """
    said = find_dates(text, today)
    if newest is None or newest >= today:
        return [Dated(words, words.period) for words in said]
    then = {words.start: words.period for words in find_dates(text, newest)}
    return [
        Dated(
            words,
            then.get(words.start, words.period) if newest < words.period.first else words.period,
        )
        for words in said
    ]


def published(question: str, text: str, dates: Sequence[Dated]) -> list[Filter]:
    """The filters by date of publication: alternatives, if there are several.

    ``text`` is the folded question, with marks in place of the ``dates``, of authors, and of the
    sources asked for.
    """
    strict = list(_of_articles(question, text, dates))
    since = [found for one in dates if (found := _since(question, text, one.words))]
    return strict or sorted(since, key=lambda found: found.value)[:1]


def interval(first: date | None, last: date | None) -> str:
    """Days from ``first`` to ``last`` as ISO 8601 writes them; None is an open end."""
    return f"{first or OPEN}/{last or OPEN}"


def days(value: str) -> tuple[date | None, date | None]:
    """What `interval` was made of."""
    first, last = (None if end == OPEN else date.fromisoformat(end) for end in value.split("/"))
    return first, last


def _of_articles(question: str, text: str, dates: Sequence[Dated]) -> Iterator[Filter]:
    """Filters for the dates with words for publishing, or a source, beside them."""
    for one in dates:
        start, end = one.words.start, one.words.end
        before, after = found_before(_BEFORE, text, start), _AFTER.match(text, end)
        beside = found_before(_SOURCE_BEFORE, text, start) or _SOURCE_AFTER.match(text, end)
        if before or after or beside:
            first, last = _limits(text, one)
            begin = before.start(before.lastindex or 0) if before else start
            stop = after.end() if after else end
            yield Filter("published", interval(first, last), question[begin:stop])


def _limits(text: str, one: Dated) -> tuple[date | None, date | None]:
    """The first and the last day: of the date itself, from it on, or up to it."""
    first, last = one.issue.first, one.issue.last
    after = _LIMIT_AFTER.match(text, one.words.end)
    before = found_before(_LIMIT_BEFORE, text, one.words.start)
    limit = after[0] if after else before[1] if before else ""
    if limit in ("以前", "之前", "前", "before"):
        return None, first - timedelta(days=1)
    if limit == "after":
        return last + timedelta(days=1), None
    return first, None if limit else last


def _since(question: str, text: str, words: DateWords) -> Filter | None:
    """A filter for what happened since, or at a time that counts from the day of asking; but not
    for one that something else is only compared with.
    """
    after, before = (
        _SINCE_AFTER.match(text, words.end),
        found_before(_SINCE_BEFORE, text, words.start),
    )
    if not after and not before:
        compared = found_before(_COMPARED_BEFORE, text, words.start)
        compared = compared or _COMPARED_AFTER.match(text, words.end)
        now = fold(question[words.start : words.end]) in _NOW
        if not words.relative or compared or now:
            return None
    begin = before.start() if before else words.start
    stop = after.end() if after else words.end
    value = interval(words.period.first, None)
    return Filter("published", value, question[begin:stop], strict=False)


# After a date, of which there may be several: 2021年和2023年发表的.
_MORE = rf"(?:\s?[和与及、,，]\s?{DATE}+)*"
_LIMIT_AFTER = re.compile("以来|至今|迄今|到现在|以后|之后|后|起|以前|之前|前")
_LIMIT_BEFORE = re.compile(r"\b(since|after|before)\s+(?:the\s+)?$")
_WITHIN = "(?:以来|至今|迄今|到现在|以后|之后|后|起|以前|之前|前|之间|期间|间|内|里|中)?"
_SOME = "[那这哪几些一两三篇期份天]*"
_ARTICLE = "(?:文章|报道|新闻(?!出版|发布|发言|工作|中心|业|办)|社论|评论文|稿件|专栏|头版)"
_SPEECH = "(?:讲话|演讲|论文|声明|致辞|谈话|白皮书|公报|报告|意见|祝词|宣言|小说|作品|诗)"
_AFTER = re.compile(
    rf"{_MORE}{_WITHIN}(?:"
    rf"[所被曾已都又由{AUTHOR}]*(?:刊登|刊发|刊载|登载|登出|见报|报道(?!员))"
    rf"|[所被曾已都又由{AUTHOR}]*发表过?的?(?![^,，。？?]*{_SPEECH})"
    rf"|写的?(?=[^,，。？?]{{0,30}}{_ARTICLE})|的?{_SOME}的?(?:报纸上?|报上)|的{_SOME}的?{_ARTICLE}"
    rf"|(?=[,，]?[都还又共总一]{{0,2}}(?:有|关于|哪|什么)[^,，。？?]{{0,30}}{_ARTICLE}))"
    r"|(?:['’]s)?\s+(?:issues?|editions?|papers?|newspapers?|articles?|stor(?:y|ies)|news|coverage)\b"
)
_NOUN = (
    r"\b(?:articles?|pieces?|columns?|essays?|editorials?|stor(?:y|ies)|op-eds?|news|coverage|issues?"
    r"|editions?|papers?|newspapers?)"
)
_PREPOSITION = r"(?:in|on|of|from|during|between|since|before|after|dated)"
_BEFORE = re.compile(
    rf"(?:{_NOUN}\b|\bwhat\s+(?:was|has\s+been|have\s+been|did|else)\b)[^.?!;]{{0,60}}?"
    r"\b((?:published|printed|written|appear(?:ed)?|ran|run|publish|print)\s+"
    rf"(?:{_PREPOSITION}\s+)?(?:the\s+)?)$"
    rf"|{_NOUN}\s+({_PREPOSITION}\s+(?:the\s+)?)$"
)
_SOURCE_BEFORE = re.compile(rf"{SOURCE}(?:[的在,，\s]|{DATE}|\b(?:of|on|in|from|since)\b)*$")
_SOURCE_AFTER = re.compile(rf"(?:[的在,，\s]|{DATE})*{SOURCE}")

_SINCE_AFTER = re.compile("年?[初底末]?(?:以来|至今|迄今|到现在|到目前)")
_SINCE_BEFORE = re.compile(
    r"\bsince\s+(?:the\s+)?(?:(?:start|beginning|end)\s+of\s+|early\s+|late\s+)?$"
)
_COMPARED_BEFORE = re.compile(
    r"(?:[比较与同和跟及《“\"「『]|[高低多少大小早晚优]于"
    r"|\b(?:than|from|over|with|to|versus|vs\.?)\s+(?:the\s+)?)$"
)
_COMPARED_AFTER = re.compile(r"年?的?(?:同期|同比|相比|相同|一样|水平|同月)|.{0,6}相比|\s+of\b")
_NOW = frozenset({"今天", "今日", "today"})  # often the present
