"""Plain text and Markdown."""

from __future__ import annotations

from dataclasses import replace

from ingest.encoding import REPLACEMENT, decode
from ingest.errors import PartlyRead
from ingest.formats import File, Options
from ingest.newspaper import parse_blocks
from ingest.page.reflow import reflow
from ingest.types import Reading


def read(file: File, options: Options) -> Reading:
    """The articles of a page. Raises EmptyFile, BinaryFile, UnknownEncoding."""
    text = decode(file.data, name=file.name, encoding=options.encoding)
    reading = parse_blocks(reflow(text), path=file.name)
    damaged = text.count(REPLACEMENT)
    if not damaged:
        return reading
    problem = PartlyRead(
        f"{file.name}: {damaged} damaged characters stand as {REPLACEMENT}",
        f"{file.name}：{damaged} 个损坏的字符显示为 {REPLACEMENT}",
    )
    return replace(reading, problems=(*reading.problems, problem))
