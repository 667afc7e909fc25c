"""Printed pages become articles: those of a newspaper's pages, or the one of a document.

See ``strips`` for the columns, ``order`` for the order in which they are read, ``typeset`` for
paragraphs and headings, ``makeup`` for the articles of a newspaper's page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.continuation import join_readings
from ingest.errors import PartlyRead, ReadError
from ingest.page.metadata import Stated
from ingest.printed.document import read_document
from ingest.printed.newsprint import looks_like_news, read_news_page
from ingest.printed.types import PrintedPage
from ingest.types import Reading

_SAMPLE = 3  # pages looked at to tell a newspaper


def read_pages(
    pages: Sequence[PrintedPage],
    *,
    path: str,
    stated: Stated = Stated(),  # noqa: B008
    guessed: Stated = Stated(),  # noqa: B008
) -> Reading:
    """The articles of printed pages, whatever the order of their lines.

    What is ``stated`` of a document is believed before what its text shows; what is ``guessed``
    counts where neither says it, and is named in ``Article.guessed``.
    """
    printed = [page for page in pages if page.lines]
    if is_newspaper(printed):
        reading = join_readings([read_news_page(page, path, stated) for page in printed])
    else:
        reading = read_document(printed, path=path, stated=stated, guessed=guessed)
    problem = _downwards(printed)
    if problem:
        reading = replace(reading, problems=(*reading.problems, problem))
    return reading


def is_newspaper(pages: Sequence[PrintedPage]) -> bool:
    """Whether most of some of the pages look like a newspaper's."""
    step = max(1, len(pages) // _SAMPLE)
    sample = pages[::step][:_SAMPLE]
    return 2 * sum(looks_like_news(page) for page in sample) > len(sample)


def _downwards(pages: Sequence[PrintedPage]) -> ReadError | None:
    numbers = ", ".join(str(page.number) for page in pages if page.vertical)
    if not numbers:
        return None
    return PartlyRead(
        f"page {numbers}: the text runs downwards and was read from right to left; check its order",
        f"第 {numbers} 页：竖排文字，已按从右到左读取；请核对顺序",
    )
