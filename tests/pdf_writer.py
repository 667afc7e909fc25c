"""Writes small PDFs, byte by byte, for the tests of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LATIN = (
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
)
CHINESE = (
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts"
    "[<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo"
    "<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000/FontDescriptor"
    "<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/Ascent 880/Descent -120>>>>]>>"
)
UNMAPPED = (  # its characters are numbers of glyphs, whatever they look like
    "<</Type/Font/Subtype/Type0/BaseFont/Nameless/Encoding/Identity-H/DescendantFonts"
    "[<</Type/Font/Subtype/CIDFontType2/BaseFont/Nameless/CIDSystemInfo"
    "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000/FontDescriptor"
    "<</Type/FontDescriptor/FontName/Nameless/Flags 4>>>>]>>"
)


@dataclass(frozen=True, slots=True)
class Text:
    """A line of type: its left end and its baseline, in points from the lower left corner.

    ``font``: latin, bold, chinese or unmapped; ``turned`` text runs upwards.
    """

    x: float
    y: float
    text: str
    size: float = 10.0
    font: str = "latin"
    turned: bool = False

    @property
    def code(self) -> str:
        """What draws it."""
        number = {"latin": 1, "bold": 2, "chinese": 3, "unmapped": 4}[self.font]
        if number < 3:
            shown = "<" + self.text.encode("cp1252").hex() + ">"
        else:
            shown = "<" + self.text.encode("utf-16-be").hex() + ">"
        matrix = f"0 1 -1 0 {self.x} {self.y}" if self.turned else f"1 0 0 1 {self.x} {self.y}"
        return f"BT /F{number} {self.size} Tf {matrix} Tm {shown} Tj ET"


def make_pdf(
    pages: Sequence[Iterable[Text]],
    *,
    size: tuple[int, int] = (595, 842),
    pictures: Sequence[int] = (),
    info: str = "",
    encrypted: bool = False,
) -> bytes:
    """A PDF with these lines; the pages numbered (from 0) in ``pictures`` are a grey picture."""
    fonts = "/F1 4 0 R/F2 5 0 R/F3 6 0 R/F4 7 0 R"
    kids = " ".join(f"{9 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        f"<<{info}>>",
        *LATIN,
        CHINESE,
        UNMAPPED,
        "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"
        "/Length 1>>\nstream\n7\nendstream",
    ]
    for i, lines in enumerate(pages):
        code = "\n".join(line.code for line in lines)
        if i in pictures:
            code += f"\nq {size[0]} 0 0 {size[1]} 0 0 cm /Im Do Q"
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size[0]} {size[1]}]/Contents {10 + 2 * i} 0 R"
            f"/Resources<</Font<<{fonts}>>/XObject<</Im 8 0 R>>>>>>",
            f"<</Length {len(code)}>>\nstream\n{code}\nendstream",
        ]
    key = f"<{'41' * 32}>"
    lock = f"/Encrypt<</Filter/Standard/V 1/R 2/O{key}/U{key}/P -4>>/ID[{key}{key}]"
    return assemble(objects, lock if encrypted else "")


def assemble(objects: Sequence[str], trailer: str = "") -> bytes:
    """A file of these objects, numbered from 1: the catalogue first, the information third."""
    data = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    end = f"trailer<</Size {len(objects) + 1}/Root 1 0 R/Info 3 0 R{trailer}>>\n"
    return data + f"{end}startxref\n{start}\n%%EOF\n".encode()
