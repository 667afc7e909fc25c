import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.evaluation.compare import Change, compare, failures, holm
from chat.evaluation.statistics import Statistic, difference, figure
from ingest.errors import QuestionError
from retriever.report import Figure, Report

IDS = [str(number) for number in range(40)]
ROWS = tuple({"id": key, "question": f"问题{key}"} for key in IDS)


def report(name: str, values: list[float], *, higher: bool = True, **changes: object) -> Report:
    by_id = dict(zip(IDS, values, strict=True))
    made = {"kind": "answers", "rows": ROWS, **changes}
    return Report(made["kind"], (Figure(name, by_id, higher_is_better=higher),), made["rows"])


GOOD, BAD = [1.0] * 40, [1.0] * 20 + [0.0] * 20


def only(before: Report, after: Report) -> Change:
    (change,) = compare(before, after)
    return change


def test_a_figure_that_fell_is_worse_and_tells_for_which_questions() -> None:
    change = only(report("word_f1", GOOD), report("word_f1", BAD))
    assert (change.verdict, change.gain) == ("worse", -0.5)
    assert change.worse == tuple(IDS[20:])
    assert change.better == ()


def test_less_of_what_should_be_less_is_better() -> None:
    fewer = (
        report("sentences_uncited", GOOD, higher=False),
        report("sentences_uncited", BAD, higher=False),
    )
    change = only(*fewer)
    assert (change.verdict, change.gain) == ("better", 0.5)
    assert change.better == tuple(IDS[20:])


def test_a_difference_that_may_be_chance_is_none() -> None:
    change = only(report("word_f1", GOOD), report("word_f1", [*GOOD[:-1], 0.0]))
    assert change.verdict == "same"


def test_a_longer_answer_is_neither() -> None:
    change = only(report("answer_characters", BAD), report("answer_characters", GOOD))
    assert (change.verdict, change.gain) == ("same", 0)


def test_the_gate_stops_at_what_is_worse() -> None:
    worse = compare(report("word_f1", GOOD), report("word_f1", BAD))
    better = compare(report("word_f1", BAD), report("word_f1", GOOD))
    assert failures(worse) == worse
    assert failures(better) == []
    assert failures(worse, tolerance=0.4) == worse
    assert failures(worse, tolerance=0.5) == []


def test_reports_that_cannot_be_compared_are_told() -> None:
    one = report("word_f1", GOOD)
    with pytest.raises(QuestionError, match="about answers, the other about speed"):
        compare(one, report("word_f1", GOOD, kind="speed"))
    with pytest.raises(QuestionError, match="different questions: 0"):
        compare(one, report("word_f1", GOOD, rows=({"id": "0", "question": "别的"}, *ROWS[1:])))
    with pytest.raises(QuestionError, match="different questions: 39"):
        compare(one, report("word_f1", GOOD, rows=ROWS[:-1]))


def test_areas_are_compared_by_their_rows() -> None:
    def rows(order: int) -> tuple[dict[str, object], ...]:
        return tuple(
            {**row, "answerable": i % 2 == 0, "probability": 0.5 + order * (-1) ** i * i / 100}
            for i, row in enumerate(ROWS)
        )

    brier = Figure("brier", dict.fromkeys(IDS, 0.1), higher_is_better=False)
    before, after = (Report("abstention", (brier,), rows(order)) for order in (1, -1))
    changes = {change.name: change for change in compare(before, after)}
    assert changes["auroc"].difference.before > 0.9
    assert changes["auroc"].difference.after < 0.1
    assert changes["auroc"].verdict == "worse"
    assert changes["brier"].verdict == "same"


def test_holm_is_the_textbooks() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_only_raises_and_keeps_the_order(ps: list[float]) -> None:
    corrected = holm(ps)
    assert all(p <= c <= 1 for p, c in zip(ps, corrected, strict=True))
    order = sorted(range(len(ps)), key=lambda i: ps[i])
    assert [corrected[i] for i in order] == sorted(corrected)


MEDIAN = Statistic(("x",), lambda table: float(np.median(table)))


def test_a_statistic_has_an_interval_from_samples_of_the_rows() -> None:
    found = figure("median", MEDIAN, [{"x": float(x)} for x in range(101)])
    assert found is not None
    assert found.value == 50
    low, high = found.interval()
    assert 30 < low < 50 < high < 70


def test_a_statistic_of_nothing_is_missing() -> None:
    assert figure("median", MEDIAN, [{"x": None}, {}]) is None
    assert difference("median", MEDIAN, [{"x": 1.0}], [{}]) is None


def test_the_same_rows_do_not_differ() -> None:
    rows = [{"x": float(x)} for x in range(20)]
    found = difference("median", MEDIAN, rows, rows)
    assert found is not None
    assert (found.value, found.p, found.interval) == (0, 1, (0, 0))
