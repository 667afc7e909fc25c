"""Cuts texts into the pieces of a tokeniser, as the built-in model needs it.

A tokeniser is made, kept and trained with in the form of ``tokenizers``, which finds the best cut
in a trie of hash maps. SentencePiece finds the same one in a seventh of the time: it is given the
same pieces, their scores and the same table of characters, as a message of its own
``sentencepiece_model.proto``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from index.static import TokenArray
from ingest.errors import ModelError

_FORM = {"normalizer": "Precompiled", "pre_tokenizer": "WhitespaceSplit", "model": "Unigram"}
# SentencePiece adds scores in 32 bits. Those of pieces have four decimals: as whole numbers, their
# sums are exact up to 2**24. That every byte is worth something more makes no difference to which
# cut is the best, as each has all bytes; it keeps the sums of long texts near zero.
_UNIT = 10_000
_BYTE = 20_000
_UNKNOWN = -10  # what a character that is no piece scores, beyond the least of all pieces
_UNKNOWN_BYTES = 3  # as a Chinese character has
_LONGEST = 120  # bytes of a piece: then all sizes in its message have one digit
_NEVER = b"\x01"  # is a space by the time that pieces are looked for
_SPACE = b" "


class Pieces:
    """A tokeniser that is ready to cut texts. Safe to use from several threads."""

    def __init__(self, tokenizer: str) -> None:
        """``tokenizer`` is what a ``tokenizer.json`` holds. Raises ModelError if it isn't of the
        form of those that are trained here.
        """
        from sentencepiece import SentencePieceProcessor

        try:
            form = json.loads(tokenizer)
            self._count = len(form["model"]["vocab"])
            self._processor = SentencePieceProcessor(model_proto=_message(form), num_threads=1)
        except (ValueError, KeyError, TypeError, RuntimeError) as error:
            raise ModelError(
                f"the model's tokenizer.json isn't of Wenjin's own form: {error!r}",
                f"模型的 tokenizer.json 不是问津的格式：{error!r}",
            ) from error

    def tokens(self, texts: Sequence[str]) -> list[TokenArray]:
        """The tokens of each text; a run of characters that are no piece is one, the unknown."""
        rows = self._processor.encode(list(texts), return_type="numpy")
        return [row[row < self._count] for row in rows]

    def tokens_of(self, text: str) -> TokenArray:
        """The tokens of one text."""
        [row] = self.tokens([text])
        return row

    def cut(self, text: str) -> list[str]:
        """The pieces of a text, each as it stands there after normalising."""
        return [piece for piece in self._processor.encode(text, return_type=str) if piece != " "]

    def piece(self, token: int) -> str:
        """How a token is spelt."""
        return str(self._processor.id_to_piece(token))


def _message(form: Any) -> bytes:
    """A ``ModelProto``: its pieces (1) and a ``NormalizerSpec`` (3)."""
    if any(form[part]["type"] != kind for part, kind in _FORM.items()):
        raise ValueError(f"another form than {_FORM}")
    charsmap = base64.b64decode(form["normalizer"]["precompiled_charsmap"])
    # Neither is a space put before a text (3), nor any taken out (4) or written otherwise (5).
    spec = b"\x12" + _size(charsmap) + charsmap + b"\x18\0\x20\0\x28\0"
    pieces = _pieces(form["model"]["vocab"], form["model"]["unk_id"])
    return b"".join(pieces) + b"\x1a" + _size(spec) + spec


def _pieces(vocabulary: Sequence[tuple[str, float]], unknown: int) -> list[bytes]:
    """Each a ``SentencePiece``: its spelling (1), its score (2), and the unknown one's type (3)."""
    spelt = [*(piece.encode() for piece, _ in vocabulary), _NEVER, _SPACE]
    sizes = np.array([len(one) for one in spelt])
    if sizes.max() > _LONGEST:
        raise ValueError(f"a piece of more than {_LONGEST} bytes")
    odds = np.array([score for _, score in vocabulary])
    scores = np.rint(odds * _UNIT) + sizes[:-2] * _BYTE
    # SentencePiece takes 10 from the least score for a character that is no piece.
    never = (odds.min() + _UNKNOWN) * _UNIT + _UNKNOWN_BYTES * _BYTE + 10
    packed = np.append(scores, [never, 0]).astype("<f4").tobytes()
    pieces = [
        b"\n%c\n%c%b\x15%b" % (len(one) + 7, len(one), one, packed[start : start + 4])
        for one, start in zip(spelt, range(0, len(packed), 4), strict=True)
    ]
    one = spelt[unknown]
    pieces[unknown] = b"\n%c\n%c%b\x18\2" % (len(one) + 4, len(one), one)
    return pieces


def _size(content: bytes) -> bytes:
    """How many bytes there are, in base 128: the lowest digit first, 128 more in all but the last.

    https://protobuf.dev/programming-guides/encoding/
    """
    size, digits = len(content), []
    while size > 127:
        digits.append(size & 127 | 128)
        size >>= 7
    return bytes((*digits, size))
