"""Fits the probability of an answer to one library, on questions that its owner knows.

How probable an answer is depends on the articles and on how people ask. With some dozens of
questions little can be learned of that, so the shipped model stays as it is, and two numbers are
fitted that take its log-odds to better ones (Platt scaling), with a prior that they change nothing.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TypeGuard

import numpy as np
import numpy.typing as npt

from chat.answers.answerable import (
    ACROSS_LANGUAGES,
    ANSWER_FEATURES,
    ANSWERED_SHARE,
    WITHIN_A_LANGUAGE,
    Calibration,
    log_odds,
)
from ingest.errors import LibraryError, QuestionError
from retriever.types import Question

if TYPE_CHECKING:
    from chat.assistant import Assistant
    from ingest.types import Article

Floats = npt.NDArray[np.float64]

FILE_NAME = "calibration.json"
FORMAT = 1
FOLDS = 5
DEPTH = 100  # passages to search, so that enough are left without those of the right article
# Standard deviations of the prior: of the logarithm of the scale, and of the shift.
SCALE_SPREAD, SHIFT_SPREAD = 0.25, 0.7


@dataclass(frozen=True, slots=True)
class Judged:
    """A question put to a library: its probability before any calibration, and whether the library
    has an answer. ``question`` tells which belong together.
    """

    question: int
    probability: float
    answerable: bool


def judge(assistant: Assistant, questions: Iterable[Question]) -> list[Judged]:
    """Put every question to the library. If none of them is unanswerable, those with a known
    article are, a second time, with that article taken away.

    Raises QuestionError if there is nothing with an answer, or nothing without.
    """
    asked = list(questions)
    judged = []
    for number, one in enumerate(asked):
        chance = assistant.probability(one.question, assistant.search(one.question))
        judged.append(Judged(number, chance, one.answerable))
    if all(one.answerable for one in asked):
        judged += _without_answers(assistant, asked)
    if len({one.answerable for one in judged}) < 2:
        raise QuestionError(
            'nothing to compare: give questions with an answer, each with its "evidence", "article"'
            ' or "file", or some with "answerable": false as well',
            "没有可比较的问题：请给出有答案的问题，并注明 evidence、article 或 file，"
            "或者再给出一些 answerable 为 false 的问题",
        )
    return judged


def _without_answers(assistant: Assistant, asked: Sequence[Question]) -> Iterator[Judged]:
    for number, one in enumerate(asked):
        found = assistant.search(one.question, DEPTH)
        left = [hit for hit in found if not any(_is_source(each, one) for each in hit.printed_in)]
        if left and (one.evidence or one.article or one.file or one.docs):
            wanted = len(assistant.search(one.question))
            chance = assistant.probability(one.question, left[:wanted])
            yield Judged(number, chance, answerable=False)


def _is_source(article: Article, question: Question) -> bool:
    """Whether the question says that this article answers it."""
    from retriever.evaluate import holds  # only who calibrates evaluates

    names = {article.id, article.path, PurePath(article.path).name, article.title}
    docs = {name for name, grade in question.docs.items() if grade > 0}
    return bool(names & ({question.article or question.file} | docs) - {None}) or holds(
        article.text, question.evidence
    )


def fit(judged: Sequence[Judged]) -> Calibration:
    """The calibration that makes what was judged most probable, given the prior.

    Of all weight ``ANSWERED_SHARE`` is on questions with an answer, whatever their number; and
    there is as much weight as twice the rarer kind has questions, so that few of them move little.
    """
    from scipy.optimize import minimize

    odds = np.array([log_odds(one.probability) for one in judged])
    answerable = np.array([one.answerable for one in judged])
    if answerable.all() or not answerable.any():
        return Calibration()
    yes, no = answerable.sum(), (~answerable).sum()
    total = 2 * min(yes, no)
    weights = total * np.where(answerable, ANSWERED_SHARE / yes, (1 - ANSWERED_SHARE) / no)
    signs = np.where(answerable, 1.0, -1.0)

    def loss(point: Floats) -> float:
        fitted = np.exp(point[0]) * odds + point[1]
        prior = (point[0] / SCALE_SPREAD) ** 2 + (point[1] / SHIFT_SPREAD) ** 2
        return float(weights @ np.logaddexp(0, -signs * fitted) + prior / 2)

    scale, shift = minimize(loss, np.zeros(2), method="L-BFGS-B").x
    return Calibration(float(np.exp(scale)), float(shift))


def cross_validated(judged: Sequence[Judged]) -> list[float]:
    """The probability of each after a calibration on the questions of other folds."""
    fitted = [fit([one for one in judged if one.question % FOLDS != fold]) for fold in range(FOLDS)]
    return [fitted[one.question % FOLDS].applied(one.probability) for one in judged]


def figures(
    judged: Sequence[Judged], probabilities: Sequence[float], answered_from: float
) -> dict[str, float]:
    """How well the probabilities tell what can be answered: figures by name, as in reports."""
    from chat.evaluation.abstention import auroc, calibration_error, refused_at

    chances = np.array(probabilities)
    answerable = np.array([one.answerable for one in judged])
    table = np.column_stack([chances, answerable])
    return {
        "auroc": auroc(table),
        "unanswerable_refused": float((chances[~answerable] < answered_from).mean()),
        "answerable_refused": float((chances[answerable] < answered_from).mean()),
        "refused_at_5": refused_at(table),
        "brier": float(((chances - answerable) ** 2).mean()),
        "ece": calibration_error(table),
    }


def read_calibration(library: Path) -> Calibration:
    """The library's calibration, or the one that changes nothing.

    Raises LibraryError if its file is damaged, or was made by another version of Wenjin.
    """
    file = library / FILE_NAME
    try:
        entry = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Calibration()
    except (OSError, ValueError) as error:
        raise _unusable(file, f"can't be read ({error})", f"无法读取（{error}）") from error
    if not isinstance(entry, dict) or entry.get("format") != FORMAT:
        raise _unusable(file, "isn't a calibration", "不是校准文件")
    if entry.get("model") != _model():
        raise _unusable(file, "was made by another version of Wenjin", "由其他版本的问津生成")
    scale, shift = entry.get("scale"), entry.get("shift")
    if not _is_number(scale) or not _is_number(shift) or scale <= 0:
        raise _unusable(file, "is damaged", "已损坏")
    return Calibration(float(scale), float(shift))


def write_calibration(library: Path, calibration: Calibration) -> None:
    """Keep the calibration in the library's folder, all of it or nothing. Raises LibraryError."""
    entry = {
        "format": FORMAT,
        "model": _model(),
        "scale": calibration.scale,
        "shift": calibration.shift,
    }
    file = library / FILE_NAME
    try:
        new = file.with_suffix(".new")
        new.write_text(json.dumps(entry), encoding="utf-8")
        new.replace(file)
    except OSError as error:
        raise LibraryError(
            f"{file}: the calibration can't be written: {error}; check the disk's space and "
            "permissions",
            f"{file}：无法写入校准结果：{error}；请检查磁盘空间和权限",
        ) from error


def remove_calibration(library: Path) -> bool:
    """Go back to the shipped probabilities, and tell whether there was a calibration."""
    try:
        (library / FILE_NAME).unlink()
    except FileNotFoundError:
        return False
    return True


def _model() -> str:
    """Changes with the shipped model: a calibration holds for one model alone."""
    told = repr((ANSWER_FEATURES, WITHIN_A_LANGUAGE, ACROSS_LANGUAGES))
    return f"{zlib.crc32(told.encode()):08x}"


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _unusable(file: Path, english: str, chinese: str) -> LibraryError:
    return LibraryError(
        f"{file} {english}: remove it with `wenjin calibrate --reset`, and calibrate again",
        f"{file} {chinese}：请用 `wenjin calibrate --reset` 删除它，再重新校准",
    )
