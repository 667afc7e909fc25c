"""The cards beside a conversation: the sources of an answer, or the articles nearest to a question.

Everything here is a pure function of what it is given. Articles are text from outside and are
escaped, every one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from chat.types import Citation
from chat.web.view import View, article_address, byline
from chat.wording import place_text, reprints
from ingest.split import sentence_spans
from ingest.types import Article
from retriever.types import Hit

NEAREST_ARTICLES = 4
SNIPPET_CHARACTERS = 110
CONTEXT_CHARACTERS = 70  # of the sentence before a quote and of the one after it
WESTERN_WORD = re.compile("[A-Za-z0-9\u00c0-\u024f]{2}")


def source_id(turn: int, number: int) -> str:
    """The id of a source in the page, to which its mark leads."""
    return f"source-{turn}-{number}"


def source_cards(
    citations: Sequence[Citation], turn: int, view: View, hits: Sequence[Hit] = ()
) -> str:
    """A card for each cited article, in the order of first citation, with every quote in it; and
    beneath them who else printed the text, as ``hits`` know it.
    """
    by_article: dict[str, list[Citation]] = {}
    for citation in citations:
        by_article.setdefault(citation.article.id, []).append(citation)
    return "".join(
        f'<div class="card">{_heading(cited[0].article, view)}'
        + "".join(_excerpt(excerpt, turn, view) for excerpt in excerpts(cited))
        + f"{_reprints(reprints(cited[0].article, hits), view)}</div>"
        for cited in by_article.values()
    )


def _reprints(articles: Sequence[Article], view: View) -> str:
    if not articles:
        return ""
    links = "".join(f" {_reprint(article, view)}" for article in articles)
    return f'<p class="reprints">{view.say("page.reprints")}{links}</p>'


def _reprint(article: Article, view: View) -> str:
    address = article_address(article, 0, 0, view)
    return (
        f'<a class="open" lang="{escape(article.language)}" href="{escape(address)}">'
        f"{escape(place_text(article))}</a>"
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
        f'<mark class="source" id="{source_id(turn, citation.number)}" tabindex="-1">'
        f'<a class="open number" href="{escape(address)}" aria-label="{label}">'
        f"{citation.number}</a>{escape(quoted)}</mark>"
    )


def nearest_cards(hits: Sequence[Hit], view: View) -> str:
    """A card for each of the nearest articles, with the start of its best passage."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.article.id, hit)
    return "".join(_nearest(hit, view, hits) for hit in list(best.values())[:NEAREST_ARTICLES])


def _nearest(hit: Hit, view: View, hits: Sequence[Hit]) -> str:
    cut = _word_start(hit.text, SNIPPET_CHARACTERS)
    snippet = hit.text if len(hit.text) <= SNIPPET_CHARACTERS else hit.text[:cut] + "…"
    address = article_address(hit.article, hit.passage.start, hit.passage.end, view)
    return (
        f'<div class="card">{_heading(hit.article, view)}<div class="excerpt">'
        f"{_section(hit.passage.heading)}"
        f'<blockquote lang="{escape(hit.article.language)}">{escape(snippet)}</blockquote>'
        f"{_open_link(address, view)}</div>{_reprints(reprints(hit.article, hits), view)}</div>"
    )


def _section(heading: str | None) -> str:
    if heading is None:
        return ""
    return f'<p class="section">{escape(heading)}</p>'


def _heading(article: Article, view: View) -> str:
    """Title, and beneath it who wrote the article, where from, and when: what the page says."""
    untitled = "" if article.title else f" <small>{view.say('page.untitled')}</small>"
    return (
        f'<h4 lang="{escape(article.language)}">{escape(article.label)}{untitled}</h4>'
        f"{byline(article, view)}"
    )


def _open_link(address: str, view: View) -> str:
    return f'<a class="open" href="{escape(address)}">{view.say("page.open")}</a>'
