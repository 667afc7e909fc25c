"""Plain text and Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

from ingest.doubled import count_controls
from ingest.encoding import REPLACEMENT, decode
from ingest.errors import PartlyRead
from ingest.formats import File, Options
from ingest.formats.blocks import titled
from ingest.formats.front_matter import split_front_matter
from ingest.newspaper import parse_blocks
from ingest.page.metadata import Stated
from ingest.page.reflow import reflow
from ingest.types import Reading


def read(file: File, options: Options) -> Reading:
    """The articles of a page. Raises EmptyFile, BinaryFile, UnknownEncoding."""
    text = decode(file.data, name=file.name, encoding=options.encoding)
    stated, body = split_front_matter(text) if _is_markdown(file.name) else (Stated(), text)
    blocks = titled(stated.title, reflow(body))
    reading = parse_blocks(blocks, path=file.name, stated=stated)
    return replace(reading, problems=(*reading.problems, *_damage(text, file.name)))


def _damage(text: str, name: str) -> Iterator[PartlyRead]:
    """What of a text can't be read."""
    if damaged := text.count(REPLACEMENT):
        yield PartlyRead(
            f"{name}: {damaged} damaged characters stand as {REPLACEMENT}",
            f"{name}：{damaged} 个损坏的字符显示为 {REPLACEMENT}",
        )
    if controls := count_controls(text):
        yield PartlyRead(
            f"{name}: {controls} characters were saved in a wrong encoding and can't be read;"
            " look for the original",
            f"{name}：{controls} 个字符曾以错误的编码保存，无法还原；请改用原始文件",
        )


def _is_markdown(name: str) -> bool:
    return PurePath(name).suffix.lower() in (".md", ".markdown")
