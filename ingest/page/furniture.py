"""Tells by its wording what a line or a remark is that belongs to the page, not to a body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from ingest.page.byline import parse_byline, parse_closer
from ingest.page.jumps import parse_jump
from ingest.page.lines import HAN, ends_sentence
from ingest.page.metadata import find_date, find_page, find_source


class Kind(Enum):
    """What a block of the page is. ``SHORT`` is a title or a heading: its place decides."""

    SHORT = "short"
    PARAGRAPH = "paragraph"
    BYLINE = "byline"
    CLOSER = "closer"
    NOTE = "note"
    STAFF = "staff"
    MASTHEAD = "masthead"
    NUMBER = "page number"
    CAPTION = "caption"
    JUMP = "jump"
    RULE = "rule"
    QUOTE = "pull-quote"
    REPEATED = "repeated title"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a line of display type or a piece of the page's furniture, unwrapped."""

    kind: Kind
    text: str
    level: int = 0  # number of Markdown hashes
    goes_on: bool = False  # the sentence isn't over


_LONGEST_LINE = 60
_LONGEST_LABEL = 12
_BRACKETS = {"（": "）", "(": ")", "【": "】", "[": "]", "〔": "〕"}
_NOTE = re.compile("课题|課題|基金|资助|資助|阶段性成果|階段性成果|研究成果|项目编号|項目編號")
_BARE_NOTE = re.compile("^(?:基金项目|基金項目|课题项目|本文[系係为為是].{0,60}成果|\\*?Funding:)")
_STAFF = re.compile(
    "^[\\[【（(]?(?:本版|本报|本報|本期|本刊|值班)?(?:投稿|来稿|來稿|电子|電子|新闻|新聞|联系|聯繫|读者|讀者)?"
    "(?:邮箱|郵箱|信箱|邮件|郵件|热线|熱線|电话|電話|传真|傳真|邮编|郵編|网址|網址|地址|责任编辑|責任編輯|责编|責編|"
    "编辑|編輯|主编|主編|校对|校對|美编|美編|美术编辑|美術編輯|版式|版面|版面设计|排版|制图|製圖|主任|审校|審校|"
    "组版|組版|编审|編審|值班总编|视觉|視覺)(?:邮箱|郵箱|编辑|編輯|设计|設計|主任)?(?:[\\s/／|｜:：]|$)"
)
_WESTERN_STAFF = re.compile(
    r"^(?:(?:Page |Copy |Section |Chief )?Editors?|Edited by|Letters(?: to the editor)?|"
    r"Contact(?: us)?|E-?mail|Phone|Tel|Designer?|Layout|Proofreader)\s*[:：]|^\S+@\S+\.\w+$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^[-—–·\s]*(?:第\s*\d{1,3}\s*[页頁]|\d{1,3}|[A-Z]\d{1,2})[-—–·\s]*$")
_REFERENCE = re.compile("^\\(?See .{0,30}[Pp]age \\w+\\)?\\.?$")
_NEWS = re.compile(
    "^[【（(]?(?:(?:本报|本報|本刊|新华社|新華社|中新社|中新网|中新網|人民网|人民網|央广网|光明网|环球网|据新华社)"
    "[^，。！？\\n]{0,16}[讯訊电電](?=[\\s（(：:，,】）)]|$)|本报记者|本報記者|(?:[^，。]{1,8})?[记記]者[^，。]{2,12}[报報](?:道|導)[】）)])"
)
# Where a report came from, in brackets below it: what follows is another one.
_DATELINE_BELOW = re.compile(
    "^[（(](?:本报|本報|据?新华社|據?新華社|中新[社网網])[^（）()，。]{0,20}(?:[电電讯訊发發]|供稿)[）)]$"
)
_RULE = re.compile(r"^[-=*_—―─－＝·•…~～\s]{3,}$")
_CAPTION = re.compile(
    "^.{0,120}(?:记者|記者|通讯员|通訊員|本报|本報|新华社|新華社|[\\s　/／（(。])"
    f"[{HAN}\\s　/／]{{0,12}}(?:摄|攝|供图|供圖)[）)]?$|^(?:Photo(?:graph)?s?(?: by|:)|Picture:)"
)
_WHOLE_CAPTION = re.compile(
    "^[（(▲△]?(?:图为|圖為|[上下左右]?[图圖][①-⑨0-9一二三]?[：:为為]).*(?:摄|攝|供图|供圖)[）)]?$"
)
_WEEKDAY = re.compile(
    "星期[一二三四五六日天]|周[一二三四五六日]|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
)
_NO_MASTHEAD = re.compile(  # a clause follows, or it's a line of a list of references
    "[，,；;。]\\s*\\S{8}|\\b(?:Retrieved|Archived|Accessed|Cited|Published|ISSN|ISBN)\\b|\\bvia$|"
    "\\bpp?\\. ?\\d|[\\[［]N[\\]］]"
)
_PAPER_ALONE = re.compile("(?:日报|晚报|早报|时报|日報|晚報|早報|時報)$|^The |^[A-Z\\s'’-]+$")
_SECTION_OF_PAGE = re.compile(
    f"^(?:第?[A-Z]?\\d{{1,3}}版|第[一二三四五六七八九十]+版)(?:[:：\\s·|]+[{HAN}\\s]{{1,8}})?$"
)


@lru_cache(maxsize=4096)
def line_kind(line: str) -> Kind | None:
    """What a single line is by its wording alone, or None if nothing but its place can tell."""
    if len(line) > 2 * _LONGEST_LINE:
        return None
    if parse_closer(line):
        return Kind.CLOSER
    if parse_byline(line):
        return Kind.BYLINE
    if parse_jump(line):
        return Kind.JUMP
    patterns = (
        (Kind.RULE, _RULE),
        (Kind.NUMBER, _NUMBER),
        (Kind.STAFF, _REFERENCE),
        (Kind.STAFF, _DATELINE_BELOW),
        (Kind.CAPTION, _WHOLE_CAPTION),
    )
    for kind, pattern in patterns:
        if pattern.match(line):
            return kind
    if len(line) <= _LONGEST_LINE and (_STAFF.match(line) or _WESTERN_STAFF.match(line)):
        return Kind.STAFF
    return Kind.MASTHEAD if is_masthead(line) else None


def is_masthead(line: str) -> bool:
    """Whether ``line`` names the newspaper, its date or its page, and says nothing else."""
    line = " ".join(line.split())
    if len(line) > _LONGEST_LINE or ends_sentence(line) or _NO_MASTHEAD.search(line):
        return False
    if _SECTION_OF_PAGE.match(line):
        return True
    source, day, page = find_source(line), find_date(line), find_page(line)
    if day:
        rest = len(line) - len(source or "")
        named = bool(source or page or _WEEKDAY.search(line))
        return (named and rest <= 48) or len(line) <= 16
    if source and page:
        return len(line) <= len(source) + 24
    return source == line and bool(_PAPER_ALONE.search(line))


def opens_remark(line: str) -> str | None:
    """The bracket that closes a remark beginning with ``line``, if a closer or note may begin."""
    if _BRACKETS.get(line[0]) and re.search(
        "作者|本文|课题|課題|基金|项目|項目|下转|上接|The ", line[:14]
    ):
        return _BRACKETS[line[0]]
    return _BRACKETS[line[0]] if line[0] in "【" else None


def remark_kind(text: str) -> Kind | None:
    """Whether a whole bracketed remark is a closer or a note; None if it is text."""
    if parse_closer(text):
        return Kind.CLOSER
    if (text[0] in _BRACKETS and _NOTE.search(text)) or _BARE_NOTE.match(text):
        return Kind.NOTE
    return None


def opens_news(text: str) -> bool:
    """Whether a paragraph begins as a news item does (``本报讯``, ``新华社北京6月5日电``)."""
    return bool(_NEWS.match(text))


def is_caption(text: str) -> bool:
    """Whether ``text`` describes a picture and names who took it."""
    return bool(_CAPTION.match(text))


def is_label(block: Block) -> bool:
    """Whether a block by itself among furniture names a part of the page (``理论周刊``)."""
    in_flow = block.kind in (Kind.PARAGRAPH, Kind.SHORT) and not block.level
    return in_flow and len(block.text) <= _LONGEST_LABEL and not ends_sentence(block.text)
