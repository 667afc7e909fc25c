"""Images of pages, read by OCR; a TIFF file may hold several."""

from __future__ import annotations

import io
import math
import struct
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.errors import DamagedFile, EmptyFile, FileTooLarge
from ingest.formats import File, Options, Part
from ingest.printed.columns import read_pages
from ingest.types import Reading

if TYPE_CHECKING:
    from PIL.Image import Image

    from ingest.printed.ocr import Scan

_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")
_LARGEST = 80_000_000  # pixels
_MOST_PAGES = 2000
_UNMIXED = ("1", "P")  # modes whose colours can't be averaged
_PAGE_LENGTH = 842.0  # points: A4, where an image doesn't say how large it is
_LEAST_RESOLUTION, _HIGHEST_RESOLUTION = 100, 1200  # dots an inch; others are mere defaults


def read(file: File, options: Options) -> Reading:
    """The articles. Raises MissingPart, DamagedFile, FileTooLarge, EmptyFile."""
    scans = [read_part(file, part, options) for part in parts(file, options)]
    return join(file, scans, options)


def parts(file: File, options: Options) -> Sequence[Part]:
    """A part for each page. Raises MissingPart, DamagedFile, FileTooLarge."""
    from ingest.printed import ocr

    if not options.ocr or not ocr.is_available():
        raise ocr.missing(file.name)
    with _opened(file) as image:
        # The frames of other formats are animations, or small copies.
        pages = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    if pages > _MOST_PAGES:
        raise FileTooLarge(
            f"{file.name} has more than {_MOST_PAGES} pages; split it into smaller files",
            f"{file.name} 超过 {_MOST_PAGES} 页；请拆分成较小的文件",
        )
    return [Part(number, number + 1) for number in range(pages)]


def read_part(file: File, part: Part, options: Options) -> Scan:  # noqa: ARG001
    """What OCR makes of a page. Raises DamagedFile, FileTooLarge."""
    import numpy as np

    from ingest.printed.ocr import LARGEST_IMAGE, recognise

    with _opened(file) as image:
        image.seek(part.start)
        _check_size(image, file.name)
        full, dots = max(image.size), _resolution(image)
        image.draft(None, _size_within(image, LARGEST_IMAGE))  # some formats decode it smaller
        image.load()
        pixels = np.asarray(_plain(image, LARGEST_IMAGE))
    scale = 72 / dots * full / max(pixels.shape) if dots else _PAGE_LENGTH / max(pixels.shape)
    return recognise(pixels, number=part.start + 1, scale=scale)


def join(file: File, results: Sequence[Scan], options: Options) -> Reading:  # noqa: ARG001
    """The articles of the pages. Raises EmptyFile where there is no text."""
    if not any(scan.page.lines for scan in results):
        unread = sum(scan.unread for scan in results)
        raise EmptyFile(
            f"{file.name}: no text was found on the image"
            + (f"; {unread} lines couldn't be recognised" if unread else ""),
            f"{file.name}：图片上没有找到文字" + (f"；有 {unread} 行无法识别" if unread else ""),
        )
    reading = read_pages([scan.page for scan in results], path=file.name)
    problems = tuple(scan.problem for scan in results if scan.problem)
    return replace(reading, problems=reading.problems + problems)


@contextmanager
def _opened(file: File) -> Iterator[Image]:
    """The image, not decoded yet. Raises DamagedFile, FileTooLarge, there and in what follows."""
    from PIL import Image, UnidentifiedImageError

    data = file.data  # what the system fails at is no fault of the image
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, and of sizes, which are checked
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                _check_size(image, file.name)
                yield image
    except Image.DecompressionBombError as error:
        raise _too_large(file.name) from error
    except UnidentifiedImageError as error:
        raise _damaged(file.name, "unknown kind of image", "无法识别的图片类型") from error
    except (OSError, SyntaxError, TypeError, ValueError, EOFError, struct.error) as error:
        raise _damaged(file.name, "the image breaks off", "图片不完整") from error


def _check_size(image: Image, name: str) -> None:
    if image.width * image.height > _LARGEST:
        raise _too_large(name)


def _too_large(name: str) -> FileTooLarge:
    limit = f"{_LARGEST // 1_000_000}"
    return FileTooLarge(
        f"{name} has more than {limit} million pixels; make it smaller",
        f"{name} 超过 {limit} 百万像素；请缩小图片",
    )


def _damaged(name: str, english: str, chinese: str) -> DamagedFile:
    return DamagedFile(
        f"{name} is damaged: {english}; open and save it in another program",
        f"{name} 已损坏：{chinese}；请用其他程序打开并另存",
    )


def _size_within(image: Image, pixels: int) -> tuple[int, int]:
    """Its size, or the size that it has in so many pixels if it has more."""
    shrunk = max(1.0, math.sqrt(image.width * image.height / pixels))
    return max(1, int(image.width / shrunk)), max(1, int(image.height / shrunk))


def _resolution(image: Image) -> float | None:
    """Dots an inch, if the image says so and means it."""
    dots = float(image.info.get("dpi", (0, 0))[0])
    return dots if _LEAST_RESOLUTION <= dots <= _HIGHEST_RESOLUTION else None


def _plain(image: Image, pixels: int) -> Image:
    """The image upright, in RGB: on white where it's transparent, with depth in full.

    It has no more than so many ``pixels``, and is made smaller before anything is copied.
    """
    from PIL import Image, ImageOps

    ImageOps.exif_transpose(image, in_place=True)
    if image.mode in _UNMIXED:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    size = _size_within(image, pixels)
    if size != image.size:
        image = image.resize(size, Image.Resampling.BOX)
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bits(image: Image) -> Image:
    """An image of deeper greys, from its darkest to its lightest."""
    import numpy as np
    from PIL import Image

    greys = np.nan_to_num(np.asarray(image, np.float32))
    darkest, lightest = float(greys.min()), float(greys.max())
    stretched = (greys - darkest) * (255 / max(lightest - darkest, 1e-9))
    return Image.fromarray(stretched.astype(np.uint8)).convert("RGB")
