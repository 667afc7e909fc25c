"""The conversation as HTML: questions, how each was understood, answers and refusals.

Everything here is a pure function of what it is given. Questions and articles are text from
outside and are escaped, every one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

from chat.types import Answer, AnswerSentence, Citation, Done, Event, Found, Sentence
from chat.web.cards import nearest_cards, source_cards, source_id
from chat.web.view import View
from chat.wording import filter_text, place_text
from ingest.errors import WenjinError
from retriever.types import Filter, Hit, Query


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and as much of its answer as has arrived. Numbers start at 1; ``without`` are the
    keys of the filters that the reader has dropped.
    """

    number: int
    question: str
    without: tuple[str, ...] = ()
    query: Query | None = None
    hits: tuple[Hit, ...] = ()
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    answer: Answer | None = None
    error: WenjinError | None = None

    @property
    def filters(self) -> tuple[Filter, ...]:
        """The conditions that the articles have to meet."""
        return self.query.filters if self.query else ()

    @property
    def ended(self) -> bool:
        """Whether nothing more will arrive."""
        return self.answer is not None or self.error is not None

    def after(self, event: Event) -> Turn:
        """The turn once ``event`` has happened."""
        if isinstance(event, Found):
            return replace(self, query=event.query, hits=event.hits)
        if isinstance(event, Done):
            answer = event.answer
            return replace(
                self, answer=answer, sentences=answer.sentences, citations=answer.citations
            )
        return self._with_sentence(event)

    def _with_sentence(self, event: Sentence) -> Turn:
        known = {citation.number for citation in self.citations}
        new = tuple(citation for citation in event.citations if citation.number not in known)
        numbers = tuple(citation.number for citation in event.citations)
        return replace(
            self,
            sentences=(*self.sentences, AnswerSentence(event.text, numbers)),
            citations=(*self.citations, *new),
        )


def conversation(turns: Sequence[Turn], view: View) -> str:
    """All turns, or a welcome when there are none yet."""
    inside = "".join(_turn(turn, view) for turn in turns) or welcome(view)
    return f'<div class="conversation" role="log" lang="{view.tag}">{inside}</div>'


def welcome(view: View) -> str:
    """What stands where the conversation will be: an invitation, or how to fill the library."""
    say = view.say
    if view.articles:
        return (
            f'<div class="welcome"><h1>{say("page.welcome")}</h1>'
            f"<p>{say('page.welcome.note')}</p></div>"
        )
    return (
        f'<div class="welcome empty"><h1>{say("page.empty")}</h1>'
        f"<p>{say('page.empty.ingest')}</p><pre><code>wenjin ingest PATH</code></pre>"
        f"<p>{say('page.empty.demo')}</p><pre><code>wenjin demo</code></pre></div>"
    )


def _turn(turn: Turn, view: View) -> str:
    question = view.say("page.question", question=turn.question)
    return (
        f'<section class="turn" id="turn-{turn.number}" aria-label="{question}">'
        f"{_asked(turn, view)}{_reply(turn, view)}{_beside(turn, view)}</section>"
    )


def _asked(turn: Turn, view: View) -> str:
    """The question, and beneath it what it was understood to ask, where that is something else."""
    understood = ""
    if turn.query and turn.query.text != turn.question:
        said = view.say("page.understood", question=turn.query.text)
        understood = f'<p class="understood">{said}</p>'
    return (
        f'<div class="asked"><h2 class="question" tabindex="-1">{escape(turn.question)}</h2>'
        f"{understood}{_filters(turn, view)}</div>"
    )


def _filters(turn: Turn, view: View) -> str:
    """A chip for each filter, with a button that drops it."""
    if not turn.filters:
        return ""
    chips = "".join(f"<li>{_chip(condition, turn, view)}</li>" for condition in turn.filters)
    return f'<ul class="filters" aria-label="{view.say("page.filters")}">{chips}</ul>'


def _chip(condition: Filter, turn: Turn, view: View) -> str:
    words = filter_text(condition, view.language)
    label = view.say("page.drop", filter=words)
    return escape(words) + _drop("×", label, [condition], turn)


def _drop(face: str, label: str, filters: Sequence[Filter], turn: Turn) -> str:
    """A button that asks again without ``filters``; not while the answer is still to come."""
    keys = escape(json.dumps([condition.key for condition in filters]))
    return (
        f'<button type="button" class="drop" data-turn="{turn.number}" data-filters="{keys}" '
        f'aria-label="{label}"{"" if turn.ended else " disabled"}>{face}</button>'
    )


def _reply(turn: Turn, view: View) -> str:
    if turn.error is not None:
        message = escape(turn.error.in_language(view.language))
        title = view.say("page.error")
        return f'<div class="reply failed"><strong>{title}</strong><p>{message}</p></div>'
    if turn.answer is not None and turn.answer.abstained:
        return _refusal(turn, turn.answer, view)
    return f'<div class="reply answer">{_said(turn, view)}{_progress(turn, view)}</div>'


def _said(turn: Turn, view: View) -> str:
    """The sentences: a paragraph, or where articles disagree what each of them says."""
    if not turn.sentences:
        return ""
    if turn.answer is None or not turn.answer.disagreement:
        return f'<p class="said">{_sentences(turn.sentences, turn, view)}</p>'
    articles = {citation.number: citation.article for citation in turn.citations}
    sides: dict[str, list[AnswerSentence]] = {}
    for sentence in turn.sentences:
        sides.setdefault(articles[sentence.citations[0]].id, []).append(sentence)
    items = "".join(
        f'<li><span class="who">{escape(place_text(articles[said[0].citations[0]]))}</span>'
        f"{_sentences(said, turn, view)}</li>"
        for said in sides.values()
    )
    return f'<p class="differ">{view.say("page.disagreement")}</p><ul class="said">{items}</ul>'


def _sentences(said: Iterable[AnswerSentence], turn: Turn, view: View) -> str:
    return "".join(_sentence(sentence, turn.number, view) for sentence in said)


def _sentence(sentence: AnswerSentence, turn: int, view: View) -> str:
    marks = "".join(_mark(number, turn, view) for number in sentence.citations)
    return f'<span class="sentence">{escape(sentence.text)}<sup>{marks}</sup></span> '


def _mark(number: int, turn: int, view: View) -> str:
    label = view.say("page.source", number=number)
    target = source_id(turn, number)
    return (
        f'<button type="button" class="mark" aria-label="{label}" aria-controls="{target}">'
        f"{number}</button>"
    )


def _progress(turn: Turn, view: View) -> str:
    if turn.answer is not None:
        return _facts(turn.answer, view)
    key = "page.reading" if turn.query else "page.searching"
    return f'<p class="waiting" role="status">{view.say(key)}</p>'


def _facts(answer: Answer, view: View) -> str:
    seconds = answer.timings["total"] / 1000
    searched = view.say("page.searched", count=view.articles)
    if answer.query.filters:
        searched = view.say("page.searched.filtered")
    took = view.say("page.seconds", seconds=f"{seconds:.2f}")
    return f'<p class="facts">{searched} · {took}</p>'


def _refusal(turn: Turn, answer: Answer, view: View) -> str:
    note = "page.refused.note" if answer.hits else "page.refused.none"
    everything = ""
    if turn.filters:
        note = "page.refused.filtered"
        words = view.say("page.everything")
        everything = _drop(words, words, turn.filters, turn)
    return (
        f'<div class="reply refusal"><strong>{view.say("page.refused")}</strong>'
        f"<p>{view.say(note)}</p>{everything}{_facts(answer, view)}</div>"
    )


def _beside(turn: Turn, view: View) -> str:
    """The sources of an answer, or the articles nearest to a refused question."""
    if turn.citations:
        title, cards = "page.sources", source_cards(turn.citations, turn.number, view, turn.hits)
    elif turn.answer is not None and turn.answer.hits:
        title, cards = "page.nearest", nearest_cards(turn.answer.hits, view)
    else:
        return ""
    return f'<aside class="beside"><h3>{view.say(title)}</h3>{cards}</aside>'
