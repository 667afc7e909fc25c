"""Prints how often the second question of a conversation finds its evidence.

    python tests/benchmarks/conversations.py [--show dev|test|all] [--data DATA [--others N]]

The conversations are samples/conversations.jsonl, asked of the sample pages. With DATA (that of
`retrieval_sets`) these are hidden among news articles, as so few pages leave little to confuse.
Each second question is searched as it was asked and as it is completed from the first. Fit on the
dev half (even numbers) and report the test half.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from retrieval_sets import indexed, news

from chat.assistant import Assistant
from chat.questions.conversation import Exchange, complete
from index.embed import load_embedder
from ingest.read import read_file
from ingest.types import Article

SAMPLES = Path(__file__).parent.parent.parent / "samples"
DEPTH = 5  # passages


@dataclass(frozen=True, slots=True)
class Conversation:
    """Two questions, and a passage that answers the second."""

    id: str
    turns: tuple[str, str]
    kind: str
    evidence: str

    @property
    def half(self) -> str:
        """ "dev" to fit on, or "test" to report."""
        return "test" if int(self.id[1:]) % 2 else "dev"


@dataclass(frozen=True, slots=True)
class Trial:
    """How the second question fared in one wording: the rank of the first passage that holds its
    evidence (from 1; None if none of the first ``DEPTH`` does), and whether the answer cites it.
    """

    question: str
    rank: int | None
    cited: bool

    def within(self, k: int) -> bool:
        """Whether the evidence is in the first ``k`` passages."""
        return self.rank is not None and self.rank <= k


@dataclass(frozen=True, slots=True)
class Result:
    """The second question as it was asked, and as it was completed."""

    conversation: Conversation
    asked: Trial
    completed: Trial


def conversations() -> list[Conversation]:
    """Those of the samples."""
    lines = (SAMPLES / "conversations.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Conversation(r["id"], tuple(r["turns"]), r["kind"], r["evidence"]) for r in rows]


def results(others: Iterable[Article] = ()) -> Iterator[Result]:
    """All of them, in a library made of the sample pages and of ``others``."""
    embedder = load_embedder("builtin")
    pages = sorted((SAMPLES / "pages").iterdir())
    own = (article for page in pages for article in read_file(page).articles)
    with indexed(chain(own, others), embedder) as index:
        assistant = Assistant(index, embedder)
        for conversation in conversations():
            yield _result(assistant, conversation)


def _result(assistant: Assistant, conversation: Conversation) -> Result:
    first, second = conversation.turns
    completed = complete(second, [Exchange.of(assistant.ask(first))])
    asked = _trial(assistant, second, conversation.evidence)
    if completed == second:
        return Result(conversation, asked, asked)
    return Result(conversation, asked, _trial(assistant, completed, conversation.evidence))


def _trial(assistant: Assistant, question: str, evidence: str) -> Trial:
    answer = assistant.ask(question)
    passages = [hit.text for hit in answer.hits[:DEPTH]]
    rank = next((n for n, text in enumerate(passages, start=1) if evidence in text), None)
    quotes = [citation.quote for citation in answer.citations]
    # Evidence may be part of a sentence, or go on over several.
    return Trial(question, rank, any(evidence in quote or quote in evidence for quote in quotes))


def table(found: Sequence[Result]) -> str:
    """The figures in Markdown, two lines for each half."""
    lines = ["| half | question | evidence first | in the top 5 | cited |", "|---|---|---|---|---|"]
    for half in ("dev", "test", "all"):
        rows = [r for r in found if half in ("all", r.conversation.half)]
        for name, trials in (
            ("as asked", [row.asked for row in rows]),
            ("completed", [row.completed for row in rows]),
        ):
            counts = (
                sum(trial.within(1) for trial in trials),
                sum(trial.within(DEPTH) for trial in trials),
                sum(trial.cited for trial in trials),
            )
            cells = " | ".join(f"{count}/{len(trials)}" for count in counts)
            lines.append(f"| {half} | {name} | {cells} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="How often a follow-up question is understood.")
    parser.add_argument("--show", choices=("dev", "test", "all"), help="each question of a half")
    parser.add_argument("--data", type=Path, help="hide the pages among its news articles")
    parser.add_argument("--others", type=int, default=5000, help="how many of these")
    chosen = parser.parse_args(arguments)
    others = news(chosen.data).articles[: chosen.others] if chosen.data else ()
    found = list(results(others))
    for result in found:
        if chosen.show in ("all", result.conversation.half):
            first, second = result.conversation.turns
            asked, done = result.asked, result.completed
            print(
                f"{result.conversation.id} {asked.rank} → {done.rank} | {first} | {second}", end=""
            )
            print(f" | {done.question}" if done.question != second else "")
    print(table(found))


if __name__ == "__main__":
    main()
