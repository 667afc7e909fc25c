"""Small documents of the formats of Office, made by hand for tests."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/>{}</Types>'
)
_SHEET_TYPES = (
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/>'
)


_FREE, _END = 0xFFFFFFFF, 0xFFFFFFFE  # numbers of sectors in a compound file


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip file of these members."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def relations(*targets: tuple[str, str]) -> str:
    """A list of relations: the kind and the target of each; ids are rId1, rId2…"""
    listed = "".join(
        f'<Relationship Id="rId{i}" Type="{_R}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}">{listed}</Relationships>'


def word_paragraph(text: str, *, style: str = "", inside: str = "", bold: bool = False) -> str:
    """A paragraph of a Word document; ``inside`` is more XML in it."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    run = "<w:rPr><w:b/></w:rPr>" if bold else ""
    said = f'<w:r>{run}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
    return f"<w:p>{properties}{said}{inside}</w:p>"


def word_table(rows: Iterable[Sequence[str]]) -> str:
    """A table of a Word document."""
    lines = ("".join(f"<w:tc>{word_paragraph(cell)}</w:tc>" for cell in cells) for cells in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{line}</w:tr>" for line in lines) + "</w:tbl>"


def docx(
    body: str, *, creator: str = "", footnotes: str = "", dtd: str = "", picture: bytes = b""
) -> bytes:
    """A Word document with the styles Title, Heading1, Heading2, TOC1 and Centred.

    The ``picture`` is its relation rId4.
    """
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{shown}"/>{more}</w:style>'
        for name, shown, more in (
            ("Title", "Title", ""),
            ("Heading1", "heading 1", ""),
            ("Heading2", "heading 2", ""),
            ("Own", "My heading", '<w:basedOn w:val="Heading2"/>'),
            ("TOC1", "toc 1", ""),
            ("Centred", "Centred", '<w:pPr><w:jc w:val="center"/></w:pPr>'),
        )
    )
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES.format(""),
        "_rels/.rels": relations(("officeDocument", "word/document.xml")),
        "word/document.xml": (
            f'{dtd}<w:document xmlns:w="{_W}" xmlns:mc="http://schemas.openxmlformats.org/'
            f'markup-compatibility/2006"><w:body>{body}</w:body></w:document>'
        ),
        "word/styles.xml": f'<w:styles xmlns:w="{_W}">{styles}</w:styles>',
        "word/header1.xml": f'<w:hdr xmlns:w="{_W}">{word_paragraph("页眉文字")}</w:hdr>',
        "word/comments.xml": f'<w:comments xmlns:w="{_W}"/>',
        "word/footnotes.xml": f'<w:footnotes xmlns:w="{_W}">{footnotes}</w:footnotes>',
        "word/_rels/document.xml.rels": relations(
            ("styles", "styles.xml"),
            ("header", "header1.xml"),
            ("footnotes", "footnotes.xml"),
            ("image", "media/image1.png"),
        ),
        "docProps/core.xml": (
            '<cp:coreProperties xmlns:cp="c" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:creator>{creator}</dc:creator></cp:coreProperties>"
        ),
    }
    if picture:
        members["word/media/image1.png"] = picture
    return zipped(members)


def odt(body: str, *, manifest: str = "") -> bytes:
    """An OpenDocument text."""
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="m">{manifest}'
            "</manifest:manifest>",
            "content.xml": (
                '<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b" '
                'xmlns:draw="d" xmlns:style="s" xmlns:presentation="p"><office:automatic-styles>'
                '<style:style style:name="P1" style:parent-style-name="Title"/>'
                f"</office:automatic-styles><office:body><office:text>{body}</office:text>"
                "</office:body></office:document-content>"
            ),
        }
    )


def slide_shape(text: str, *, role: str = "", top: int | None = None) -> str:
    """A shape of a slide, a paragraph a line."""
    placeholder = f'<p:nvPr><p:ph type="{role}"/></p:nvPr>' if role else ""
    place = "" if top is None else f'<a:xfrm><a:off x="0" y="{top}"/></a:xfrm>'
    lines = "".join(f"<a:p><a:r><a:t>{escape(one)}</a:t></a:r></a:p>" for one in text.split("\n"))
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="x"/>{placeholder}</p:nvSpPr>'
        f"<p:spPr>{place}</p:spPr><p:txBody>{lines}</p:txBody></p:sp>"
    )


PICTURE = '<p:pic><p:blipFill><a:blip r:embed="rId2"/></p:blipFill></p:pic>'  # on a slide


def pptx(*slides: tuple[str, str], picture: bytes = b"") -> bytes:
    """A presentation: the shapes and the notes of each slide, which may show the ``picture``."""
    head = f'xmlns:p="{_P}" xmlns:a="{_A}" xmlns:r="{_R}"'
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES.format(""),
        "_rels/.rels": relations(("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"<p:presentation {head}><p:sldIdLst>"
        + "".join(f'<p:sldId id="{256 + i}" r:id="rId{i}"/>' for i in range(1, len(slides) + 1))
        + "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            *(("slide", f"slides/slide{i}.xml") for i in range(1, len(slides) + 1))
        ),
    }
    for i, (shapes, notes) in enumerate(slides, 1):
        tree = "<p:cSld><p:spTree>{}</p:spTree></p:cSld>"
        members[f"ppt/slides/slide{i}.xml"] = f"<p:sld {head}>{tree.format(shapes)}</p:sld>"
        members[f"ppt/slides/_rels/slide{i}.xml.rels"] = relations(
            ("notesSlide", f"../notesSlides/notesSlide{i}.xml"),
            ("image", "../media/image1.png"),
        )
        members[f"ppt/notesSlides/notesSlide{i}.xml"] = (
            f"<p:notes {head}>{tree.format(slide_shape(notes, role='body') if notes else '')}"
            "</p:notes>"
        )
    if picture:
        members["ppt/media/image1.png"] = picture
    return zipped(members)


def xlsx(sheets: Mapping[str, Sequence[Sequence[str | float]]]) -> bytes:
    """A workbook; an empty string is an empty cell."""
    names = "".join(
        f'<sheet name="{escape(name)}" sheetId="{i}" r:id="rId{i}"/>'
        for i, name in enumerate(sheets, 1)
    )
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES.format(_SHEET_TYPES),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_S}" xmlns:r="{_R}"><sheets>{names}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": relations(
            *(("worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1))
        ),
    }
    for i, rows in enumerate(sheets.values(), 1):
        lines = "".join(
            f'<row r="{y}">{"".join(_cell(value, x, y) for x, value in enumerate(cells))}</row>'
            for y, cells in enumerate(rows, 1)
        )
        members[f"xl/worksheets/sheet{i}.xml"] = (
            f'<worksheet xmlns="{_S}"><sheetData>{lines}</sheetData></worksheet>'
        )
    return zipped(members)


def _cell(value: str | float, x: int, y: int) -> str:
    place = f'r="{chr(ord("A") + x)}{y}"'
    if isinstance(value, str):
        return f'<c {place} t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else ""
    return f"<c {place}><v>{value}</v></c>"


def epub(
    pages: Mapping[str, str], *, metadata: str = "", labels: Mapping[str, str] | None = None
) -> bytes:
    """A book of these pages (name: what its body holds), the table of contents in nav.xhtml."""
    items = "".join(
        f'<item id="i{i}" href="{name}" media-type="application/xhtml+xml"/>'
        for i, name in enumerate(pages)
    )
    spine = "".join(f'<itemref idref="i{i}"/>' for i in range(len(pages)))
    points = "".join(
        f'<navPoint><navLabel><text>{label}</text></navLabel><content src="{name}"/></navPoint>'
        for name, label in (labels or {}).items()
    )
    members: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="c"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="o">'
        f"{metadata}</metadata><manifest>{items}"
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
        f'</manifest><spine><itemref idref="nav"/>{spine}</spine></package>',
        "OEBPS/nav.xhtml": _page("<nav><ol><li><a href='1.xhtml'>目录一项</a></li></ol></nav>"),
        "OEBPS/toc.ncx": f'<ncx xmlns="n"><navMap>{points}</navMap></ncx>',
    }
    return zipped(members | {f"OEBPS/{name}": _page(body) for name, body in pages.items()})


def _page(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title/></head><body>{body}</body></html>"
    )


def compound(*names: str) -> bytes:
    """A compound file whose root holds empty streams of these names, one the sibling of another."""
    entries = []
    for i, name in enumerate(("Root Entry", *names)):
        kind = 2 if i else 5
        right = i + 1 if 0 < i < len(names) else _FREE
        child = 1 if not i else _FREE
        text = f"{name}\0".encode("utf-16-le")
        entry = text.ljust(64, b"\0") + struct.pack(
            "<HBB3L", len(text), kind, 1, _FREE, right, child
        )
        entries.append(entry.ljust(128, b"\0"))
    directory = b"".join(entries).ljust(512, b"\0")
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 62, 3, 65534, 9, 6)
    )
    header = header.ljust(44, b"\0") + struct.pack("<2L", 1, 1)
    header = header.ljust(76, b"\0") + struct.pack("<L", 0) + struct.pack("<L", _FREE) * 108
    table = struct.pack("<2L", 0xFFFFFFFD, _END).ljust(512, b"\xff")
    return header + table + directory
