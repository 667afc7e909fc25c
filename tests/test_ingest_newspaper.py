"""Pages as they are met: each is written for one difficulty."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.newspaper import parse_blocks, parse_page
from ingest.page.furniture import Block, Kind
from ingest.page.metadata import Stated
from ingest.page.reflow import reflow
from ingest.split import split_article
from ingest.types import Article, article_id

NEWS = """\
社会周刊
云川日报                    2024年6月5日 星期三
第07版 社会

本报讯（记者 林晓舟）6月4日，
青石桥社区的老年助餐点正式开
张。首日有126位老人前来用餐，最
受欢迎的是十二元一份的两荤一素。

古树名木有了“电子身份证”
本报讯（记者 何文佳 通讯员 邵宁）扫一
扫树干上的二维码，就能知道这棵树的年
龄、树种和养护记录。
据介绍，树龄最长的一株银杏已有一千三
百年。

夜班公交延长至凌晨一点
新华社云川6月5日电 记者从市公交集团获
悉，自本月起，12条夜班线路的末班车时间
由二十三时延长至次日凌晨一点。

责任编辑：陶然  美术编辑：金叶
"""

ENGLISH = """\
THE RIVERTON OBSERVER        Wednesday, June 5, 2024        Page A7

City Council Votes to Save
the Old Ferry Landing
By Eleanor Whitfield

The City Council voted 7 to 2 on Tues-
day to buy the old ferry landing, end-
ing a dispute that had lasted for nearly
eleven years.

The purchase, at a price of $4.2 mil-
lion, will keep the well-known wooden
pier open to the public. "We did not
want to be the council that let it rot,"
Mayor Ana Ruiz said.

What happens next

Engineers will inspect the piles in July.
Repairs could take two summers.

Beekeepers Count Their Losses After
a Cold Spring
By Tom Okafor and Li Wen

Nearly a third of the hives in the valley
did not survive the winter, the county's
beekeepers' association said.

Its president, Dr. Ruth Hale, blamed
an April frost. "The bees flew out, and
the blossom was gone," she said.

(The writer is a reporter on rural affairs.)
"""

INDENTED = """\
　　让书香飘进村头巷尾

　　□ 石 磊

　　农家书屋建起来容易，用起来难。有的书
屋常年上锁，有的书架落满灰尘，有的借阅登
记本几个月没有一行新字。如何让书屋“活”
起来，是摆在基层面前的一道考题。
　　先要有人管。南坡村请退休教师当管理员，
每天傍晚开门两小时，来看书的孩子一个月里
多了三倍。
　　（作者单位：南坡镇文化站）

　　别让老路灯“睡大觉”
　　□ 本报评论员 柯 岚
　　小区里的路灯坏了半年没人修，居民只好
打着手电回家。这样的小事，看似不起眼，却
关系着夜归人的安全。
　　修灯不难，难在说不清该谁修。把责任写
进清单，把电话贴上灯杆，小事就能小办、快
办。

　　投稿邮箱：pinglun@example.com
"""

SCATTERED = """\
让候鸟在湿地安家
□ 沈  溪

湿地好不好，候鸟最知道。退养还湿、
补种芦苇之后，白鹭回来了。

一张小小的修鞋摊，坐在菜市场门口
三十年。老匠人的手艺，靠的是一针一线
的耐心。

手艺要传下去，就得让年轻人看得见收
入。街道给修鞋摊搭了雨棚，还在网上开
了预约，一双鞋从取到送不过两天。

（作者系白石街道办事处主任）

修鞋摊里的老手艺
文/潘 越

湿地好不好，候鸟最知道。去年冬天，
北湖湿地监测到的越冬候鸟超过四万只，
比五年前多出一倍。这样的变化来之不易：
退养还湿、补种芦苇之后，白鹭回来了，
消失多年的震旦鸦雀也回来了。

控制水位

候鸟对水深十分挑剔。管理站按照月份调
节闸门，让浅滩在迁徙季露出来。

（作者单位：北湖湿地管理站）
"""

MARKDOWN = """\
# 把冷板凳坐热

■ 鲁 山

【本文系云川市社科规划课题“基础学科人才培养研究”（YC2023-11）阶段性成果】

做基础研究，十年不算长。

## 给时间以耐心

评价的尺子要放长，不能一年一量。
（作者为云川大学物理学院教授）

□谢 宁

菜籽油的香味，是从老榨坊的木槌下飘出来的。榨坊停了又开，靠的是一群返乡的年轻人。

（作者单位:云川市非遗保护中心）

投稿邮箱:pinglun@example.com

# 老榨坊飘出新油香
"""

TRADITIONAL = """\
老戲臺等來了新觀眾
本報記者 盧靜怡

週末傍晚，廟前的老戲臺又響起
了鑼鼓。臺下坐著的，一半是剛
下課的中學生。

戲班改了開場的時間，也把唱詞
投影在幕布旁邊。（記者 盧靜怡）
"""


LINES = """\
今天的风很大。
他走了，
标题行
# 题
## 节
□ 张三
（作者系某大学教授）
（作者单位：某院
某系）
【本文系课题成果】
投稿邮箱：a@b.c

7
By Jane Doe
The bridge was clo-
sed on Friday.
本报讯（记者 李四）雨停了。
——副题
一、开头
「完」
> 引文
```
- 项
""".splitlines()


def parse(text: str, path: str = "page.txt") -> list[Article]:
    return parse_page(text, path=path)


def test_news_items_begin_with_their_datelines() -> None:
    first, second, third = parse(NEWS)
    assert [first.title, second.title, third.title] == [
        None,
        "古树名木有了“电子身份证”",
        "夜班公交延长至凌晨一点",
    ]
    assert first.authors == ("林晓舟",)
    assert second.authors == ("何文佳", "邵宁")
    assert (first.source, first.page, first.published) == ("云川日报", "7", "2024-06-05")
    assert second.text.count("\n") == 1
    assert third.text.endswith("次日凌晨一点。")


def test_reports_signed_with_a_dateline_or_a_photographer_end_there() -> None:
    page = """\
河口镇新桥通车

河口镇的新桥昨天通车，两岸往来从此不用绕行十二公里。
（本报河口12月30日电）

山城迎来第一场雪

昨夜山城普降中雪，市民清晨出门赏雪。
（本报记者李小川摄）
"""
    first, second = parse_page(page, path="page.txt")
    assert (first.title, first.authors) == ("河口镇新桥通车", ())
    assert (second.title, second.authors) == ("山城迎来第一场雪", ("李小川",))
    assert first.text.endswith("十二公里。")


def test_an_english_page() -> None:
    ferry, bees = parse(ENGLISH)
    assert ferry.title == "City Council Votes to Save the Old Ferry Landing"
    assert ferry.authors == ("Eleanor Whitfield",)
    assert "on Tuesday to buy" in ferry.text
    assert "well-known wooden" in ferry.text
    assert [heading.text for heading in ferry.headings] == ["What happens next"]
    assert bees.authors == ("Tom Okafor", "Li Wen")
    assert bees.affiliation == "a reporter on rural affairs"
    assert (bees.page, bees.published, bees.language) == ("A7", "2024-06-05", "en")


def test_indented_paragraphs_and_spaced_names() -> None:
    books, lamps = parse(INDENTED)
    assert (books.title, books.authors) == ("让书香飘进村头巷尾", ("石磊",))
    assert books.affiliation == "南坡镇文化站"
    assert len(books.text.split("\n")) == 2
    assert (lamps.title, lamps.authors) == ("别让老路灯“睡大觉”", ("柯岚",))
    assert lamps.text.endswith("小办、快办。")


def test_a_title_at_the_top_finds_its_body_at_the_end() -> None:
    cobbler, birds = parse(SCATTERED)
    assert cobbler.title == "修鞋摊里的老手艺"
    assert cobbler.authors == ("潘越",)
    assert cobbler.affiliation == "白石街道办事处主任"
    assert birds.title == "让候鸟在湿地安家"
    assert birds.authors == ("沈溪",)
    assert [heading.text for heading in birds.headings] == ["控制水位"]


def test_a_pull_quote_is_no_part_of_any_body() -> None:
    text = "".join(article.text for article in parse(SCATTERED))
    assert text.count("白鹭回来了") == 1


def test_markdown_titles_notes_and_orphans() -> None:
    bench, oil = parse(MARKDOWN)
    assert (bench.title, bench.authors) == ("把冷板凳坐热", ("鲁山",))
    assert bench.affiliation == "云川大学物理学院教授"
    assert "课题" not in bench.text
    assert [(heading.text, heading.level) for heading in bench.headings] == [("给时间以耐心", 1)]
    assert (oil.title, oil.authors) == ("老榨坊飘出新油香", ("谢宁",))
    assert oil.affiliation == "云川市非遗保护中心"


def test_traditional_characters() -> None:
    (stage,) = parse(TRADITIONAL)
    assert (stage.title, stage.authors) == ("老戲臺等來了新觀眾", ("盧靜怡",))
    assert stage.language == "zh"
    assert "又響起了鑼鼓" in stage.text


def test_a_markdown_document_is_one_article() -> None:
    text = (
        "# 说明\n\n开头一段。\n\n## 材料\n\n- 一只桶\n- 一根管\n\n"
        "```\n# 注释\n```\n\n### 细节\n\n完。\n"
    )
    (article,) = parse(text, "说明.md")
    assert article.title == "说明"
    assert [(h.text, h.level) for h in article.headings] == [("材料", 1), ("细节", 2)]
    assert "- 一只桶\n- 一根管" in article.text
    assert "# 注释" in article.text


def test_a_signed_document_keeps_its_sections() -> None:
    text = "# 渡口调查\n\n作者：王小河\n\n开头一段。\n\n# 来历\n\n很久以前。\n\n# 现状\n\n还在。\n"
    (article,) = parse(text, "渡口.md")
    assert (article.title, article.authors) == ("渡口调查", ("王小河",))
    assert [heading.text for heading in article.headings] == ["来历", "现状"]


def test_a_plain_text_with_a_title_line_is_one_article() -> None:
    text = (
        "山谷里的邮差\n\n他每天清晨五点出门，沿着河走十二里路。\n\n河水涨起来的时候，他就绕山路。\n"
    )
    (article,) = parse(text)
    assert article.title == "山谷里的邮差"
    assert len(article.text.split("\n")) == 2


@pytest.mark.parametrize("text", ["一句没有换行的话，" * 3000, "word " * 9000, "，", "# 只有标题"])
def test_a_text_without_structure_is_one_untitled_article(text: str) -> None:
    (article,) = parse(text)
    assert article.title is None
    assert "".join(article.text.split()) == "".join(text.removeprefix("#").split())


@pytest.mark.parametrize("text", ["", "\n \n\t\n", "\ufeff\u200b"])
def test_no_text_gives_no_article(text: str) -> None:
    assert parse(text) == []


def test_the_file_name_tells_date_and_page() -> None:
    (article,) = parse("标题\n□ 王小河\n\n正文在这里。\n", "北原日报/2023-11-02/第3版.txt")
    assert (article.source, article.published, article.page) == ("北原日报", "2023-11-02", "3")
    assert article.guessed == ("source", "published", "page")


def test_what_the_page_says_is_not_guessed() -> None:
    (article,) = parse(
        "云川日报 2024年6月5日 星期三\n\n标题\n□ 王小河\n\n正文在这里。\n", "北原日报/第3版.txt"
    )
    assert (article.source, article.published, article.page) == ("云川日报", "2024-06-05", "3")
    assert article.guessed == ("page",)


JOURNAL = """\
渡口
——一个村庄的四十年
□ 王小河 李向东
基金项目：云川省社科基金项目（21BJY001）

渡口在镇子的东头，石阶一直伸到水里。

一、来历

早先过河全靠一条木船。

（一）木船

船工姓邵，撑了四十年的篙。

1.造船

船是自己造的，用的是杉木。

二、现状

后来上游修了大桥，坐船的人一天比一天少。

（作者单位：云川大学历史系。本文系省级课题“渡口”阶段性成果）
责任编辑：陶然
"""


def test_subtitle_authors_notes_and_levels_of_headings() -> None:
    (article,) = parse(JOURNAL)
    assert (article.title, article.subtitle) == ("渡口", "一个村庄的四十年")
    assert article.authors == ("王小河", "李向东")
    assert article.affiliation == "云川大学历史系"
    assert set(article.notes) == {
        "基金项目：云川省社科基金项目（21BJY001）",
        "本文系省级课题“渡口”阶段性成果",
        "责任编辑：陶然",
    }
    assert [(heading.text, heading.level) for heading in article.headings] == [
        ("一、来历", 1),
        ("（一）木船", 2),
        ("1.造船", 3),
        ("二、现状", 1),
    ]
    assert not any(note in article.text for note in article.notes)
    assert article.id == article_id("渡口", article.text)


@pytest.mark.parametrize(
    ("line", "title", "subtitle"),
    [
        ("共同守护一条河——清溪河治理纪实", "共同守护一条河", "清溪河治理纪实"),
        ("中国——东盟博览会开幕", "中国——东盟博览会开幕", None),
        ("他说“等一等——我马上来”", "他说“等一等——我马上来”", None),
        ("清溪河的四季", "清溪河的四季", None),
    ],
)
def test_a_dash_may_open_a_subtitle(line: str, title: str, subtitle: str | None) -> None:
    (article,) = parse(f"{line}\n□ 王小河\n\n河水清了，两岸的人多了。\n")
    assert (article.title, article.subtitle) == (title, subtitle)


def test_a_note_belongs_to_the_article_that_it_stands_in() -> None:
    oil, bench = parse(f"{INDENTED}\n")[:2]
    assert oil.notes == bench.notes == ()
    bench, oil = parse(MARKDOWN)
    assert len(bench.notes) == 1
    assert oil.notes == ()


@pytest.mark.parametrize(
    ("text", "path", "day"),
    [
        ("新华社云川6月5日电 记者获悉，桥通了。", "2024年/a.txt", "2024-06-05"),
        ("新华社云川2023年6月5日电 记者获悉，桥通了。", "a.txt", "2023-06-05"),
        ("新华社云川6月5日电 记者获悉，桥通了。", "a.txt", None),
        ("本报讯 6月5日，桥通了。", "2024年/a.txt", None),
        ("新华社云川6月5日电 记者获悉，桥通了。", "20240606.txt", "2024-06-06"),
    ],
)
def test_a_dateline_gives_the_day_if_the_year_is_known(
    text: str, path: str, day: str | None
) -> None:
    (article,) = parse(text + "\n\n大家都很高兴。\n", path)
    assert article.published == day
    assert ("published" in article.guessed) == (day is not None)


def test_a_document_keeps_its_date_and_its_editor_apart() -> None:
    (article,) = parse("渡口的早晨\n2024年6月5日 星期三\n\n很静。\n\n船来了。\n\n责任编辑：陶然\n")
    assert (article.title, article.published) == ("渡口的早晨", "2024-06-05")
    assert article.text == "很静。\n船来了。"
    assert article.notes == ("责任编辑：陶然",)
    assert article.guessed == ()


def stated(text: str, **fields: Any) -> Article:
    (article,) = parse_blocks(reflow(text), path="x.csv", stated=Stated(**fields)).articles
    return article


BRIDGE = "桥通了\n□ 张三\n\n桥昨天通了，车来车往。\n"


def test_what_is_stated_goes_before_what_the_text_shows() -> None:
    article = stated(BRIDGE, title="桥通了", authors=("李四",))
    assert (article.title, article.authors) == ("桥通了", ("李四",))
    assert article.text == "桥昨天通了，车来车往。"
    article = stated("桥 通了\n\n桥昨天通了。\n\n大家高兴。", title="桥通了")
    assert (article.title, article.text) == ("桥通了", "桥昨天通了。\n大家高兴。")


def test_a_title_of_the_text_is_not_lost_to_a_stated_one() -> None:
    article = stated(BRIDGE, title="两岸通车")
    assert (article.title, article.authors) == ("两岸通车", ("张三",))
    assert [heading.text for heading in article.headings] == ["桥通了"]


def test_a_guessed_title_goes_behind_that_of_the_text() -> None:
    article = stated(BRIDGE, title="doc1", guessed=("title",))
    assert (article.title, article.guessed) == ("桥通了", ())
    article = stated("桥昨天通了，车来车往。\n\n大家高兴。", title="doc1", guessed=("title",))
    assert (article.title, article.guessed) == ("doc1", ("title",))


def test_a_page_of_several_articles_has_no_stated_title() -> None:
    articles = parse_blocks(reflow(INDENTED), path="x", stated=Stated(title="版面")).articles
    assert [article.title for article in articles] == [
        "让书香飘进村头巷尾",
        "别让老路灯“睡大觉”",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["这是一个段落里的一行文字没有任何句号"] * 5_000),
        "标题\n□ 张三\n" + "\n".join(["这是一行文字没有任何句号"] * 5_000),
        "\n".join(["短"] * 5_000),
        "字" * 200_000,
        "（" * 200_000,
        "“说。”" * 20_000,
        "。" + "”" * 200_000,
        "\n".join(["他说："] * 5_000),
        "\n".join(["abc-"] * 5_000),
        "\n\n".join(f"标题{i}号\n□ 张三\n\n正文{i}说完了。" for i in range(500)),
        "□ 张三\n" + "\n\n".join(["这是一段完全一样的话，说了又说。"] * 900),
    ],
    ids=lambda text: text[:12],
)
def test_no_shape_of_text_takes_long(text: str) -> None:
    for article in parse(text):  # would take minutes or fail if it weren't about linear
        split_article(article)


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from(LINES),
        max_size=25,
    )
)
def test_any_order_of_lines_gives_sound_articles(lines: list[str]) -> None:
    text = "\n".join(lines)
    articles = parse(text)
    assert bool(articles) == bool(text.strip())
    for article in articles:
        assert article.text or article.title
        assert all(line == line.strip() and line for line in article.text.split("\n"))
        for heading in article.headings:
            end = heading.start + len(heading.text)
            assert article.text[heading.start : end] == heading.text
            assert article.text[end : end + 1] in ("", "\n")


@pytest.mark.parametrize("signature", ["□ 林晓舟\n\n", ""])
def test_headings_of_a_lower_level_than_the_title_are_sections(signature: str) -> None:
    first = (
        f"# 古树\n\n{signature}## 来历\n\n树有八百岁，要五个人合抱。\n\n## 现状\n\n枝叶还很茂密。\n"
    )
    second = "# 末班车\n\n□ 何文佳\n\n## 时间\n\n末班车开到一点。\n\n### 票价\n\n还是两元。\n"
    (tree,) = parse(first)
    assert (tree.title, tree.authors) == ("古树", ("林晓舟",) if signature else ())
    assert [(heading.text, heading.level) for heading in tree.headings] == [
        ("来历", 1),
        ("现状", 1),
    ]
    if signature:
        tree, bus = parse(f"{first}\n{second}")
        assert (tree.title, bus.title, bus.authors) == ("古树", "末班车", ("何文佳",))
        assert [(h.text, h.level) for h in bus.headings] == [("时间", 1), ("票价", 2)]


def test_a_signed_title_is_not_lost_to_the_heading_below_it() -> None:
    (tree,) = parse(
        "老树新枝\n□ 林晓舟\n\n第一节\n\n浇水要在清晨，而且第一次要浇透，让根往深处走。\n\n"
        "第二节\n\n修枝要等到冬天，叶子落尽之后才看得清枝条。\n"
    )
    assert (tree.title, tree.authors) == ("老树新枝", ("林晓舟",))
    assert [heading.text for heading in tree.headings] == ["第一节", "第二节"]


def test_a_byline_may_have_two_lines() -> None:
    (tree,) = parse("老树新枝\n本报记者 林晓舟\n通讯员 邵宁\n\n浇水要在清晨，浇水要浇透。\n")
    assert tree.authors == ("林晓舟", "邵宁")


WORDS = st.sampled_from("水路桥树人车山河书信灯门").flatmap(
    lambda first: st.text("东西南北大小新老青白", min_size=12, max_size=18).map(lambda s: first + s)
)
FLOWING = st.one_of(
    st.builds(Block, st.just(Kind.SHORT), WORDS, st.integers(0, 3)),
    st.builds(Block, st.just(Kind.PARAGRAPH), WORDS.map(lambda words: f"{words}，{words}。")),
    st.builds(Block, st.just(Kind.PARAGRAPH), WORDS, goes_on=st.just(True)),
    st.builds(Block, st.just(Kind.PARAGRAPH), WORDS.map(lambda words: f"本报讯 {words}。")),
)
SIGNS = st.sampled_from(
    [
        Block(Kind.BYLINE, "□ 张三"),
        Block(Kind.BYLINE, "（记者 李四）"),
        Block(Kind.CLOSER, "（作者单位：云川大学）"),
        Block(Kind.NOTE, "【本文系课题成果】"),
        Block(Kind.STAFF, "投稿邮箱：a@b.c"),
        Block(Kind.MASTHEAD, "云川日报 2024年6月5日 第3版"),
        Block(Kind.RULE, "———"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(FLOWING, FLOWING, SIGNS), max_size=14, unique_by=lambda block: block.text)
)
def test_no_title_heading_or_paragraph_vanishes(blocks: list[Block]) -> None:
    articles = parse_blocks(blocks, path="page", quoting=False).articles
    held = "".join(
        part
        for article in articles
        for part in (article.title or "", article.subtitle or "", article.text, *article.notes)
    )
    kept = "".join(held.split())
    for block in blocks:
        if block.kind in (Kind.SHORT, Kind.PARAGRAPH):
            assert "".join(block.text.split()) in kept


REFERENCES = """\
The keeper of the pier

Ann Lee kept the pier for forty years. She was born in Hill Street in 1931.[1]

She painted it every spring, and she never took a day off.[2]
She retired when the council sold the ferry.[3]

A film was made about her.[4]

Her dog was called Tar.

References

1. The Guardian 27 July 2020
2. Riverton letters, box 4
The Guardian. p. 28. Retrieved 27 July 2020
3. A letter to the council.
4. Another letter to the council.
5. A third letter to the council.
6. A last letter.
"""


def test_a_reference_is_no_masthead() -> None:
    articles = parse(f"{REFERENCES}\n(The writer is a historian.)\n")
    assert {(article.source, article.published) for article in articles} == {(None, None)}
    assert any("Retrieved 27 July 2020" in article.text for article in articles)


def test_a_section_beside_the_masthead_names_the_page() -> None:
    (article,) = parse(
        "云川日报\n2024年6月5日 星期三\n09 要闻\n古树的身份证\n□ 林晓舟\n\n"
        "树有八百岁，要五个人合抱。\n"
    )
    assert (article.title, article.page, article.source) == ("古树的身份证", "9", "云川日报")


@pytest.mark.parametrize("line", ["□王叶军李思坤", "□ 王叶军李思坤", "本报记者 王叶军李思坤"])
def test_two_names_without_a_space_are_a_guess(line: str) -> None:
    (article,) = parse(f"老树新枝\n{line}\n\n浇水要在清晨，浇水要浇透。\n")
    assert article.authors == ("王叶军", "李思坤")
    assert article.guessed == ("authors",)
