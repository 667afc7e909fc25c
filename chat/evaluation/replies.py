"""What a system said to the questions that it is judged by.

Answers are judged from their JSON: that of ``ask --json`` for Wenjin's own, and for any other
system lines such as ::

    {"id": "q1", "answer": "两元。[1]", "contexts": ["渡船的票价是两元。"], "probability": 0.9}

``answer`` alone is needed, and empty or null when the system refused. ``citations`` are objects
with a ``quote``, or else ``contexts`` are what the marks ``[1]`` number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chat.generators.prompt import read_claims
from chat.types import AnswerSentence
from ingest.errors import QuestionError
from retriever.entries import malformed, read_entries, read_text
from retriever.types import Question


@dataclass(frozen=True, slots=True)
class Source:
    """What a citation leads to: the quote, and where it is said to stand, if it is said; there and
    in ``reprints``, of which titles and paths are told.
    """

    quote: str
    article_id: str | None = None
    title: str | None = None
    path: str | None = None
    start: int = 0
    end: int = 0
    reprints: tuple[tuple[str | None, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer or a refusal, by whatever system.

    ``sources`` has what can be cited by number, ``contexts`` the passages that were read; the
    ``probability`` that the question can be answered and the ``timings`` (milliseconds by stage)
    are there if the system tells them.
    """

    text: str
    sentences: tuple[AnswerSentence, ...] = ()
    sources: Mapping[int, Source] = field(default_factory=dict)
    contexts: tuple[str, ...] = ()
    abstained: bool = False
    probability: float | None = None
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def cited(self) -> frozenset[int]:
        """The numbers that its sentences cite, whether they lead anywhere or not."""
        return frozenset(number for each in self.sentences for number in each.citations)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what became of it."""

    question: Question
    reply: Reply


def paired(questions: Iterable[Question], replies: Mapping[str, Reply]) -> list[Asked]:
    """The questions that have a reply. Raises QuestionError when none has: the ids differ."""
    asked = [Asked(each, replies[each.id]) for each in questions if each.id in replies]
    if not asked:
        raise QuestionError(
            "no answer has the id of a question: give both the same ids",
            "没有一个回答的 id 与问题的 id 相同：请使用一致的 id",
        )
    return asked


def read_replies(path: Path) -> dict[str, Reply]:
    """The replies of a JSON Lines file by their ids.

    Raises QuestionError, which names the line, when one isn't understood, comes twice or the file
    can't be read.
    """
    replies: dict[str, Reply] = {}
    for entry in read_entries(read_text(path), path):
        try:
            key, reply = str(entry.fields["id"]), reply_from(entry.fields)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise malformed(
                entry.place,
                f'not an answer ({error!r}); needs {{"id": "…", "answer": "…"}}',
                f'不是回答（{error!r}）；需要 {{"id": "…", "answer": "…"}}',
            ) from error
        if key in replies:
            raise malformed(entry.place, f"the id {key} comes twice", f"id {key} 重复")
        replies[key] = reply
    return replies


def reply_from(entry: Mapping[str, Any]) -> Reply:
    """The reply in a JSON object. Raises KeyError, TypeError, ValueError or AttributeError when it
    isn't one.
    """
    contexts = tuple(_context(each) for each in entry.get("contexts") or entry.get("hits") or ())
    sentences = tuple(_sentences(entry))
    probability = entry.get("probability")
    return Reply(
        text=entry["answer"] if "sentences" in entry else " ".join(each.text for each in sentences),
        sentences=sentences,
        sources=_sources(entry, sentences, contexts),
        contexts=contexts,
        abstained=bool(entry.get("abstained", not sentences)),
        probability=None if probability is None else float(probability),
        timings={stage: float(spent) for stage, spent in (entry.get("timings") or {}).items()},
    )


def _context(each: Any) -> str:
    return each if isinstance(each, str) else str(each["text"])


def _sentences(entry: Mapping[str, Any]) -> Iterator[AnswerSentence]:
    """Those that the entry has, or else those of its answer, by the marks in it."""
    if "sentences" in entry:
        for each in entry["sentences"]:
            yield AnswerSentence(str(each["text"]), tuple(map(int, each["citations"])))
        return
    for claim in read_claims([entry["answer"] or ""]):
        yield AnswerSentence(claim.text, tuple(position + 1 for position in claim.evidence))


def _sources(
    entry: Mapping[str, Any], sentences: Iterable[AnswerSentence], contexts: Sequence[str]
) -> dict[int, Source]:
    """The citations by number, or else those contexts, numbered from 1, that are cited."""
    citations = entry.get("citations")
    if citations is None:
        cited = {number for sentence in sentences for number in sentence.citations}
        numbered = enumerate(contexts, start=1)
        return {number: Source(text) for number, text in numbered if number in cited}
    return {
        int(each.get("number", position)): Source(
            quote=str(each["quote"]),
            article_id=each.get("article_id"),
            title=each.get("title"),
            path=each.get("path"),
            start=int(each.get("start", 0)),
            end=int(each.get("end", 0)),
            reprints=tuple((one.get("title"), one.get("path")) for one in each.get("reprints", ())),
        )
        for position, each in enumerate(citations, start=1)
    }
