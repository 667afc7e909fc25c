"""What belongs to a newspaper's page itself, and to no article: its head and foot, adverts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from page_articles import person
from page_pdf_box import GREY, INK, PADDING, Box, House, Rect
from page_pdf_columns import Placed
from page_pdf_type import Face, SetLine, set_text
from page_plan import PageKind

PAPERS = ("云川日报", "江州晚报", "北原日报", "清江时报", "河湾周报", "海燕都市报")
SECTIONS = ("要闻", "理论", "观察", "民生", "地方新闻", "文化", "评论", "综合新闻")


@dataclass(frozen=True, slots=True)
class Issue:
    """What the pages of one newspaper share."""

    paper: str
    day: str
    weekday: str

    @classmethod
    def choose(cls, rng: Random, *, english: bool) -> Issue:
        year, month, day = rng.randint(2015, 2026), rng.randint(1, 12), rng.randint(1, 28)
        if english:
            return cls("The Harbour Times", f"{day} May {year}", rng.choice(("Monday", "Friday")))
        date = rng.choice((f"{year}年{month}月{day}日", f"{year}年{month:02d}月{day:02d}日"))
        return cls(rng.choice(PAPERS), date, f"星期{rng.choice('一二三四五六日')}")


def filler(rng: Random, house: House, kind: PageKind, width: float, height: float) -> Box:
    """An advert, or a picture without words, in a place that is free."""
    if rng.random() < 0.4:
        return Box(width, height, (), (Rect(0, 0, width, height, fill=GREY),))
    lines: list[SetLine] = []
    face = Face(house.small.family, house.body.size, 1.4, align="center")
    for number, text in enumerate(_advert(rng, english=kind.english)):
        size = min(20.0, 0.07 * width + 4) if number == 0 else house.body.size
        lines += set_text(
            kind.convert(text),
            replace(face, size=size, bold=number == 0),
            width - 2 * PADDING,
            house.measure,
        )
    high = sum(line.face.height for line in lines)
    while high > height - 2 * PADDING:
        high -= lines.pop().face.height
    top = (height - high) / 2
    placed = []
    for line in lines:
        placed.append(Placed(line, PADDING, top))
        top += line.face.height
    return Box(width, height, tuple(placed), (Rect(0, 0, width, height, border=INK),), ("advert",))


def _advert(rng: Random, *, english: bool) -> tuple[str, ...]:
    """The lines of an advert, the largest first."""
    if english:
        return rng.choice(
            (
                (
                    "MARLOW'S FURNITURE SALE",
                    "Up to 50% off",
                    "Open daily 9-6",
                    "Tel: 0170 555 0142",
                ),
                ("FENWICK DENTAL CARE", "New patients welcome", "Call 0170 555 0177"),
                ("LANE & DOYLE", "Solicitors since 1911", "Wills, homes and families"),
                ("The Nutcracker", "Harbour Theatre", "12-24 December", "Seats from £18"),
                ("Apples straight from the tree", "Hillfoot Farm Shop, every weekend"),
            )
        )
    if rng.random() < 0.15:
        pages = sorted(rng.sample(range(2, 13), 3))
        news = ("老城区供热管网开始检修", "今年小麦长势好于往年", "市图书馆延长开放时间")
        return ("今日导读", *(f"{text} {page}版" for text, page in zip(news, pages, strict=True)))
    phone = f"0{rng.randint(310, 399)}-8{rng.randint(100000, 999999)}"
    return rng.choice(
        (
            (
                "新居装饰 秋季大促",
                "全场八折 满千返百",
                f"订购热线：{phone}",
                "地址：云川市朝阳路18号",
                "广告",
            ),
            ("老井坊 手工豆腐", "三代传承 古法点卤", "云川老街东口"),
            ("节约用水 人人有责", "公益广告"),
            ("讲文明 树新风", "车让人 人快走 人车和谐", "云川市文明办 宣"),
            (
                "遗失声明",
                f"云川市恒达商贸有限公司公章遗失，编号{rng.randint(10**6, 10**7)}，声明作废。",
            ),
            ("清江大剧院", "新编古装戏《渡口》", "本周六晚七时三十分", "票价80元起"),
            ("清江花园 湖景现房", "建筑面积89-143平方米", f"贵宾专线 {phone}", "广告"),
            ("江州晚报 广告招商", f"刊登热线：{phone}", "广告"),
            ("北原驾校 常年招生", "一人一车 学会为止", f"报名电话：{phone}"),
        )
    )


def running_head(
    rng: Random, house: House, kind: PageKind, issue: Issue, width: float, number: int
) -> Box:
    """The line on top of an inner page: the paper, the date and the page, in one of many forms."""
    face = Face(house.small.family, 10.5, 1.5, align="left")
    section = rng.choice(SECTIONS)
    if kind.english:
        parts = rng.choice(
            (
                (f"Page {number}", issue.paper, f"{issue.weekday}, {issue.day}"),
                (issue.paper, "", f"{issue.day}   Page {number}"),
            )
        )
    else:
        email = rng.choice(("", "", "投稿邮箱：desk@yunchuan.example"))
        editors = f"责任编辑 {person(rng, english=False)}"
        parts = rng.choice(
            (
                (f"第{number}版", section, f"{issue.day} {issue.weekday} {issue.paper}"),
                (f"{issue.paper} {issue.day} {issue.weekday}", email, f"第{number}版：{section}"),
                (
                    f"{number:02d} {section}",
                    editors,
                    f"{issue.day}　{issue.weekday}　{issue.paper}",
                ),
                (f"{section}", issue.paper, f"{issue.day} {issue.weekday} 第{number}版"),
            )
        )
    placed = []
    aligns = ("left", "center", "right")
    big = rng.random() < 0.4
    for place, (text, align) in enumerate(zip(parts, aligns, strict=True)):
        if not text:
            continue
        this = replace(face, align=align)
        if big and place == 0 and len(text) <= 8:
            this = replace(this, size=18, leading=1.0, bold=True)
        placed.append(Placed(SetLine(kind.convert(text), this, width), 0.0, 0.0))
    rule = Rect(0, 22, width, rng.choice((0.7, 1.5)), fill=INK)
    return Box(width, 34, tuple(placed), (rule,))


def nameplate(
    rng: Random, house: House, kind: PageKind, issue: Issue, width: float, number: int
) -> Box:
    """The head of a front page: the paper's name in large type, the date and numbers below it."""
    family = house.title.family
    large = Face(family, 52, 1.15, bold=True, align=rng.choice(("left", "center")))
    small = Face(house.small.family, 10.0, 1.5, align=rng.choice(("left", "center")))
    serial = rng.randint(2000, 24000)
    if kind.english:
        texts = [f"{issue.weekday}, {issue.day}   No. {serial}   www.harbour.example"]
    else:
        texts = rng.choice(
            (
                [f"{issue.day}　{issue.weekday}　第{serial}期　今日{rng.choice((4, 8, 12))}版"],
                [
                    f"{issue.day} {issue.weekday}",
                    f"国内统一连续出版物号：CN 13-00{rng.randint(10, 99)}　第{serial}号",
                ],
                [
                    f"中共云川市委主管主办　第{number}版",
                    f"{issue.day}　{issue.weekday}　总第{serial}期",
                ],
            )
        )
    name = issue.paper if kind.english else "".join(issue.paper)
    placed = [Placed(SetLine(kind.convert(name), large, width), 0.0, 0.0)]
    top = large.height + 2
    for text in texts:
        placed.append(Placed(SetLine(kind.convert(text), small, width), 0.0, top))
        top += small.height
    rule = Rect(0, top + 4, width, 2, fill="#a01818" if rng.random() < 0.3 else INK)
    return Box(width, top + 16, tuple(placed), (rule,))


def foot(rng: Random, house: House, kind: PageKind, width: float, number: int) -> Box | None:
    """What stands below everything: who made the page, where to write, its number; or nothing."""
    first, second = (person(rng, english=kind.english) for _ in range(2))
    if kind.english:
        forms = (f"Editor: {first}", "Letters: desk@harbour.example", f"- {number} -")
    else:
        forms = (
            f"责任编辑：{first}　美术编辑：{second}",
            f"本版编辑 {first} 版式 {second}",
            "投稿邮箱：yclilun@example.com",
            f"社址：云川市人民路6号　邮编：05{rng.randint(1000, 9999)}　新闻热线：0399-8600110",
            f"{number}",
        )
    if rng.random() < 0.4:
        return None
    face = Face(house.small.family, 9.0, 1.4, align=rng.choice(("left", "center", "right")))
    line = SetLine(kind.convert(rng.choice(forms)), face, width)
    rules = (Rect(0, 0, width, 0.7, fill=INK),) if rng.random() < 0.6 else ()
    return Box(width, 18, (Placed(line, 0.0, 4.0),), rules)
