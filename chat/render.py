"""Answers as HTML: the conversation, its answers and refusals, and the sources beside them.

Everything here is a pure function of what it is given. Questions and articles are text from
outside and are escaped, every one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import quote, urlencode

from chat.i18n import text
from chat.types import Answer, AnswerSentence, Citation, Done, Event, Found, Sentence
from ingest.errors import WenjinError
from ingest.split import sentence_spans
from ingest.types import Article
from retriever.types import Hit

NEAREST_ARTICLES = 4
SNIPPET_CHARACTERS = 110
CONTEXT_CHARACTERS = 70  # of the sentence before a quote and of the one after it
WESTERN_WORD = re.compile("[A-Za-z0-9\u00c0-\u024f]{2}")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and as much of its answer as has arrived. Numbers start at 1."""

    number: int
    question: str
    found: bool = False
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    answer: Answer | None = None
    error: WenjinError | None = None

    def after(self, event: Event) -> Turn:
        """The turn once ``event`` has happened."""
        if isinstance(event, Found):
            return replace(self, found=True)
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


@dataclass(frozen=True, slots=True)
class View:
    """How to show things: the language, the number of articles in the library, and the way from
    the page to the server's root (``""`` or ``"../"``).
    """

    language: str
    articles: int
    root: str = ""

    @property
    def tag(self) -> str:
        """The language as HTML's ``lang`` has it."""
        return "zh-CN" if self.language == "zh" else self.language

    def say(self, key: str, **values: object) -> str:
        """The text ``key``, escaped."""
        return escape(text(key, self.language, **values))


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
        f'<h2 class="question">{escape(turn.question)}</h2>'
        f"{_reply(turn, view)}{_beside(turn, view)}</section>"
    )


def _reply(turn: Turn, view: View) -> str:
    if turn.error is not None:
        message = escape(turn.error.in_language(view.language))
        title = view.say("page.error")
        return f'<div class="reply failed"><strong>{title}</strong><p>{message}</p></div>'
    if turn.answer is not None and turn.answer.abstained:
        return _refusal(turn.answer, view)
    sentences = "".join(_sentence(sentence, turn.number, view) for sentence in turn.sentences)
    said = f'<p class="said">{sentences}</p>' if sentences else ""
    return f'<div class="reply answer">{said}{_progress(turn, view)}</div>'


def _sentence(sentence: AnswerSentence, turn: int, view: View) -> str:
    marks = "".join(_mark(number, turn, view) for number in sentence.citations)
    return f'<span class="sentence">{escape(sentence.text)}<sup>{marks}</sup></span> '


def _mark(number: int, turn: int, view: View) -> str:
    label = view.say("page.source", number=number)
    target = _source_id(turn, number)
    return (
        f'<button type="button" class="mark" aria-label="{label}" aria-controls="{target}">'
        f"{number}</button>"
    )


def _source_id(turn: int, number: int) -> str:
    return f"source-{turn}-{number}"


def _progress(turn: Turn, view: View) -> str:
    if turn.answer is not None:
        return _facts(turn.answer, view)
    key = "page.reading" if turn.found else "page.searching"
    return f'<p class="waiting" role="status">{view.say(key)}</p>'


def _facts(answer: Answer, view: View) -> str:
    seconds = answer.timings["total"] / 1000
    searched = view.say("page.searched", count=view.articles)
    took = view.say("page.seconds", seconds=f"{seconds:.2f}")
    return f'<p class="facts">{searched} · {took}</p>'


def _refusal(answer: Answer, view: View) -> str:
    note = "page.refused.note" if answer.hits else "page.refused.none"
    return (
        f'<div class="reply refusal"><strong>{view.say("page.refused")}</strong>'
        f"<p>{view.say(note)}</p>{_facts(answer, view)}</div>"
    )


def _beside(turn: Turn, view: View) -> str:
    """The sources of an answer, or the articles nearest to a refused question."""
    if turn.citations:
        title, cards = "page.sources", source_cards(turn.citations, turn.number, view)
    elif turn.answer is not None and turn.answer.hits:
        title, cards = "page.nearest", nearest_cards(turn.answer.hits, view)
    else:
        return ""
    return f'<aside class="beside"><h3>{view.say(title)}</h3>{cards}</aside>'


def source_cards(citations: Sequence[Citation], turn: int, view: View) -> str:
    """A card for each cited article, in the order of first citation, with every quote in it."""
    by_article: dict[str, list[Citation]] = {}
    for citation in citations:
        by_article.setdefault(citation.article.id, []).append(citation)
    return "".join(
        f'<div class="card">{article_heading(cited[0].article, view)}'
        + "".join(_excerpt(excerpt, turn, view) for excerpt in excerpts(cited))
        + "</div>"
        for cited in by_article.values()
    )


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of one paragraph, ``text[start:end]``, with the quotes in it in their order."""

    start: int
    end: int
    citations: tuple[Citation, ...]


def excerpts(citations: Sequence[Citation]) -> list[Excerpt]:
    """The quotes of one article, each between its neighbouring sentences; what overlaps is one."""
    found: list[Excerpt] = []
    for citation in sorted(citations, key=lambda citation: (citation.start, citation.end)):
        start, end = _surroundings(citation)
        if found and start <= found[-1].end:
            last = found.pop()
            both = (*last.citations, citation)
            found.append(Excerpt(last.start, max(last.end, end), both))
        else:
            found.append(Excerpt(start, end, (citation,)))
    return found


def _surroundings(citation: Citation) -> tuple[int, int]:
    """The quote's span, widened by a sentence, but not past its paragraph, on either side."""
    whole = citation.article.text
    start = whole.rfind("\n", 0, citation.start) + 1
    end = whole.find("\n", citation.end)
    spans = sentence_spans(whole, start, end if end >= 0 else len(whole))
    before = [first for first, last in spans if last <= citation.start]
    after = [last for first, last in spans if first >= citation.end]
    near = _word_start(whole, max(start, citation.start - CONTEXT_CHARACTERS))
    far = max(citation.end, _word_start(whole, citation.end + CONTEXT_CHARACTERS))
    return (
        max([*before[-1:], near]) if before else citation.start,
        min([*after[:1], far]) if after else citation.end,
    )


def _word_start(whole: str, position: int) -> int:
    """``position``, or the start of the Western word that it would cut in two."""
    while 0 < position < len(whole) and WESTERN_WORD.match(whole, position - 1):
        position -= 1
    return position


def _excerpt(excerpt: Excerpt, turn: int, view: View) -> str:
    first = excerpt.citations[0]
    whole = first.article.text
    pieces = ["" if whole[: excerpt.start][-1:] in {"", "\n"} else "…"]
    position = excerpt.start
    for citation in excerpt.citations:
        start = max(citation.start, position)
        pieces.append(escape(whole[position:start]))
        position = max(citation.end, start)
        pieces.append(_source(citation, whole[start:position], turn, view))
    pieces.append(escape(whole[position : excerpt.end]))
    pieces.append("" if whole[excerpt.end :][:1] in {"", "\n"} else "…")
    link = article_address(first.article, first.start, first.end, view)
    return (
        f'<div class="excerpt">{_section(first.heading)}'
        f'<blockquote lang="{escape(first.article.language)}">{"".join(pieces)}</blockquote>'
        f"{_open_link(link, view)}</div>"
    )


def _source(citation: Citation, quoted: str, turn: int, view: View) -> str:
    """The quote in ``<mark>``; its number leads into the article."""
    label = view.say("page.open.source", number=citation.number)
    address = article_address(citation.article, citation.start, citation.end, view)
    return (
        f'<mark class="source" id="{_source_id(turn, citation.number)}" tabindex="-1">'
        f'<a class="open number" href="{escape(address)}" aria-label="{label}">'
        f"{citation.number}</a>{escape(quoted)}</mark>"
    )


def nearest_cards(hits: Sequence[Hit], view: View) -> str:
    """A card for each of the nearest articles, with the start of its best passage."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.article.id, hit)
    return "".join(_nearest(hit, view) for hit in list(best.values())[:NEAREST_ARTICLES])


def _nearest(hit: Hit, view: View) -> str:
    cut = _word_start(hit.text, SNIPPET_CHARACTERS)
    snippet = hit.text if len(hit.text) <= SNIPPET_CHARACTERS else hit.text[:cut] + "…"
    address = article_address(hit.article, hit.passage.start, hit.passage.end, view)
    return (
        f'<div class="card">{article_heading(hit.article, view)}<div class="excerpt">'
        f"{_section(hit.passage.heading)}"
        f'<blockquote lang="{escape(hit.article.language)}">{escape(snippet)}</blockquote>'
        f"{_open_link(address, view)}</div></div>"
    )


def article_heading(article: Article, view: View) -> str:
    """Title, and beneath it who wrote the article, where from, and when: what the page says."""
    untitled = "" if article.title else f" <small>{view.say('page.untitled')}</small>"
    return (
        f'<h4 lang="{escape(article.language)}">{escape(article.label)}{untitled}</h4>'
        f"{byline(article, view)}"
    )


def byline(article: Article, view: View) -> str:
    """Authors, affiliation, newspaper, page and date in a line; nothing for what isn't known."""
    page = article.page and text("page.number", view.language, number=article.page)
    parts = [
        (" " if article.language == "zh" else ", ").join(article.authors),
        article.affiliation,
        article.source,
        page,
        article.published,
    ]
    known = "".join(f"<span>{escape(part)}</span>" for part in parts if part)
    return f'<p class="byline" lang="{escape(article.language)}">{known}</p>' if known else ""


def _section(heading: str | None) -> str:
    if heading is None:
        return ""
    return f'<p class="section">{escape(heading)}</p>'


def _open_link(address: str, view: View) -> str:
    return f'<a class="open" href="{escape(address)}">{view.say("page.open")}</a>'


def article_address(article: Article, start: int, end: int, view: View) -> str:
    """Where the article can be read with ``text[start:end]`` highlighted."""
    query = urlencode({"start": start, "end": end, "lang": view.language})
    return f"{view.root}articles/{quote(article.id, safe='')}?{query}#quote"
