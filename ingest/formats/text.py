"""Plain text and Markdown."""

from __future__ import annotations

from ingest.encoding import decode
from ingest.formats import File, Options
from ingest.newspaper import parse_blocks
from ingest.reflow import reflow
from ingest.types import Reading


def read(file: File, options: Options) -> Reading:  # noqa: ARG001
    """The articles of a page. Raises EmptyFile, BinaryFile, UnknownEncoding."""
    text = decode(file.data, name=file.name)
    return parse_blocks(reflow(text), path=file.name)
