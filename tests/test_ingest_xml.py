from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import DamagedFile, EmptyFile, ReadError
from ingest.formats import File, Options
from ingest.formats.xml import read
from ingest.types import Reading

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:dc="d" xmlns:content="c"><channel>
<title>某市新闻</title><language>zh-cn</language>
<item><title>大桥&amp;amp;书房</title><dc:creator>王小明</dc:creator>
<pubDate>Wed, 05 Jun 2024 23:00:00 +0800</pubDate><description>简介。</description>
<content:encoded><![CDATA[<p>昨天，大桥正式通车。</p><script>x</script><p>市民上桥。</p>]]>
</content:encoded></item>
<item><title>第二条</title><author>li@a.example (李四)</author>
<description>只有简介。</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry>
<title>A bridge</title><author><name>Jane Doe</name></author>
<published>2024-06-05T10:00:00Z</published><content type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml"><p>The bridge <b>was</b> opened.</p><h2>Later</h2>
<p>People came.</p></div></content></entry></feed>"""
NITF = """<nitf><head/><body><body.head><hedline><hl1>大桥通车</hl1></hedline>
<byline>本报记者 王小明</byline></body.head>
<body.content><p>昨天，<em>大桥</em>正式通车。市民上桥。</p>
<hl2>书房</hl2><p>书房也开门了。读者来看书。</p></body.content></body></nitf>"""
BOMB = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {one} "{f"&{before};" * 10}">'
        for before, one in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


def read_xml(text: str | bytes) -> Reading:
    content = text if isinstance(text, bytes) else text.encode()
    return read(File("file.xml", content=content), Options())


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_an_item_of_a_feed_is_an_article(encoding: str) -> None:
    first, second = read_xml(RSS.format(encoding=encoding).encode(encoding)).articles
    assert (first.title, first.authors, first.published) == ("大桥&书房", ("王小明",), "2024-06-05")
    assert first.text == "昨天，大桥正式通车。\n市民上桥。"
    assert (second.title, second.authors, second.text) == ("第二条", ("李四",), "只有简介。")
    assert {first.source, second.source} == {"某市新闻"}
    assert first.language == "zh"


def test_an_entry_of_atom_is_an_article() -> None:
    (article,) = read_xml(ATOM).articles
    assert (article.title, article.authors, article.source) == ("A bridge", ("Jane Doe",), "News")
    assert article.published == "2024-06-05"
    assert article.text == "The bridge was opened.\nLater\nPeople came."
    assert [heading.text for heading in article.headings] == ["Later"]


def test_a_news_text() -> None:
    (article,) = read_xml(NITF).articles
    assert (article.title, article.authors) == ("大桥通车", ("王小明",))
    assert "昨天，大桥正式通车。市民上桥。" in article.text.split("\n")
    assert [heading.text for heading in article.headings] == ["书房"]


def test_records_are_lines_and_titles_are_headings() -> None:
    text = (
        "<list><title>人员</title><one><name>张三</name><age>30</age></one>"
        "<one><name>李四</name><age/></one><note>旁<b>注</b>一句</note>散<x>文</x>字</list>"
    )
    (article,) = read_xml(text).articles
    assert article.title == "人员"
    assert article.text == "name: 张三 | age: 30\nname: 李四\n旁注一句\n散\n文\n字"


def test_a_wrong_declaration_is_not_believed() -> None:
    text = '<?xml version="1.0" encoding="UTF-8"?><a><p>去年，市里建成十家城市书房。</p></a>'
    for encoding in ("utf-16", "gb18030"):
        assert read_xml(text.encode(encoding)).articles[0].text == "去年，市里建成十家城市书房。"


def test_broken_xml_is_read_and_said() -> None:
    reading = read_xml("<a><p>甲 & 乙</p><p>丙</a>")
    assert "丙" in reading.articles[0].text
    assert "file.xml" in reading.problems[0].english


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("<a/>", EmptyFile),
        (f"{BOMB}<a>&i;</a>", DamagedFile),
        (f'{BOMB}<a b="&i;">text</a>', DamagedFile),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', DamagedFile),
        ("just text", DamagedFile),
    ],
)
def test_says_why_a_file_cannot_be_read(text: str, error: type[ReadError]) -> None:
    with pytest.raises(error) as caught:
        read_xml(text)
    assert "file.xml" in caught.value.english
    assert "file.xml" in caught.value.chinese


def test_deep_nesting_is_a_clear_error_or_a_text() -> None:
    with contextlib.suppress(ReadError):
        assert read_xml("<a>" * 50_000 + "text" + "</a>" * 50_000).articles


@given(st.text("<>/ab&;\"=' 甲乙", max_size=60))
def test_any_text_gives_articles_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(ReadError):
        assert read_xml(f"<a>{text}</a>").articles


def test_an_export_of_wordpress_gives_its_posts_alone() -> None:
    item = (
        "<item><title>{}</title><creator>river</creator><encoded><![CDATA[{}]]></encoded>"
        "<post_type>{}</post_type></item>"
    )
    posts = item.format(
        "石桥修好以后", "[caption]旧照[/caption]河边的石桥修好了。\n\n老人说。", "post"
    )
    others = item.format("bridge.jpg", "", "attachment") + item.format("menu", "", "nav_menu_item")
    people = (
        "<author><author_login>river</author_login>"
        "<author_display_name>周明</author_display_name></author>"
    )
    (article,) = read_xml(f"<rss><channel>{people}{posts}{others}</channel></rss>").articles
    assert article.authors == ("周明",)
    assert article.text == "旧照\n河边的石桥修好了。\n老人说。"
