from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.errors import EmptyFile, WenjinError
from ingest.formats import File, Options
from ingest.formats.html import read, text_blocks
from ingest.types import Article, Reading

NEWS = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="{charset}">
<title>城市书房点亮夜晚 - 某市新闻网</title>
<meta property="og:site_name" content="某市新闻网">
<meta property="article:published_time" content="2024-06-05T08:00:00+08:00">
<meta name="author" content="林晓">
<style>p {{ color: red }}</style><script>var hidden = "脚本";</script></head><body>
<div id="cookie-banner">本站使用曲奇，请同意。</div>
<nav><a href="/">首页</a><a href="/a">要闻</a><a href="/b">体育</a></nav>
<div style="display: none">看不见的文字</div>
<article><h1>城市书房点亮夜晚</h1>
<p>去年，市里建成十家城市书房，读者可以读到夜里十点，不少人下班以后就来这里坐上一会儿。</p>
<!-- 注释 --><p>书房由社区和企业一起办，馆员每天把新书送到各处，孩子们放学以后也在这里写作业。</p>
<h2>夜里的灯</h2>
<p>到了夜里，临街的窗户亮着灯，&nbsp;路过的人会进来翻一翻报纸，再慢慢走回家去。</p>
<ul><li>免费借阅</li><li>自助还书</li></ul>
<blockquote>“有灯的地方就有人读书。”</blockquote>
<table><tr><th>书房</th><th>座位</th></tr><tr><td>河东</td><td>40</td></tr></table>
<pre>周一闭馆
周二开放</pre>
<img src="data:image/png;base64,AAAA" alt="图片说明不算正文">
</article>
<footer>版权所有 <a href="/c">联系我们</a></footer></body></html>"""


def read_html(page: str | bytes, name: str = "page.html") -> Reading:
    content = page if isinstance(page, bytes) else page.encode()
    return read(File(name, content=content), Options())


def only(page: str | bytes) -> Article:
    (article,) = read_html(page).articles
    return article


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_reads_an_article_and_nothing_around_it(charset: str) -> None:
    page = NEWS.format(charset=charset)
    article = only(page.encode("gbk" if charset == "gb2312" else charset))
    for gone in ("脚本", "曲奇", "首页", "看不见", "注释", "版权", "图片", "color"):
        assert gone not in article.text
    assert article.title == "城市书房点亮夜晚"
    assert article.authors == ("林晓",)
    assert article.published == "2024-06-05"
    assert article.source == "某市新闻网"
    assert article.language == "zh"
    assert article.guessed == ()
    assert [(heading.text, heading.level) for heading in article.headings] == [("夜里的灯", 1)]
    assert "亮着灯， 路过的人" in article.text
    assert article.text.split("\n")[-7:-4] == ["免费借阅", "自助还书", "“有灯的地方就有人读书。”"]
    assert article.text.split("\n")[-4:] == ["书房 | 座位", "河东 | 40", "周一闭馆", "周二开放"]


def test_what_only_looks_like_the_author_and_the_date_is_a_guess() -> None:
    page = """<body><h1>A bridge opens</h1><span class="author-name">Jane Doe</span>
    <p>Updated: 2024-06-05 10:00</p><p>The bridge was opened yesterday. Many came.</p></body>"""
    article = only(page)
    assert article.authors == ("Jane Doe",)
    assert article.published == "2024-06-05"
    assert set(article.guessed) == {"authors", "published"}


@pytest.mark.parametrize("author", ["admin", "https://a.example/j", "j@a.example", "Web Editor"])
def test_an_author_must_look_like_a_name(author: str) -> None:
    page = f'<head><meta name="author" content="{author}"></head><p>The bridge was opened.</p>'
    assert only(page).authors == ()


def test_linked_data_tells_authors() -> None:
    page = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
    {"@type": "NewsArticle", "headline": "A bridge", "datePublished": "2024-06-05T10:00:00Z",
     "author": [{"name": "Jane Doe"}, {"name": "John Roe"}]}]}</script>
    <p>The bridge was opened.</p>"""
    article = only(page)
    assert (article.title, article.authors) == ("A bridge", ("Jane Doe", "John Roe"))
    assert article.published == "2024-06-05"


def test_the_main_text_is_found_among_links() -> None:
    links = "".join(f'<li><a href="/{i}">别的新闻标题第{i}条在这里</a></li>' for i in range(60))
    page = NEWS.format(charset="utf-8").replace("<footer>", f"<div><ul>{links}</ul></div><footer>")
    article = only(page)
    assert "别的新闻" not in article.text
    assert "馆员每天把新书送到各处" in article.text
    assert [heading.text for heading in article.headings] == ["夜里的灯"]
    assert "河东 | 40" in article.text


def test_a_page_of_tables_or_links_alone_is_read_whole() -> None:
    assert only("<table><tr><td>甲</td><td>乙</td></tr></table>").text == "甲 | 乙"
    assert only("<nav><a href='/'>只有导航的一页</a></nav>").text == "只有导航的一页"
    assert only("没有标签的文字").text == "没有标签的文字"


def test_headings_keep_their_levels() -> None:
    page = "<h1>题目</h1><h2>一</h2><p>甲文。</p><h4>细</h4><p>乙文。</p><h2>二</h2><p>丙文。</p>"
    article = only(page)
    assert article.title == "题目"
    assert [(one.text, one.level) for one in article.headings] == [("一", 1), ("细", 2), ("二", 1)]


def test_a_page_with_several_signed_articles_is_cut() -> None:
    page = """<h1>某报</h1><h2>大桥通车</h2><p>□ 王小明</p><p>昨天，大桥正式通车。市民上桥。</p>
    <h2>书房开门</h2><p>□ 林晓</p><p>昨天，书房开门。读者来看书。</p>"""
    found = read_html(page).articles
    assert [(one.title, one.authors) for one in found] == [
        ("大桥通车", ("王小明",)),
        ("书房开门", ("林晓",)),
    ]


def test_space_is_as_a_reader_sees_it() -> None:
    page = "<p>第一行\n    第二行，Hello\n world\u200b。\u00adsoft\u202e\u00a0hard<br>下一行</p>"
    assert only(page).text == "第一行第二行，Hello world。soft hard\n下一行"


def test_ordered_lists_have_their_numbers_and_ruby_is_left_out() -> None:
    page = "<ol start=3><li>甲</li><li><p>乙</p></li></ol><p><ruby>漢<rt>kan</rt></ruby>字。</p>"
    assert only(page).text == "3. 甲\n4. 乙\n漢字。"


def test_big5_is_read() -> None:
    text = "去年，市裡建成十家城市書房，讀者可以讀到夜裡十點。"
    assert only(f'<meta charset="big5"><p>{text}</p>'.encode("big5")).text == text


def test_a_wrong_charset_is_not_believed() -> None:
    page = '<meta charset="iso-8859-1"><p>去年，市里建成十家城市书房，读者可以读到夜里十点。</p>'
    for encoding in ("utf-8", "gb18030", "utf-16"):
        assert only(page.encode(encoding)).text.startswith("去年，市里建成十家")


def test_an_alphabet_of_its_own_is_believed() -> None:
    page = '<meta charset="windows-1255"><p>אני חושב שזה לא יהיה מקצועי</p>'
    assert only(page.encode("cp1255")).text == "אני חושב שזה לא יהיה מקצועי"


def test_a_text_file_in_a_page_is_unwrapped() -> None:
    lines = ["The first line of this text was broken because it reached the edge",
             "of the page, and the second one goes on until the sentence is over."]  # fmt: skip
    assert only(f"<pre>{chr(10).join(lines * 3)}</pre>").text.count("\n") < 5


def test_xhtml_may_close_any_element() -> None:
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a"/></head>'
    assert only(f"{page}<body><p>正文在此。</p></body></html>").text == "正文在此。"


def test_a_web_archive_holds_a_page() -> None:
    archive = (
        "From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=B\r\n\r\n"
        "--B\r\nContent-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>=E6=AD=A3=E6=96=87</p>\r\n"
        "--B\r\nContent-Type: text/css\r\n\r\np {}\r\n--B--\r\n"
    )
    assert only(archive).text == "正文"


@pytest.mark.parametrize("page", ["<script>x()</script>", "<p> </p>", "<!-- a -->", "<img alt=x>"])
def test_a_page_without_text_is_empty(page: str) -> None:
    with pytest.raises(EmptyFile) as caught:
        read_html(page)
    assert "page.html" in caught.value.english
    assert "page.html" in caught.value.chinese


def test_deep_nesting_is_survived_and_said() -> None:
    shallow = read_html("<p>前面的文字。</p>" + "<div>" * 500 + "深处的文字。" + "</div>" * 500)
    assert shallow.articles[0].text == "前面的文字。\n深处的文字。"
    deep = read_html("<p>前面的文字。</p>" + "<div>" * 50_000 + "深处的文字。")
    assert deep.articles[0].text.startswith("前面的文字。")
    assert [problem.chinese for problem in deep.problems] == [
        "page.html 嵌套层次过深，其后的文字未读取"
    ]


words = st.text("天地玄黄宇宙洪荒日月盈昃辰宿列张", min_size=2, max_size=6)
tags = st.sampled_from(["p", "div", "li", "h2", "h3", "td", "span", "b", "blockquote", "section"])
trees = st.recursive(
    words,
    lambda inner: st.tuples(tags, st.lists(inner, max_size=4)).map(
        lambda one: f"<{one[0]}>{' '.join(one[1])}</{one[0]}>"
    ),
    max_leaves=20,
)


@given(trees)
def test_no_character_is_lost_doubled_or_moved(tree: str) -> None:
    visible = re.sub(r"<[^>]*>|\s", "", tree)
    assume(visible)
    blocks = text_blocks(f"<body>{tree}</body>".encode(), name="page.html")
    assert re.sub(r"[\s|]", "", "".join(block.text for block in blocks)) == visible


@given(st.binary(max_size=300))
def test_any_bytes_give_articles_or_a_clear_error(content: bytes) -> None:
    with contextlib.suppress(WenjinError):
        assert read_html(b"<html><p>" + content).articles


def test_marks_in_a_preformatted_page_are_no_headings() -> None:
    line = "The old bridge across the river was mended this spring, and people walk over it again."
    (article,) = read_html(f"<pre>[[Page 3]]\n\n{line}\n\n&lt;DOC&gt;\n\n{line}\n</pre>").articles
    assert article.title is None
    assert article.headings == ()
    assert article.text.startswith("[[Page 3]]\n")
