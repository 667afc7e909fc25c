"""pdfium's functions for what is asked thousands of times a page.

Without declared types ctypes doesn't check each argument, which takes longer than most calls. So
arguments must be of the right kind: handles as pypdfium2 gives them, integers, and ``byref``.
"""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as pdfium


def _quick(function: Any) -> Any:
    address: Any = ctypes.cast(function, ctypes.c_void_p).value
    return ctypes.PYFUNCTYPE(function.restype)(address)


char_origin = _quick(pdfium.FPDFText_GetCharOrigin)
char_index = _quick(pdfium.FPDFText_GetCharIndexFromTextIndex)
char_matrix = _quick(pdfium.FPDFText_GetMatrix)
font_size = _quick(pdfium.FPDFText_GetFontSize)
font_weight = _quick(pdfium.FPDFText_GetFontWeight)
has_map_error = _quick(pdfium.FPDFText_HasUnicodeMapError)
loose_box = _quick(pdfium.FPDFText_GetLooseCharBox)
count_rects = _quick(pdfium.FPDFText_CountRects)
rect = _quick(pdfium.FPDFText_GetRect)

count_objects = _quick(pdfium.FPDFPage_CountObjects)
page_object = _quick(pdfium.FPDFPage_GetObject)
object_type = _quick(pdfium.FPDFPageObj_GetType)
bounds = _quick(pdfium.FPDFPageObj_GetBounds)
draw_mode = _quick(pdfium.FPDFPath_GetDrawMode)
fill_color = _quick(pdfium.FPDFPageObj_GetFillColor)
count_segments = _quick(pdfium.FPDFPath_CountSegments)
