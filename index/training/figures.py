"""How well a model finds XQuAD's paragraphs, within Chinese and between Chinese and English."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index import static
from index.pieces import Pieces
from index.training.data import Pair, read_squad
from index.types import FloatArray
from ingest.errors import ModelError

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Recall:
    """Shares of the questions whose paragraph comes first, among five, among ten."""

    at_1: float
    at_5: float
    at_10: float


def check(folder: Path) -> None:
    """Raises ModelError if ``folder`` lacks what `figures` reads."""
    for language in LANGUAGES:
        if not _path(folder, language).is_file():
            raise ModelError(
                f"{_path(folder, language)} is missing: give a folder with XQuAD, or no figures",
                f"缺少 {_path(folder, language)}：请给出含 XQuAD 的文件夹，或不要求评测",
            )


def figures(model: static.StaticModel, folder: Path) -> str:
    """A table of recall on ``xquad.zh.json.gz`` and ``xquad.en.json.gz``, dense vectors alone."""
    pieces = Pieces(model.tokenizer)

    def vectors(texts: Sequence[str]) -> FloatArray:
        return static.encode(model, pieces.tokens(texts))

    pairs = {language: _pairs(_path(folder, language)) for language in LANGUAGES}
    lines = ["| XQuAD | recall@1 | @5 | @10 |", "|---|---|---|---|"]
    for asking, asked in (("zh", "zh"), ("en", "zh"), ("zh", "en"), ("en", "en")):
        paragraphs = list(dict.fromkeys(context for _, context in pairs[asked]))
        place = {text: number for number, text in enumerate(paragraphs)}
        scores = vectors([question for question, _ in pairs[asking]]) @ vectors(paragraphs).T
        result = recall(scores, [place[context] for _, context in pairs[asked]])
        cells = (f"{100 * share:.1f}" for share in (result.at_1, result.at_5, result.at_10))
        lines.append(f"| {asking}→{asked} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def recall(scores: FloatArray, right: Sequence[int]) -> Recall:
    """Of ``scores`` (questions, paragraphs), where ``right[i]`` is question ``i``'s paragraph."""
    own = scores[np.arange(len(scores)), right]
    rank = (scores > own[:, None]).sum(axis=1)
    return Recall(*(float((rank < k).mean()) for k in (1, 5, 10)))


def _path(folder: Path, language: str) -> Path:
    return folder / f"xquad.{language}.json.gz"


def _pairs(path: Path) -> list[Pair]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return read_squad(json.load(file))
