"""How things are shown on a page, and what every page shows of an article. All of it is pure; text
from outside is escaped.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from urllib.parse import quote, urlencode

from chat.i18n import text
from ingest.types import Article


@dataclass(frozen=True, slots=True)
class View:
    """How to show things: the language, and the way from the page to the server's root (``""`` or
    ``"../"``).
    """

    language: str
    root: str = ""

    @property
    def tag(self) -> str:
        """The language as HTML's ``lang`` has it."""
        return "zh-CN" if self.language == "zh" else self.language

    def say(self, key: str, **values: object) -> str:
        """The text ``key``, escaped."""
        return escape(text(key, self.language, **values))


def byline(article: Article, view: View) -> str:
    """Authors, affiliation, newspaper, page and date in a line; nothing for what isn't known. What
    the page itself doesn't say is marked.
    """
    page = article.page and text("page.number", view.language, number=article.page)
    parts = {
        "authors": (" " if article.language == "zh" else ", ").join(article.authors),
        "affiliation": article.affiliation,
        "source": article.source,
        "page": page,
        "published": article.published,
    }
    known = "".join(
        f"<span>{escape(part)}{guess_mark(article, field, view)}</span>"
        for field, part in parts.items()
        if part
    )
    return f'<p class="byline" lang="{escape(article.language)}">{known}</p>' if known else ""


def guess_mark(article: Article, field: str, view: View) -> str:
    """A small mark if that field is a guess."""
    if field not in article.guessed:
        return ""
    return (
        f'&nbsp;<small class="guessed" lang="{view.tag}" title="{view.say("page.guessed.note")}">'
        f"{view.say('page.guessed')}</small>"
    )


def article_address(article: Article, start: int, end: int, view: View) -> str:
    """Where the article can be read with ``text[start:end]`` highlighted."""
    query = urlencode({"start": start, "end": end, "lang": view.language})
    return f"{view.root}articles/{quote(article.id, safe='')}?{query}#quote"
