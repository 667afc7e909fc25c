from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.split import sentence_spans, split_article
from ingest.types import Article, Heading, Passage

ALPHABET = "市区的人a B9。！？…；，、“”‘’「」（）()《》\"'.!?: \n　"


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def article(text: str, *headings: str) -> Article:
    found = tuple(Heading(heading, text.index(heading)) for heading in headings)
    return Article(
        id="a",
        title=None,
        authors=(),
        affiliation=None,
        source=None,
        page=None,
        published=None,
        language="zh",
        headings=found,
        text=text,
        path="a.txt",
    )


def texts(whole: Article, passages: list[Passage]) -> list[str]:
    return [whole.text[passage.start : passage.end] for passage in passages]


@pytest.mark.parametrize(
    "expected",
    [
        ["天晴了。", "大家出门！", "去哪儿？", "不知道……", "再说吧"],
        ["他说：“好。”", "她走了。"],
        ["“走吧！”他喊道，“快！”", "天黑了。"],
        ["“今天怎么样？”他问。", "她没答。"],
        ["他指出：“水是生命之源。”", "“我们要节水。要护水。”", "这话不错。"],
        ["面对“怎么办？”这道题，大家沉默。", "没人答。"],
        ["《谁来养老？》一书（二〇二〇年出版。有修订）很畅销！", "真的？！", "是的。"],
        ["苹果、梨……都有；桃子没有。", "下午再来。"],
        ["“孩子们爱来。家长也爱来。”馆长林晓说。", "“挺好。”", "她想。"],
        ["规则如下。", "1.自备水杯。", "2.不带零食。"],
        ["（上午九点。）", "会议开始。"],
        ["怎样转化?", "一是改革。", "增长3.8%.", "占12.3万。"],
    ],
)
def test_chinese_sentences(expected: list[str]) -> None:
    assert sentences("".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["Dr. Smith lives in the U.S. now.", "He paid $3.50 (about 3.20 euros. Really!) for it."],
        ["He left the U.S.", "The U.S. President stayed."],
        ["J. K. Rowling came at 5 p.m.", "It rained, e.g. on Jan. 5."],
        ['"It works. It does," she said.', '"Why?" he asked.', '"Go!"', "Then he left."],
        ['He said: "It works."', "Then he left."],
        ["1. The first point.", "2. The second point."],
        ["See Fig. 3 at www.a.com/x?y=1 now.", "Version 2.0 is out... and more."],
        [
            "It opened in the 1950s.",
            "It closed in 2019.",
            "The works (and those who ran them) are gone.",
        ],
    ],
)
def test_english_sentences(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_a_line_ends_a_sentence() -> None:
    assert sentences("没有句号\n　　第二段。 \n\n") == ["没有句号", "第二段。"]


def test_only_a_long_quotation_is_told_apart() -> None:
    short, long = "“" + "要办实事。" * 10 + "”", "“" + "要办实事。" * 60 + "”"
    assert len(sentences(short)) == 1
    assert len(sentences(long)) == 60


def test_spans_lie_within_the_part_asked_for() -> None:
    text = "甲。乙。丙。丁。"
    assert sentence_spans(text, 2, 6) == [(2, 4), (4, 6)]


@given(st.text(ALPHABET, max_size=200))
def test_sentences_cover_the_text_in_order(text: str) -> None:
    spans = sentence_spans(text)
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())


@given(st.lists(st.text(ALPHABET, min_size=1, max_size=80), max_size=8), st.integers(20, 120))
def test_passages_are_whole_sentences(lines: list[str], size: int) -> None:
    whole = article("\n".join(lines))
    passages = split_article(whole, size=size)
    spans = sentence_spans(whole.text)
    starts, ends = {start for start, _ in spans}, {end for _, end in spans}
    if all(end - start <= 4 * size for start, end in spans):
        assert {passage.start for passage in passages} <= starts
        assert {passage.end for passage in passages} <= ends
    assert "".join("".join(texts(whole, passages)).split()) == "".join(whole.text.split())


def test_passages_are_about_the_size_asked_for() -> None:
    paragraph = "这是一个长短适中的普通句子，说的是同一件事。" * 9  # 198 characters
    whole = article("\n".join([paragraph] * 12))
    sizes = [passage.end - passage.start for passage in split_article(whole, size=250)]
    assert set(sizes) == {198}
    assert all(180 <= p.end - p.start <= 330 for p in split_article(whole, size=250))


def test_a_long_paragraph_is_cut_evenly() -> None:
    whole = article("这是一个长短适中的普通句子，说的是同一件事。" * 37)
    sizes = [passage.end - passage.start for passage in split_article(whole, size=250)]
    assert max(sizes) - min(sizes) <= 44
    assert all(200 <= size <= 320 for size in sizes)


def test_english_passages_are_of_about_a_hundred_words() -> None:
    whole = article("The new line carries nine thousand people to work every day. " * 60)
    words = [len(text.split()) for text in texts(whole, split_article(whole))]
    assert all(90 <= count <= 150 for count in words)


def test_passages_never_cross_a_heading() -> None:
    text = "导语说明来意。\n一、水源\n水从山上来。\n二、管网\n管网已更换。旧管拆除了。"
    whole = article(text, "一、水源", "二、管网")
    passages = split_article(whole)
    assert texts(whole, passages) == ["导语说明来意。", "水从山上来。", "管网已更换。旧管拆除了。"]
    assert [passage.heading for passage in passages] == [None, "一、水源", "二、管网"]


def test_a_small_rest_joins_its_neighbour() -> None:
    whole = article("一个二十个字上下的句子用来凑够一段话的长度。" * 11 + "\n完了。")
    (passage,) = split_article(whole, size=250)
    assert whole.text[passage.start : passage.end].endswith("完了。")


def test_an_overlong_sentence_is_cut_at_a_pause() -> None:
    whole = article("一口气说下去，" * 200 + "停。")
    pieces = texts(whole, split_article(whole, size=100))
    assert all(piece.endswith(("，", "停。")) for piece in pieces)
    assert all(len(piece) <= 250 for piece in pieces)


def test_nothing_gives_nothing() -> None:
    assert split_article(article("")) == []


@pytest.mark.parametrize(
    "unit", ["这是一个普通的句子，说明了“情况”（很好）。", "啊！", "无标点", "“", "a. "]
)
def test_a_huge_paragraph_is_split(unit: str) -> None:
    whole = article(unit * (100_000 // len(unit)))
    assert len(split_article(whole)) > 100  # which would take minutes if it weren't linear


@given(st.lists(st.text(ALPHABET, max_size=60), max_size=8), st.integers(20, 120), st.data())
def test_passages_and_what_lies_between_them_are_the_text(
    lines: list[str], size: int, data: st.DataObject
) -> None:
    text = "\n".join(lines)
    starts = [0, *(i + 1 for i, character in enumerate(text) if character == "\n")]
    heads = data.draw(st.sets(st.sampled_from(starts), max_size=3))
    headings = tuple(Heading(text[i:].split("\n")[0], i) for i in sorted(heads))
    whole = replace(article(text), headings=headings)
    passages = split_article(whole, size=size)
    assert all(0 <= passage.start < passage.end <= len(text) for passage in passages)
    assert all(first.end <= second.start for first, second in pairwise(passages))
    ends = [0, *(passage.end for passage in passages)]
    begins = [*(passage.start for passage in passages), len(text)]
    between = [text[end:begin] for end, begin in zip(ends, begins, strict=True)]
    pieces = [
        piece for pair in zip(between, [*texts(whole, passages), ""], strict=True) for piece in pair
    ]
    assert "".join(pieces) == text
    left_out = "".join("".join(between).split())
    assert left_out == "".join("".join(heading.text for heading in headings).split())
    for passage in passages:
        assert passage.heading == whole.heading_at(passage.start)
