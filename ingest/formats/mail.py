"""Mail messages: the text, messages within it, and those attachments that can be read."""

from __future__ import annotations

import email
import email.header
import email.policy
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.message import Message
from pathlib import PurePosixPath
from unicodedata import east_asian_width

from ingest.encoding import decode
from ingest.errors import EmptyFile, LockedFile, PartlyRead, ReadError, UnknownFormat
from ingest.formats import File, Options, concatenate
from ingest.formats.blocks import clean, is_empty, item, no_text, titled
from ingest.formats.html import text_blocks
from ingest.formats.pictures import read_pictures
from ingest.newspaper import parse_blocks
from ingest.page.furniture import Block
from ingest.page.lines import HAN
from ingest.page.metadata import Stated, find_date
from ingest.page.reflow import join_lines
from ingest.types import Reading

MOST_ATTACHMENTS = 100
DEEPEST = 8  # messages within messages

_OLE = b"\xd0\xcf\x11\xe0"
_NULS = re.compile(rb"\x00[^\x00]\x00[^\x00]|[^\x00]\x00[^\x00]\x00")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_ENCRYPTED = "-----BEGIN PGP MESSAGE-----"
_SIGNATURE = "-- "
_QUOTED = re.compile(r"((?:> ?)*)(.*)")
_LINK = re.compile(r"\w+://\S{20}")
_BEGINS = re.compile(r"\s*(?:[-*•·—_=>]|\(?\d{1,3}[.)、]|\w+://|\w[\w-]*: )|\s{2,}")
_FIRST_WORD = re.compile(f"[{HAN}]|\\S+")
_NARROWEST, _WIDEST = 56, 84  # columns at which mail programs break lines
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_TEXTS = ("text/plain", "text/html", "text/enriched", "text/markdown")


@dataclass(slots=True)
class _Content:
    """What a message holds."""

    blocks: list[Block] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    attachments: list[Message] = field(default_factory=list)
    pictures: list[Message] = field(default_factory=list)
    problems: list[ReadError] = field(default_factory=list)


def read(file: File, options: Options) -> Reading:
    """The message as an article, then those within it and its attachments.

    Raises EmptyFile, LockedFile, UnknownFormat.
    """
    data = file.data
    if data.startswith(_OLE):
        raise UnknownFormat(
            f"{file.name} is a message in Outlook's own format; save it as .eml",
            f"{file.name} 是 Outlook 专有格式的邮件；请另存为 .eml",
        )
    if _NULS.search(data[:64]):
        data = decode(data, name=file.name).encode()
    message = email.message_from_bytes(_with_readable_head(data), policy=email.policy.compat32)
    reading = _read(message, file.name, options, 0)
    if not reading.articles:
        raise reading.problems[0] if reading.problems else no_text(file.name)
    return reading


def _with_readable_head(data: bytes) -> bytes:
    """The message with its headers in UTF-8: all together tell better than one what they are in."""
    end = _HEAD_END.search(data)
    head = data[: end.start()] if end else data
    if head.isascii():
        return data
    try:
        return decode(head, name="header").encode() + data[len(head) :]
    except ReadError:
        return data


def _read(message: Message, name: str, options: Options, depth: int) -> Reading:
    content = _Content()
    _collect(message, name, content)
    subject = _header(message, "Subject")
    readings = []
    for inner in content.messages:
        if depth < DEEPEST:
            readings.append(_read(inner, name, options, depth + 1))
        else:
            content.problems.append(_left_out(name, _header(inner, "Subject") or "message"))
    for i, part in enumerate(content.attachments):
        readings.append(_attachment(part, name, options, too_many=i >= MOST_ATTACHMENTS))
    pictures = [File(f"{name}/{_own_name(one)}", content=_payload(one)) for one in content.pictures]
    readings.append(read_pictures(pictures, name, options))
    blocks = titled(subject, content.blocks)
    # A subject is all that some mails say; where something else was sent it says nothing.
    held = content.attachments or content.messages or content.pictures or content.problems
    if not is_empty(blocks) and (not held or not is_empty(content.blocks)):
        stated = Stated(title=subject, authors=_senders(message), published=_date(message))
        readings.insert(0, parse_blocks(blocks, path=name, stated=stated))
    joined = concatenate(readings)
    return Reading(joined.articles, (*content.problems, *joined.problems), joined.jumps)


def _collect(part: Message, name: str, content: _Content) -> None:
    """Sort a message's parts. Messages cut into each other by hostile boundaries are kept apart."""
    for leaf in _leaves(part, 0):
        kind = leaf.get_content_type()
        if _is_encrypted(leaf):
            content.problems.append(_locked(name))
        elif kind == "message/rfc822":
            payload = leaf.get_payload()
            content.messages += [one for one in payload if isinstance(one, Message)]
        elif kind in _TEXTS and leaf.get_content_disposition() != "attachment":
            _add_text(leaf, kind, name, content)
        elif leaf.get_content_maintype() == "image":
            content.pictures.append(leaf)
        else:
            content.attachments.append(leaf)


def _leaves(part: Message, depth: int) -> Iterator[Message]:
    """The parts to be read: of alternatives the plainest, of related ones the first."""
    payload = part.get_payload()
    kind = part.get_content_type()
    if not isinstance(payload, list) or kind == "message/rfc822" or _is_encrypted(part):
        yield part
        return
    parts = [one for one in payload if isinstance(one, Message)]
    if kind == "multipart/alternative":
        parts = _plainest(parts)
    elif kind == "multipart/signed":
        parts = parts[:1]
    if depth < 4 * DEEPEST:
        for one in parts:
            yield from _leaves(one, depth + 1)


def _plainest(parts: list[Message]) -> list[Message]:
    """The part in plain text if it says anything, or else the last that can be read."""
    for one in parts:
        if one.get_content_type() == "text/plain" and _payload(one).strip():
            return [one]
    known = [one for one in parts if one.is_multipart() or one.get_content_type() in _TEXTS]
    return known[-1:] or parts[:1]


def _add_text(part: Message, kind: str, name: str, content: _Content) -> None:
    charset = part.get_content_charset()
    try:
        if kind == "text/html":
            found = text_blocks(_payload(part), name=name, declared=charset)
        else:
            text = decode(_payload(part), name=name, declared=charset)
            if _ENCRYPTED in text:
                raise _locked(name)
            flowed = part.get_param("format") == "flowed"
            found = list(map(item, _unwrapped(_unflowed(text) if flowed else text)))
    except EmptyFile:
        return
    except ReadError as error:
        content.problems.append(error)
        return
    content.blocks += [block if block.level else item(block.text) for block in found]


def _unwrapped(text: str) -> Iterator[str]:
    """The lines, joined where a mail program had to break them; marks of quotation are left out.

    A line was broken if the next one's first word had no room left. Where lines are longer than
    programs make them nothing was broken.
    """
    lines = [
        (quoted[1], quoted[2].rstrip())
        for quoted in map(_QUOTED.match, text.splitlines())
        if quoted
    ]
    widths = [_columns(line) for _, line in lines if not _LINK.search(line)]
    width = max(widths, default=0)
    broken = _NARROWEST <= width <= _WIDEST
    held: list[str] = []
    last = ("", "")
    for depth, line in lines:
        goes_on = (
            broken
            and bool(held and line)
            and depth == last[0]
            and not _BEGINS.match(line)
            and _columns(last[1]) + _columns(_first_word(line)) + 1 > width
        )
        if not goes_on:
            yield from filter(None, [clean(join_lines(held))])
            held = []
        held += filter(None, [line.strip()])
        last = (depth, line)
    yield from filter(None, [clean(join_lines(held))])


def _first_word(line: str) -> str:
    found = _FIRST_WORD.search(line)
    return found[0] if found else ""


def _columns(line: str) -> int:
    """The width of a line in a fixed font, where a Chinese character takes two columns."""
    if line.isascii():
        return len(line)
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in line)


def _unflowed(text: str) -> str:
    """Lines that end in a space joined with the next of the same quotation (RFC 3676)."""
    lines: list[str] = []
    depth = ""
    for line in text.splitlines():
        quoted = line[: len(line) - len(line.lstrip(">"))]
        rest = line.removeprefix(quoted).removeprefix(" ")  # which keeps "From " from being changed
        goes_on = bool(lines) and lines[-1].endswith(" ") and quoted == depth
        if goes_on and not lines[-1].endswith(_SIGNATURE) and rest != _SIGNATURE:
            lines[-1] += rest
        else:
            lines.append(f"{quoted} {rest}" if quoted else rest)
        depth = quoted
    return "\n".join(lines)


def _attachment(part: Message, name: str, options: Options, *, too_many: bool) -> Reading:
    """What an attached file gives; what can't be read is named."""
    from ingest.read import read as read_any

    filename = _own_name(part)
    if too_many or part.get_content_maintype() in ("audio", "video"):
        return Reading(problems=(_left_out(name, filename),))
    try:
        return read_any(File(f"{name}/{filename}", content=_payload(part)), options)
    except EmptyFile:
        return Reading()
    except ReadError as error:
        return Reading(problems=(error,))


def _own_name(part: Message) -> str:
    """A part's file name without folders; what kind of file it is if it has none."""
    name = clean(_CONTROLS.sub(" ", _decoded(part.get_filename() or "")))
    return PurePosixPath(name.replace("\\", "/")).name or part.get_content_subtype()


def _payload(part: Message) -> bytes:
    """The bytes of a part that has no parts of its own."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _header(message: Message, name: str) -> str | None:
    """A header's text, None if it is missing or empty."""
    raw = message.get(name)
    return clean(_decoded(raw)) or None if raw is not None else None


def _decoded(raw: object) -> str:
    """A header in words, whatever encodings its parts declare."""
    try:
        parts = email.header.decode_header(raw)  # type: ignore[arg-type]
    except HeaderParseError:
        return str(raw)
    found = []
    for value, charset in parts:
        if isinstance(value, str):
            found.append(_mended(value))
            continue
        known = None if charset in (None, "unknown-8bit") else charset
        try:
            found.append(decode(value, name="header", declared=known))
        except ReadError:
            found.append(value.decode("ascii", "replace"))
    return "".join(found)


def _mended(value: str) -> str:
    """A header that holds bytes beyond ASCII, which it mustn't."""
    data = value.encode("utf-8", "surrogateescape")
    try:
        return decode(data, name="header")
    except ReadError:
        return data.decode("utf-8", "replace")


def _senders(message: Message) -> tuple[str, ...]:
    """The names of those it is from; an address is no name."""
    raw = message.get("From", "")
    # Addresses are parted before names are decoded, which may hold commas; bytes can't be.
    text = raw if isinstance(raw, str) else _decoded(raw)
    named = (clean(_decoded(name)).strip("'\" ") for name, _ in email.utils.getaddresses([text]))
    return tuple(dict.fromkeys(name for name in named if name and "@" not in name))


def _date(message: Message) -> str | None:
    """The day on which it was sent, where it was sent."""
    raw = _header(message, "Date") or ""
    try:
        return email.utils.parsedate_to_datetime(raw).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return find_date(raw)


def _is_encrypted(part: Message) -> bool:
    kind = part.get_content_type()
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return part.get_param("smime-type") != "signed-data"
    return kind == "multipart/encrypted"


def _left_out(name: str, what: str) -> PartlyRead:
    return PartlyRead(
        f"{name}: the attachment {what} was left out; save it by itself to read it",
        f"{name}：未读取附件 {what}；如需读取，请单独保存",
    )


def _locked(name: str) -> LockedFile:
    return LockedFile(
        f"{name} is encrypted; decrypt it in your mail program and save it again",
        f"{name} 已加密；请在邮件程序中解密后另存",
    )
