import numpy as np
import pytest

from ingest.errors import QuestionError
from retriever.report import RESAMPLES, Figure, Report
from retriever.significance import difference, differences, randomisation_test


def figure(values: list[float], name: str = "recall@1") -> Figure:
    return Figure(name, {str(number): value for number, value in enumerate(values)})


def report(*figures: Figure) -> Report:
    return Report("retrieval", figures, ())


def test_only_questions_of_both_count() -> None:
    before = Figure("recall@1", {"a": 0.0, "b": 1.0, "c": 1.0})
    after = Figure("recall@1", {"b": 0.0, "c": 1.0, "d": 1.0})
    found = difference(before, after)
    assert (found.before, found.after, found.value, found.questions) == (1.0, 0.5, -0.5, 2)
    assert found.interval == (-1.0, 0.0)


def test_a_gain_everywhere_is_certain() -> None:
    found = difference(figure([0.25] * 30), figure([0.75] * 30))
    assert found.interval == (0.5, 0.5)
    assert found.p == pytest.approx(1 / (RESAMPLES + 1))


def test_no_difference_has_no_significance() -> None:
    found = difference(figure([0.0, 1.0, 1.0]), figure([0.0, 1.0, 1.0]))
    assert (found.value, found.interval, found.p) == (0.0, (0.0, 0.0), 1.0)


def test_pairs_tell_what_two_intervals_hide() -> None:
    """Questions differ far more than the systems do, but these differ on the same questions."""
    hard_to_easy = np.linspace(0, 0.9, 40)
    before, after = figure(hard_to_easy.tolist()), figure((hard_to_easy + 0.02).tolist())
    assert before.interval()[1] > after.interval()[0]  # type: ignore[index]
    assert difference(before, after).interval[0] > 0  # type: ignore[index]


@pytest.mark.parametrize(
    ("gains", "exact"),
    [
        ([1.0, 1.0, 1.0], 2 / 8),  # all signs as they are, or all turned
        ([1.0, 1.0, 1.0, -1.0], 10 / 16),  # sums of at least 2: 4 + 1 of 16 either way
        ([0.5, 0.2, 0.0], 2 / 4),  # what is even takes no part
        ([1.0] * 10, 2 / 1024),
    ],
)
def test_the_randomisation_test_agrees_with_counting_all_signs(
    gains: list[float], exact: float
) -> None:
    assert randomisation_test(np.array(gains)) == pytest.approx(exact, abs=0.015)
    assert randomisation_test(-np.array(gains)) == pytest.approx(exact, abs=0.015)


def test_reports_are_compared_figure_by_figure() -> None:
    before = report(figure([0, 1]), figure([1, 1], "mrr"), Figure("auroc", {}, whole=0.5))
    after = report(figure([1, 1]), figure([0, 0], "map"), Figure("auroc", {}, whole=0.7))
    [found] = differences(before, after)
    assert (found.name, found.before, found.after) == ("recall@1", 0.5, 1.0)
    assert found.record()["difference"] == 0.5


def test_reports_on_different_questions_have_no_difference() -> None:
    other = report(Figure("recall@1", {"x": 1.0}))
    with pytest.raises(QuestionError, match="same questions"):
        list(differences(report(figure([0, 1])), other))


def test_passages_are_not_compared_with_articles() -> None:
    one = Report("retrieval", (figure([0, 1]),), (), {"level": "passage"})
    other = Report("retrieval", (figure([0, 1]),), (), {"level": "article"})
    with pytest.raises(QuestionError, match=r"passage.*article"):
        list(differences(one, other))
