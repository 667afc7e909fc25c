"""Answers as OpenAI's chat completions: text with marks, sources below it, annotations."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Iterator

from chat.i18n import text
from chat.plain import SEPARATOR, byline, marks
from chat.records import Record
from chat.types import Answer, Citation, Sentence
from chat.web.view import View, article_address
from ingest.types import Article
from retriever.types import Hit

MODEL = "wenjin"
NEAREST = 3  # articles that a refusal names

# Clients draw answers as Markdown, where an article's own words could become links, pictures,
# definitions or HTML: a backslash goes before these, and before backslashes that have a meaning.
_MARKUP = re.compile(r"(?<=\])(?=[(\[:])|(?<=!)(?=\[)|(?=<[A-Za-z/!?])|(?=\\[!-/:-@\[-`{-~])")
# A source in the list below an answer, from which `cited_articles` reads it back.
_SOURCE = re.compile(r"^- \[\d+\] .*/articles/([0-9a-f]+)\?", re.M)


class Content:
    """The content of a message as it grows; addresses are made by ``view``."""

    def __init__(self, view: View) -> None:
        self.text = ""
        self.annotations: list[Record] = []
        self._view = view
        self._between = ""

    def say(self, sentence: Sentence) -> str:
        """Add a sentence with its marks; gives what is added."""
        said = as_text(sentence.text)
        added = self._between + said
        self._between = " " if said[-1:].isascii() else ""  # Western sentences need it
        for citation in sentence.citations:
            start = len(self.text) + len(added)
            added += marks([citation.number])
            self.annotations.append(self._annotation(citation, start, len(self.text) + len(added)))
        self.text += added
        return added

    def close(self, answer: Answer) -> Record:
        """Add what stands below the sentences: the sources, or for a refusal what is nearest. Gives
        what is added to the message.
        """
        refusal = self._words("api.answer.refused") if answer.abstained else None
        if refusal:
            parts = [refusal, *self._nearest(answer.hits)]
        else:
            disagreement = [self._words("api.answer.disagreement")] if answer.disagreement else []
            parts = ["", *disagreement, *self._sources(answer.citations)]
        if answer.query.text != answer.question.strip():
            parts.append(self._words("api.answer.understood", question=as_text(answer.query.text)))
        added = "\n\n".join(parts) if any(parts) else ""
        self.text += added
        return {"content": added, "refusal": refusal, "annotations": self.annotations}

    def _words(self, key: str, **values: object) -> str:
        return text(key, self._view.language, **values)

    def _annotation(self, citation: Citation, start: int, end: int) -> Record:
        place = {
            "start_index": start,
            "end_index": end,
            "title": citation.article.label,
            "url": self._address(citation.article, citation.start, citation.end),
        }
        return {"type": "url_citation", "url_citation": place}

    def _sources(self, citations: Iterable[Citation]) -> Iterator[str]:
        lines = [
            f"- {marks([each.number])} {self._source(each.article, each.start, each.end)}"
            for each in citations
        ]
        if lines:
            yield "\n".join([self._words("api.answer.sources"), *lines])

    def _nearest(self, hits: Iterable[Hit]) -> Iterator[str]:
        best: dict[str, Hit] = {}
        for hit in hits:
            best.setdefault(hit.article.id, hit)
        lines = [
            f"- {self._source(hit.article, hit.passage.start, hit.passage.end)}"
            for hit in [*best.values()][:NEAREST]
        ]
        if lines:
            yield "\n".join([self._words("api.answer.nearest"), *lines])

    def _source(self, article: Article, start: int, end: int) -> str:
        """Title, byline and address in a line."""
        said = [as_text(part) for part in (article.label, byline(article)) if part]
        return SEPARATOR.join([*said, self._address(article, start, end)])

    def _address(self, article: Article, start: int, end: int) -> str:
        return article_address(article, start, end, self._view)


def as_text(said: str) -> str:
    """Words of an article in a line; what Markdown would take for markup has a backslash."""
    return _MARKUP.sub("\\\\", " ".join(said.split("\n")))


def cited_articles(content: str) -> tuple[str, ...]:
    """The ids of the articles in the list of sources of a former answer, in its order."""
    return tuple(dict.fromkeys(_SOURCE.findall(content)))


class Completion:
    """The records of one completion, which share an id and a time."""

    def __init__(self, characters: int) -> None:
        """For messages of so many ``characters``."""
        self._id = f"chatcmpl-{secrets.token_hex(12)}"
        self._created = int(time.time())
        self._characters = characters

    def whole(self, message: Record) -> Record:
        """The completion with the whole message."""
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        usage = self._usage(message["content"])
        return {**self._named("chat.completion"), "choices": [choice], "usage": usage}

    def chunk(self, delta: Record, *, end: str | None = None) -> Record:
        """A piece of the message; the last one is empty, and says why it ends."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": end}
        return {**self._named("chat.completion.chunk"), "choices": [choice]}

    def used(self, content: str) -> Record:
        """The chunk after the last one, which tells the usage alone."""
        named = self._named("chat.completion.chunk")
        return {**named, "choices": [], "usage": self._usage(content)}

    def _usage(self, content: str) -> Record:
        """Characters, since Wenjin counts no tokens."""
        return {
            "prompt_tokens": self._characters,
            "completion_tokens": len(content),
            "total_tokens": self._characters + len(content),
        }

    def _named(self, kind: str) -> Record:
        return {"id": self._id, "object": kind, "created": self._created, "model": MODEL}


def model_record() -> Record:
    """The one model."""
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
