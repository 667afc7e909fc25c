"""Tokenisers of the form of the built-in model's, with pieces of one's own."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Tokenizer, models

from index.embed import BUILTIN


def make_tokenizer(pieces: Iterable[str]) -> Tokenizer:
    """All pieces alike: the fewest are taken. Text is normalised as the built-in model does."""
    vocabulary = [("[UNK]", 0.0), *((piece, -10.0) for piece in pieces)]
    tokenizer = Tokenizer.from_file(str(BUILTIN / "tokenizer.json"))
    tokenizer.model = models.Unigram(vocabulary, unk_id=0, byte_fallback=False)
    return tokenizer
