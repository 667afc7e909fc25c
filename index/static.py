"""The format of the built-in model: a tokeniser and a table with one vector per token.

A text's vector is the sum of its tokens' vectors, at length one; a token's weight is the length of
its vector. The table is stored in four bits: row ``i`` is ``scales[i] * levels[i]``, where the
levels are whole numbers from -7 to 7, two of them in a byte (the left half of the columns in the
low bits, the right half in the high bits).

A folder holds ``tokenizer.json`` and ``model.safetensors``. `export` writes the same numbers,
unpacked, as a folder that sentence-transformers and model2vec load.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from index.types import FloatArray
from ingest.errors import ModelError

LevelArray = npt.NDArray[np.int8]

FORMAT = "1"
_MODEL, _TOKENIZER = "model.safetensors", "tokenizer.json"
_TOP = 7


@dataclass(frozen=True, slots=True)
class StaticModel:
    """A tokeniser and its quantised table."""

    tokenizer: Tokenizer
    levels: LevelArray
    """(tokens, dimension), each from -7 to 7; the dimension is even."""
    scales: FloatArray
    """(tokens,)"""
    digest: str
    """Twelve hexadecimal digits that tell this model from others."""

    def table(self) -> FloatArray:
        """(tokens, dimension): the vectors themselves."""
        return self.levels * self.scales[:, None]


def quantise(tokenizer: Tokenizer, table: FloatArray) -> StaticModel:
    """Four bits a number, with the scale of each row that leaves the least squared error."""
    top = np.abs(table).max(axis=1)
    best = np.full(len(table), np.inf, np.float32)
    scales = np.zeros(len(table), np.float32)
    for share in np.linspace(0.5, 1.0, 11, dtype=np.float32):
        tried = top * share / _TOP
        error = np.square(_levels(table, tried) * tried[:, None] - table).sum(axis=1)
        better = error < best
        best[better], scales[better] = error[better], tried[better]
    levels = _levels(table, scales)
    content = tokenizer.to_str().encode() + levels.tobytes() + scales.tobytes()
    return StaticModel(tokenizer, levels, scales, hashlib.sha256(content).hexdigest()[:12])


def _levels(table: FloatArray, scales: FloatArray) -> LevelArray:
    safe = np.where(scales > 0, scales, 1)
    return np.clip(np.rint(table / safe[:, None]), -_TOP, _TOP).astype(np.int8)


def save(model: StaticModel, folder: Path) -> None:
    """Write the model into ``folder``, which is made if missing."""
    from safetensors.numpy import save_file

    left, right = np.split((model.levels + 8).astype(np.uint8), 2, axis=1)
    folder.mkdir(parents=True, exist_ok=True)
    model.tokenizer.save(str(folder / _TOKENIZER), pretty=False)
    save_file(
        {"levels": left | right << 4, "scales": model.scales},
        folder / _MODEL,
        metadata={"format": FORMAT, "digest": model.digest},
    )


def load(folder: Path) -> StaticModel:
    """Read a folder that `save` wrote.

    Raises ModelError if it holds no such model.
    """
    from safetensors import safe_open

    try:
        with safe_open(folder / _MODEL, framework="numpy") as file:
            packed, scales = file.get_tensor("levels"), file.get_tensor("scales")
            digest = file.metadata()["digest"]
        tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
    except Exception as error:  # tokenizers raises nothing narrower
        raise ModelError(
            f"{folder} holds no model of Wenjin's own format: {error}",
            f"{folder} 里没有问津格式的模型：{error}",
        ) from error
    half = packed.shape[1]
    levels = np.empty((len(packed), 2 * half), np.int8)
    np.subtract(packed & 15, 8, out=levels[:, :half], casting="unsafe")
    np.subtract(packed >> 4, 8, out=levels[:, half:], casting="unsafe")
    return StaticModel(tokenizer, levels, scales, digest)


def export(model: StaticModel, folder: Path) -> None:
    """Write the model as a folder for ``SentenceTransformer(folder)`` and model2vec."""
    from safetensors.numpy import save_file

    normalise = folder / "1_Normalize"
    normalise.mkdir(parents=True, exist_ok=True)
    model.tokenizer.save(str(folder / _TOKENIZER), pretty=False)
    save_file({"embeddings": model.levels, "weights": model.scales}, folder / _MODEL)
    modules = [
        {
            "idx": 0,
            "name": "0",
            "path": ".",
            "type": "sentence_transformers.models.StaticEmbedding",
        },
        {
            "idx": 1,
            "name": "1",
            "path": normalise.name,
            "type": "sentence_transformers.models.Normalize",
        },
    ]
    (folder / "modules.json").write_text(json.dumps(modules, indent=2))
    config = {"model_type": "model2vec", "normalize": True, "max_length": None}
    (folder / "config.json").write_text(json.dumps(config, indent=2))


def encode(table: FloatArray, rows: Sequence[Sequence[int]]) -> FloatArray:
    """Sums of the table's vectors at length one, (rows, dimension); zero for an empty row."""
    vectors = np.zeros((len(rows), table.shape[1]), np.float32)
    for vector, ids in zip(vectors, rows, strict=True):
        np.add.reduce(table[ids], axis=0, out=vector) if ids else None
    return unit(vectors)


def unit(vectors: FloatArray) -> FloatArray:
    """Rows at length one; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)
