"""The commands that fill, list, show and thin out a library."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from chat.cli_context import Context, print_json
from chat.cli_text import article_line, article_text
from chat.records import article_record
from ingest.errors import ReadError
from ingest.types import Article


@dataclass(slots=True)
class Tally:
    """What an ingest has done so far, and what the library then holds."""

    files: int = 0
    failed: int = 0
    articles: int = 0
    new: int = 0
    library_articles: int = 0
    library_passages: int = 0


def ingest(options: Namespace, context: Context) -> int:
    """``wenjin ingest PATH…``: 1 if any file failed, though all the others are in the library."""
    return ingest_files(options.paths, context, quiet=options.quiet)


def ingest_files(paths: Sequence[Path], context: Context, *, quiet: bool) -> int:
    """Put the articles of all files under ``paths`` into the library and say how it went.

    Returns the exit code. What has been written when Ctrl-C comes stays in the library.
    """
    from ingest.formats import FORMATS
    from ingest.read import find_files

    started = time.perf_counter()
    files = list(find_files(paths))
    if not files:
        kinds = " ".join(suffix for one in FORMATS.values() for suffix in one.suffixes)
        context.note("ingest.nothing", paths=" ".join(map(str, paths)), kinds=kinds)
        return 1
    tally = Tally()
    try:
        _store(_read(files, tally, context, quiet=quiet), tally, context)
    except KeyboardInterrupt:
        context.note("ingest.stopped", new=tally.new)
        return 130
    if tally.articles and not quiet:
        _summarise(tally, time.perf_counter() - started, context)
    return 1 if tally.failed else 0


def _read(
    files: Sequence[Path], tally: Tally, context: Context, *, quiet: bool
) -> Iterator[Article]:
    """The articles of the files, with a progress bar; a file that fails becomes a line."""
    from tqdm import tqdm

    from ingest.read import read_file

    no_bar = True if quiet else None  # None: a bar on a terminal, and nothing elsewhere
    for path in tqdm(files, disable=no_bar, leave=False):
        tally.files += 1
        try:
            articles = read_file(path).articles
        except ReadError as error:
            tally.failed += 1
            tqdm.write(error.in_language(context.language), file=sys.stderr)
        else:
            tally.articles += len(articles)
            yield from articles


def _store(articles: Iterator[Article], tally: Tally, context: Context) -> None:
    """Write the articles into the library. Without any article, none is made."""
    first = next(articles, None)
    if first is None:
        return
    with context.open_index(create=True) as index:
        before = index.article_count
        try:
            index.add(chain([first], articles))
        finally:  # counted after Ctrl-C too
            tally.new = index.article_count - before
            tally.library_articles = index.article_count
            tally.library_passages = index.passage_count


def _summarise(tally: Tally, seconds: float, context: Context) -> None:
    context.note(
        "ingest.summary",
        files=tally.files,
        failed=tally.failed,
        articles=tally.articles,
        new=tally.new,
        known=tally.articles - tally.new,
        library_articles=tally.library_articles,
        library_passages=tally.library_passages,
        seconds=f"{seconds:.1f}",
    )


def list_articles(options: Namespace, context: Context) -> int:
    """``wenjin articles``: every article, by path and position in the file."""
    with context.open_index() as index:
        articles = index.articles()
    if options.json:
        print_json([article_record(article) for article in articles])
    else:
        for article in articles:
            print(article_line(article))
    return 0


def show(options: Namespace, context: Context) -> int:
    """``wenjin show ARTICLE``: one article to read. The id may be cut to a unique beginning."""
    with context.open_index() as index:
        article = index.article(options.article)
    if options.json:
        print_json(article_record(article, text=True))
    else:
        print(article_text(article))
    return 0


def remove(options: Namespace, context: Context) -> int:
    """``wenjin remove ARTICLE…``: all of them, or none if one isn't there."""
    with context.open_index() as index:
        removed = index.remove(options.articles)
        context.note("remove.summary", removed=removed, left=index.article_count)
    return 0
