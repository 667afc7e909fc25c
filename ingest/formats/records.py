"""JSON and JSON Lines: an article an object, or one article of all that is written in a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ingest.encoding import decode
from ingest.errors import DamagedFile, EmptyFile, FileTooLarge
from ingest.formats import File, Options, Part, concatenate
from ingest.formats.blocks import CELL_SEPARATOR, heading, item, paragraph
from ingest.newspaper import parse_blocks
from ingest.page.furniture import Block
from ingest.tables.fields import check_columns, check_fields, find_columns, page_is_sure
from ingest.tables.pieces import LONGEST_ROW, cut, end_of_lines, read_piece
from ingest.tables.records import (
    Record,
    are_elements,
    find_records,
    flatten,
    is_flat,
    parse,
    scalar,
    written,
)
from ingest.tables.rows import Failures, Row, clean_cell, read_row, whole_article
from ingest.types import Article, Reading

LARGEST_WHOLE = 128 * 2**20  # bytes of a file that isn't read line by line

_SAMPLE = 256 * 2**10  # bytes
_SAMPLE_LINES = 100
_LINES = (".jsonl", ".ndjson")
_FURNITURE = ("Header", "Footer", "PageNumber", "PageBreak")

Numbered = Sequence[tuple[int, dict[str, Any]]]


def read(file: File, options: Options) -> Reading:
    """All articles of a file. Raises EmptyFile, DamagedFile, and ReadError for columns."""
    pieces = parts(file, options)
    reading = concatenate(read_part(file, part, options) for part in pieces)
    if not reading.articles:
        raise reading.problems[0] if reading.problems else _nothing(file.name)
    return reading


def parts(file: File, options: Options) -> Sequence[Part]:
    """Runs of whole lines; all of the file if it isn't made of lines."""
    check_fields(options.columns, file.name)
    sample = _sample(file, options)
    if not _is_lines(sample, file):
        if file.size > LARGEST_WHOLE:
            raise _too_large(file.name, LARGEST_WHOLE)
        return [Part(0, file.size)]
    first, _ = _parsed(sample)
    if options.columns:
        keys = dict.fromkeys(key for _, one in first for key in flatten(one))
        check_columns(options.columns, keys, file.name)
    if first and are_elements([one for _, one in first]):
        if file.size > LONGEST_ROW:
            raise _too_large(file.name, LONGEST_ROW)
        return [Part(0, file.size)]
    return cut(file, end_of_lines)


def read_part(file: File, part: Part, options: Options) -> Reading:
    """The articles of a run of lines, or of the whole file."""
    try:
        text = decode(read_piece(file, part), name=file.name, encoding=options.encoding)
    except EmptyFile:
        return Reading()
    if part.start or _is_lines(_sample(file, options), file):
        found, broken = _parsed(text, part.before)
        problems = broken.problems(file.name, "they are no JSON objects", "不是 JSON 对象")
        reading = _read_records(found, file.name, options)
        return concatenate([reading, Reading((), problems)])
    try:
        return _read_value(parse(text), file.name, options)
    except json.JSONDecodeError as error:
        raise _damaged(file.name, f"line {error.lineno}", f"第 {error.lineno} 行") from error
    except (ValueError, RecursionError) as error:
        raise _damaged(file.name, "nested too deeply", "嵌套过深") from error


def _sample(file: File, options: Options) -> str:
    sample = decode(file.head(_SAMPLE), name=file.name, encoding=options.encoding)
    return sample if file.size <= _SAMPLE else sample[: sample.rfind("\n") + 1] or sample


def _is_lines(sample: str, file: File) -> bool:
    """Whether each line is a value of its own; where its first lines don't show it, by its name."""
    lines = [line.strip() for line in sample.split("\n", 50) if line.strip()]
    named = file.name.lower().endswith(_LINES)
    if len(lines) < 2:
        return named and file.size > _SAMPLE
    if not lines[1].startswith(lines[0][0]):
        return named and lines[0].startswith("{") and len(lines[0]) > 1
    return lines[0] not in ("[", "{", "[{", "[[")


def _parsed(text: str, before: int = 0) -> tuple[Numbered, Failures]:
    """The objects in the lines, with their lines' numbers, and which lines hold none."""
    found: list[tuple[int, dict[str, Any]]] = []
    broken = Failures()
    for number, line in enumerate(text.split("\n"), before + 1):
        if not line.strip():
            continue
        try:
            value = parse(line)
        except (ValueError, RecursionError):
            broken.add(number)
            continue
        if isinstance(value, str):
            value = {"text": value}
        if isinstance(value, dict):
            found.append((number, value))
        else:
            broken.add(number)
    return found, broken


def _read_value(value: Any, name: str, options: Options) -> Reading:
    """The articles of a whole file's value."""
    single = isinstance(value, dict) and "text" in _columns(value, options)
    records = [value] if single else find_records(value)
    if records is None:
        lines = list(_lines(value))
        return Reading((whole_article(lines, title=None, path=name),) if lines else ())
    check = dict.fromkeys(key for one in records for key in flatten(one))
    check_columns(options.columns, check, name)
    return _read_records(list(enumerate(records, 1)), name, options)


def _read_records(records: Numbered, name: str, options: Options) -> Reading:
    values = [value for _, value in records]
    if not values:
        return Reading()
    if are_elements(values):
        return parse_blocks(list(_elements(values)), path=name)
    rows = [row for number, value in records if (row := _row(number, value, options))]
    if rows:
        return _read_rows(rows, [number for number, _ in records], name)
    if all(map(is_flat, values)):
        lines = [line for value in values if (line := _line(flatten(value)))]
        return Reading((whole_article(lines, title=None, path=name),) if lines else ())
    articles = [_nested(number, value, name, options) for number, value in records]
    return Reading(tuple(article for article in articles if article.text))


def _read_rows(rows: Sequence[Row], numbers: Sequence[int], name: str) -> Reading:
    readings = [(row.number, read_row(row, name)) for row in rows]
    given = {number for number, reading in readings if reading.articles}
    empty = Failures()
    for number in numbers:
        if number not in given:
            empty.add(number)
    problems = empty.problems(name, "they have no text", "没有正文")
    return concatenate([*(reading for _, reading in readings), Reading((), problems)])


def _columns(value: Mapping[str, Any], options: Options) -> Mapping[str, str]:
    return _found(tuple(flatten(value)), tuple(options.columns.items()))


@lru_cache(maxsize=256)
def _found(keys: Sequence[str], mapping: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """Which key holds which field; records of a file mostly have the same keys."""
    return find_columns(keys, dict(mapping))


def _row(number: int, value: Mapping[str, Any], options: Options) -> Row | None:
    """What an object says about an article; None if it has no text."""
    record = flatten(value)
    columns = _found(tuple(record), tuple(options.columns.items()))
    text = "\n".join(_texts(record, columns, "text"))
    if not any(map(str.isalnum, text)):
        return None
    return Row(
        number,
        text,
        title=" ".join(_texts(record, columns, "title")),
        authors=_texts(record, columns, "authors"),
        published=" ".join(_texts(record, columns, "published")),
        source=" ".join(_texts(record, columns, "source")),
        page=" ".join(_texts(record, columns, "page")),
        id=" ".join(_texts(record, columns, "id")),
        page_is_sure=page_is_sure(columns, options.columns),
    )


def _texts(record: Record, columns: Mapping[str, str], name: str) -> tuple[str, ...]:
    return record.get(columns.get(name, ""), ()) if name in columns else ()


def _nested(number: int, value: Mapping[str, Any], name: str, options: Options) -> Article:
    """An object that holds others, and no text of its own, as an article of all that is in it."""
    record = flatten(value)
    columns = _columns(value, options)
    title = " ".join(_texts(record, columns, "title")) or None
    mark = " ".join(_texts(record, columns, "id")) or number
    return whole_article(_lines(value), title=title, path=f"{name}#{mark}")


def _lines(value: Any) -> Iterator[str]:
    for line in written(value):
        if cleaned := " ".join(clean_cell(line).split()):
            yield cleaned


def _line(record: Record) -> str:
    return CELL_SEPARATOR.join(
        f"{key}: {value}"
        for key, texts in record.items()
        if (value := " ".join(clean_cell("; ".join(texts)).split()))
    )


def _elements(values: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    """The pieces of a document, without what stands on each of its pages."""
    for value in values:
        kind = value["type"]
        text = _metadata(value, "text_as_html") or value["text"]
        lines = [" ".join(line.split()) for line in clean_cell(text).splitlines()]
        lines = list(filter(None, lines))
        if not lines or kind in _FURNITURE:
            continue
        if kind == "Title":
            yield heading(" ".join(lines), _level(value))
        elif kind in ("NarrativeText", "UncategorizedText"):
            yield from map(paragraph, lines)
        else:
            yield from map(item, lines)


def _level(value: Mapping[str, Any]) -> int:
    depth = _metadata(value, "category_depth")
    return 1 + int(depth) if depth in ("1", "2", "3", "4", "5") else 1


def _metadata(value: Mapping[str, Any], key: str) -> str:
    metadata = value.get("metadata")
    return scalar(metadata.get(key)) if isinstance(metadata, dict) else ""


def _damaged(name: str, english: str, chinese: str) -> DamagedFile:
    return DamagedFile(
        f"{name} isn't valid JSON ({english}); save it anew",
        f"{name} 不是有效的 JSON（{chinese}）；请重新保存",
    )


def _too_large(name: str, limit: int) -> FileTooLarge:
    return FileTooLarge(
        f"{name} is larger than {limit // 2**20} MB; save it as JSON Lines, an object a line",
        f"{name} 超过 {limit // 2**20} MB；请改存为 JSON Lines，每行一个对象",
    )


def _nothing(name: str) -> EmptyFile:
    return EmptyFile(f"{name} holds no text; nothing to read", f"{name} 没有可读的文字")
