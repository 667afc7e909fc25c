"""Whole processes of the command line, from a cold start: help, version, an answer, a search, an
ingest. Modules are compiled, as an installation does it.

    python -m pytest tests/benchmarks/bench_cli.py
"""

from __future__ import annotations

from pathlib import Path

import pytest
from processes import run
from pytest_benchmark.fixture import BenchmarkFixture

PAGES = Path(__file__).parent.parent.parent / "samples" / "pages"
QUESTION = "小河里的鱼变少，主要是哪些原因？"


def wenjin(*arguments: str) -> str:
    return run(["-m", "chat.cli.main", *arguments]).out


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("benchmark") / "library")
    wenjin("ingest", str(PAGES), "--library", folder)
    return folder


def test_help(benchmark: BenchmarkFixture) -> None:
    assert "ingest" in benchmark(wenjin, "--help")


def test_version(benchmark: BenchmarkFixture) -> None:
    assert "wenjin" in benchmark(wenjin, "--version")


def test_ask(benchmark: BenchmarkFixture, library: str) -> None:
    assert "[1]" in benchmark(wenjin, "ask", QUESTION, "--library", library)


def test_search(benchmark: BenchmarkFixture, library: str) -> None:
    assert "1. " in benchmark(wenjin, "search", QUESTION, "--library", library)


def test_ingest(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    folders = (str(tmp_path / str(number)) for number in range(1000))
    benchmark(lambda: wenjin("ingest", str(PAGES), "--library", next(folders)))
