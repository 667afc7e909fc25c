"""Which articles and passages pass the filters of a query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from index.catalogue.catalogue import Catalogue, rows_of
from index.index import Index
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
    """The numbers (n,) of the passages that pass, rising; None without filters, as all do."""
    if not filters:
        return None
    catalogue = index.catalogue()
    others = _passing([one for one in filters if one.kind != "author"], catalogue)
    authors = [one for one in filters if one.kind == "author"]
    passages = catalogue.passages_of(others & _passing(authors, catalogue))
    quoting = [index.containing(one.value) for one in authors if not one.strict]
    if not quoting:
        return passages
    open_to_all = catalogue.passages_of(others)
    quoted = open_to_all[rows_of(np.concatenate(quoting), open_to_all)]
    return np.union1d(passages, quoted)


def _passing(filters: Sequence[Filter], catalogue: Catalogue) -> BoolArray:
    """(articles,): which pass these, being one of the alternatives of each kind."""
    passing = np.ones(len(catalogue.numbers), np.bool_)
    for kind in KINDS:
        of_kind = [_open(one, catalogue) for one in filters if one.kind == kind]
        if of_kind:
            passing &= np.logical_or.reduce(of_kind)
    return passing


def _open(one: Filter, catalogue: Catalogue) -> BoolArray:
    """(articles,): which the filter names, and those that it leaves open."""
    named = _named(one, catalogue)
    if one.kind == "published" and not one.strict:
        named |= catalogue.undated()
    return named


def _named(one: Filter, catalogue: Catalogue) -> BoolArray:
    """(articles,): which the filter names; those it leaves open aside."""
    if one.kind == "author":
        return catalogue.written_by(one.value)
    if one.kind == "source":
        return catalogue.appeared_in(one.value)
    return catalogue.published_between(*days(one.value))
