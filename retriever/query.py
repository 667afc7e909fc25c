"""What a question says: its language, and which articles may answer it."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from datetime import date

from index.catalogue.catalogue import Catalogue
from index.tokens import fold
from retriever.admit import keep_filters
from retriever.names import (
    AUTHOR,
    DATE,
    SOURCE,
    ShortForms,
    find_names,
    kinds_of_paper,
    marked,
    named_authors,
    named_sources,
    surnames,
)
from retriever.published import dated, published
from retriever.types import Query

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
WESTERN_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+")


def language_of(text: str) -> str:
    """The language of a question or a short text: "zh" or "en".

    A Han character weighs as much as a Western word, so that a Chinese question about
    ``GPT-4 Turbo`` stays Chinese; text without either counts as Chinese.
    """
    return "en" if len(WESTERN_WORD.findall(text)) > len(HAN.findall(text)) else "zh"


def understand(
    question: str, catalogue: Catalogue, *, today: date, without: Collection[str] = ()
) -> Query:
    """The question with the filters that it names, but for those whose keys are in ``without``.

    Authors and sources are those of the ``catalogue``. A filter that would leave no article is
    none.
    """
    text = fold(question)
    authors, sources = catalogue.authors, catalogue.sources
    papers = find_names(sources, _short_forms(sources.table, kinds_of_paper), question, text)
    dates = dated(marked(text, papers, SOURCE), today, catalogue.newest)
    people = find_names(authors, _short_forms(authors.table, surnames), question, text)
    text = marked(marked(text, people, AUTHOR), (one.words for one in dates), DATE)
    named = list(named_sources(question, text, papers))
    in_papers = marked(text, (span for span, _ in named), SOURCE)
    filters = [
        *named_authors(question, text, people),
        *(found for _, found in named),
        *published(question, in_papers, dates),
    ]
    wanted = {one.key: one for one in reversed(filters) if one.key not in without}
    return Query(question, keep_filters(reversed(wanted.values()), catalogue))


_short_forms = functools.lru_cache(maxsize=4)(ShortForms)  # of two libraries
