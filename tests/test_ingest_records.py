"""JSON and JSON Lines as articles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import DamagedFile, EmptyFile, FileTooLarge, PartlyRead, ReadError
from ingest.formats import File, Options, concatenate, records
from ingest.tables.pieces import cut, end_of_lines
from ingest.types import Article, Reading

SHARED = Path(__file__).parent.parent.parent / "shared" / "data" / "messy"
TEXT = "去年，市里建成十家城市书房。"


def read_text(text: str, name: str = "a.jsonl", /, **columns: str) -> Reading:
    return records.read(File(name, content=text.encode()), Options(columns=columns))


def read(value: Any, name: str = "a.json", /, **columns: str) -> Reading:
    return read_text(json.dumps(value, ensure_ascii=False, indent=1), name, **columns)


def read_one(value: Any, /, **columns: str) -> Article:
    (article,) = read(value, **columns).articles
    return article


def lines(values: Sequence[Any]) -> str:
    return "\n".join(json.dumps(value, ensure_ascii=False) for value in values)


NEWS = {
    "id": "n-17",
    "title": "书房点亮夜晚",
    "meta": {"authors": ["王叶军", "李思坤"], "source": "某市日报", "page": "03版"},
    "date": "2024-06-05T08:00:00+08:00",
    "content": TEXT,
}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(NEWS),
        json.dumps(NEWS, indent=2),
        json.dumps([NEWS]),
        json.dumps({"count": 1, "articles": [NEWS]}, indent=2),
        json.dumps({"status": {"code": 0}, "total": [1], "items": [NEWS]}),
        json.dumps({"data": {"list": [NEWS]}}),
        f"\n{json.dumps(NEWS)}\n\n",
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "news"])
def test_finds_the_fields_of_an_object_wherever_it_is(name: str, text: str) -> None:
    (article,) = read_text(text, name).articles
    assert article.title == "书房点亮夜晚"
    assert article.authors == ("王叶军", "李思坤")
    assert (article.source, article.page) == ("某市日报", "3")
    assert article.published == "2024-06-05"
    assert article.text == TEXT
    assert article.path == f"{name}#n-17"


def test_reads_keys_as_mapped_by_their_dots() -> None:
    value = {"head": {"line": "题"}, "parts": ["第一段。", "第二段。"], "text": "别的"}
    article = read_one([value], title="head.line", text="parts")
    assert (article.title, article.text) == ("题", "第一段。\n第二段。")


def test_reads_people_as_objects() -> None:
    value = {"title": "题", "text": TEXT, "author": [{"name": "Jane Doe"}, {"name": "Roe, John"}]}
    assert read_one(value).authors == ("Jane Doe", "Roe, John")


@pytest.mark.parametrize("text", [lines([NEWS, NEWS]), json.dumps([NEWS, NEWS])])
def test_names_the_keys_there_are_if_one_is_not(text: str) -> None:
    with pytest.raises(ReadError, match=r"no column 'x'; its columns are id, title, meta\.authors"):
        read_text(text, text="x")


def test_lines_are_numbered_and_broken_ones_named() -> None:
    text = '{"text": "一。"}\n\n{"text": \n[1]\n"二。"\n{"text": "三。"}\n{"text": ""}\n'
    reading = read_text(text)
    assert [article.path for article in reading.articles] == ["a.jsonl#1", "a.jsonl#5", "a.jsonl#6"]
    assert [article.text for article in reading.articles] == ["一。", "二。", "三。"]
    empty, broken = reading.problems
    assert isinstance(broken, PartlyRead)
    assert str(broken) == (
        "a.jsonl: rows left out: 2, the first is row 3: they are no JSON objects"
    )
    assert "the first is row 7: they have no text" in str(empty)


def test_flat_objects_without_a_text_make_one_article() -> None:
    things = [{"sku": "G-1", "price": 12.50, "new": True}, {"sku": "G-2", "price": 1e3, "x": None}]
    expected = "sku: G-1 | price: 12.5 | new: true\nsku: G-2 | price: 1000.0"
    assert read_one(things).text == expected
    (article,) = read_text(lines(things)).articles
    assert article.text == expected
    assert article.path == "a.jsonl"


def test_numbers_stay_as_they_are_written() -> None:
    (article,) = read_text('{"a": 12.50, "b": 1E3, "c": 123456789012345678901234567890}').articles
    assert article.text == "a: 12.50\nb: 1E3\nc: 123456789012345678901234567890"


def test_nested_objects_without_a_text_are_articles_of_what_is_in_them() -> None:
    value = {"data": [{"title": "题", "qas": [{"q": "谁？", "a": {"t": "王五"}}]}, {"p": [["x"]]}]}
    first, second = read(value).articles
    assert (first.title, first.text) == ("题", "title: 题\nq: 谁？\nt: 王五")
    assert (second.title, second.text, second.path) == (None, "p: x", "a.json#2")


def test_anything_else_is_one_article_of_its_strings() -> None:
    assert (
        read_one({"a": ["x", "y"], "b": {"c": "很长。" * 30}}).text
        == f"a: x\na: y\n{'很长。' * 30}"
    )
    assert read_one("只有一句。").text == "只有一句。"


@pytest.mark.parametrize("value", [[], {}, [[]], {"a": None}, "", [""]])
def test_refuses_what_holds_no_text(value: Any) -> None:
    with pytest.raises(EmptyFile, match="holds no text"):
        read(value)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{\n"a": 1,\n}', "line 3"),
        ("[\n1, 2", "line 2"),
        ("[" * 100_000, "nested too deeply"),
        ("no json", "line 1"),
    ],
)
def test_says_where_a_file_is_damaged(text: str, where: str) -> None:
    with pytest.raises(DamagedFile, match=where):
        read_text(text, "a.json")


def test_refuses_a_whole_file_that_would_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as stream:
        stream.write(b"[\n" + b"[1],\n" * 60_000)
        stream.truncate(records.LARGEST_WHOLE + 1)
    with pytest.raises(FileTooLarge, match="as JSON Lines"):
        records.parts(File("a.json", path), Options())


ELEMENTS = [
    {"type": "Header", "text": "某日报", "metadata": {}},
    {"type": "Title", "text": "书房点亮夜晚", "metadata": {"category_depth": 0}},
    {"type": "NarrativeText", "text": TEXT, "metadata": {}},
    {"type": "Title", "text": "夜里的灯", "metadata": {"category_depth": 1}},
    {"type": "ListItem", "text": "读到十点", "metadata": {}},
    {"type": "PageBreak", "text": "", "metadata": {}},
    {
        "type": "Table",
        "text": "甲 乙",
        "metadata": {"text_as_html": "<table><tr><td>甲</td><td>乙</td></tr></table>"},
    },
]


@pytest.mark.parametrize("text", [json.dumps(ELEMENTS), lines(ELEMENTS)])
def test_pieces_of_one_document_make_one_article(text: str) -> None:
    (article,) = read_text(text).articles
    assert article.title == "书房点亮夜晚"
    assert article.text == f"{TEXT}\n夜里的灯\n读到十点\n甲 | 乙"
    assert [heading.text for heading in article.headings] == ["夜里的灯"]


def test_half_of_a_character_is_shown_as_such() -> None:
    (article,) = read_text(r'{"title": "\ud83d", "text": "一\udc00二\u0000三。"}').articles
    assert (article.title, article.text) == ("\ufffd", "一\ufffd二三。")


VALUE: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["text", "title", "id", "type", "metadata", "authors", "date", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(values=st.lists(VALUE, max_size=5), indent=st.sampled_from([None, 1]))
def test_any_value_gives_a_reading_or_a_reason(values: list[Any], indent: int | None) -> None:
    for text in (json.dumps(values, indent=indent), lines(values)):
        with suppress(ReadError):
            for article in read_text(text).articles:
                assert article.text
                article.text.encode()


@given(
    content=st.binary(max_size=300)
    | st.text(alphabet='{}[]",:\\ntext01 \n\0题', max_size=100).map(str.encode),
    name=st.sampled_from(["a.json", "a.jsonl"]),
)
def test_any_bytes_give_a_reading_or_a_reason(content: bytes, name: str) -> None:
    with suppress(ReadError):
        assert records.read(File(name, content=content), Options()).problems is not None


# Letters that UTF-8 read in another encoding begins with are mended.
MENDED = "".join(map(chr, range(0x7F, 0x100)))
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters=MENDED)
WORDS = st.text(LETTERS, max_size=40).filter(lambda text: any(map(str.isalnum, text)))


@given(texts=st.lists(WORDS, min_size=1, max_size=6), size=st.integers(1, 300))
def test_objects_in_are_articles_out_in_pieces_too(texts: list[str], size: int) -> None:
    rows = [{"id": f"n{i}", "title": f"第{i}", "text": text} for i, text in enumerate(texts)]
    file = File("a.jsonl", content=lines(rows).encode())
    parts = cut(file, end_of_lines, size)
    reading = concatenate(records.read_part(file, part, Options()) for part in parts)
    whole = records.read_part(file, cut(file, end_of_lines)[0], Options())
    assert reading.articles == whole.articles
    marks = [article.path for article in reading.articles]
    assert marks == [f"a.jsonl#n{i}" for i in range(len(texts))]


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the real files aren't here")
@pytest.mark.parametrize("path", sorted(SHARED.glob("*json")), ids=lambda path: path.name)
def test_reads_every_real_file_as_one_article(path: Path) -> None:
    (article,) = records.read(File(path.name, path), Options()).articles
    assert "\ufffd" not in article.text
    assert "<t" not in article.text
