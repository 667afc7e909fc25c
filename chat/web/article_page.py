"""The article on a page of its own: plain HTML that needs no script (one gives it the colours that
were chosen). The chat page shows the same ``<article>`` in a panel.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from chat.i18n import text
from chat.web.view import View, article_address, byline, guess_mark
from chat.wording import place_text
from ingest.types import Article


def article_page(
    article: Article, start: int, end: int, view: View, same: Sequence[Article] = ()
) -> str:
    """The whole document, with ``article.text[start:end]`` highlighted (an empty span: nothing);
    ``same`` are the other articles that print its text.

    Its links are relative: it stands one level below the server's root.
    """
    return _document(article.label, article_html(article, start, end, view, same), view)


def error_page(message: str, view: View) -> str:
    """A page that says what went wrong."""
    title = text("api.error", view.language)
    return _document(
        title, f"<article><h1>{escape(title)}</h1><p>{escape(message)}</p></article>", view
    )


def _document(title: str, inside: str, view: View) -> str:
    return (
        f'<!doctype html><html lang="{view.tag}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)} · {view.say('page.name')}</title>"
        f'<link rel="stylesheet" href="{view.root}wenjin/reading.css">'
        f'<script type="module" blocking="render" src="{view.root}wenjin/theme.js"></script></head>'
        f'<body class="alone"><nav><a href="{view.root}?lang={view.language}">'
        f"{view.say('page.back')}</a></nav><main>{inside}</main></body></html>"
    )


def article_html(
    article: Article, start: int, end: int, view: View, same: Sequence[Article] = ()
) -> str:
    """The ``<article>``: title, subtitle, byline, who else printed it, headings and paragraphs, and
    the notes below. The highlight's first piece has the id ``quote``, to which links lead, and a
    line of the text says at which character it begins (``data-at``), so that scripts can mark it.
    """
    subtitle = ""
    if article.subtitle:
        mark = guess_mark(article, "subtitle", view)
        subtitle = f'<p class="subtitle">{escape(article.subtitle)}{mark}</p>'
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in article.notes)
    mark = guess_mark(article, "title", view)
    if not article.title:
        mark = f" <small>{view.say('page.untitled')}</small>"
    return (
        f'<article class="reading" lang="{escape(article.language)}">'
        f"<h1>{escape(article.label)}{mark}</h1>{subtitle}{byline(article, view)}"
        f"{_same(same, view)}{_body(article, start, end)}{notes}</article>"
    )


def _same(articles: Sequence[Article], view: View) -> str:
    if not articles:
        return ""
    links = "".join(f"<span>{_link(article, view)}</span>" for article in articles)
    return f'<p class="same" lang="{view.tag}">{view.say("page.same")}{links}</p>'


def _link(article: Article, view: View) -> str:
    address = escape(article_address(article, 0, 0, view).removesuffix("#quote"))
    return (
        f'<a class="open" lang="{escape(article.language)}" href="{address}">'
        f"{escape(place_text(article))}</a>"
    )


def _body(article: Article, start: int, end: int) -> str:
    levels = {heading.start: min(heading.level, 4) + 1 for heading in article.headings}
    lines = []
    position = 0
    for line in article.text.split("\n"):
        tag = f"h{levels[position]}" if position in levels else "p"
        marked = _marked(line, start - position, end - position)
        if position <= start < position + len(line):
            marked = marked.replace("<mark>", '<mark id="quote">', 1)
        lines.append(f'<{tag} data-at="{position}">{marked}</{tag}>')
        position += len(line) + 1
    return "".join(lines)


def _marked(line: str, start: int, end: int) -> str:
    """The line, escaped, with the part of ``line[start:end]`` that lies in it in ``<mark>``."""
    start, end = max(start, 0), min(end, len(line))
    if start >= end:
        return escape(line)
    before, marked, after = line[:start], line[start:end], line[end:]
    return f"{escape(before)}<mark>{escape(marked)}</mark>{escape(after)}"
