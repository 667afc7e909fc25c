"""What Wenjin's search is measured against: BM25 of tantivy and of bm25s, bare, on its own tokens.

Words and n-grams stand side by side in one vocabulary, each marked with its unit. Both are made
once for a library and kept in a folder beside it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from index import tokens
from index.lexical.asked import UNITS
from index.lexical.bm25 import K1, B
from index.store.store import Store

Search = Callable[[str], Sequence[object]]  # from a question to what is found, best first
DEPTH = 10


def asked(question: str) -> list[str]:
    """The tokens that Wenjin looks for, each once."""
    return sorted(set(_marked(tokens.terms(tokens.content(question)))))


def peers(store: Store, folder: Path) -> dict[str, Search]:
    """The peers that are installed, by name, with their files in ``folder``."""
    found = {"tantivy": _tantivy(store, folder / "tantivy")}
    if importlib.util.find_spec("bm25s") and importlib.util.find_spec("numba"):
        found["bm25s + numba"] = _bm25s(store, folder / "bm25s")
    return found


def _marked(terms: tokens.Terms) -> Iterator[str]:
    for unit in UNITS:
        yield from (f"{unit[0]}:{term}" for term in getattr(terms, unit))


def _documents(store: Store) -> Iterator[list[str]]:
    for _, text in store.texts_since(0):
        yield list(_marked(tokens.terms(text)))


def _tantivy(store: Store, folder: Path) -> Search:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        writer = tantivy.Index(schema, str(folder)).writer(256_000_000, 1)
        writer.delete_all_documents()
        for terms in _documents(store):
            writer.add_document(tantivy.Document(text=" ".join(terms)))
        writer.commit()
        writer.wait_merging_threads()
        (folder / "done").touch()
    searcher = tantivy.Index.open(str(folder)).searcher()
    query = tantivy.Query

    def search(question: str) -> Sequence[object]:
        either = [
            (tantivy.Occur.Should, query.term_query(schema, "text", term))
            for term in asked(question)
        ]
        hits: Sequence[object] = searcher.search(query.boolean_query(either), DEPTH).hits
        return hits

    return search


def _bm25s(store: Store, folder: Path) -> Search:
    import bm25s

    if not (folder / "done").exists():
        engine = bm25s.BM25(k1=K1, b=B, backend="numba")
        engine.index(_numbered(store), show_progress=False)
        engine.save(folder, show_progress=False)
        (folder / "done").touch()
    engine = bm25s.BM25.load(folder, mmap=True)

    def search(question: str) -> Sequence[object]:
        known = [term for term in asked(question) if term in engine.vocab_dict]
        found: Any = engine.retrieve([known], k=DEPTH, show_progress=False, n_threads=1)
        return list(found.documents[0])

    return search


def _numbered(store: Store) -> Any:
    """The documents as bm25s wants them: rows of numbers, and the number of each token."""
    from bm25s.tokenization import Tokenized

    vocabulary: dict[str, int] = {}
    rows = [
        [vocabulary.setdefault(term, len(vocabulary)) for term in terms]
        for terms in _documents(store)
    ]
    return Tokenized(rows, vocabulary)
