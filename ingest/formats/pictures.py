"""Pictures in documents and mails: what print they show is read by OCR, where it can be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

from ingest.errors import EmptyFile, MissingPart, PartlyRead, ReadError
from ingest.formats import File, Options, concatenate
from ingest.formats.package import Package, attribute, local
from ingest.read import read as read_any
from ingest.types import Reading

MOST_PICTURES = 20  # of a file that are read: each takes seconds
_SMALLEST = 2 * 2**10  # bytes; smaller ones are ornaments
_FEWEST = 8  # letters; a photograph may show a sign
_LISTED = 5


def picture_names(package: Package, member: str, root: Any) -> list[str]:
    """The members of a document that one of its parts shows as pictures, in order."""
    parts = package.related(member)
    ids = (
        attribute(one, key)
        for one in root.iter()
        for key in {"blip": ("embed",), "imagedata": ("id",)}.get(local(one), ())
    )
    named = (parts.get(identity or "", ("", ""))[1] for identity in ids)
    return [name for name in dict.fromkeys(named) if package.has(name)]


def read_members(package: Package, names: Iterable[str], options: Options) -> Reading:
    """What the pictures with these names in a document say, as `read_pictures`."""
    pictures = [
        File(f"{package.name}/{PurePath(name).name}", content=package.read(name))
        for name in dict.fromkeys(names)
    ]
    return read_pictures(pictures, package.name, options)


def read_pictures(pictures: Sequence[File], name: str, options: Options) -> Reading:
    """The articles on the pictures of the file called ``name``; those left out are named.

    Of many only the largest are read. What shows no print, or next to none, gives nothing.
    """
    held = [picture for picture in pictures if picture.size >= _SMALLEST]
    chosen = sorted(held, key=lambda picture: -picture.size)[:MOST_PICTURES]
    left = [picture for picture in held if picture not in chosen]
    readings = []
    for picture in (picture for picture in held if picture in chosen):
        try:
            readings.append(_said(read_any(picture, options)))
        except EmptyFile:
            continue
        except MissingPart:
            return Reading((), (_unread(held, name),))
        except ReadError:
            left.append(picture)
    problems = (_left_out(left, name),) if left else ()
    return concatenate([*readings, Reading((), problems)])


def _said(reading: Reading) -> Reading:
    """The reading, unless there is hardly a word on the picture."""
    letters = sum(sum(map(str.isalnum, article.text)) for article in reading.articles)
    return reading if letters >= _FEWEST else Reading()


def _unread(pictures: Sequence[File], name: str) -> MissingPart:
    return MissingPart(
        f"{name}: {_listed(pictures)} not read, which needs OCR; run: pip install 'wenjin[ocr]'",
        f"{name}：未读取图片 {_listed(pictures)}，需要 OCR；请运行：pip install 'wenjin[ocr]'",
    )


def _left_out(pictures: Sequence[File], name: str) -> PartlyRead:
    return PartlyRead(
        f"{name}: pictures left out: {_listed(pictures)}; save them by themselves to read them",
        f"{name}：未读取图片 {_listed(pictures)}；如需读取，请单独保存",
    )


def _listed(pictures: Sequence[File]) -> str:
    names = [PurePath(picture.name).name for picture in pictures]
    more = "" if len(names) <= _LISTED else f" … ({len(names)})"
    return ", ".join(names[:_LISTED]) + more
