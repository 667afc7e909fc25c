import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.evaluation.compare import compare
from chat.evaluation.evaluate import Evaluation
from chat.evaluation.report_html import comparison_page, reports_page
from chat.evaluation.report_plot import plot
from chat.evaluation.report_text import (
    comparison_markdown,
    evaluation_table,
    figure_label,
    interval,
    number,
    report_markdown,
)
from chat.i18n import LANGUAGES, table
from retriever.report import Figure, Report

PLANTED = "</script><script>document.title = 'planted'</script><img src=x onerror=alert(1)>"
ROW = {"id": "q1", "question": PLANTED, "answerable": True, "refused": False, "failed": True}
REPORT = Report(
    "answers",
    (
        Figure("recall@5", {"q1": 1.0, "q2": 0.0}),
        Figure("word_f1", {"q1": 0.25, "q2": 0.75}),
        Figure("auroc", {}, whole=0.9, bounds=(0.8, 0.95)),
        Figure("total_p50", {}, whole=120.0),
    ),
    (
        {**ROW, "answer": PLANTED, "sources": [PLANTED, "二"], "probability": 0.5},
        {"id": "q2", "question": "票价？", "answerable": False, "refused": True, "failed": False},
    ),
    {"library": PLANTED, "made_up": 3},
    {"recall by k": [(1, 0.5), (5, 1.0)], "reliability": [(0.1, 0.2)]},
)


class Elements(HTMLParser):
    """The tags and attributes of a page, and what stands in its scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_holds_text_from_outside_as_text(language: str) -> None:
    page = Elements(reports_page([REPORT], language))
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert "img" not in page.tags
    assert not {"src", "href", "style", "onerror", "onclick"} & page.attributes


def test_a_page_lets_only_its_own_script_run() -> None:
    page = reports_page([REPORT], "en")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[\w+/=]+'(;|$)", policy)
    assert "unsafe" not in policy


def test_a_page_has_both_languages_and_every_question() -> None:
    page = reports_page([REPORT], "zh")
    for language in LANGUAGES:
        assert f'<span lang="{language}">{figure_label("word_f1", language)}</span>' in page
    assert page.count("<tr data-kinds=") == 2
    assert 'data-kinds="failed answerable answered"' in page
    assert 'data-kinds="unanswerable refused"' in page


def test_reports_on_the_same_questions_share_a_table() -> None:
    other = Report("abstention", (), ({"id": "q2", "question": "票价？", "failed": True},))
    page = reports_page([REPORT, other], "en")
    assert page.count("<tr data-kinds=") == 2
    assert 'data-kinds="failed unanswerable refused"' in page


def test_markdown_has_a_row_for_each_figure() -> None:
    text = report_markdown(REPORT, "en")
    assert "| F1 of words | 0.500 | [0.250, 0.750] | 2 |" in text
    assert "| AUROC | 0.900 | [0.800, 0.950] | – |" in text
    assert "| time to the answer, median | 120 ms | – | – |" in text
    assert "recall in the top 5" in text
    assert "made_up: 3" in text
    assert report_markdown(REPORT, "zh").startswith("## 回答")


def test_a_comparison_is_written_in_both_ways() -> None:
    worse = Report("answers", (Figure("word_f1", {"q1": 0.0, "q2": 0.75}),), REPORT.rows)
    changes = compare(REPORT, worse)
    text = comparison_markdown("answers", changes, "en")
    assert "| F1 of words | 0.500 | 0.375 | -0.125 |" in text
    assert "- F1 of words: better for –; worse for q1" in text
    page = comparison_page({"answers": changes}, "en")
    assert '<td class="number">-0.125</td>' in page
    assert "q1" in page


def test_the_table_has_a_column_for_each_language() -> None:
    figures = (
        Figure("answer_holds_evidence", {"1": 1.0, "2": 1.0, "3": 0.0}),
        Figure("mrr@10", {"1": 1.0, "2": 1.0, "3": 0.5}),
        Figure("milliseconds", {"1": 10.0, "2": 30.0, "3": 25.0}),
    )
    languages = {"1": "zh", "2": "zh", "3": "en"}
    text = evaluation_table(Evaluation((Report("answers", figures, ()),), languages))
    assert text.startswith("| figure 指标 | zh | en |")
    assert "| answer holds the evidence 回答含有证据 | 2/2 | 0/1 |" in text
    assert "| MRR in the top 10 平均倒数排名（前10段） | 1.000 | 0.500 |" in text
    assert "| time to the answer, median 回答用时中位数 | 20 ms | 25 ms |" in text
    assert "| unanswerable refused 无解问题已拒答 | – | – |" in text


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("word_f1", 0.12345, "0.123"),
        ("total_p50", 123.4, "123 ms"),
        ("generate_p50", 0.0612, "0.061 ms"),
        ("peak_memory_mb", 301.7, "302 MB"),
        ("answer_characters", 98.86, "98.9"),
        ("word_f1", None, "–"),
    ],
)
def test_values_have_their_units(name: str, value: float | None, shown: str) -> None:
    assert number(name, value) == shown
    assert interval(name, None) == "–"


def test_every_figure_of_ours_has_a_name() -> None:
    from chat.evaluation.abstention import STATISTICS as ABSTENTION
    from chat.evaluation.answers import SIMILARITIES
    from chat.evaluation.speed import STATISTICS as SPEED
    from retriever.evaluate import measures

    for name in (*ABSTENTION, *SPEED, *SIMILARITIES, *measures((5,), {"q": {"a": 0}})):
        for language in LANGUAGES:
            assert f"report.figure.{name.partition('@')[0]}" in table(language)


@given(st.lists(st.tuples(st.floats(1, 1e6), st.floats(0, 1)), min_size=1), st.booleans())
def test_a_plot_stays_inside_its_frame(
    points: list[tuple[float, float]], logarithmic: bool
) -> None:
    drawn = plot(points, label="x", logarithmic=logarithmic)
    (line,) = re.findall(r'class="line" points="([^"]*)"', drawn)
    for x, y in (map(float, place.split(",")) for place in line.split()):
        assert 0 <= x <= 360
        assert 0 <= y <= 240
