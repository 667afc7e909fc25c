"""Chinese questions that lean on the one before them: telling them, and completing them."""

from __future__ import annotations

import re
from itertools import zip_longest

from chat.questions.parallel_chinese import is_name, put_in_place
from chat.questions.words_chinese import ASKS, tagged
from index.tokens import STOP_WORDS, fold

LONGEST_TOPIC = 80  # characters of the former question
MOST_WORDS = 2  # that a question opening with 那 may have and still lean on the one before
MOST_WORDS_IN_A_PART = 5

_THANKS = re.compile(r"(?:谢谢你?|多谢|好的?|嗯+|哦+|明白了?|知道了|原来如此)[,，。!！~\s]+")
_OPENING = re.compile(
    r"(?:那么|那(?![里儿个些种时次边样两几]|年(?![轻青龄])|位(?!于)|天(?!津))|还有(?!没有)|另外"
    r"|此外|除此之外|而(?!且)|以及|然后)[,，]?\s*"
)
_END = re.compile(r"[?？。!！\s]+$")
# Words for what was spoken of. 这几年 and the like say when, whatever was spoken of.
_POINTS = re.compile(
    r"其中|(?<!其)它们?|(?<![其吉维])[他她]们?|(?<!与)其(?![他它余实中])|此(?![外时])"
    r"|该[县市省区镇乡村校文书法国地馆院公项计政机组]"
    r"|[这那](?:里|儿|边|些|[一两几]?[个种位篇项次件家座条本]|(?!么|样|[几两些]?[年天月]|段时间|一?届))"
    r"|当地|上述|前者|后者"
)
_ARTICLE = re.compile(
    r"[这那该](?:一?篇|则)?(?:文章|报道|新闻|评论|文)|[本此]文|文中|(?<![么些篇的])文章"
)
_WHICH_ARTICLES = re.compile(r"(?:什么|哪些|哪[一几]?篇|多少篇?|几篇)文章")
_ASKS_FOR_BYLINE = re.compile(r"作者|署名|谁写|标题|题目|(?:发表|刊登|刊发)[在于的了]?|哪[份家]报")
_WHAT_IT_IS = re.compile(
    r"(?P<what>.+?)(?:指的|分别|究竟|到底|都)*(?:是|叫)"
    r"(?:什么(?:意思)?|谁|多少|哪[里儿位个]?|几\w{0,2}|啥)$"
)
_DEFINE = re.compile(r"(?:什么|谁|啥)(?:是|叫)(?P<what>.+)$")
_WHO_DID = re.compile(r"(?:是)?(?:谁|哪一?位|哪个人)(?!是|的)(?P<what>.+?)的?$")
_WHERE = re.compile(r"[这那][里儿边]|当地|该[县市省区镇乡村地]")
_ALONE = re.compile(r"[它他她]们?|[其此这那]|前者|后者")
_OF = re.compile(r"(?P<whole>.+?)的(?P<part>.+)$")
_QUESTION_WORDS = re.compile(
    r"请问|为什么|为何|怎么样了?|怎样|怎么|如何|是不是|有没有|能不能|会不会|能否|可否|是否|分别|究竟"
    r"|到底|什么样的?|什么时[候间]|什么|何[时地]"
    r"|哪[一几两二三四五六七八九十]*[个家些种条项位名座处所年月天里儿]?"
    r"|谁|(?:多少|几)[个家些种条项位名座处所年月天次篇份间句张枚件户辆台只场]?|多[大长高久远深宽重]|[吗呢]"
)
_DANGLING = re.compile(r"(?:[是有要得能了的在由叫说 ]|后来|应该|需要|可以)+$")
# Nouns that are always something of something, and words for anything: what a question of these
# alone is about, the one before it says.
_GENERAL_WORDS = """
    效果 结果 成效 成果 影响 意义 作用 用处 好处 坏处 优点 缺点 优势 不足 特点 特征 特色 原因 理由
    目的 目标 背景 办法 方法 方式 措施 做法 建议 对策 经验 教训 内容 要点 重点 难点 问题 困难 挑战
    表现 例子 案例 情况 细节 数据 数字 数量 比例 面积 人口 价格 费用 成本 时间 地点 地方 时候 地址
    名字 名称 全称 简称 标题 题目 作者 单位 文章 报道 观点 结论 依据 证据 来源 出处 后来 之后 以后
    之前 以前 最后 当时 当年 现在 目前 将来 未来 具体 详细 主要 其他 其它 别的 更多 例如 比如 意思
    含义 定义 区别 关系 过程 步骤 阶段 前景 变化 进展 规模 范围 标准 条件 要求 程度 人 人家 事
    事情 东西 方面 部分 样子 钱 用 多久 做 说 讲 谈 想 看 问 办 有 没有 还有 要 去 来 到 得 会 能
    可以 应该 需要 认为 觉得 表示 提出 提到 介绍 解释 说明 总结 概括 列举 举 举例 展开 描述 告诉
    知道 改 改成 变 变成 成为 发生 出现 解决 处理 实现 进行 开始 结束 完成 造成 导致 做到 得到
    取得 包括 发表 刊登 写 再说 一遍 一下 算 叫 不 没 花 大 小 多 少 好 坏 高 低 长 短 重要 真的
    真 对 这样 那样 怎么办 何在 一些 哪一年 哪几个 什么样 继续 接着 下来 起来 出来 进一步 原文
    全文 是 这是 那是 就是
"""
_GENERAL = frozenset(_GENERAL_WORDS.split())
_WESTERN = re.compile(r"[A-Za-z]{2}|[A-Za-z]\d|\d[A-Za-z]")
_GRAMMAR_TAGS = frozenset("xrpcuyemqdfkhow")


def leans(question: str) -> bool:
    """Whether the question can't be understood without the one before it."""
    bare = fold(_bare(question))
    starts = _own_words(bare)
    if not starts:
        return True
    opened = _OPENING.match(bare)
    if _is_part(bare):
        signs = opened is not None or bare.endswith("呢")
        return is_name(bare) or (signs and len(starts) <= MOST_WORDS_IN_A_PART)
    points = _POINTS.search(bare, opened.end() if opened else 0)
    if points and points.start() < starts[0]:
        return True
    return opened is not None and len(starts) <= MOST_WORDS and not _names_something(bare)


def topic(question: str) -> str:
    """What the question is about: a noun phrase if it has one, else its text without what asks."""
    last = re.split(r"[?？。!！]\s*", _bare(question))[-1]
    if found := _noun_phrase(last):
        return found
    said = _without(_QUESTION_WORDS, last)
    clauses = (_without(_DANGLING, clause) for clause in re.split(r"[，,；;]", said))
    return "，".join(clause for clause in clauses if clause)[:LONGEST_TOPIC]


def asks_about_article(question: str, title: str) -> str | None:
    """The question with the title in it, if it asks about the article cited before."""
    rest = _rest(question)
    simple = fold(rest)
    starts = _own_words(simple)
    article = _ARTICLE.search(simple)
    if article and all(start >= article.start() for start in starts):
        return _replaced(rest, article, f"《{title}》")
    if starts or not _ASKS_FOR_BYLINE.search(simple) or _WHICH_ARTICLES.search(simple):
        return None
    if points := _POINTS.search(simple):
        return _replaced(rest, points, f"《{title}》{'的' if points[0] == '其' else ''}")
    of = "的" if simple.startswith(("作者", "标题", "题目", "署名")) else "是"
    return f"《{title}》{of}{rest}"


def completed(question: str, former: str, about: str) -> str:
    """The leaning ``question`` with what it takes from the ``former`` one, ``about`` that."""
    rest = _rest(question)
    bare, asked = _bare(rest), _bare(former)
    if _is_part(fold(bare)) and not _POINTS.match(fold(bare)):
        return _completed_part(question, bare, asked)
    points = _POINTS.search(fold(bare))
    meant = points and _antecedent(points[0], asked)
    return _replaced(rest, points, meant) if points and meant else f"{about}，{rest}"


def _completed_part(question: str, bare: str, asked: str) -> str:
    """The same for a mere part of a question: what it is asked about takes its place."""
    part = bare.removesuffix("呢")
    if replaced := part and put_in_place(part, asked):
        return f"{replaced}？"
    if is_name(fold(part)) and part == _bare(question):  # no sign but that it is short
        return question
    if part == bare and not _OPENING.match(fold(question)):  # 请举个例子
        return f"{asked}，{part}"
    return f"{asked}，{part or '那'}呢？"


def _antecedent(pointer: str, asked: str) -> str | None:
    """The noun phrase that ``pointer`` stands for: in 天津的人口是多少, what 它 means is 天津."""
    phrase = _noun_phrase(asked)
    if pointer == "其中":
        return phrase and f"{phrase}中"
    if _WHERE.match(pointer):
        return _only_name("ns", asked)
    if not _ALONE.fullmatch(pointer):  # 这个县 is no other name for what was asked about
        return None
    if phrase is None:
        return _only_name("nr", asked) if pointer[0] in "他她" else None
    of = _OF.fullmatch(fold(phrase))
    if of and pointer[0] not in "他她" and _are_nouns(of["whole"]):
        phrase = phrase[: of.end("whole")]
    return f"{phrase}的" if pointer == "其" else phrase


def _only_name(kind: str, asked: str) -> str | None:
    """The one name of the kind (nr, of a person, or ns, of a place) that the question has."""
    words = tagged(fold(asked))
    found = [
        word
        for word, after in zip_longest(words, words[1:])
        if word.tag.startswith(kind) and not (after and after.tag.startswith("n"))
    ]
    return asked[found[0].start : found[0].end] if len(found) == 1 else None


def _are_nouns(text: str) -> bool:
    return all(word.tag.startswith(("n", "j", "x")) for word in tagged(text))


def _noun_phrase(bare: str) -> str | None:
    """The X of ``X是什么``, ``什么是X`` or ``谁X`` (the person who does that)."""
    simple = fold(bare)
    for pattern, shape in ((_WHAT_IT_IS, "{}"), (_DEFINE, "{}"), (_WHO_DID, "{}的人")):
        found = pattern.match(simple)
        if found and not ASKS.search(found["what"]) and len(found["what"]) <= LONGEST_TOPIC:
            start, end = found.span("what")
            return shape.format(bare[start:end])
    return None


def _is_part(bare: str) -> bool:
    """Whether it asks nothing itself: 那天津呢."""
    return not ASKS.search(bare)


def _own_words(bare: str) -> list[int]:
    """Where the words begin that say what the question is about."""
    opened = _OPENING.match(bare)
    return [
        token.start
        for token in tagged(bare)
        if (token.tag[0] not in _GRAMMAR_TAGS or _WESTERN.search(token.text))
        and token.text not in _GENERAL
        and token.text not in STOP_WORDS
        and not ASKS.fullmatch(token.text)
        and token.start >= (opened.end() if opened else 0)
    ]


def _names_something(bare: str) -> bool:
    """Whether it has the name of a person, a place or the like."""
    return any(token.tag.startswith(("nr", "ns", "nt", "nz", "eng")) for token in tagged(bare))


def _bare(question: str) -> str:
    """Without thanks before it and the mark that ends it."""
    start = _THANKS.match(fold(question))
    return _END.sub("", question[start.end() if start else 0 :])


def _rest(question: str) -> str:
    """Without thanks and 那么 before it."""
    for pattern in (_THANKS, _OPENING):
        start = pattern.match(fold(question))
        if start and not start[0].startswith("还有"):
            question = question[start.end() :]
    return question


def _without(pattern: re.Pattern[str], text: str) -> str:
    """``text`` without what the pattern finds in it."""
    end, kept = 0, ""
    for found in pattern.finditer(fold(text)):
        kept += text[end : found.start()]
        end = found.end()
    return kept + text[end:]


def _replaced(text: str, found: re.Match[str], new: str) -> str:
    return text[: found.start()] + new + text[found.end() :]
