"""Reads print from images of pages, with rapidocr: detection, orientation, recognition.

rapidocr tells the orientation of each line by itself, which turns some lines of an upright page
into nonsense; here the lines of a page vote, and the page is turned as a whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import MissingPart, PartlyRead, ReadError
from ingest.page.lines import ems
from ingest.printed.ocr_boxes import (
    TALL,
    Boxes,
    in_common_sizes,
    laid,
    lies,
    place,
    sides,
    skew,
    split_at_gutters,
    trimmed,
    turned_left,
    type_sizes,
    widened,
    without_lone_marks,
)
from ingest.printed.ocr_downwards import stood_up, with_marks
from ingest.printed.ocr_text import mend_line
from ingest.printed.types import PrintedLine, PrintedPage

Image = NDArray[np.uint8]

LARGEST_IMAGE = 16_000_000  # pixels, of what it should be given

_LEAST_CONFIDENCE, _SURE = 0.8, 0.95
_DETECTION = 2_000_000  # pixels in which lines are looked for
_BAND = 750_000  # pixels of them at once, which take 150 MB
_GRID, _CONTEXT = 32, 32  # pixels: the network's step, and what it sees beside a band
_MOST_LINES = 5000
_VOTERS = 15


@dataclass(frozen=True, slots=True)
class Scan:
    """What an image of a page gave; ``unread`` lines were seen whose text couldn't be told."""

    page: PrintedPage
    unread: int = 0

    @property
    def problem(self) -> ReadError | None:
        """What of the page was left out, if anything was."""
        if not self.unread:
            return None
        number, lines = self.page.number, len(self.page.lines) + self.unread
        return PartlyRead(
            f"page {number}: {self.unread} of {lines} lines couldn't be recognised and were left "
            "out; try a sharper scan",
            f"第 {number} 页：有 {self.unread}/{lines} 行无法识别，未收入；请换用更清晰的扫描件",
        )


@cache  # looked up for every file that is read
def is_available() -> bool:
    """Whether the packages that it needs are installed; they aren't imported."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def missing(name: str) -> MissingPart:
    """The error for the file called ``name``, which can't be read without those packages."""
    return MissingPart(
        f"{name} is a scan or an image, which needs OCR; run: pip install 'wenjin[ocr]'",
        f"{name} 是扫描件或图片，需要 OCR；请运行：pip install 'wenjin[ocr]'",
    )


def recognise(image: Image, *, number: int, scale: float) -> Scan:
    """The lines of print on ``image``, (height, width, 3) uint8 RGB, as page ``number``.

    ``scale`` is how many points a pixel measures. A page that lies on its side or on its head is
    turned. Where lines run downwards the page is ``vertical``, and its places are those of the page
    turned left by a quarter, so that as ever reading goes on to the right and downwards.
    To be called only where OCR ``is_available``.
    """
    found = _upright(np.ascontiguousarray(image[:, :, ::-1]))  # rapidocr takes BGR
    if len(found.boxes):
        boxes = laid(found.boxes, upwards=found.vertical)
        boxes = without_lone_marks(split_at_gutters(boxes, _crops(found.image, boxes)))
        found = replace(found, boxes=trimmed(boxes, _crops(found.image, boxes)))
    height, width = found.image.shape[:2]
    lines = in_common_sizes(_lines(found, scale)) if len(found.boxes) else []
    page = PrintedPage(number, width * scale, height * scale, tuple(lines), found.vertical)
    return Scan(page, unread=len(found.boxes) - len(lines))


@dataclass(frozen=True, slots=True)
class _Found:
    """Where print is on an image."""

    image: Image
    boxes: Boxes
    vertical: bool = False


@lru_cache(maxsize=1)
def _engine() -> Any:
    """One for the process, with the models that come with the package: nothing is downloaded."""
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    paths = {
        f"{part.title()}.model_path": str(next(models.glob(f"*_{part}_*.onnx")))
        for part in ("det", "cls", "rec")
    }
    return rapidocr.RapidOCR(
        params={
            **paths,
            "Global.log_level": "critical",
            "Global.return_word_box": True,
            "Global.use_vertical_padding": False,  # it would move the boxes
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECTION,  # none: what it is given is small enough
            "Det.max_candidates": _MOST_LINES,
            "Rec.rec_batch_num": 1,  # several are no faster on a CPU, and need more memory
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _lines(found: _Found, scale: float) -> list[PrintedLine]:
    """The lines whose text can be told."""
    texts: list[str] = []
    kept: list[int] = []
    wide = widened(found.boxes)
    for i, read in enumerate(map(_engine().recognize_txt, _crops(found.image, wide))):
        text, confidence, words = read.txts[0], read.scores[0], read.word_results[0]
        if confidence < _LEAST_CONFIDENCE or _is_sparse(text, found.boxes[i], confidence):
            continue
        mended = mend_line(text, [column for word in words.word_cols for column in word])
        if mended:
            texts.append(mended)
            kept.append(i)
    if not texts:
        return []
    boxes = found.boxes[kept]
    sizes = type_sizes(texts, boxes, shrunk=_shrunk(found.image))
    for i in map(int, np.flatnonzero(lies(boxes) != found.vertical)):  # of lines downwards
        (crop,) = _crops(found.image, [wide[kept[i]]])
        again = _engine().recognize_txt(stood_up(crop, sizes[i])).txts[0]
        texts[i] = with_marks(texts[i], mend_line(again, []))
    angle = skew(found.boxes)
    return [
        place(text, box, em, angle=angle, scale=scale)
        for text, box, em in zip(texts, boxes, sizes, strict=True)
    ]


def _is_sparse(text: str, box: NDArray[np.float32], confidence: float) -> bool:
    """Whether most of a line is missing: that of a script that recognition doesn't know."""
    (width,), (height,) = sides(box[None])
    return bool(width > 2 * height * ems(text) and confidence < _SURE)


def _upright(image: Image) -> _Found:
    """The print on the image, turned so that its characters stand upright."""
    found = _detect(image)
    if _runs_downwards(found):
        if _stands(found):
            boxes = turned_left(found.boxes, image.shape[1])
            return _Found(np.ascontiguousarray(np.rot90(image)), boxes, vertical=True)
        found = _detect(np.ascontiguousarray(np.rot90(image)))
    if len(found.boxes) and _is_upside_down(found):
        found = _detect(np.ascontiguousarray(np.rot90(found.image, 2)))
    return found


def _detect(image: Image) -> _Found:
    from PIL import Image as Pillow

    shrunk = _shrunk(image)
    height, width = (max(1, round(side / shrunk / _GRID)) * _GRID for side in image.shape[:2])
    small = Pillow.fromarray(image).resize((width, height), Pillow.Resampling.BOX)
    detector = _engine()._load_det_model()  # what is public has no bands
    found, _ = detector.postprocess_op(_print(np.asarray(small), detector), image.shape[:2])
    return _Found(image, np.array(found, np.float32).reshape(-1, 4, 2))


def _print(image: Image, detector: Any) -> NDArray[np.float32]:
    """(1, 1, height, width): how likely each pixel is of print; the image is looked at in bands."""
    height, width = image.shape[:2]
    step = max(1, _BAND // width // _GRID) * _GRID
    found = np.zeros((1, 1, height, width), np.float32)
    prepare = detector.get_preprocess()
    for top in range(0, height, step):
        start, end = max(0, top - _CONTEXT), min(height, top + step + _CONTEXT)
        band = detector.session(prepare(image[start:end]))
        found[:, :, top : top + step] = band[:, :, top - start :][:, :, :step]
    return found


def _crops(image: Image, boxes: Iterable[NDArray[np.float32]]) -> Iterator[Image]:
    """What is in the boxes, one at a time; of tall boxes laid on its left."""
    return (_engine().crop_text_regions(image, [box])[0] for box in boxes)


def _shrunk(image: Image) -> float:
    """By how much an image is made smaller before lines are looked for."""
    return max(1.0, math.sqrt(image.shape[0] * image.shape[1] / _DETECTION))


def _runs_downwards(found: _Found) -> bool:
    """Whether most of the print is in tall boxes."""
    widths, heights = sides(found.boxes)
    areas = widths * heights
    return bool(areas[heights >= TALL * widths].sum() > areas.sum() / 2)


def _stands(found: _Found) -> bool:
    """Whether the characters of lines that run downwards stand upright.

    They do if squares cut from a line, read by themselves, give characters of that line.
    """
    _, heights = sides(found.boxes)
    engine = _engine()
    hits = total = 0
    for crop in _crops(found.image, found.boxes[np.argsort(-heights)[:5]]):
        side = crop.shape[0]
        column = np.rot90(crop, -1)  # tall boxes were laid down
        squares = [column[y : y + side] for y in range(0, min(len(column), 4 * side), side)]
        text = engine.recognize_txt([crop]).txts[0]
        read = "".join(engine.recognize_txt(list(map(np.ascontiguousarray, squares))).txts)
        hits += sum(character in text for character in read)
        total += len(squares)
    return 2 * hits >= total


def _is_upside_down(found: _Found) -> bool:
    """Whether most of the longest lines are, and give more text when turned."""
    longest = list(_crops(found.image, found.boxes[np.argsort(-sides(found.boxes)[0])[:_VOTERS]]))
    engine = _engine()
    labels = [label for label, _ in engine.cls_and_rotate(longest)[1].cls_res]
    if 2 * labels.count("180") <= len(labels):
        return False
    turned = [np.ascontiguousarray(np.rot90(crop, 2)) for crop in longest]
    return _legible(turned) > _legible(longest)


def _legible(crops: Sequence[Image]) -> float:
    """How many characters are read for sure."""
    read = _engine().recognize_txt(list(crops))
    return sum(len(text) for text, sure in zip(read.txts, read.scores, strict=True) if sure > _SURE)
