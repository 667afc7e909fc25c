"""Which column of a table, or key of a record, holds which field of an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ingest.errors import ReadError

# The columns' names by which a field is known, those first that say it more surely. They are
# compared without case, spaces and punctuation.
NAMES: Mapping[str, tuple[str, ...]] = {
    "title": (
        *("title", "headline", "heading", "articletitle", "newstitle", "listtitle"),
        *("标题", "標題", "题名", "題名", "篇名", "题目", "題目", "文章标题", "文章標題"),
        *("新闻标题", "新聞標題", "正标题", "主标题"),
    ),
    "text": (
        *("text", "fulltext", "maintext", "articletext", "articlebody", "body", "content"),
        *("contents", "article", "正文", "全文", "内容", "內容", "文本", "文章内容", "文章內容"),
        *("正文内容", "文章正文", "新闻内容", "新聞內容", "新闻正文"),
    ),
    "authors": (
        *("authors", "author", "byline", "creator", "writer", "reporter", "journalist"),
        *("作者", "记者", "記者", "作者姓名", "责任者", "責任者", "撰稿人", "著者"),
    ),
    "published": (
        *("published", "publisheddate", "publishdate", "pubdate", "publicationdate"),
        *("datepublished", "publishedat", "publishtime", "publish", "date", "datetime", "time"),
        *("日期", "出版日期", "发布日期", "發布日期", "见报日期", "見報日期"),
        *("发表日期", "發表日期", "发布时间", "發布時間", "发表时间", "發表時間"),
        *("出版时间", "出版時間", "时间", "時間", "刊期"),
    ),
    "source": (
        *("source", "newspaper", "publication", "publisher", "outlet", "media", "journal"),
        *("来源", "來源", "报纸", "報紙", "报纸名称", "報紙名稱", "报刊", "報刊", "报名", "刊名"),
        *("媒体", "媒體", "出处", "出處", "文献来源"),
    ),
    "page": (
        *("版次", "版面", "版", "版号", "版號", "版次卷期"),
        *("pagenumber", "pageno", "page"),
    ),
    "id": ("id", "docid", "articleid", "uid", "uuid", "编号", "編號"),
}
# What holds the text where there are titles, and no better column.
_LESSER_TEXTS = (
    *("paragraph", "passage", "document", "context", "detail", "description", "abstract"),
    *("summary", "详情", "詳情", "摘要", "描述"),
)
_SURE_PAGE = frozenset(NAMES["page"][:6])  # "page" may be that of a list which rows were taken from

_PUNCTUATION = re.compile(r"[\W_]+")


def check_fields(mapping: Mapping[str, str], name: str) -> None:
    """Raises ReadError if the mapping names fields that articles don't have."""
    unknown = [field for field in mapping if field not in NAMES]
    if unknown:
        known = ", ".join(NAMES)
        raise ReadError(
            f"{name}: articles have no field {unknown[0]!r}; columns may be given for {known}",
            f"{name}：文章没有 {unknown[0]!r} 字段；可以指定列的字段有：{known}",
        )


def check_columns(mapping: Mapping[str, str], columns: Iterable[str], name: str) -> None:
    """Raises ReadError if a column of the mapping isn't among the file's."""
    there = list(columns)
    missing = [column for column in mapping.values() if column not in there]
    if missing:
        listed = ", ".join(there) or "-"
        raise ReadError(
            f"{name} has no column {missing[0]!r}; its columns are {listed}",
            f"{name} 没有 {missing[0]!r} 列；已有的列：{listed}",
        )


def find_columns(columns: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The column that holds each field: as mapped, else by its name. Those unknown are left out."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(_key(column), column)
        by_name.setdefault(_key(column.rpartition(".")[2]), column)
    found = {}
    for field, names in NAMES.items():
        named = next((by_name[name] for name in names if name in by_name), None)
        if field in mapping:
            found[field] = mapping[field]
        elif named is not None and named not in mapping.values():
            found[field] = named
    lesser = next((by_name[name] for name in _LESSER_TEXTS if name in by_name), None)
    if "title" in found and lesser is not None:
        found.setdefault("text", lesser)
    return found


def page_is_sure(columns: Mapping[str, str], mapping: Mapping[str, str]) -> bool:
    """Whether the column of pages surely holds pages of a newspaper."""
    return "page" in mapping or _key(columns.get("page", "")) in _SURE_PAGE


def is_known(column: str) -> bool:
    """Whether a column's name tells what it holds."""
    return any(_key(column) in names for names in NAMES.values())


def _key(column: str) -> str:
    return _PUNCTUATION.sub("", column.casefold())
