"""Authors and sources that a question names: the library's own, where words beside tell it."""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.catalogue.names import Names, NameTable
from retriever.types import Filter

DATE, AUTHOR, SOURCE = "\0", "\1", "\2"  # stand in a text for each character of one


class HasSpan(Protocol):
    """A part of a text: ``text[start:end]``."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""


@dataclass(frozen=True, slots=True)
class Span:
    """``text[start:end]`` is a name, which the library spells ``name``."""

    start: int
    end: int
    name: str


class ShortForms:
    """The short forms of the names in a table, which it follows as that one grows. Safe to use from
    several threads.
    """

    def __init__(self, table: NameTable, shorten: Callable[[str], Sequence[str]]) -> None:
        """``shorten`` gives the short forms of a name, as `tokens.fold` gives it."""
        self._table = table
        self._shorten = shorten
        self._lock = threading.Lock()
        self._seen = 0
        self._lengths: tuple[int, ...] = ()
        self._full: dict[str, list[str]] = {}

    def lengths(self) -> Sequence[int]:
        """Those of all forms, full and short, the longest first; none is of one character."""
        with self._lock:
            new = self._table.forms[self._seen :]
            self._seen += len(new)
            lengths = set(map(len, new))
            for form in dict.fromkeys(new):
                for short in self._shorten(form):
                    lengths.add(len(short))
                    names = self._full.setdefault(short, [])
                    if form not in names:  # it has several spellings
                        names.append(form)
            if new:
                lengths = lengths.union(self._lengths) - {0, 1}
                self._lengths = tuple(sorted(lengths, reverse=True))
            return self._lengths

    def full(self, short: str) -> Sequence[str]:
        """The names with this short form, as `tokens.fold` gives them."""
        return self._full.get(short, ())


def find_names(names: Names, short: ShortForms, question: str, text: str) -> list[Span]:
    """The ``names`` in ``question``, of which ``text`` is the folded form; none overlap.

    Short forms count if only one name has them, and they don't begin with a small letter.
    """

    def at(start: int) -> Span | None:
        may_be_short = not question[start].islower() and _MAY_BE_SHORT.search(question, 0, start)
        for length in lengths:
            form, end = text[start : start + length], start + length
            name = names.spelling(form)
            if not name and may_be_short:
                known = [one for full in short.full(form) if (one := names.spelling(full))]
                name = known[0] if len(known) == 1 else None
            if name and _is_whole(text, start, end):
                return Span(start, end, name)
        return None

    lengths = [length for length in short.lengths() if length <= len(text)]
    found: list[Span] = []
    for start in range(len(text)):
        if (not found or found[-1].end <= start) and (span := at(start)):
            found.append(span)
    return found


def surnames(name: str) -> Sequence[str]:
    """How an author may be called: a Western one by surname, too."""
    western = " " in name and _WESTERN.fullmatch(name)
    return (name.rsplit(maxsplit=1)[-1],) if western else ()


def kinds_of_paper(name: str) -> Sequence[str]:
    """How a source may be called: without ``the``, and by its kind: ``日报``, ``Herald``."""
    plain = [name.removeprefix("the ")] if name.startswith("the ") else []
    kind = _KIND.search(name)
    return [*plain, kind[0]] if kind else plain


def named_authors(question: str, text: str, found: Iterable[Span]) -> Iterator[Filter]:
    """Those of the authors ``found`` whose articles are asked for, or what they think.

    ``text`` is the folded question with marks. What a person thinks may be told by others, too, so
    that only words for writing make a filter strict.
    """
    for span in found:
        writes = _words(text, span, _WRITTEN_BY, _WRITES)
        thinks = (
            None if found_before(_ABOUT, text, span.start) else _words(text, span, _FROM, _THINKS)
        )
        if words := writes or thinks:
            yield Filter("author", span.name, question[slice(*words)], strict=bool(writes))


def named_sources(question: str, text: str, found: Iterable[Span]) -> Iterator[tuple[Span, Filter]]:
    """Those of the sources ``found`` in which something is said to stand."""
    for span in map(functools.partial(_with_quotes, text), found):
        words = _words(text, span, _IN_SOURCE, _SOURCE_SAYS)
        if words and not _PUBLISHER.match(text, span.end):
            yield Span(*words, span.name), Filter("source", span.name, question[slice(*words)])


def marked(text: str, spans: Iterable[HasSpan], mark: str) -> str:
    """``text`` with ``mark`` in place of each character of the spans."""
    for span in spans:
        text = text[: span.start] + mark * (span.end - span.start) + text[span.end :]
    return text


def found_before(pattern: re.Pattern[str], text: str, end: int) -> re.Match[str] | None:
    """Where ``pattern``, which ends in ``$``, is found right before the position ``end``."""
    return pattern.search(text, max(0, end - _REACH), end)


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether neither end cuts a Western word."""
    return not any(
        0 < cut < len(text) and _LETTER.match(text[cut - 1]) and _LETTER.match(text[cut])
        for cut in (start, end)
    )


def _with_quotes(text: str, span: Span) -> Span:
    """The name with the quotation marks around it."""
    before, after = text[: span.start][-1:], text[span.end :][:1]
    if after and _QUOTED.get(before) == after:
        return Span(span.start - 1, span.end + 1, span.name)
    return span


def _words(
    text: str, span: Span, before: re.Pattern[str], after: re.Pattern[str]
) -> tuple[int, int] | None:
    """Where the name stands with the words ``before`` or ``after`` it, up to a date among them;
    None if there are no such words.
    """
    opening, closing = found_before(before, text, span.start), after.match(text, span.end)
    if not opening and not closing:
        return None
    lead = text[opening.start(opening.lastindex or 0) : span.start] if opening else ""
    tail = text[span.end : closing.end()] if closing else ""
    return span.start - len(lead.split(DATE)[-1]), span.end + len(tail.split(DATE)[0])


_REACH = 100  # characters before a name or a date that are looked at
# What may stand before a short form; else it is a part of another name: 人民日报, Tom Pell.
_MAY_BE_SHORT = re.compile(
    r"(?:^|[^\w\s]\s*|[在的据自从看读于该这那了]\s?|(?:\b[a-z]+|\b(?:The|In|Did|Does|Mrs?|Ms|Dr|Prof)\.?)\s+)$"
)
_LETTER = re.compile(r"[a-z0-9À-ɏ]")
_WESTERN = re.compile(r"[a-zÀ-ɏ.'’-]+(?: [a-zÀ-ɏ.'’-]+)+")
_KIND = re.compile(
    "(?:[日晚早晨时周商导]|都市|青年|工人|人民|科技|教育|农民|法治|经济)报$|周刊$|(?<= )[a-z]+$"
)

# After an author's name: 康振海和李红都写了, 康振海院长在……时提出.
_OTHERS = rf"(?:\s?[、,，和与及]\s?{AUTHOR}+|等人?)*\s?"
_TITLE = (
    "(?:先生|女士|副?教授|副?院长|所长|研究员|博士|老师|同志|主任|书记|主席|委员|记者|校长|局长|专家"
    "|学者)*"
)
_REALLY = r"\s?(?:是|又|曾|还|也|都|究竟|到底|具体|本人)*"
_ON = "(?:(?:对于?|就|关于|在|从)[^,，。？?!！;；]{1,24}?)?"
_PIECE = "(?:文章|文稿|稿子|稿件|专栏|社论|评论|报道|署名文)"
_PIECES = r"(?:articles?|pieces?|columns?|essays?|editorials?|stor(?:y|ies)|op-eds?|reports?)"
_SAYS = (
    "(?:argue|say|think|believe|claim|suggest|propose|recommend|state|note|explain|warn|describe"
    "|see|want|advise|hope|mean|criticis|criticiz|prais|view|call)(?:s|es|ed|d)?|said|thought|saw"
    r"|meant|points?\s+out|pointed\s+out|makes?\s+of|made\s+of"
)
_OPINIONS = "(?:views?|opinions?|arguments?|proposals?|positions?|advice|suggestions?|points?)"
_WRITTEN_BY = re.compile(
    r"(作者(?:是|为|[:：])?\s?)$"
    rf"|\b(?:written|penned|authored|{_PIECES}\b[^.?!;]{{0,60}}?)\s+(by\s+)$"
)
_WRITES = re.compile(
    rf"{_OTHERS}{_TITLE}{_REALLY}(?:在?{DATE}+)?(?:在[^,，。？?]{{1,16}}?上)?"
    rf"(?:所?(?:写|撰写|撰文|执笔)(?!字)[的了过]?|发表(?=[^,，。？?]{{0,30}}(?:{_PIECE}|什么))"
    rf"|的?(?:[那这哪几些一两篇]|{DATE})*的?{_PIECE}|在[那这]?篇?文[章中里])"
    rf"|['’]s\s+(?:{DATE}+\s+)?{_PIECES}\b|\s+(?:wrote|writes?)\b"
)
_FROM = re.compile(r"(\baccording\s+to\s+|\bin\s+the\s+(?:words|view|opinion|eyes)\s+of\s+)$")
_THINKS = re.compile(
    rf"{_OTHERS}{_TITLE}{_REALLY}{_ON}{_REALLY}"
    "(?:(?:怎么|怎样|如何)(?:看|说|评价|理解|认为|想|论述|解释|分析|主张)"
    "|有(?:什么|哪些|何)(?:看法|观点|建议|主张|意见|见解)"
    "|认为|指出|提出|主张|建议|强调|觉得|表示|呼吁|坦言|(?<!小)说|(?<!座)谈|论述|看来|眼[中里]|笔下"
    "|的(?:观点|看法|意见|主张|建议|见解|论述))"
    rf"|['’]s\s+{_OPINIONS}\b|\s+(?:really\s+|also\s+)?(?:{_SAYS})\b"
)
_ABOUT = re.compile(r"(?:对于?|关于|给|向|采访|批评|评价|\babout|\bof)\s?$")  # what others think

# Around a source's name: 据《河北日报》, 河北日报头版上, in the Gazette.
_QUOTED = {"《": "》", "〈": "〉", "“": "”", '"': '"', "「": "」", "『": "』"}
_IN_SOURCE = re.compile(
    rf"((?:据|根据|来自)\s?)$|{DATE}的()$"
    rf"|(\b(?:(?:published|printed|reported|appeared)\s+(?:in|by)|in|according\s+to"
    rf"|(?:issues?|editions?|pages?)\s+of|{_PIECES}\s+(?:from|in))\s+(?:the\s+)?(?:{DATE}+\s+)?)$"
)
_SOURCE_SAYS = re.compile(
    rf"(?:的|在|[,，]|{DATE}|头版|第?\d+版|评论版)*"
    "(?:上(?![市班级任缴交海])|中(?![国央心])|里|刊登|刊发|刊载|登[载了过]|发表|报道|关于"
    rf"|(?:怎么|怎样|如何)(?:说|看|写|评论)|有没有(?:说|报道|登|提)|说|称|提到"
    rf"|认为|指出|的?{_PIECE}|的?报纸)"
    rf"|\s+(?:{DATE}+\s+)?(?:reported|{_PIECES}|coverage|issue|edition|published|printed|wrote"
    rf"|writes?|said|says?)\b|['’]s\s+(?:coverage|account|{_PIECES})\b"
)
_PUBLISHER = re.compile(
    r"(?:社(?!论)|的?(?:总编|主编|记者|编辑|大楼|员工|发行|创刊|前身))"
    r"|(?:['’]s)?\s+(?:building|offices?|newsroom|staff|reporters?|editors?|company|group)\b"
)
