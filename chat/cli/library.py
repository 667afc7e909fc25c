"""The commands that list, show and thin out a library."""

from __future__ import annotations

from argparse import Namespace

from chat.cli.context import Context, print_json
from chat.plain import SEPARATOR, article_line, article_text
from chat.records import article_record
from chat.references import reference
from ingest.types import Article


def list_articles(options: Namespace, context: Context) -> int:
    """``wenjin articles``: every article, by path and position in the file."""
    with context.open_index() as index:
        originals = index.originals()
        each = ((article, originals.get(article.id)) for article in index.each_article())
        if options.json:
            print_json([article_record(one, reprint_of=original) for one, original in each])
        else:
            for article, original in each:
                print(article_line(article, _note(article, original, context)))
    return 0


def show(options: Namespace, context: Context) -> int:
    """``wenjin show ARTICLE``: one article to read, or with ``--reference`` as a reference. The id
    may be cut to a unique beginning.
    """
    with context.open_index() as index:
        article = index.article(options.article)
        original = index.originals_of([article.id]).get(article.id)
    if options.reference:
        print(reference(article, options.reference))
    elif options.json:
        print_json(article_record(article, reprint_of=original, text=True))
    else:
        print(article_text(article, _note(article, original, context)))
    return 0


def _note(article: Article, original: str | None, context: Context) -> str:
    """What the page itself doesn't say, and which article this one repeats."""
    notes = []
    if article.guessed:
        fields = ", ".join(context.text(f"articles.{name}") for name in article.guessed)
        notes.append(context.text("articles.guessed", fields=fields))
    if original:
        notes.append(context.text("articles.reprint", original=original))
    return SEPARATOR.join(notes)


def remove(options: Namespace, context: Context) -> int:
    """``wenjin remove ARTICLE…``: all of them, or none if one isn't there."""
    with context.open_index() as index:
        removed = index.remove(options.articles)
        context.note("remove.summary", removed=removed, left=index.article_count)
    return 0
