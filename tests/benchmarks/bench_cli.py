"""Whole processes of the command line, from a cold start: help, an answer, an ingest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

PAGES = Path(__file__).parent.parent.parent / "samples" / "pages"


def wenjin(*arguments: str) -> str:
    command = [sys.executable, "-m", "chat.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("benchmark") / "library")
    wenjin("ingest", str(PAGES), "--library", folder)
    return folder


def test_help(benchmark: BenchmarkFixture) -> None:
    assert "ingest" in benchmark(wenjin, "--help")


def test_ask(benchmark: BenchmarkFixture, library: str) -> None:
    assert "[1]" in benchmark(
        wenjin, "ask", "小河里的鱼变少，主要是哪些原因？", "--library", library
    )


def test_ingest(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    folders = (str(tmp_path / str(number)) for number in range(1000))
    benchmark(lambda: wenjin("ingest", str(PAGES), "--library", next(folders)))
