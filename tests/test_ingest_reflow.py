from __future__ import annotations

import textwrap
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.page.furniture import Kind
from ingest.page.layout import prepare
from ingest.page.reflow import join_lines, mend, reflow

SENTENCES = (
    "渡口在镇子的东头，石阶一直伸到水里。",
    "早先过河全靠一条木船，船工姓邵，撑了四十年的篙。",
    "后来上游修了大桥，坐船的人一天比一天少。",
    "镇上的人商量，要不要把渡口拆掉？",
    "年轻的文书查了县志，说这渡口比镇子还老，载过戏班、载过学生，也载过逃荒的人。",
    "“留着吧，”他说，“总有人要从水上走。”",
)
PARAGRAPHS = ["".join(SENTENCES[:3]), "".join(SENTENCES[3:]), "".join(SENTENCES)]
ENGLISH = (
    "The ferry ran for forty years, and the ferryman knew every stone in the river. "
    "When the bridge was opened, nobody thought that the boat would be missed."
)


def wrapped(paragraphs: list[str], width: int, *, between: str, inside: str = "\n") -> str:
    return between.join(
        inside.join(text[i : i + width] for i in range(0, len(text), width)) for text in paragraphs
    )


def texts(page: str) -> list[str]:
    return [block.text for block in mend(reflow(page))]


@pytest.mark.parametrize("width", range(12, 41))
@pytest.mark.parametrize("inside", ["\n", "\n\n"])
def test_chinese_wraps_are_undone(width: int, inside: str) -> None:
    page = wrapped(PARAGRAPHS, width, between=inside + "\n", inside=inside)
    assert texts(page) == PARAGRAPHS


@pytest.mark.parametrize("width", [13, 18, 25])
def test_indents_alone_tell_the_paragraphs(width: int) -> None:
    page = wrapped(["　　" + text for text in PARAGRAPHS], width, between="\n")
    assert texts(page) == PARAGRAPHS


@pytest.mark.parametrize("width", [36, 50, 72])
def test_english_wraps_are_undone(width: int) -> None:
    page = "\n\n".join("\n".join(textwrap.wrap(ENGLISH, width)) for _ in range(3))
    assert texts(page) == [ENGLISH] * 3


def test_a_blank_line_in_mid_sentence_is_a_column_end() -> None:
    lines = [PARAGRAPHS[2][i : i + 15] for i in range(0, len(PARAGRAPHS[2]), 15)]
    page = "\n".join([*lines[:4], "", *lines[4:]])
    assert texts(page) == [PARAGRAPHS[2]]


def test_a_column_may_change_its_width() -> None:
    text = PARAGRAPHS[2] * 2
    narrow = [text[i : i + 13] for i in range(0, 104, 13)]
    wide = [text[i : i + 26] for i in range(104, len(text), 26)]
    assert texts("\n".join(narrow + wide)) == [text]


def test_headings_stay_apart_and_become_whole() -> None:
    body = wrapped(PARAGRAPHS[2:], 18, between="\n\n")
    page = f"{body}\n\n留住水上的路，\n也就是留住镇子\n的来历\n\n{body}\n\n旧渡口 新用处\n\n{body}"
    blocks = reflow(page)
    headings = [block.text for block in blocks if block.kind is Kind.SHORT]
    assert headings == ["留住水上的路，也就是留住镇子的来历", "旧渡口 新用处"]


def test_narrow_text_between_wider_text_is_no_heading() -> None:
    body = wrapped(PARAGRAPHS[2:], 22, between="\n\n")
    quote = "总有人要从水上走，\n这话说得不错，\n大家都点头。"
    assert (
        texts(f"{body}\n\n{quote}\n\n{body}")[1] == "总有人要从水上走，这话说得不错，大家都点头。"
    )


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["京津冀地域面积 21.6 万平", "方公里"], "京津冀地域面积 21.6 万平方公里"),
        (["共有20", "24人"], "共有2024人"),
        (["the old", "bridge"], "the old bridge"),
        (["a hyphen-", "ation rule"], "a hyphenation rule"),
        (["a well-", "known pier"], "a well-known pier"),
        (["the North-", "South line"], "the North-South line"),
        (["用 Python", "写成"], "用 Python写成"),
        (["他说——", "走吧"], "他说——走吧"),
    ],
)
def test_joining(lines: list[str], joined: str) -> None:
    assert join_lines(lines, frozenset({"well-known", "hyphenation"})) == joined


def test_markdown_marks_are_taken_off_headings_and_quotations_only() -> None:
    blocks = reflow("## 渡口的来历 ##\n\n> 总有人要从水上走。\n\n```\n# 注释\n```\n")
    assert [block.text for block in blocks] == [
        "渡口的来历",
        "总有人要从水上走。",
        "```",
        "# 注释",
        "```",
    ]
    assert blocks[0].level == 2


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("□ 张三", Kind.BYLINE),
        ("（作者系某大学教授）", Kind.CLOSER),
        ("【本文系省社科基金项目阶段性成果】", Kind.NOTE),
        ("投稿邮箱：a@example.com", Kind.STAFF),
        ("本版编辑 王小河", Kind.STAFF),
        ("云川日报 2024年6月5日 星期三 第7版", Kind.MASTHEAD),
        ("— 7 —", Kind.NUMBER),
        ("（下转第二版）", Kind.JUMP),
        ("――――――", Kind.RULE),
        ("图为村民在渡口等船。 本报记者 王小河 摄", Kind.CAPTION),
        ("记者走进大山深处，看见了什么？", Kind.PARAGRAPH),
        ("编辑部的故事开始了。", Kind.PARAGRAPH),
    ],
)
def test_a_line_is_named_by_its_wording(line: str, kind: Kind) -> None:
    page = f"{PARAGRAPHS[0]}\n\n{line}\n\n{PARAGRAPHS[1]}"
    assert reflow(page)[1].kind is kind


def characters(text: str) -> Counter[str]:
    """The characters that may not be lost: no space, none that a hyphen or a mark may stand for."""
    return Counter(c for c in text if not c.isspace() and c not in "-#>\ufeff\u200b\u2060\u00ad")


LINES = st.text(
    alphabet=st.sampled_from("渡口水上的路。，？：“”（）【】□作者系0123 abcXY.-#>*|—\u3000"),
    max_size=30,
)


@settings(max_examples=200)
@given(st.lists(LINES, max_size=30), st.sampled_from(["\n", "\n\n"]))
def test_nothing_is_lost_or_made(lines: list[str], between: str) -> None:
    page = between.join(lines)
    blocks = reflow(page)
    assert characters("".join(block.text for block in blocks)) == characters(page)
    assert all(block.text and block.text == block.text.strip() for block in blocks)
    # From here on a block may change its kind, never its characters.
    assert characters("".join(block.text for block in prepare(blocks))) == characters(page)


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_text_can_be_reflowed(text: str) -> None:
    assert characters("".join(block.text for block in reflow(text))) == characters(text)
