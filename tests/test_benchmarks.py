"""The table of `make bench`, in small: it is whole, and tells what it lacks."""

import gzip
import json
from pathlib import Path

import bench_library
import pytest
from growth_plot import Curve, plot
from library_rows import ROWS
from mixed_library import library, made, make

from index.embed import load_embedder
from index.index import Index

PLACES = ["江南小镇", "北方草原", "西部高原", "东海岸边", "山区县城", "老城中心"]
THINGS = ["石桥", "古庙", "学校", "医院", "车站", "图书馆", "博物馆", "水库", "果园", "码头"]


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document about each thing in each place."""
    file = tmp_path_factory.mktemp("news") / "news.jsonl.gz"
    documents = [
        "".join(
            f"{place}的{thing}在{year}年修缮一新，花费{year * number % 97}万元。"
            f"记者从{place}获悉，{thing}每天接待{year + number}人。"
            for year in range(1990, 2010)
        )
        for number, (place, thing) in enumerate((p, t) for p in PLACES for t in THINGS)
    ]
    lines = (json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in documents)
    file.write_bytes(gzip.compress("".join(lines).encode()))
    return file


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "questions.jsonl"
    asked = [f"{place}的{thing}花费多少？" for place in PLACES[:3] for thing in THINGS[:3]]
    lines = (json.dumps({"question": one}, ensure_ascii=False) + "\n" for one in asked)
    file.write_text("".join(lines), encoding="utf-8")
    return file


def bench(capsys: pytest.CaptureFixture[str], *options: object) -> list[list[str]]:
    """The cells of the table's rows. Whether figures are reached isn't for a test to say."""
    bench_library.main([str(option) for option in options])
    lines = capsys.readouterr().out.splitlines()
    table = [line for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table[2:]]


@pytest.mark.timeout(900)
def test_all_figures_are_in_the_table(
    news: Path, questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ("--news", news, "--questions", questions, "--cache", tmp_path / "cache")
    results = tmp_path / "results"
    found = bench(capsys, "--quick", "--sizes", 60, 120, *files, "--results", results)
    figures = " ".join(figure for figure, *_ in found)
    for part in ("news documents", "hybrid", "recall@10", "exact", "words", "open", "`wenjin ask`"):
        assert part in figures
    assert not [row for row in found if "failed" in row[2] or "left out" in row[2]]
    assert {len(row) for row in found} == {5}
    [page], [drawing] = results.glob("*.md"), results.glob("*.svg")
    assert f"({drawing.name})" in page.read_text(encoding="utf-8")


def test_without_news_only_what_needs_none_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("BENCH_NEWS", "BENCH_QUESTIONS"):
        monkeypatch.delenv(variable, raising=False)
    needy = [name for name in ROWS if name != "ask"]
    found = bench(capsys, "--cache", tmp_path, "--only", *needy)
    assert [row[0] for row in found] == needy
    assert all("left out: no " in row[2] for row in found)


def test_made_libraries_are_whole_and_the_beginning_of_one_another(
    news: Path, tmp_path: Path
) -> None:
    embedder = load_embedder()
    ids = {}
    for size in (50, 20):  # the second with the vectors of the first
        make(news, tmp_path, size)
        with Index.open(library(tmp_path, size), embedder) as index:
            assert size - 10 < index.passage_count <= size
            assert made(tmp_path, size)["passages"] == index.passage_count
            ids[size] = {article.id for article in index.articles()}
            article = index.articles()[0]
            [vector] = embedder.encode_queries([article.text[:200]])
            nearest = index.passages(index.search_dense(vector, 1).numbers)
            assert nearest[0].article_id in ids[size]
    assert ids[20] < ids[50]


def test_a_broken_row_is_told_and_fails(
    news: Path, questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(news, tmp_path, 20)
    (library(tmp_path, 20) / "library.sqlite3").write_bytes(b"no library")
    options = ("--questions", questions, "--cache", tmp_path, "--sizes", 20, "--only", "scan")
    [row] = bench(capsys, *options)
    assert "failed" in row[2]
    assert row[3] == "✗"


def test_the_plot_has_every_curve() -> None:
    drawn = plot(
        [Curve("time < size", ((10, 2.0), (1000, 3.0))), Curve("size", ((10, 5), (1000, 500)))]
    )
    assert "time &lt; size" in drawn
    assert drawn.count("<circle") == 4
