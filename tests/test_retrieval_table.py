"""The figures of tests/benchmarks/retrieval_table.py, on sets small enough to know them by hand."""

import gzip
import json
import math
from pathlib import Path

import pytest
from bm25_baseline import BigramBM25, bigrams
from conftest import BigramEmbedder, make_article
from retrieval_figures import Result, figures, low_overlap, table
from retrieval_sets import SETS, Library, Query, QuerySet, drcd, news, xquad_chinese, xquad_in_pool
from retrieval_table import main, results

CHINESE = QuerySet("river", "River", "zh", "zh", ())
ACROSS = QuerySet("across", "Across", "en", "zh", ())

TEXTS = ["河水流过石桥。", "山上有一座古庙。", "市政府公布今年的预算。", "医院新建门诊大楼。"]


def result(
    rank: int | None, *, asked: QuerySet = CHINESE, coverage: float = 1.0, hybrid: int | None = None
) -> Result:
    """Every system has the right article at ``rank``, the hybrid at another if one is given."""
    ranks = {"bigram BM25": rank, "best BM25": rank, "dense": rank, "hybrid": hybrid or rank}
    found = {}
    for system, place in ranks.items():
        found[system] = [f"other {number}" for number in range(20)]
        if place:
            found[system][place - 1] = "right"
    return Result(asked, Query("1", "桥在哪里？", "right", "dev"), coverage, found)


def zipped(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()))


def squad(language: str) -> str:
    """Five documents of one paragraph with one question."""
    paragraphs = [
        {"context": f"{language} paragraph {n}", "qas": [{"id": f"q{n}", "question": f"what {n}?"}]}
        for n in range(5)
    ]
    return json.dumps({"data": [{"paragraphs": [paragraph]} for paragraph in paragraphs]})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    zipped(tmp_path / "eval/xquad.zh.json.gz", squad("zh"))
    zipped(tmp_path / "eval/xquad.en.json.gz", squad("en"))
    zipped(tmp_path / "train/drcd_dev.json.gz", squad("drcd"))
    documents = [{"id": f"d{n}", "text": text} for n, text in enumerate(TEXTS)]
    zipped(tmp_path / "eval/news_docs.jsonl.gz", "\n".join(map(json.dumps, documents)))
    asked = [
        {"question": "石桥下流过什么？", "doc": "d0", "answer": "河水"},
        {"question": "谁治病？", "doc": "d3"},
    ]
    (tmp_path / "eval/news_questions.jsonl").write_text("\n".join(map(json.dumps, asked)))
    return tmp_path


def test_figures_of_known_ranks() -> None:
    found = figures([result(1), result(3), result(12), result(None)], "dense")
    values = [figure.value for figure in found.values()]
    assert values == pytest.approx([1 / 4, 2 / 4, 2 / 4, (1 + 1 / 3) / 4, 1.5 / 4])


def test_nothing_found_counts_as_nothing() -> None:
    nothing = Result(CHINESE, Query("1", "?", "right", "dev"), 1.0, {"dense": []})
    for figure in figures([nothing, result(1)], "dense").values():
        assert figure.values == {"0": 0, "1": 1}


def test_a_row_for_each_system_and_gains_for_the_hybrid() -> None:
    lines = table([result(2, hybrid=1), result(2, hybrid=1)]).splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:6]]
    figures = ["0.0", "100.0", "100.0", "50.0", f"{100 / math.log2(3):.1f}", "2"]
    assert cells[1] == ["River", "best BM25", *figures, "", ""]
    gains = ["+100.0 (+100.0 to +100.0)", "+50.0 (+50.0 to +50.0)"]
    assert cells[3] == ["River", "hybrid", *["100.0"] * 5, "2", *gains]


def test_low_overlap_takes_chinese_questions_below_the_limit() -> None:
    hard, easy = result(1, coverage=0.34), result(1, coverage=0.35)
    assert low_overlap([hard, easy, result(1, asked=ACROSS, coverage=0.0)]) == [hard]
    assert "low overlap" in table([hard])
    assert "low overlap" not in table([easy])


def test_halves(data: Path) -> None:
    [chinese, english] = xquad_chinese(data).sets
    assert [query.half for query in chinese.queries] == ["dev", "test", "dev", "test", "dev"]
    assert [query.half for query in english.queries] == ["dev", "test", "dev", "test", "dev"]
    [held_out] = drcd(data).sets
    assert [(query.id, query.half) for query in held_out.queries] == [("q1", "dev"), ("q3", "test")]
    [web] = news(data).sets
    assert [query.half for query in web.queries] == ["dev", "test"]


@pytest.mark.parametrize("name", SETS)
def test_the_right_article_is_in_the_library(data: Path, name: str) -> None:
    library = SETS[name](data)
    [asked] = [chosen for chosen in library.sets if chosen.name == name]
    assert {query.article for query in asked.queries} <= {
        article.id for article in library.articles
    }


def test_the_pool_holds_news_beside_the_paragraphs(data: Path) -> None:
    texts = [article.text for article in xquad_in_pool(data).articles]
    assert texts == [f"zh paragraph {number}" for number in range(5)] + TEXTS


def test_bigrams() -> None:
    assert bigrams("ＧＰＴ-4在北京，人") == ["gpt", "4", "在北", "北京", "人"]


def test_the_baseline_is_textbook_bm25() -> None:
    ranking = BigramBM25(["石桥 石桥 a", "石桥 b c", "d e f"]).search("石桥", 5)
    idf, slack = math.log(1 + 1.5 / 2.5), 1.2  # all are of mean length
    assert ranking.numbers.tolist() == [0, 1]
    expected = [idf * 2.2 * count / (count + slack) for count in (2, 1)]
    assert ranking.scores == pytest.approx(expected, rel=1e-5)
    assert not len(BigramBM25(["石桥"]).search("unknown", 5).numbers)


def test_every_system_answers_on_a_small_library() -> None:
    articles = tuple(make_article(text, title=None) for text in TEXTS)
    asked = QuerySet(
        "river",
        "River",
        "zh",
        "zh",
        (
            Query("near", "石桥下流过什么？", articles[0].id, "dev"),
            Query("far", "谁治病？", articles[3].id, "test"),
        ),
    )
    near, far = results(Library(articles, (asked,)), BigramEmbedder(), sets=["river"])
    assert set(map(near.rank, near.found)) == {1}
    assert far.found["best BM25"] == []
    assert (near.coverage > 0.5, far.coverage) == (True, 0)
    [dev] = results(Library(articles, (asked,)), BigramEmbedder(), sets=["river"], half="dev")
    assert dev.query.id == "near"


def test_the_command_prints_the_table_and_keeps_the_ranks(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(data), "--sets", "news", "--half", "dev", "--json", str(data / "ranks.jsonl")])
    printed = capsys.readouterr().out
    assert "| news | hybrid | 100.0 |" in printed
    assert "| news | fused | 100.0 |\n| news | hybrid | 100.0 |" in printed.split("answer in")[1]
    [line] = (data / "ranks.jsonl").read_text().splitlines()
    record = json.loads(line)
    assert (record["set"], record["id"], record["half"]) == ("news", "0", "dev")
    systems = ("bigram BM25", "best BM25", "dense", "fused", "hybrid")
    assert record["ranks"] == dict.fromkeys(systems, 1)
