"""What several tests share: articles made to order, a small embedder, a library of them."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from chat.cli.main import main
from index.index import Index
from index.types import FloatArray
from ingest.types import Article, Heading, article_id

PAGES = Path(__file__).parent.parent / "samples" / "pages"
DIMENSION = 64

# How long a test takes says nothing about the code on a busy machine.
settings.register_profile("wenjin", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wenjin")


class BigramEmbedder:
    """A real embedder, if a crude one: counts of character pairs, hashed."""

    name = "bigrams"
    dimension = DIMENSION

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        rows = np.zeros((len(texts), DIMENSION), np.float32)
        rows[:, 0] = 0.01  # so that no row is empty
        for row, text in enumerate(texts):
            for start in range(len(text) - 1):
                rows[row, zlib.crc32(text[start : start + 2].encode()) % DIMENSION] += 1
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        return self.encode_queries(texts)


def make_article(
    text: str = "河水流过石桥。桥上有人。",
    *,
    title: str | None = "石桥",
    headings: Sequence[str] = (),
    path: str = "page.txt",
    authors: Sequence[str] = ("王五",),
    language: str = "zh",
) -> Article:
    """An article; its headings stand in its text as lines of their own."""
    return Article(
        id=article_id(title, text),
        title=title,
        authors=tuple(authors),
        affiliation="某大学",
        source=None,
        page=None,
        published="2024-05-06",
        language=language,
        headings=tuple(Heading(heading, text.index(heading)) for heading in headings),
        text=text,
        path=path,
    )


@pytest.fixture
def embedder() -> BigramEmbedder:
    return BigramEmbedder()


@pytest.fixture
def open_index(tmp_path: Path, embedder: BigramEmbedder) -> Iterator[Callable[[], Index]]:
    """Open the test's library (made if there is none) as often as wanted; closed at the end."""
    opened = []

    def open_again() -> Index:
        opened.append(Index.open(tmp_path / "library", embedder, create=True))
        return opened[-1]

    yield open_again
    for index in opened:
        index.close()


@pytest.fixture
def index(open_index: Callable[[], Index]) -> Index:
    """An empty library."""
    return open_index()


@pytest.fixture(scope="session")
def show(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Print a table of figures for whoever reads the log, though the tests that it is of pass."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    def show_table(table: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n{table}")

    return show_table


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a library of the sample pages, to read from alone."""
    folder = str(tmp_path_factory.mktemp("samples") / "library")
    assert main(["ingest", str(PAGES), "--quiet", "--library", folder]) == 0
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own for the test, English, and the defaults."""
    monkeypatch.chdir(tmp_path)
    for variable in [name for name in os.environ if name.startswith("WENJIN_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
