"""The article on a page of its own."""

from __future__ import annotations

import re
from html import unescape

from chat.web.article_page import article_html
from chat.web.view import View
from ingest.types import Article, Heading

VIEW = View("zh", root="../")
TEXT = "第一段 <b> & 完。\n小标题\n𠮷村的第二段。\n第三段。"
ARTICLE = Article(
    id="a",
    title="题目",
    authors=(),
    affiliation=None,
    source=None,
    page=None,
    published=None,
    language="zh",
    headings=(Heading("小标题", TEXT.index("小标题")),),
    text=TEXT,
    path="page.txt",
)


def blocks(html: str) -> dict[int, str]:
    """The text of each line by the character that it says it begins at."""
    found = re.findall(r'<(\w+) data-at="(\d+)">(.*?)</\1>', html)
    return {int(at): unescape(re.sub(r"<[^>]+>", "", inside)) for _, at, inside in found}


def test_every_line_says_where_in_the_text_it_begins() -> None:
    found = blocks(article_html(ARTICLE, 0, 0, VIEW))
    assert [*found.values()] == TEXT.split("\n")
    assert all(TEXT[at:].startswith(line) for at, line in found.items())


def test_a_quote_over_two_lines_is_marked_in_both_and_has_one_id() -> None:
    start, end = TEXT.index("第二段"), TEXT.index("第三段") + 2
    html = article_html(ARTICLE, start, end, VIEW)
    assert re.findall(r"<mark[^>]*>(.*?)</mark>", html) == ["第二段。", "第三"]
    assert html.count('id="quote"') == 1
    assert blocks(html) == blocks(article_html(ARTICLE, 0, 0, VIEW))
