import pytest

from chat.evaluation.replies import Asked, Reply
from chat.evaluation.speed import peak_memory, speed_report
from retriever.types import Question


def timed(key: str, **timings: float) -> Asked:
    return Asked(Question(key, f"{key}？"), Reply("", timings=timings))


def test_a_question_takes_the_median_of_its_rounds() -> None:
    rounds = [
        [timed("1", search=4, total=times[0]), timed("2", search=6, total=times[1])]
        for times in ((10, 200), (30, 100), (20, 300))
    ]
    report = speed_report(rounds, cold_start=900, memory=300)
    values = {figure.name: figure.value for figure in report.figures}
    assert values["milliseconds"] == 110
    assert values["total_p50"] == 110
    assert values["search_p50"] == 5
    assert values["total_p95"] == pytest.approx(20 + 0.95 * 180)
    assert values["questions_per_second"] == pytest.approx(1000 * 2 / 220)
    assert (values["cold_start_ms"], values["peak_memory_mb"]) == (900, 300)
    assert report.curves["latency"] == [(20, 0.5), (200, 1)]
    better = {figure.name for figure in report.figures if figure.higher_is_better}
    assert better == {"questions_per_second"}


def test_a_system_that_tells_no_times_has_none() -> None:
    report = speed_report([[timed("1")]])
    assert [figure.value for figure in report.figures] == [None]
    assert not report.curves


def test_peak_memory_is_that_of_a_python_with_numpy() -> None:
    assert 20 < peak_memory() < 100_000
