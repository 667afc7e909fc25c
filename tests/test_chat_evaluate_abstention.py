import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from chat.evaluation.abstention import (
    STATISTICS,
    abstention_report,
    auprc,
    aurc,
    auroc,
    calibration_error,
    refused_at,
    reliability,
    risk_coverage,
)
from chat.evaluation.replies import Asked, Reply
from chat.evaluation.statistics import Floats
from retriever.types import Question

# Few different probabilities, so that many tie.
TABLES = st.lists(
    st.tuples(st.integers(0, 5).map(lambda n: n / 5), st.sampled_from([0.0, 1.0])),
    min_size=1,
    max_size=12,
).map(np.array)
PERFECT = np.array([[0.9, 1], [0.8, 1], [0.2, 0], [0.1, 0]])


def asked(key: str, probability: float | None, *, answerable: bool, refused: bool) -> Asked:
    question = Question(key, f"{key}？", answerable=answerable)
    return Asked(question, Reply("", abstained=refused, probability=probability))


@settings(max_examples=50)
@given(TABLES)
def test_areas_are_those_of_scikit_learn(table: Floats) -> None:
    probability, answerable = table.T
    assume(0 < answerable.mean() < 1)
    assert auroc(table) == pytest.approx(roc_auc_score(answerable, probability))
    assert auprc(table) == pytest.approx(average_precision_score(answerable, probability))


@given(TABLES)
def test_every_statistic_is_a_share_or_makes_no_sense(table: Floats) -> None:
    for name, statistic in STATISTICS.items():
        value = statistic.function(table)
        assert np.isnan(value) or -1e-9 <= value <= 1 + 1e-9, name


def test_a_perfect_order_has_perfect_areas() -> None:
    assert auroc(PERFECT) == auprc(PERFECT) == refused_at(PERFECT) == 1
    assert aurc(PERFECT) == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)


def test_one_kind_of_question_has_no_area() -> None:
    assert np.isnan(auroc(PERFECT[:2]))
    assert np.isnan(auprc(PERFECT[2:]))
    assert np.isnan(refused_at(PERFECT[:2]))


def test_risk_grows_with_coverage_in_steps_of_equal_probability() -> None:
    table = np.array([[0.9, 1], [0.5, 0], [0.5, 1], [0.1, 0]])
    assert risk_coverage(table) == [(0.25, 0), (0.75, pytest.approx(1 / 3)), (1, 0.5)]


def test_refusals_are_counted_where_few_are_false() -> None:
    answerable = [[0.5 + i / 100, 1] for i in range(20)]
    unanswerable = [[0.505, 0], [0.55, 0]]
    # At 5 % one of twenty may be refused: the threshold is the second lowest, 0.51.
    assert refused_at(np.array(answerable + unanswerable)) == 0.5
    assert refused_at(np.array(answerable + unanswerable), 0) == 0


def test_calibration_compares_probabilities_with_shares() -> None:
    table = np.array([[0.75, 1], [0.75, 1], [0.75, 1], [0.75, 0], [1.0, 0], [0.0, 0]])
    assert reliability(table) == [(0, 0), (0.75, 0.75), (1, 0)]
    assert calibration_error(table) == pytest.approx(1 / 6)


def test_the_report_tells_refusals_and_probabilities() -> None:
    report = abstention_report(
        [
            asked("1", 0.9, answerable=True, refused=False),
            asked("2", 0.4, answerable=True, refused=True),
            asked("3", 0.2, answerable=False, refused=True),
        ]
    )
    values = {figure.name: figure.value for figure in report.figures}
    assert values["unanswerable_refused"] == 1
    assert values["answerable_refused"] == 0.5
    assert values["brier"] == pytest.approx((0.01 + 0.36 + 0.04) / 3)
    assert values["auroc"] == 1
    assert [row["failed"] for row in report.rows] == [False, True, False]
    assert set(report.curves) == {"risk_coverage", "reliability"}


def test_without_probabilities_refusals_alone_are_judged() -> None:
    report = abstention_report([asked("1", None, answerable=False, refused=True)])
    values = {figure.name: figure.value for figure in report.figures}
    assert values == {"unanswerable_refused": 1, "answerable_refused": None, "brier": None}
    assert not report.curves
