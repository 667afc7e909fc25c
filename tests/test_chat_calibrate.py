"""Calibrating a library: the fit, the file, and the command."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.answers.answerable import Calibration, probability
from chat.answers.calibrate import (
    FILE_NAME,
    Judged,
    cross_validated,
    figures,
    fit,
    judge,
    read_calibration,
    remove_calibration,
    write_calibration,
)
from chat.assistant import Assistant
from chat.cli.main import main
from chat.settings import Settings
from ingest.errors import LibraryError, QuestionError
from retriever.types import Question

SAMPLES = Path(__file__).parent.parent / "samples"
QUESTION = "小河里的鱼变少，主要是哪些原因？"


def drawn(count: int, *, shift: float, seed: int = 7) -> list[Judged]:
    """Questions whose log-odds are off by ``shift``."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        answerable = number % 2 == 0
        odds = chance.gauss(2.0 if answerable else -2.0, 2.0)  # which are the log-odds, too
        found.append(Judged(number, probability(odds + 1.1 - shift), answerable))
    return found


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples") / "library"
    assert main(["ingest", str(SAMPLES / "pages"), "--quiet", "--library", str(folder)]) == 0
    return folder


@pytest.fixture
def fresh(library: Path) -> Path:
    """The library without a calibration."""
    remove_calibration(library)
    return library


def lines(path: Path, entries: Sequence[dict[str, object]]) -> str:
    path.write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    return str(path)


def test_the_fit_undoes_what_the_probabilities_are_off_by() -> None:
    fitted = fit(drawn(400, shift=2.0))
    assert fitted.shift == pytest.approx(2.0, abs=0.5)
    assert fitted.scale > 0


def test_a_few_questions_move_little_and_many_move_more() -> None:
    few, many = fit(drawn(10, shift=3.0)), fit(drawn(400, shift=3.0))
    assert 0 < few.shift < many.shift
    contradictory = [Judged(0, 0.001, answerable=True), Judged(1, 0.999, answerable=False)]
    ruined = fit(contradictory * 5)
    assert 0.3 < ruined.scale < 1
    assert abs(ruined.shift) < 1.5


def test_one_kind_of_question_alone_changes_nothing() -> None:
    assert fit([Judged(0, 0.2, answerable=True)]) == Calibration()


def test_many_questions_of_one_kind_do_not_drown_the_others() -> None:
    base = drawn(100, shift=0.0)
    more = base + [one for one in base if one.answerable] * 9
    assert fit(more).shift == pytest.approx(fit(base).shift, abs=0.2)


def test_a_question_is_never_judged_by_a_fit_on_itself() -> None:
    honest = drawn(40, shift=1.0)
    turned = [Judged(one.question, one.probability, not one.answerable) for one in honest[:1]]
    before, after = cross_validated(honest), cross_validated([*turned, *honest[1:]])
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_figures_before_and_after() -> None:
    judged = drawn(200, shift=3.0)
    before = figures(judged, [one.probability for one in judged], 0.5)
    after = figures(judged, cross_validated(judged), 0.5)
    assert after["brier"] < before["brier"]
    assert after["answerable_refused"] < before["answerable_refused"]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert read_calibration(tmp_path) == Calibration()
    write_calibration(tmp_path, Calibration(1.5, -0.25))
    assert read_calibration(tmp_path) == Calibration(1.5, -0.25)
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]
    assert remove_calibration(tmp_path)
    assert not remove_calibration(tmp_path)
    assert read_calibration(tmp_path) == Calibration()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "can't be read"),
        (b"\xff\xfe\x00", "can't be read"),
        (b"[1]", "isn't a calibration"),
        (b'{"settings": 5}', "isn't a calibration"),
        (b'{"format": 1, "model": "0", "scale": 1, "shift": 0}', "another version"),
    ],
)
def test_a_file_that_is_none_says_what_to_do(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(LibraryError, match=told) as caught:
        read_calibration(tmp_path)
    assert "wenjin calibrate --reset" in caught.value.english
    assert "wenjin calibrate --reset" in caught.value.chinese


@given(st.one_of(st.none(), st.text(), st.floats(), st.just([]), st.booleans()), st.booleans())
def test_a_damaged_number_is_told_or_taken(value: object, whose: bool) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as name:
        folder = Path(name)
        write_calibration(folder, Calibration())
        entry = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        entry["scale" if whose else "shift"] = value
        (folder / FILE_NAME).write_text(json.dumps(entry), encoding="utf-8")
        try:
            assert read_calibration(folder).scale > 0
        except LibraryError:
            assert not isinstance(value, float) or not 0 < value < float("inf")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="can't be written"):
        write_calibration(tmp_path / "missing", Calibration())


def test_without_unanswerable_questions_the_articles_are_taken_away(fresh: Path) -> None:
    asked = [
        Question("1", QUESTION, article="小河禁渔，不妨再细一点"),
        Question("2", "哪些东西不能用“晨昏快运”寄？", evidence=("锂电池、压力罐一律不收",)),
        Question("3", "当夜班公交司机要满足哪些条件？"),  # nothing is known of its article
    ]
    with Assistant.open(fresh) as assistant:
        judged = judge(assistant, asked)
    assert [(one.question, one.answerable) for one in judged] == [
        (0, True),
        (1, True),
        (2, True),
        (0, False),
        (1, False),
    ]
    assert judged[0].probability > judged[3].probability
    assert judged[1].probability > judged[4].probability


def test_unanswerable_questions_that_are_given_are_enough(fresh: Path) -> None:
    asked = [Question("1", QUESTION), Question("2", "月球离地球有多远？", answerable=False)]
    with Assistant.open(fresh) as assistant:
        assert [one.answerable for one in judge(assistant, asked)] == [True, False]


def test_questions_that_compare_nothing_are_told(fresh: Path) -> None:
    with Assistant.open(fresh) as assistant, pytest.raises(QuestionError, match="evidence"):
        judge(assistant, [Question("1", QUESTION)])


def test_the_assistant_follows_the_calibration_and_the_certainty(fresh: Path) -> None:
    with Assistant.open(fresh) as assistant:
        shipped = assistant.ask(QUESTION)
    write_calibration(fresh, Calibration(1.0, -20.0))
    with Assistant.open(fresh) as assistant:
        unsure = assistant.ask(QUESTION)
    with Assistant.open(fresh, settings=Settings(certainty=0)) as assistant:
        certain = assistant.ask(QUESTION)
    assert not shipped.abstained
    assert unsure.abstained
    assert unsure.probability < shipped.probability
    assert not certain.abstained


def test_the_command_calibrates_shows_both_figures_and_resets(
    fresh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = str(SAMPLES / "questions.jsonl")
    assert main(["calibrate", questions, "--library", str(fresh), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["answerable"] == 30
    assert record["unanswerable"] == 8
    assert record["before"].keys() == record["after"].keys() >= {"auroc", "answerable_refused"}
    kept = read_calibration(fresh)
    assert (kept.scale, kept.shift) == (record["scale"], record["shift"])
    again = ["calibrate", questions, "--library", str(fresh), "--language", "zh"]
    assert main(again) == 0
    told = capsys.readouterr()
    assert "校准后" in told.out
    assert "30" in told.err
    assert main(["calibrate", "--reset", "--library", str(fresh)]) == 0
    assert read_calibration(fresh) == Calibration()


def test_calibrating_again_starts_from_what_is_shipped(
    fresh: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = lines(
        tmp_path / "questions.jsonl",
        [{"question": QUESTION, "file": "岩浦日报_2024-08-02_第6版.txt"}],
    )
    command = ["calibrate", questions, "--library", str(fresh), "--json"]
    assert main(command) == 0
    first = json.loads(capsys.readouterr().out)
    assert main(command) == 0
    second = json.loads(capsys.readouterr().out)
    assert first["scale"] == second["scale"]
    assert first["shift"] == second["shift"]


def test_a_damaged_file_can_be_reset(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (fresh / FILE_NAME).write_text("{", encoding="utf-8")
    assert main(["search", QUESTION, "--library", str(fresh)]) == 1
    assert "calibrate --reset" in capsys.readouterr().err
    assert main(["calibrate", "--reset", "--library", str(fresh)]) == 0
    assert main(["search", QUESTION, "--library", str(fresh)]) == 0


def test_no_questions_is_wrong_use(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "--library", str(fresh)]) == 2
    assert "--reset" in capsys.readouterr().err
