"""The article on a page of its own: plain HTML that needs no script. The chat page shows the same
``<article>`` in a panel.
"""

from __future__ import annotations

from html import escape

from chat.i18n import text
from chat.view import View, byline
from ingest.types import Article


def article_page(article: Article, start: int, end: int, view: View) -> str:
    """The whole document, with ``article.text[start:end]`` highlighted (an empty span: nothing).

    Its links are relative: it stands one level below the server's root.
    """
    return _document(article.label, article_html(article, start, end, view), view)


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
        f'<link rel="stylesheet" href="{view.root}wenjin/reading.css"></head>'
        f'<body class="alone"><nav><a href="{view.root}?lang={view.language}">'
        f"{view.say('page.back')}</a></nav><main>{inside}</main></body></html>"
    )


def article_html(article: Article, start: int, end: int, view: View) -> str:
    """The ``<article>``: title, subtitle, byline, headings and paragraphs, and the notes below. The
    highlight's first piece has the id ``quote``, so that a link can lead there.
    """
    subtitle = f'<p class="subtitle">{escape(article.subtitle)}</p>' if article.subtitle else ""
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in article.notes)
    untitled = "" if article.title else f" <small>{view.say('page.untitled')}</small>"
    return (
        f'<article class="reading" lang="{escape(article.language)}">'
        f"<h1>{escape(article.label)}{untitled}</h1>{subtitle}{byline(article, view)}"
        f"{_body(article, start, end)}{notes}</article>"
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
        lines.append(f"<{tag}>{marked}</{tag}>")
        position += len(line) + 1
    return "".join(lines)


def _marked(line: str, start: int, end: int) -> str:
    """The line, escaped, with the part of ``line[start:end]`` that lies in it in ``<mark>``."""
    start, end = max(start, 0), min(end, len(line))
    if start >= end:
        return escape(line)
    before, marked, after = line[:start], line[start:end], line[end:]
    return f"{escape(before)}<mark>{escape(marked)}</mark>{escape(after)}"
