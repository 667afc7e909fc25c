from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, normalizers
from word_tokenizer import make_tokenizer

from index.embed import BUILTIN
from index.pieces import Pieces
from ingest.errors import ModelError

FORM = (BUILTIN / "tokenizer.json").read_text(encoding="utf-8")
ODDS = [score for _, score in json.loads(FORM)["model"]["vocab"]]
SAMPLES = Path(__file__).parents[1] / "samples"
PIECES = Pieces(FORM)
REFERENCE = Tokenizer.from_str(FORM)
FOLDED = Tokenizer.from_str(FORM)
FOLDED.normalizer = normalizers.Sequence([])


def sample_lines() -> Iterator[str]:
    for path in sorted(SAMPLES.rglob("*")):
        if path.suffix in {".txt", ".md", ".jsonl", ".csv", ".html"}:
            yield from path.read_text(encoding="utf-8", errors="replace").splitlines()


def reference(text: str) -> tuple[list[int], list[str]]:
    """The tokens of a text, and how each is spelt there, as `tokenizers` cuts it."""
    # Each character is folded by itself: `tokenizers` takes no notice of some marks after it.
    folded = "".join(map(REFERENCE.normalizer.normalize_str, text))
    encoding = FOLDED.encode(folded, add_special_tokens=False)
    return encoding.ids, encoding.tokens


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "臺灣的經濟，ＧＤＰ　２０２３年",
        "The ghostly areas of foobar-baz 1,200.5",
        "x\0y",
        "\u2581 ▁ [UNK]",
        "喆𠮷😀👍🏽é e\u0301",
        "经济" * 5000,
        "qzx" * 5000,
        "哈" * 1000,
        "字 word " * 3000,
        "¨½ﬁ㎏",
    ],
)
def test_it_finds_what_tokenizers_finds(text: str) -> None:
    tokens = REFERENCE.encode(text, add_special_tokens=False)
    assert PIECES.tokens([text])[0].tolist() == tokens.ids
    assert PIECES.cut(text) == tokens.tokens
    assert all(PIECES.piece(token) == REFERENCE.id_to_token(token) for token in tokens.ids)


def test_it_finds_what_tokenizers_finds_in_real_text() -> None:
    lines = list(sample_lines())
    expected = REFERENCE.encode_batch_fast(lines, add_special_tokens=False)
    assert len(lines) > 100
    for line, row, encoding in zip(lines, PIECES.tokens(lines), expected, strict=True):
        assert row.tolist() == encoding.ids, line


# A NUL before a space is lost; as an unknown piece it would weigh nothing.
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200))
def test_any_text_is_cut_as_well(text: str) -> None:
    """As well, not alike: of two cuts that are equally good, `tokenizers` takes either."""
    tokens, spelt = PIECES.tokens([text])[0].tolist(), PIECES.cut(text)
    expected, pieces = reference(text)
    assert len(tokens) == len(spelt)
    assert "".join(spelt) == "".join(pieces)
    assert [one for one, token in zip(spelt, tokens, strict=True) if token == 0] == [
        one for one, token in zip(pieces, expected, strict=True) if token == 0
    ]
    odds, best = (sum(ODDS[token] for token in row) for row in (tokens, expected))
    assert odds == pytest.approx(best, abs=1e-3)


mixed = st.lists(
    st.sampled_from([*"哈大笑国民经济 0129a", "foo", "bar", "ing", "areas", "ed", "th"])
)


@given(mixed.map("".join))
def test_equally_good_cuts_are_the_only_others(text: str) -> None:
    tokens, expected = PIECES.tokens([text])[0].tolist(), reference(text)[0]
    odds, best = (sum(ODDS[token] for token in row) for row in (tokens, expected))
    assert tokens == expected or odds == pytest.approx(best, abs=1e-9)


def test_texts_together_are_cut_as_alone() -> None:
    texts = ["经济增长", "", "economy", "！"]
    assert [row.tolist() for row in PIECES.tokens(texts)] == [
        PIECES.tokens([text])[0].tolist() for text in texts
    ]
    assert PIECES.tokens([]) == []


def test_another_form_is_refused() -> None:
    form = json.loads(FORM)
    long = make_tokenizer(["x" * 200]).to_str()
    others = [form | {"normalizer": None}, form | {"model": {"type": "WordLevel", "vocab": {}}}]
    for wrong in (*map(json.dumps, others), long, "{", "[]", "{}"):
        with pytest.raises(ModelError, match="own form"):
            Pieces(wrong)
