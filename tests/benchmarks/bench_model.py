"""Speed of the built-in model: loading, one question, many passages beside bare tokenising.

On one core, so that the last two compare whatever the machine: the first is to take at most 1.25
times as long as the second.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from index import static
from index.embed import BUILTIN, BuiltinEmbedder
from index.pieces import Pieces

QUESTION = "市政府今年的预算有哪些变化？"
WORDS = """
    市政府 昨日 召开 会议 讨论 今年 的 预算 草案 与会 代表 就 教育 医疗 和 交通 支出 提出 了 意见
    记者 从 铁路 部门 获悉 春运 期间 旅客 人数 比 去年 增长 专家 认为 这 一 措施 有助于 经济 发展
    在 农村 地区 建设 新 学校 与 医院 环境 保护 工作 取得 进展 国际 市场 价格 上涨 2023 年 GDP
"""


@pytest.fixture(scope="module", autouse=True)
def one_core() -> Iterator[None]:
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    yield
    os.sched_setaffinity(0, cores)


@pytest.fixture(scope="module")
def embedder() -> BuiltinEmbedder:
    return BuiltinEmbedder()


@pytest.fixture(scope="module")
def passages() -> list[str]:
    """Sentences of words at random: the tokeniser remembers those it has seen."""
    chosen = random.Random(0)
    return [
        "".join("".join(chosen.choices(WORDS.split(), k=12)) + "。" for _ in range(12))[:250]
        for _ in range(2000)
    ]


def test_load(benchmark: BenchmarkFixture) -> None:
    assert benchmark(BuiltinEmbedder).dimension


def test_question(benchmark: BenchmarkFixture, embedder: BuiltinEmbedder) -> None:
    assert len(benchmark(embedder.encode_queries, [QUESTION])) == 1


def test_passages(
    benchmark: BenchmarkFixture, embedder: BuiltinEmbedder, passages: list[str]
) -> None:
    assert len(benchmark(embedder.encode_passages, passages)) == len(passages)


def test_tokenising_alone(benchmark: BenchmarkFixture, passages: list[str]) -> None:
    pieces = Pieces(static.load(BUILTIN).tokenizer)
    assert len(benchmark(pieces.tokens, passages)) == len(passages)
