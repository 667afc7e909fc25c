"""Runs and judgements as TREC writes them, so that any system can be measured, or measure ours.

A run gives each question's documents with their scores; judgements (qrels) give documents their
grades: from 1 on they are relevant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from ingest.errors import QuestionError
from retriever.entries import malformed, read_text

Run = Mapping[str, Mapping[str, float]]
Qrels = Mapping[str, Mapping[str, int]]

_T = TypeVar("_T", int, float)
_SPACE = re.compile(r"\s+")


def read_run(path: Path) -> dict[str, dict[str, float]]:
    """A run: lines of question, ``Q0``, document, rank, score, name of the system. As in trec_eval,
    the scores decide and the ranks don't. Raises QuestionError, which names the line.
    """
    run: dict[str, dict[str, float]] = {}
    for place, cells in _rows(path):
        if len(cells) != 6:
            raise malformed(
                place,
                "needs six columns: question Q0 document rank score system",
                "需要六列：问题 Q0 文档 名次 分数 系统名",
            )
        question, _, document, _, score, _ = cells
        _put(run.setdefault(question, {}), document, _number(score, float, place), place)
    return run


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Judgements: TREC's four columns (question, iteration, document, grade), or BEIR's three
    (question, document, grade) below a line of names. Raises QuestionError, which names the line.
    """
    qrels: dict[str, dict[str, int]] = {}
    for position, (place, cells) in enumerate(_rows(path)):
        if len(cells) not in (3, 4):
            raise malformed(
                place,
                "needs the columns question, document, grade, or question, iteration, document, "
                "grade",
                "需要“问题 文档 等级”三列，或“问题 轮次 文档 等级”四列",
            )
        question, document, grade = cells[0], cells[-2], cells[-1]
        if position == 0 and grade == "score":
            continue
        _put(qrels.setdefault(question, {}), document, _number(grade, int, place), place)
    return qrels


def write_run(run: Run, path: Path, *, system: str = "wenjin") -> None:
    """Write a run in six columns, best first. White space in a name becomes ``_``."""
    _write(
        path,
        (
            f"{_word(question)} Q0 {_word(document)} {rank} {run[question][document]:.6f} {system}"
            for question in run
            for rank, document in enumerate(ranked(run[question]), start=1)
        ),
    )


def write_qrels(qrels: Qrels, path: Path) -> None:
    """Write judgements in four columns. White space in a name becomes ``_``."""
    _write(
        path,
        (
            f"{_word(question)} 0 {_word(document)} {grade}"
            for question, judged in qrels.items()
            for document, grade in judged.items()
        ),
    )


def ranked(scores: Mapping[str, float]) -> list[str]:
    """The documents, best first; ties as in trec_eval: by name, the last one first."""
    return sorted(scores, key=lambda document: (scores[document], document), reverse=True)


def _rows(path: Path) -> Iterator[tuple[str, list[str]]]:
    """The lines that aren't empty, with their places, cut at tabs or else spaces."""
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            cells = line.strip().split("\t" if "\t" in line.strip() else None)
            yield f"{path}:{number}", [cell.strip() for cell in cells]


def _number(text: str, kind: Callable[[str], _T], place: str) -> _T:
    try:
        number = kind(text)
        if math.isfinite(number):
            return number
    except ValueError:
        pass
    raise malformed(place, f"{text} is no number", f"{text} 不是数字")


def _put(documents: dict[str, _T], document: str, value: _T, place: str) -> None:
    if document in documents:
        raise malformed(place, f"the document {document} comes twice", f"文档 {document} 重复出现")
    documents[document] = value


def _word(name: str) -> str:
    return _SPACE.sub("_", name) or "_"


def _write(path: Path, lines: Iterator[str]) -> None:
    try:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise QuestionError(
            f"{path} can't be written: {error.strerror}", f"无法写入 {path}：{error.strerror}"
        ) from error
