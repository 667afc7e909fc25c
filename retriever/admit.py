"""Which articles and passages pass the filters of a query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from index.index import Index
from index.store.catalogue import Catalogue
from index.types import BoolArray, IntArray
from retriever.published import days
from retriever.types import Filter

KINDS = ("author", "source", "published")  # in the order of how sure they are


def keep_filters(filters: Iterable[Filter], catalogue: Catalogue) -> tuple[Filter, ...]:
    """Those of ``filters`` that leave articles, together with those of the kinds before."""
    given = list(filters)
    held = catalogue.held
    kept: list[Filter] = []
    for kind in KINDS:
        alternatives = [
            (one, found)
            for one in given
            if one.kind == kind and (found := held & _named(one, catalogue)).any()
        ]
        if alternatives:
            held = np.logical_or.reduce([found for _, found in alternatives])
            kept += [one for one, _ in alternatives]
    return tuple(kept)


def admitted(filters: Sequence[Filter], index: Index) -> IntArray | None:
    """The numbers (n,) of the passages that pass; None without filters, as all do."""
    if not filters:
        return None
    catalogue = index.catalogue()
    passing = np.ones(len(catalogue.passages), np.bool_)
    for kind in KINDS:
        of_kind = [_passages(one, catalogue, index) for one in filters if one.kind == kind]
        if of_kind:
            passing &= np.logical_or.reduce(of_kind)
    return np.unique(catalogue.passages[passing])


def _named(one: Filter, catalogue: Catalogue) -> BoolArray:
    """(articles,): which the filter names; those it leaves open aside."""
    if one.kind == "author":
        return catalogue.written_by(one.value)
    if one.kind == "source":
        return catalogue.appeared_in(one.value)
    return catalogue.published_between(*days(one.value))


def _passages(one: Filter, catalogue: Catalogue, index: Index) -> BoolArray:
    """(passages,): which pass the filter."""
    articles = _named(one, catalogue)
    if one.kind == "published" and not one.strict:
        articles |= catalogue.undated()
    passing = articles[catalogue.rows]
    if one.kind == "author" and not one.strict:
        passing |= np.isin(catalogue.passages, index.containing(one.value))
    return passing
