"""Questions with known answers, and how high a search ranks the passages that hold them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import QuestionError
from retriever.types import Hit

WHITE_SPACE = re.compile(r"\s+")
CUTOFFS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what is known about its answer.

    ``evidence`` are passages of an article that answer it, each enough by itself; ``answers`` are
    wordings of the answer. ``article`` is the title and ``file`` the name of the file that holds
    it. A question that isn't ``answerable`` has none of these.
    """

    id: str
    question: str
    answerable: bool = True
    evidence: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    article: str | None = None
    file: str | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class RetrievalReport:
    """How many questions were asked, and the rank of the first passage that holds the evidence of
    each (from 1; None when none of those found does).
    """

    ranks: tuple[int | None, ...]

    def recall(self, k: int) -> float:
        """The share of questions whose evidence is among the first ``k`` passages, 0 to 1."""
        return sum(r is not None and r <= k for r in self.ranks) / max(1, len(self.ranks))

    @property
    def mrr(self) -> float:
        """The mean of 1/rank, 0 for what wasn't found."""
        return sum(1 / r for r in self.ranks if r is not None) / max(1, len(self.ranks))

    def record(self) -> dict[str, float]:
        """The figures by name, as JSON gives them."""
        recalls = {f"recall@{k}": self.recall(k) for k in CUTOFFS}
        return {"questions": len(self.ranks), **recalls, "mrr": self.mrr}


def evaluate(
    search: Callable[[str, int], Sequence[Hit]], questions: Iterable[Question]
) -> RetrievalReport:
    """Ask ``search`` for the best passages of every question that has evidence."""
    asked = [q for q in questions if q.answerable and q.evidence]
    ranks = [rank(question, search(question.question, max(CUTOFFS))) for question in asked]
    return RetrievalReport(tuple(ranks))


def rank(question: Question, hits: Sequence[Hit]) -> int | None:
    """The rank of the first passage that holds evidence of the question, from 1."""
    for position, hit in enumerate(hits, start=1):
        if holds(hit.text, question.evidence):
            return position
    return None


def holds(text: str, wanted: Sequence[str]) -> bool:
    """Whether ``text`` has one of ``wanted`` in it, whatever the white space, width and case."""
    plain = squeezed(text)
    return any(squeezed(part) in plain for part in wanted)


def squeezed(text: str) -> str:
    """``text`` in NFKC and lower case, without white space."""
    return WHITE_SPACE.sub("", unicodedata.normalize("NFKC", text)).lower()


def read_questions(path: Path) -> list[Question]:
    """The questions of a JSON Lines file, an object a line; ``#`` lines and empty ones are skipped.

    ``question`` is needed; ``evidence`` and ``answers`` are strings or lists of them. Raises
    QuestionError, which names the line, when a line isn't such an object or the file can't be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(
            f"{path}: the questions can't be read: {error}; give a JSON Lines file in UTF-8",
            f"{path}：无法读取问题：{error}；请给出 UTF-8 编码的 JSON Lines 文件",
        ) from error
    return [
        _question(line, f"{path}:{number}", str(number))
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.startswith("#")
    ]


def _question(line: str, place: str, number: str) -> Question:
    try:
        entry = json.loads(line)
    except ValueError as error:
        raise _malformed(place, f"not JSON ({error})", f"不是 JSON（{error}）") from error
    if not isinstance(entry, dict) or not isinstance(entry.get("question"), str):
        raise _malformed(place, 'needs {"question": "…"}', '需要 {"question": "…"}')
    answerable = entry.get("answerable", True)
    if not isinstance(answerable, bool):
        raise _malformed(place, '"answerable" is true or false', '"answerable" 应为 true 或 false')
    return Question(
        id=str(entry.get("id", number)),
        question=entry["question"],
        answerable=answerable,
        evidence=_texts(entry, "evidence", place),
        answers=_texts(entry, "answers", place),
        article=entry.get("article"),
        file=entry.get("file"),
        lang=entry.get("lang"),
    )


def _texts(entry: dict[str, Any], name: str, place: str) -> tuple[str, ...]:
    value = entry.get(name) or []
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise _malformed(
            place, f'"{name}" is a string or a list of strings', f'"{name}" 应为字符串或字符串列表'
        )
    return tuple(texts)


def _malformed(place: str, english: str, chinese: str) -> QuestionError:
    return QuestionError(f"{place}: {english}", f"{place}：{chinese}")
