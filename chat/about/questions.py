"""Questions about the library itself: who wrote what, where and when it appeared, what there is.

The patterns are strict: each takes in a whole question, and a title or an author has to be one of
the library's. What asks about the world, as ``谁修了这座桥？`` does, isn't taken for one of them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from index.tokens import fold

Asks = Literal["author", "affiliation", "appeared", "articles", "newest", "authors", "sources"]


@dataclass(frozen=True, slots=True)
class LibraryQuestion:
    """What is asked, and about which articles: the one with the title, those by an author, by the
    authors of the article ``by_authors_of``, on a topic or from a newspaper; about all if none of
    these is given. They are spelt as in the question.
    """

    asks: Asks
    title: str | None = None
    author: str | None = None
    by_authors_of: str | None = None
    topic: str | None = None
    source: str | None = None

    @property
    def names_nothing(self) -> bool:
        """Whether it is about all articles."""
        named = (self.title, self.author, self.by_authors_of, self.topic, self.source)
        return not any(named)


def understand(question: str) -> LibraryQuestion | None:
    """What the question asks about the library; None if it asks about something else."""
    text = fold(question)
    opening, ending = _POLITE.match(text), _END.search(text)
    bounds = opening.end() if opening else 0, ending.start() if ending else len(text)
    if not _HINT.search(text, *bounds):
        return None
    for asks in _SOURCES:
        for pattern in _patterns(asks):
            if found := pattern.fullmatch(text, *bounds):
                places = {key: found.span(key) for key, value in found.groupdict().items() if value}
                return LibraryQuestion(
                    asks, **{key: question[slice(*place)].strip() for key, place in places.items()}
                )
    return None


_POLITE = re.compile(
    r"(?:那么?|and\b|so\b)?[,\s]*"
    r"(?:请问|请告诉我|我想知道|告诉我|please tell me|tell me|can you tell me)?[,:\s]*"
)
_END = re.compile(r"[?.!。\s]*$")
# Every pattern needs one of these; most questions have none, and are done with at once.
_HINT = re.compile(
    r"文章|报道|评论|新闻|稿子|作者|记者|写|撰|执笔|发表|刊|登|见报|报纸|报刊|媒体|单位|工作|任职|供职|文库|文库"
    r"|wrote|writ|author|publish|print|appear|article|piece|library|newspaper|affiliation|work"
)

# Chinese
_TITLE = r"《(?P<title>[^《》]+)》(?:这篇|那篇|一)?(?:文章|文|报道)?"
_PLAIN_TITLE = r"(?P<title>[^《》?]{4,60}?)(?:这篇文章|一文)?"
_TOPIC = r"(?P<topic>[^,。;?《》]{1,30}?)"
_AUTHOR = r"(?P<author>[^,。;?《》的]{2,30}?)"
_ABOUT = r"(?:关于|有关|涉及|讲述?|谈论?|介绍|讨论|论述|提到)"
_PIECES = r"(?:文章|报道|稿子|评论|新闻)"
_HERE = r"(?:(?:这个|你的|你们的)?(?:文库|文库|库|这里|你这里|你们?)(?:里面?|中|内)?)?"
_LIBRARY = r"(?:这个|你的|你们的)?(?:文库|文库|库|这里)(?:里面?|中|内)?"
_ALL = r"(?:一共|总共|共|都|还|目前|现在)*"
_WRITES = r"(?:写|撰写|采写|执笔|发表)"
_WHICH = r"(?:哪些|哪几篇|什么|多少篇?|几篇)"
_WHERE_WORKS = (
    r"(?:(?:都|是)?在(?:哪里|哪儿|哪个单位|什么单位|哪家单位)(?:工作|任职|供职|就职)的?"
    r"|的?(?:工作)?(?:单位|职务|身份)(?:是|在)(?:什么|哪里|哪儿|哪[个家]?(?:单位|机构)?)"
    r"|(?:是|来自)(?:哪[个家]|什么)(?:单位|机构)的?)"
)
_WHEN = r"(?:什么时[候间]|何时|哪一?[年天日]|几月几[日号])"
_PRINTED = r"(?:发表|刊登|刊发|刊载|登载?|见报|出版)"
_WHERE_PRINTED = (
    r"(?:哪里|哪儿|哪一?[份家个种]?(?:报纸?|报刊|媒体|版面?)|什么(?:报纸?|报刊|媒体|地方)|第?几版)"
)

# English
_QUOTED = r"[\"“'‘「](?P<title>[^\"”]+?)[,.]?[\"”'’」]"
_BARE = r"(?P<title>[^\"“”?]{4,120}?)"
_WRITER = r"(?P<author>[^\"“”?,]{3,40}?)"
_SUBJECT = r"(?P<topic>[^\"“”?,]{2,60}?)"
_ARTICLES = r"(?:articles?|pieces?|stories|columns?)"
_IN_IT = (
    r"(?:\s+(?:are there|there are|do you have|does the library (?:have|hold|contain)"
    r"|(?:are|is) in the library|in the library))*"
)
_THERE_ARE = r"(?:are there |do you have |does the library have |are )?(?:any )?"

_SOURCES: Mapping[Asks, Sequence[str]] = {
    "author": (
        rf"{_TITLE}的?作者(?:都|分别)*(?:是谁|叫什么(?:名字)?|是哪几?[位个]人?|是哪些人|有哪些人?|有谁)?",
        rf"{_TITLE}(?:是|由)?(?:谁|哪几?[位个]人?){_WRITES}的?",
        rf"(?:是)?谁{_WRITES}[了过的]?{_TITLE}",
        rf"{_PLAIN_TITLE}(?:的作者(?:都)?是谁|(?:这篇文章)?是谁{_WRITES}的)",
        rf"(?:是|有)?谁(?:都)?{_WRITES}[了过]?(?:一篇)?(?:关于|有关){_TOPIC}的(?:这篇|那篇)?{_PIECES}",
        rf"(?:关于|有关){_TOPIC}的(?:这篇|那篇)?{_PIECES}(?:的作者(?:都)?是谁|(?:都)?是谁{_WRITES}的)",
        rf"who (?:wrote|authored|penned) {_QUOTED}",
        rf"who (?:is|are|was|were) the authors? of {_QUOTED}",
        rf"{_QUOTED}['’]s authors?",
        rf"who (?:wrote|writes) (?:an? |the |any )?{_ARTICLES} (?:about|on) {_SUBJECT}",
        rf"who wrote {_BARE}",
        rf"who (?:is|are|was|were) the authors? of {_BARE}",
    ),
    "affiliation": (
        rf"{_TITLE}的作者{_WHERE_WORKS}",
        rf"{_AUTHOR}{_WHERE_WORKS}",
        rf"where (?:does|do) the authors? of {_QUOTED} work",
        rf"what (?:is|are) the affiliations? of the authors? of {_QUOTED}",
        rf"where does {_WRITER} work",
        rf"what is {_WRITER}['’]s affiliation",
        rf"what is the affiliation of {_WRITER}",
    ),
    "appeared": (
        rf"{_TITLE}(?:是)?(?:在)?{_WHEN}{_PRINTED}[的了]?",
        rf"{_TITLE}的?{_PRINTED}的?(?:时间|日期)(?:是(?:什么(?:时候)?|{_WHEN}|多少))?",
        rf"{_TITLE}(?:是)?(?:{_PRINTED}(?:在|于)|出自|来自){_WHERE_PRINTED}(?:上|里)?的?",
        rf"{_TITLE}(?:是)?在{_WHERE_PRINTED}(?:上)?{_PRINTED}的?",
        rf"{_TITLE}的出处(?:是(?:什么|哪里))?",
        rf"{_PLAIN_TITLE}(?:是)?(?:在)?{_WHEN}{_PRINTED}[的了]?",
        rf"{_PLAIN_TITLE}(?:是)?{_PRINTED}(?:在|于){_WHERE_PRINTED}(?:上|里)?的?",
        rf"(?:when|where|in which (?:news)?paper) (?:was|did|were) {_QUOTED}"
        r" (?:first )?(?:published|printed|appear|come out)",
        rf"which (?:news)?paper (?:published|printed|carried|ran) {_QUOTED}",
        rf"(?:when|where|in which (?:news)?paper) was {_BARE} (?:published|printed)",
    ),
    "articles": (
        rf"{_HERE}{_ALL}有{_WHICH}(?:是)?{_ABOUT}{_TOPIC}的{_PIECES}",
        rf"{_HERE}有没有{_ABOUT}{_TOPIC}的{_PIECES}",
        rf"{_ABOUT}{_TOPIC}的{_PIECES}{_ALL}有{_WHICH}",
        rf"(?:列出|列举)(?:所有|全部)?{_ABOUT}{_TOPIC}的(?:所有|全部)?{_PIECES}",
        rf"《(?P<by_authors_of>[^《》]+)》的作者{_ALL}{_WRITES}[了过]?{_WHICH}(?:别的|其他|其它)?{_PIECES}?",
        rf"{_AUTHOR}(?:一共|总共|都|还|曾)*{_WRITES}[了过]?{_WHICH}(?:别的|其他|其它)?{_PIECES}?",
        rf"{_AUTHOR}的{_PIECES}{_ALL}有{_WHICH}",
        rf"{_HERE}{_ALL}有{_WHICH}{_PIECES}是(?:由)?{_AUTHOR}{_WRITES}的",
        rf"{_HERE}{_ALL}有{_WHICH}{_AUTHOR}(?:{_WRITES}的|的){_PIECES}",
        rf"(?:列出|列举){_AUTHOR}(?:{_WRITES}的|的)(?:所有|全部)?{_PIECES}",
        rf"《(?P<source>[^《》]+)》(?:上|里|中)?{_ALL}有{_WHICH}{_PIECES}",
        rf"{_HERE}{_ALL}有{_WHICH}{_PIECES}",
        rf"{_LIBRARY}{_ALL}(?:有|收录了?)(?:些|哪些|哪几篇)?(?:什么|哪些)?(?:内容|资料|东西|{_PIECES})?",
        rf"(?:how many|which|what) {_ARTICLES} {_THERE_ARE}(?:about|on) {_SUBJECT}{_IN_IT}",
        rf"are there (?:any )?{_ARTICLES} (?:about|on) {_SUBJECT}",
        rf"list (?:all |the )*{_ARTICLES} (?:about|on) {_SUBJECT}",
        rf"(?:how many|which|what) {_ARTICLES} (?:did|has) {_WRITER} (?:write|written)",
        rf"(?:how many|which|what) {_ARTICLES} (?:{_THERE_ARE}|were written )by {_WRITER}",
        rf"list (?:all |the )*{_ARTICLES} by {_WRITER}",
        rf"what (?:else )?(?:did|has) {_WRITER} (?:write|written)",
        rf"(?:how many|which|what) {_ARTICLES}{_IN_IT}",
        r"what(?:['’]s| is) in the library|what does the library (?:have|hold|contain)",
    ),
    "newest": (
        rf"{_HERE}的?最[新近]的?(?:发表|刊登)?的?(?:一篇)?{_PIECES}(?:是(?:哪一?篇|什么))?",
        rf"(?:{_HERE})?哪一?篇{_PIECES}(?:是)?最新(?:的)?",
        rf"(?:what|which)(?:['’]s| is) the (?:newest|latest|most recent) {_ARTICLES}{_IN_IT}",
        rf"which {_ARTICLES} is (?:the )?(?:newest|latest|most recent)",
    ),
    "authors": (
        rf"{_HERE}{_ALL}有(?:哪些|哪几位|多少位?|多少个|几[位个])(?:作者|记者)",
        rf"{_HERE}(?:文章)?的?作者{_ALL}(?:有(?:哪些人?|谁|多少位?|几[位个])|是哪些人)",
        rf"(?:which|what|how many) authors{_IN_IT}",
        r"who are the authors(?: in the library)?",
    ),
    "sources": (
        rf"{_HERE}{_ALL}有(?:哪些|哪几[份家种]|多少[份家种]?|几[份家种])(?:报纸|报刊|媒体)(?:的文章)?",
        rf"{_HERE}(?:的?文章)?{_ALL}(?:来自|出自)"
        r"(?:哪些|哪几[份家种]|多少[份家种]|几[份家种])(?:报纸|报刊|媒体)",
        rf"(?:which|what|how many) (?:newspapers|papers){_IN_IT}",
    ),
}


@functools.cache
def _patterns(asks: Asks) -> list[re.Pattern[str]]:
    """Those of ``_SOURCES``: they take long to compile, and most processes need none."""
    return [re.compile(pattern) for pattern in _SOURCES[asks]]
