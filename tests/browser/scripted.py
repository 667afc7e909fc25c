"""A library of three articles and an assistant that knows a few answers by heart: for tests of
what is shown, not of what is found."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from chat.questions.conversation import Exchange
from chat.types import Answer, AnswerSentence, Citation, Done, Event, Found, Sentence
from ingest.errors import ArticleNotFound, QuestionError
from ingest.types import Article, Heading, Passage, article_id
from retriever.types import Filter, Hit, Query

_FERRY = """\
每天清晨五点半，青石镇的第一班渡船从东岸开出。船上坐的多是赶早市的菜农，竹筐里的菜叶还带着露水。\
这条渡线开了一百一十二年，去年却差一点停航。
两岸为什么还要渡船
大桥通车以后，坐船的人少了七成。镇里算过账：一条船一年的油费、维修费和人工费加起来要四十六万元，\
票款只够付三分之一。但是东岸的三个村离大桥有九公里，村里六十岁以上的老人占了一半，过河看病、赶集，\
仍然离不开船。
去年三月，镇里请来两岸的居民代表，在老码头的候船室里开了三次会。有人主张停航，有人主张改成旅游船，\
更多的人希望船照开、票照卖。会上最后定下的办法是：船由镇里养，票价两元不变，每天从十六班减到十班，\
早晚高峰一班不减。
钱从哪里来
停掉的六个班次省下十一万元。县里的农村客运补贴第一次把水路算了进来，每年补二十万元。剩下的缺口，\
由码头旁边新开的十二个摊位的租金补上。摊位优先租给东岸的菜农，租金按月收，雨季减半。
今年前十个月，渡船一共运送旅客九万三千人次，比上一年多了一成二。船工老周说，最让他高兴的不是人多，\
而是坐船的孩子多了：东岸小学的四十一名学生，现在由学校统一包下早晚两班船。
还有哪些难处
难处也不少。现有的两条船都已经用了十八年，按规定再过四年就要报废，一条新的电动船要一百八十万元。\
会开船的人也越来越难找，镇上四名船工平均年龄五十六岁。镇里打算明年和市里的航运学校合办一个班，\
先招十个学员，学费由镇里出一半。
"""

_LIBRARY = """\
这是一间只有二十六平方米的阅览室，开在菜市场二楼的楼梯口。它每天早上七点开门，晚上九点关门，\
比市里的图书馆多开四个小时。
书是居民捐的，一共三千二百册。借书不用办证，在本子上写个名字就行，两年里只丢了十九册。
管理员是六位退休教师，轮流值班，不拿报酬。他们说，摊主的孩子放学以后有个去处，比什么都强。
"""

_WELLS = """\
For three summers the village of Alder Cross measured its wells by hand. Every Sunday evening a \
volunteer lowered a weighted tape into each of the fourteen wells and wrote the depth on a card.
What the cards showed
The water fell by 2.4 metres between June and September, and rose again before Christmas. Two \
wells near the quarry never recovered. The parish council has asked the quarry to stop pumping in \
August.
"""


def _article(
    title: str | None,
    text: str,
    headings: Sequence[str] = (),
    authors: tuple[str, ...] = (),
    affiliation: str | None = None,
    language: str = "zh",
) -> Article:
    text = text.strip()
    return Article(
        id=article_id(title, text),
        title=title,
        authors=authors,
        affiliation=affiliation,
        source="青石日报" if language == "zh" else "The Alder Cross Gazette",
        page="3" if language == "zh" else "2",
        published="2026-05-18",
        language=language,
        headings=tuple(Heading(heading, text.index(heading)) for heading in headings),
        text=text,
        path="page.txt",
    )


FERRY = _article(
    "一条渡线的去与留",
    _FERRY,
    ("两岸为什么还要渡船", "钱从哪里来", "还有哪些难处"),
    ("沈闻舟", "林一苇"),
    "青石县乡村发展研究中心",
)
LIBRARY = _article(None, _LIBRARY, authors=("贺小满",))
REPRINT = replace(LIBRARY, id=article_id("转载", LIBRARY.text), source="城市晚报", title="转载")
WELLS = _article(
    "Fourteen wells", _WELLS, ("What the cards showed",), ("Ada Thornbury", "Joss Reed"), None, "en"
)
PLANTED = _article(
    "<script>document.title='title'</script>",
    "正文里有<img src=x onerror=\"document.title='text'\">一张图，"
    "还有 ${document.title='template'} 和 {{value}}。\n"
    "![图](http://example.org/picture.png) 后面还有一句话。",
    authors=("<b onmouseover=\"document.title='author'\">某人</b>",),
)
ARTICLES = (FERRY, LIBRARY, WELLS, PLANTED)

QUESTION = "渡船的钱从哪里来？"
ENGLISH_QUESTION = "How far did the water fall?"
PLANTED_QUESTION = "图<img src=x onerror=\"document.title='question'\">在哪里？"
UNANSWERABLE = "火星上有没有渡船？"
FOLLOW_UP = "那学费呢？"
FOLLOWED_UP = "渡船的学费从哪里来？"
FILTERED_QUESTION = "沈闻舟2026年写的阅览室里有多少册书？"

DISPUTED_QUESTION = "两岸的渡船一年运送多少旅客？"
LONG_QUESTION = "渡船的事，从头到尾都说一说。"

# what can be asked after a question
SUGGESTIONS = {QUESTION: [DISPUTED_QUESTION, FOLLOWED_UP]}

COMPLETED = {(QUESTION, FOLLOW_UP): FOLLOWED_UP}  # by the question before
FILTERS = {
    FILTERED_QUESTION: (
        Filter("author", "沈闻舟", "沈闻舟"),
        Filter("published", "2026-01-01/2026-12-31", "2026年"),
    ),
}

# question → the sentences of its answer, each with the article and the words that it rests on
ANSWERS: dict[str, Sequence[tuple[str, Article, Sequence[str]]]] = {
    QUESTION: [
        ("停掉的六个班次省下十一万元。", FERRY, ["停掉的六个班次省下十一万元。"]),
        (
            "县里的农村客运补贴第一次把水路算了进来，每年补二十万元。",
            FERRY,
            ["县里的农村客运补贴第一次把水路算了进来，每年补二十万元。"],
        ),
        (
            "剩下的缺口，由码头旁边新开的十二个摊位的租金补上。",
            FERRY,
            ["剩下的缺口，由码头旁边新开的十二个摊位的租金补上。", "摊位优先租给东岸的菜农，"],
        ),
        ("书是居民捐的，一共三千二百册。", LIBRARY, ["书是居民捐的，一共三千二百册。"]),
    ],
    DISPUTED_QUESTION: [
        (
            "今年前十个月，渡船一共运送旅客九万三千人次，比上一年多了一成二。",
            FERRY,
            ["今年前十个月，渡船一共运送旅客九万三千人次，比上一年多了一成二。"],
        ),
        ("书是居民捐的，一共三千二百册。", LIBRARY, ["书是居民捐的，一共三千二百册。"]),
        ("借书不用办证，", LIBRARY, ["借书不用办证，"]),
    ],
    LONG_QUESTION: [
        (sentence, FERRY, [sentence]) for sentence in re.findall(r"[^。\n]{9,}。", FERRY.text)
    ],
    FOLLOWED_UP: [("学费由镇里出一半。", FERRY, ["学费由镇里出一半。"])],
    FILTERED_QUESTION: [
        ("书是居民捐的，一共三千二百册。", LIBRARY, ["书是居民捐的，一共三千二百册。"])
    ],
    ENGLISH_QUESTION: [
        (
            "The water fell by 2.4 metres between June and September, and rose again before "
            "Christmas.",
            WELLS,
            ["The water fell by 2.4 metres between June and September, and rose again before "],
        ),
        (
            "Two wells near the quarry never recovered.",
            WELLS,
            ["Two wells near the quarry never recovered."],
        ),
    ],
    PLANTED_QUESTION: [
        (
            "正文里有<img src=x onerror=\"document.title='said'\">一张图。",
            PLANTED,
            [PLANTED.text.split("\n")[0]],
        )
    ],
}


class ScriptedAssistant:
    """Has the methods of ``chat.assistant.Assistant`` that the server uses."""

    def __init__(self, articles: Sequence[Article] = ARTICLES) -> None:
        self._articles = list(articles)

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Exchange] = (),
        without: Collection[str] = (),
    ) -> Iterator[Event]:
        if len(question) > 2000:
            raise QuestionError("the question is too long: shorten it", "问题太长：请缩短")
        before = history[-1].question if history else ""
        filters = tuple(each for each in FILTERS.get(question, ()) if each.key not in without)
        return self._events(question, Query(COMPLETED.get((before, question), question), filters))

    def _events(self, question: str, query: Query) -> Iterator[Event]:
        authors = {each.value for each in query.filters if each.kind == "author"}
        found = [each for each in self._articles if authors <= set(each.authors)]
        hits = tuple(_hit(article) for article in found)
        yield Found(query, hits)
        sentences, citations = [], []
        for text, article, quotes in ANSWERS.get(query.text, ()):
            if article not in found:
                continue
            new = [_cite(len(citations) + n, article, q) for n, q in enumerate(quotes, 1)]
            citations += new
            sentences.append(AnswerSentence(text, tuple(citation.number for citation in new)))
            yield Sentence(text, tuple(new))
        timings = {"search": 31.0, "generate": 8.0, "total": 39.0}
        yield Done(
            Answer(
                question,
                query,
                0.9 if sentences else 0.1,
                tuple(sentences),
                tuple(citations),
                hits,
                not sentences,
                timings,
                disagreement=question == DISPUTED_QUESTION,
            )
        )

    def suggestions(self, answer: Answer) -> list[str]:
        return SUGGESTIONS.get(answer.question, [])

    def examples(self, count: int = 4) -> list[str]:
        return []

    def article(self, wanted: str) -> Article:
        for article in self._articles:
            if article.id == wanted:
                return article
        raise ArticleNotFound(f"no article has the id {wanted}", f"没有编号为 {wanted} 的文章")

    def same_articles(self, wanted: str) -> list[Article]:
        return [REPRINT] if wanted == LIBRARY.id else []

    def articles(self) -> list[Article]:
        return self._articles

    @property
    def article_count(self) -> int:
        return len(self._articles)

    @property
    def passage_count(self) -> int:
        return 3 * len(self._articles)


class WaitingAssistant(ScriptedAssistant):
    """Finds at once, and answers from when ``go`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def _events(self, question: str, query: Query) -> Iterator[Event]:
        found, *answer = super()._events(question, query)
        yield found
        self.go.wait(60)
        yield from answer


def _hit(article: Article) -> Hit:
    end = article.text.find("\n")
    passage = Passage(article.id, 0, end, article.heading_at(0))
    return Hit(passage, article, 0.3, 4.0, 0.4, (REPRINT,) if article is LIBRARY else ())


def _cite(number: int, article: Article, quote: str) -> Citation:
    start = article.text.index(quote)
    return Citation(number, article, start, start + len(quote))
