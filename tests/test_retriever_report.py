import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import QuestionError
from retriever.report import Figure, Report, bootstrap

NUMBERS = st.floats(-1e6, 1e6)


def test_a_figure_is_the_mean_of_what_was_judged() -> None:
    figure = Figure("recall@5", {"a": 1.0, "b": 0.0, "c": 1.0})
    assert figure.value == pytest.approx(2 / 3)
    assert figure.interval() == (0.0, 1.0)


def test_nothing_judged_is_nothing_and_not_zero() -> None:
    assert (Figure("recall@5", {}).value, Figure("recall@5", {}).interval()) == (None, None)
    assert Figure("recall@5", {"a": 1.0}).interval() is None  # one question says nothing of others


def test_a_measure_that_is_no_mean_brings_its_value_and_interval() -> None:
    figure = Figure("auroc", {}, whole=0.9, bounds=(0.8, 1.0))
    assert (figure.value, figure.interval()) == (0.9, (0.8, 1.0))
    assert Figure("auroc", {}, whole=0.9).interval() is None


def test_the_bootstrap_agrees_with_the_normal_approximation() -> None:
    """A share p of n: its standard error is sqrt(p (1 - p) / n)."""
    low, high = bootstrap([1.0] * 120 + [0.0] * 280)
    reach = 1.96 * math.sqrt(0.3 * 0.7 / 400)
    assert (low, high) == pytest.approx((0.3 - reach, 0.3 + reach), abs=0.004)


def test_the_bootstrap_of_many_different_values() -> None:
    values = np.random.default_rng(1).normal(5, 2, 900)
    low, high = bootstrap(values)
    reach = 1.96 * values.std() / 30
    assert (low, high) == pytest.approx((values.mean() - reach, values.mean() + reach), abs=0.02)


@given(st.lists(NUMBERS, min_size=1, max_size=30))
def test_an_interval_lies_among_the_values_whatever_their_order(values: list[float]) -> None:
    low, high = bootstrap(values)
    slack = 1e-9 * max(map(abs, values))
    assert min(values) - slack <= low <= high <= max(values) + slack
    assert bootstrap(sorted(values)) == (low, high)


@pytest.fixture
def report() -> Report:
    return Report(
        kind="retrieval",
        figures=(
            Figure("recall@5", {"a": 1.0, "b": 0.0}),
            Figure("mrr@10", {"b": 0.25}),
            Figure("milliseconds", {}, whole=12.5, bounds=(11.0, 14.0), higher_is_better=False),
            Figure("unjudged", {}),
        ),
        rows=({"id": "a", "question": "桥在哪里？"}, {"id": "b", "question": "谁？", "rank": 4}),
        facts={"library": "河"},
        curves={"recall by k": ((1.0, 0.25), (5.0, 0.5))},
    )


def test_a_report_comes_back_from_json(report: Report) -> None:
    again = Report.from_record(json.loads(json.dumps(report.record())))
    assert again.record() == report.record()
    assert again.rows == report.rows
    assert again.curves == report.curves
    assert [dict(figure.values) for figure in again.figures] == [
        {"a": 1.0, "b": 0.0},
        {"b": 0.25},
        {},
        {},
    ]
    assert [figure.value for figure in again.figures] == [0.5, 0.25, 12.5, None]
    assert [figure.interval() for figure in again.figures][2:] == [(11.0, 14.0), None]


def test_the_record_says_what_each_figure_is_of(report: Report) -> None:
    record = report.record()
    assert record["figures"]["recall@5"] == {
        "value": 0.5,
        "low": 0.0,
        "high": 1.0,
        "questions": 2,
        "higher_is_better": True,
    }
    assert record["figures"]["milliseconds"]["higher_is_better"] is False
    assert record["rows"][1]["figures"] == {"recall@5": 0.0, "mrr@10": 0.25}


def test_a_figure_is_found_by_its_name(report: Report) -> None:
    assert report.figure("mrr@10") is report.figures[1]
    assert report.figure("mrr@20") is None


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        "report",
        {},
        {"kind": "retrieval"},
        {"kind": "x", "figures": {}, "rows": [1], "facts": {}, "curves": {}},
        {"kind": "x", "figures": {"a": 1}, "rows": [], "facts": {}, "curves": {}},
        {"kind": "x", "figures": {}, "rows": [], "facts": {}, "curves": {"a": [[1]]}},
    ],
)
def test_what_is_no_report_is_refused(record: object) -> None:
    with pytest.raises(QuestionError, match="not a report"):
        Report.from_record(record)
