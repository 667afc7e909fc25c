"""Tells a file's format: by its content first, by its suffix where that says nothing.

Some formats are themselves text that a person may write about: a text may begin with a brace, with
``From:`` or with a tag. There the suffix of a text decides, unless nothing but a file of that
format can begin so.
"""

from __future__ import annotations

import codecs
import re
from pathlib import PurePath

from ingest.encoding import decode
from ingest.errors import EmptyFile, ReadError, UnknownFormat
from ingest.formats import SUFFIXES, File
from ingest.signatures import PDF_WITHIN, find_binary

_BINARY = ("pdf", "image", "office", "archive")  # formats that are never plain text
_PLAUSIBLE_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9_+-]{0,9}")
_BEFORE_MARKUP = re.compile(r"(?:\s|<!--.*?-->)*", re.DOTALL)
_DECLARATION = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s[^<>\[]*>)*", re.DOTALL)
_HTML = re.compile(r"<!doctype\s+html\b|<html[\s>]", re.IGNORECASE)
_HTML_FRAGMENT = re.compile(
    r"<(?:head|body|title|meta|div|table|article|section|p|h[1-6])(?:\s[^<>]*)?>", re.IGNORECASE
)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)[\s/>]")
_FEED = re.compile(r"<(?:rss\s+version|feed\s+xmlns|rdf:RDF\s)")
_JSON = re.compile(r'\s*(?:\[\s*)?\{\s*"(?:[^"\\\n]|\\.){0,200}"\s*:')
_HEADER = re.compile(r"([!-9;-~]+):(?:[ \t]|$)")
_MAIL = {"from", "to", "date", "subject", "sender", "cc", "reply-to"}
_TRANSPORT = {"mime-version", "received", "message-id", "return-path", "delivered-to", "x-mailer"}
_WEB_PAGE = {"snapshot-content-location"}


def find_format(file: File) -> str:
    """The name in `FORMATS` of the format of ``file``.

    Raises UnknownFormat, which says what the file is if that is known, LockedFile for encrypted
    office documents, and DamagedFile. May raise OSError.
    """
    return SUFFIXES[find_suffix(file)]


def find_suffix(file: File) -> str:
    """The suffix, such as ``.docx``, that the file's content deserves; raises as `find_format`."""
    own = PurePath(file.name).suffix.lower()
    found = find_binary(file)
    if found:
        return found
    head = file.head()
    if own == ".pdf" and b"%PDF-" in head[:PDF_WITHIN]:
        return ".pdf"
    text = _text(head)
    found = _surely(text, own)
    if found:
        return found
    known = SUFFIXES.get(own)
    if known and (known not in _BINARY or not _is_text(file)):
        return own
    if not known and _PLAUSIBLE_SUFFIX.fullmatch(own):
        raise _unknown(file.name, own)
    if not _is_text(file):
        raise _unknown(file.name, own or PurePath(file.name).name)
    return _perhaps(text)


def _text(head: bytes) -> str:
    """The first characters, for looking at markup alone: letters beyond ASCII may be wrong."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return head.decode("utf-32", "replace")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace")
    if head[:64:2].count(0) > 24:
        return head.decode("utf-16-be", "replace")
    if head[1:64:2].count(0) > 24:
        return head.decode("utf-16-le", "replace")
    return head.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def _surely(text: str, own: str) -> str | None:
    """The suffix of a format that nothing but its files begin like."""
    start = _BEFORE_MARKUP.match(text)
    markup = text[start.end() :] if start else text
    if markup.startswith("<?xml"):
        return _xml_kind(markup)
    if _HTML.match(markup):
        return own if SUFFIXES.get(own) == "html" else ".html"
    if _FEED.match(markup):
        return ".xml"
    headers = _headers(text)
    if headers & _WEB_PAGE:
        return ".mhtml"
    if len(headers) >= 3 and headers & _MAIL and headers & _TRANSPORT:
        return ".mhtml" if SUFFIXES.get(own) == "html" else ".eml"
    return None


def _xml_kind(markup: str) -> str:
    start = _DECLARATION.match(markup)
    root = _ROOT.match(markup, start.end() if start else 0)
    return ".html" if root and root[1].lower() == "html" else ".xml"


def _perhaps(text: str) -> str:
    """The suffix of what a text without one looks like."""
    if _HTML_FRAGMENT.match(text.lstrip()):
        return ".html"
    if _JSON.match(text):
        return ".jsonl"
    return ".eml" if len(_headers(text) & _MAIL) >= 2 else ".txt"


def _headers(text: str) -> set[str]:
    """The names of a mail's headers, in small letters, if the text begins with nothing else."""
    names: set[str] = set()
    for line in text.lstrip("\r\n").splitlines():
        if not line.strip():
            break
        header = _HEADER.match(line)
        if header:
            names.add(header[1].lower())
        elif not (names and line[0] in " \t") and not line.startswith(("From ", ">From ")):
            return set() if len(names) < 3 else names
    return names


def _is_text(file: File) -> bool:
    try:
        decode(file.head(), name=file.name)
    except EmptyFile:
        return True
    except ReadError:
        return False
    return True


def _unknown(name: str, what: str) -> UnknownFormat:
    known = " ".join(sorted(SUFFIXES))
    return UnknownFormat(
        f"{name}: no reader for {what}; these can be read: {known}",
        f"{name}：无法读取 {what} 格式；可以读取的有：{known}",
    )
