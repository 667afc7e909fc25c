"""PDF: the text layer with its places; pages that have none are read as pictures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pypdfium2 as pdfium

from ingest.errors import (
    DamagedFile,
    EmptyFile,
    FileTooLarge,
    LockedFile,
    PartlyRead,
    ReadError,
)
from ingest.formats import File, Options, Part
from ingest.page.metadata import Stated, find_date
from ingest.printed.columns import read_pages
from ingest.printed.pdftext import PageText, read_page
from ingest.printed.types import PrintedPage
from ingest.types import Reading

if TYPE_CHECKING:
    from ingest.printed.ocr import Scan

MOST_PAGES = 20_000
_PAGES = 16  # of a part
_SCANNED_PAGES = 2
_FEWEST_CHARACTERS = 16  # of a page that isn't only a picture
_PICTURE = 0.4  # of a page's area
_POINTS_PER_INCH = 72
_RESOLUTION = 200  # pixels per inch, for OCR
_LONGEST_SIDE = 20_000  # pixels
_MOST_LINES = 5000  # of a page: a newspaper's has 1500

_TOOL = re.compile(
    r"microsoft|word|excel|powerpoint|adobe|acrobat|indesign|latex|untitled|无标题|未命名|文档\d|"
    r"document\d?$|\.(?:docx?|xlsx?|pptx?|indd|qxd|tex|dvi|pdf|html?|jpe?g|png|tiff?|cdr)\b|^doi:|"
    r"^slide \d|^print|^about:|^file:|^https?:|^[\W\d_]*$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"user|admin|owner|author|unknown|windows|office|lenovo|dell|hewlett|@|\d|^.$|用户|管理员|微软",
    re.IGNORECASE,
)
_CREATED = re.compile(r"D:(\d{4})(\d{2})(\d{2})")


@dataclass(slots=True)
class PagesRead:
    """What a part gives: its pages, and the numbers of those that can't be read, by reason."""

    pages: list[PrintedPage] = field(default_factory=list)
    scans: list[int] = field(default_factory=list)  # pictures that weren't recognised
    nonsense: list[int] = field(default_factory=list)  # fonts don't say what characters are
    damaged: list[int] = field(default_factory=list)
    crowded: list[int] = field(default_factory=list)  # more lines than a page has that is read
    unclear: list[tuple[int, int]] = field(default_factory=list)  # page, unknown characters
    problems: list[ReadError] = field(default_factory=list)
    guessed: Stated = field(default_factory=Stated)


def read(file: File, options: Options) -> Reading:
    """The articles of all pages. Raises LockedFile, DamagedFile, FileTooLarge, EmptyFile."""
    results = [read_part(file, part, options) for part in parts(file, options)]
    return join(file, results, options)


def parts(file: File, options: Options) -> Sequence[Part]:
    """Ranges of pages, smaller ones where pages have to be recognised. Raises as ``read``."""
    with _document(file) as document:
        count = len(document)
        if count > MOST_PAGES:
            raise FileTooLarge(
                f"{file.name} has {count} pages; split it into files of {MOST_PAGES} at most",
                f"{file.name} 有 {count} 页；请拆分成每个不超过 {MOST_PAGES} 页的文件",
            )
        if not count:
            raise EmptyFile(
                f"{file.name} has no pages; nothing to read",
                f"{file.name} 没有页面，没有可读的内容",
            )
        scanned = options.ocr and count > _SCANNED_PAGES and _is_scan(document, count // 2)
    step = _SCANNED_PAGES if scanned else _PAGES
    return [Part(start, min(start + step, count)) for start in range(0, count, step)]


def read_part(file: File, part: Part, options: Options) -> PagesRead:
    """The print on a range of pages. Raises as ``read``."""
    found = PagesRead()
    with _document(file) as document:
        for index in range(part.start, part.stop):
            _read_one(document, index, options, found)
        if part.start == 0:
            found.guessed = _guesses(document)
    return found


def join(file: File, results: Sequence[PagesRead], options: Options) -> Reading:
    """The articles that the pages of all parts make together. Raises ReadError for none."""
    pages = [page for result in results for page in result.pages]
    problems = _problems(file, results, options)
    if not any(page.lines for page in pages):
        raise (
            problems[0]
            if problems
            else EmptyFile(
                f"{file.name} has no text; nothing to read", f"{file.name} 没有文字，没有可读的内容"
            )
        )
    guessed = results[0].guessed if results else Stated()
    reading = read_pages(pages, path=file.name, guessed=guessed)
    return Reading(reading.articles, (*reading.problems, *problems), reading.jumps)


@contextmanager
def _document(file: File) -> Iterator[Any]:
    try:
        document = pdfium.PdfDocument(file.path or file.content)
    except pdfium.PdfiumError as error:
        raise _unopened(file.name, str(error)) from error
    try:
        yield document
    finally:
        document.close()


def _unopened(name: str, reason: str) -> ReadError:
    if "password" in reason.lower() or "security" in reason.lower():
        return LockedFile(
            f"{name} needs a password; save it without one",
            f"{name} 需要密码；请另存为不加密的文件",
        )
    return DamagedFile(
        f"{name} is damaged: it can't be opened as a PDF; save or download it again",
        f"{name} 已损坏：无法作为 PDF 打开；请重新保存或下载",
    )


def _read_one(document: Any, index: int, options: Options, found: PagesRead) -> None:
    number = index + 1
    try:
        page = document[index]
        text = read_page(page, number)
    except pdfium.PdfiumError:
        found.damaged.append(number)
        return
    try:
        if len(text.page.lines) > _MOST_LINES:
            found.crowded.append(number)
        elif _has_text(text, page):
            found.pages.append(text.page)
            if text.unreadable:
                found.unclear.append((number, text.unreadable))
        elif text.characters or _has_content(page):
            _read_picture(page, text, options, found)
    finally:
        page.close()


def _has_text(text: PageText, page: Any) -> bool:
    if not text.is_readable or not text.page.lines:
        return False
    return text.characters >= _FEWEST_CHARACTERS or not _has_picture(page)


def _has_content(page: Any) -> bool:
    return next(iter(page.get_objects(max_depth=1)), None) is not None


def _has_picture(page: Any) -> bool:
    """Whether a picture covers much of the page."""
    width, height = page.get_size()
    kinds = [pdfium.raw.FPDF_PAGEOBJ_IMAGE]
    for picture in page.get_objects(filter=kinds, max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        if (right - left) * (top - bottom) > _PICTURE * width * height:
            return True
    return False


def _is_scan(document: Any, index: int) -> bool:
    try:
        page = document[index]
        return bool(page.get_textpage().count_chars() < _FEWEST_CHARACTERS)
    except pdfium.PdfiumError:
        return False


def _read_picture(page: Any, text: PageText, options: Options, found: PagesRead) -> None:
    from ingest.printed.ocr import is_available

    if options.ocr and is_available():
        scan = _recognised(page, text.page.number)
        found.pages.append(scan.page)
        found.problems += [scan.problem] if scan.problem else []
        return
    (found.scans if text.is_readable else found.nonsense).append(text.page.number)
    if text.is_readable and text.page.lines:
        found.pages.append(text.page)


def _recognised(page: Any, number: int) -> Scan:
    from ingest.printed.ocr import LARGEST_IMAGE, recognise

    width, height = page.get_size()
    scale = min(
        _RESOLUTION / _POINTS_PER_INCH,
        math.sqrt(LARGEST_IMAGE / (width * height)),
        _LONGEST_SIDE / max(width, height),
    )
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
    try:
        return recognise(bitmap.to_numpy()[:, :, :3], number=number, scale=1 / scale)
    finally:
        bitmap.close()


def _guesses(document: Any) -> Stated:
    """What the file's own fields suggest, if they say something."""
    fields = document.get_metadata_dict()
    title = " ".join(fields.get("Title", "").split())
    author = " ".join(fields.get("Author", "").split())
    created = _CREATED.match(fields.get("CreationDate", ""))
    return Stated(
        title=title if len(title) > 3 and not _TOOL.search(title) else None,
        authors=(author,) if author and not _NO_NAME.search(author) else (),
        published=find_date("-".join(created.groups())) if created else None,
    )


def _problems(file: File, results: Sequence[PagesRead], options: Options) -> list[ReadError]:
    """What couldn't be read, the gravest first."""
    problems: list[ReadError] = []
    damaged = [number for result in results for number in result.damaged]
    crowded = [number for result in results for number in result.crowded]
    scans = [number for result in results for number in result.scans]
    nonsense = [number for result in results for number in result.nonsense]
    unclear = [pair for result in results for pair in result.unclear]
    if damaged:
        problems.append(
            PartlyRead(
                f"{file.name}: page {_ranges(damaged)} is damaged and was left out",
                f"{file.name}：第 {_ranges(damaged)} 页已损坏，未读取",
            )
        )
    if crowded:
        problems.append(
            PartlyRead(
                f"{file.name}: page {_ranges(crowded)} has over {_MOST_LINES} lines of text "
                "and was left out",
                f"{file.name}：第 {_ranges(crowded)} 页的文字超过 {_MOST_LINES} 行，未读取",
            )
        )
    if scans or nonsense:
        problems.append(_unrecognised(file, scans, nonsense, options))
    if unclear:
        count = sum(number for _, number in unclear)
        where = _ranges([page for page, _ in unclear])
        problems.append(
            PartlyRead(
                f"{file.name}: page {where}: {count} characters have no meaning in their fonts",
                f"{file.name}：第 {where} 页：{count} 个字符在字体中没有对应的文字",
            )
        )
    return problems + [problem for result in results for problem in result.problems]


def _unrecognised(
    file: File, scans: Sequence[int], nonsense: Sequence[int], options: Options
) -> ReadError:
    from ingest.printed.ocr import missing

    where = _ranges([*scans, *nonsense])
    if options.ocr:
        return missing(f"{file.name} ({where})")
    if nonsense:
        return PartlyRead(
            f"{file.name}: page {where}: fonts don't say what their characters are; turn OCR on",
            f"{file.name}：第 {where} 页：字体没有给出文字编码；请打开 OCR",
        )
    return PartlyRead(
        f"{file.name}: page {where} is a picture without text; turn OCR on",
        f"{file.name}：第 {where} 页是没有文字层的图片；请打开 OCR",
    )


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers as people write them: ``1, 3–5``."""
    found = []
    for _, group in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
        held = [number for _, number in group]
        found.append(str(held[0]) if len(held) == 1 else f"{held[0]}–{held[-1]}")
    return ", ".join(found)
