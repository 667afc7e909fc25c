"""Speed of the built-in model: loading, one question, many passages beside bare tokenising."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from index import static
from index.embed import BUILTIN, BuiltinEmbedder

QUESTION = "市政府今年的预算有哪些变化？"
PASSAGE = "市政府昨日召开会议，讨论今年的预算草案，与会代表就教育、医疗和交通的支出提出了意见。" * 6


@pytest.fixture(scope="module")
def embedder() -> BuiltinEmbedder:
    return BuiltinEmbedder()


@pytest.fixture(scope="module")
def passages() -> list[str]:
    return [f"{number}{PASSAGE}"[:250] for number in range(2000)]


def test_load(benchmark: BenchmarkFixture) -> None:
    assert benchmark(BuiltinEmbedder).dimension


def test_question(benchmark: BenchmarkFixture, embedder: BuiltinEmbedder) -> None:
    assert len(benchmark(embedder.encode_queries, [QUESTION])) == 1


def test_passages(
    benchmark: BenchmarkFixture, embedder: BuiltinEmbedder, passages: list[str]
) -> None:
    assert len(benchmark(embedder.encode_passages, passages)) == len(passages)


def test_tokenising_alone(benchmark: BenchmarkFixture, passages: list[str]) -> None:
    tokenizer = static.load(BUILTIN).tokenizer
    assert len(benchmark(tokenizer.encode_batch_fast, passages)) == len(passages)
