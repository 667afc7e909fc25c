"""The format of the built-in model: a tokeniser and a table with one vector per token.

A text's vector is the sum of its tokens' vectors, at length one; a token's weight is the length of
its vector. The table is stored in four bits: row ``i`` is ``scales[i] * levels[i]``, where the
levels are whole numbers from -7 to 7, two of them in a byte (the left half of the columns in the
low bits, the right half in the high bits).

A model may also know how likely a token is translated by which tokens (`Translations`).

A folder holds ``tokenizer.json`` and ``model.safetensors``. `export` writes the same numbers,
unpacked, as a folder that sentence-transformers and model2vec load.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.types import FloatArray, IntArray
from ingest.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TokenArray = npt.NDArray[np.integer[Any]]
LevelArray = npt.NDArray[np.int8]

FORMAT = "1"
_MODEL, _TOKENIZER = "model.safetensors", "tokenizer.json"
_TOP = 7
_BLOCK = 256  # tokens


@dataclass(frozen=True, slots=True)
class Translations:
    """How the other language says each token: row ``t`` goes from ``starts[t]`` to the next."""

    starts: IntArray
    """(tokens + 1,)"""
    tokens: IntArray
    """(translations,): within a row the most probable first."""
    odds: FloatArray
    """(translations,): how probable each is, from 0 to 1 in steps of 1/255."""

    @classmethod
    def none(cls, tokens: int) -> Translations:
        """Of a model that knows none."""
        return cls(np.zeros(tokens + 1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True)
class StaticModel:
    """A tokeniser, its quantised table and its translations."""

    tokenizer: str
    """What its ``tokenizer.json`` holds."""
    levels: LevelArray
    """(tokens, dimension), each from -7 to 7; the dimension is even."""
    scales: FloatArray
    """(tokens,)"""
    translations: Translations
    digest: str
    """Twelve hexadecimal digits that tell this model from others."""

    def table(self) -> FloatArray:
        """(tokens, dimension): the vectors themselves."""
        return self.levels * self.scales[:, None]


def quantise(
    tokenizer: Tokenizer, table: FloatArray, translations: Translations | None = None
) -> StaticModel:
    """The model of a table (tokens, dimension): the format's precision and no more.

    Four bits a number, with the scale of each row that leaves the least squared error.
    """
    top = np.abs(table).max(axis=1)
    best = np.full(len(table), np.inf, np.float32)
    scales = np.zeros(len(table), np.float32)
    for share in np.linspace(0.5, 1.0, 11, dtype=np.float32):
        tried = top * share / _TOP
        error = np.square(_levels(table, tried) * tried[:, None] - table).sum(axis=1)
        better = error < best
        best[better], scales[better] = error[better], tried[better]
    levels = _levels(table, scales)
    words = translations or Translations.none(len(table))
    words = replace(words, odds=_odds(_odds_levels(words.odds)))
    form = tokenizer.to_str()
    digest = hashlib.sha256(form.encode())
    for array in (levels, scales, words.starts, words.tokens, words.odds):
        digest.update(array.tobytes())
    return StaticModel(form, levels, scales, words, digest.hexdigest()[:12])


def _levels(table: FloatArray, scales: FloatArray) -> LevelArray:
    safe = np.where(scales > 0, scales, 1)
    return np.clip(np.rint(table / safe[:, None]), -_TOP, _TOP).astype(np.int8)


def _odds_levels(odds: FloatArray) -> npt.NDArray[np.uint8]:
    return np.rint(odds * 255).astype(np.uint8)


def _odds(levels: npt.NDArray[np.uint8]) -> FloatArray:
    return levels.astype(np.float32) / np.float32(255)


def save(model: StaticModel, folder: Path) -> None:
    """Write the model into ``folder``, which is made if missing."""
    from safetensors.numpy import save_file

    left, right = np.split((model.levels + 8).astype(np.uint8), 2, axis=1)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _TOKENIZER).write_text(model.tokenizer, encoding="utf-8")
    words = model.translations
    tensors = {
        "levels": left | right << 4,
        "scales": model.scales,
        "translation_counts": _narrow(np.diff(words.starts)),
        "translation_tokens": _narrow(words.tokens),
        "translation_odds": _odds_levels(words.odds),
    }
    save_file(
        tensors,
        folder / _MODEL,
        metadata={"format": FORMAT, "digest": model.digest},
    )


def _narrow(numbers: IntArray) -> npt.NDArray[np.unsignedinteger[Any]]:
    """In the smallest type that holds them all."""
    narrow: npt.NDArray[np.unsignedinteger[Any]] = numbers.astype(
        np.min_scalar_type(numbers.max(initial=0))
    )
    return narrow


def load(folder: Path) -> StaticModel:
    """Read a folder that `save` wrote.

    Raises ModelError if it holds no such model.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(folder / _MODEL, framework="numpy") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            digest = file.metadata()["digest"]
        levels, scales = _unpack(tensors["levels"]), tensors["scales"]
        translations = _translations(tensors, len(scales))
        tokenizer = (folder / _TOKENIZER).read_text(encoding="utf-8")
    except (OSError, ValueError, LookupError, TypeError, SafetensorError) as error:
        raise ModelError(
            f"{folder} holds no model of Wenjin's own format: {error}",
            f"{folder} 里没有问津格式的模型：{error}",
        ) from error
    return StaticModel(tokenizer, levels, scales, translations, digest)


def _unpack(packed: npt.NDArray[np.uint8]) -> LevelArray:
    half = packed.shape[1]
    levels = np.empty((len(packed), 2 * half), np.uint8)
    np.bitwise_and(packed, 15, out=levels[:, :half])
    np.right_shift(packed, 4, out=levels[:, half:])
    levels -= 8  # modulo 256, as which -7 is 249
    return levels.view(np.int8)


def _translations(tensors: Mapping[str, npt.NDArray[Any]], tokens: int) -> Translations:
    if "translation_counts" not in tensors:
        return Translations.none(tokens)
    starts = np.zeros(tokens + 1, np.int64)
    np.cumsum(tensors["translation_counts"], out=starts[1:])
    targets = tensors["translation_tokens"].astype(np.int64)
    return Translations(starts, targets, _odds(tensors["translation_odds"]))


def export(model: StaticModel, folder: Path) -> None:
    """Write the model as a folder for ``SentenceTransformer(folder)`` and model2vec.

    Both give the vectors that `encode` gives, for texts of any length: ``max_length`` keeps
    model2vec from cutting them at 512 tokens. The translations are left out.
    """
    from safetensors.numpy import save_file

    normalise = folder / "1_Normalize"
    normalise.mkdir(parents=True, exist_ok=True)
    (folder / _TOKENIZER).write_text(model.tokenizer, encoding="utf-8")
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


def encode(model: StaticModel, rows: Sequence[TokenArray]) -> FloatArray:
    """The vectors of texts given as rows of tokens, (rows, dimension); zero for an empty row."""
    dimension = model.levels.shape[1]
    vectors = np.zeros((len(rows), dimension), np.float32)
    # One small buffer for all: fresh memory for each row would cost more than the sum itself.
    buffer = np.empty((_BLOCK, dimension), np.int8)
    for number, row in enumerate(rows):
        for first in range(0, len(row), _BLOCK):
            tokens = row[first : first + _BLOCK]
            levels = model.levels.take(tokens, axis=0, out=buffer[: len(tokens)], mode="clip")
            vectors[number] += np.einsum("t,td->d", model.scales[tokens], levels)
    return unit(vectors)


def unit(vectors: FloatArray) -> FloatArray:
    """Rows at length one; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)
