"""Search by terms: tantivy proposes candidates, and `index.lexical.bm25` scores them exactly.

A passage's score is its BM25 over all units asked for together, divided by the most that the
question could reach: between 0 and 1, and comparable over questions. (A sum of the units' z-scores
orders passages as well, but its values depend on the candidates.) Tantivy's own k1 and b are fixed.

A group of terms counts as one term: how often it stands in a passage, and in how many passages, is
the sum over its terms, by their odds. (Probabilistic structured queries: Darwish and Oard, 2003.)
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from index import tokens
from index.derived import Source
from index.lexical.asked import UNITS, Asked
from index.lexical.bm25 import inverse_frequencies, saturation
from index.types import FloatArray, IntArray, Ranking, ranked
from ingest.errors import LibraryError

CANDIDATES = 100  # measured: they hold all of the exact ten best
_PASSAGE = "passage"  # the kind of all documents but one, which tells the sequence
_WRITER_BYTES = 64_000_000
_STALE_SHARE = 0.1
_SPARSE = 50  # of so many passages one: from there on, tantivy is told which ones to look at


class LexicalIndex:
    """The terms of passages, in a folder or in memory. Not for several threads at once.

    ``sequence`` tells which state of the source it reflects, 0 being the empty one.
    """

    def __init__(self, source: Source, folder: Path | None) -> None:
        """Of ``source``, with its files in ``folder``, or in memory where nothing may be written.

        Files of another source, made by other rules, or damaged, are as good as none.
        """
        self._source = source
        self._folder = folder
        self._stamp = f"{source.stamp} {tokens.VERSION}"
        self._open()

    def _open(self) -> None:
        import tantivy

        self._tantivy = tantivy
        self._schema = _schema(tantivy)
        self.sequence = 0
        try:
            self._index = self._open_folder()
            self.reload()
        except LibraryError:
            if self._folder is None:
                raise
            shutil.rmtree(self._folder, ignore_errors=True)
            self._index = self._open_folder()
            self.reload()

    def _open_folder(self) -> Any:
        with _clear_errors():
            if self._folder is None:
                return self._tantivy.Index(self._schema)
            self._folder.mkdir(exist_ok=True)
            return self._tantivy.Index(self._schema, str(self._folder))

    def follow(self) -> None:
        """See what another process has written; in memory, what has changed in the source."""
        if self._folder is None:
            self._catch_up()
        else:
            with contextlib.suppress(LibraryError):  # whoever writes next makes it anew
                self.reload()

    def save(self) -> None:
        """Write what has changed in the source. Raises LibraryError."""
        try:
            self._catch_up()
        except LibraryError:  # the files were damaged or deleted
            self._open()
            self._catch_up()

    def _catch_up(self) -> None:
        self.reload()
        with self._source.snapshot() as sequence:
            since = self.sequence
            if 0 < since < sequence:
                removed = self._source.removed_since(since)
                self.update(self._source.texts_since(since), removed, sequence)
            if self.sequence != sequence or self.stale:
                self.rebuild(self._source.texts_since(0), sequence)

    def problems(self) -> list[str]:
        """What is wrong with its files."""
        return []

    def reload(self) -> None:
        """See what has been written, here or by another process. Raises LibraryError."""
        before = self.sequence
        with _clear_errors():
            self._index.reload()
            self._searcher = self._index.searcher()
            self.sequence = self._read_sequence()
            if self.sequence != before:
                self._mean_lengths = self._read_mean_lengths()

    def update(
        self, added: Iterable[tuple[int, str]], removed: Sequence[int], sequence: int
    ) -> None:
        """Add passages (number, text), remove others, and reflect ``sequence``: all or nothing.

        Raises LibraryError.
        """
        with self._writer(sequence) as writer:
            for number in removed:
                writer.delete_documents_by_term("number", number)
            for number, text in added:
                writer.add_document(self._passage(number, text))

    def rebuild(self, passages: Iterable[tuple[int, str]], sequence: int) -> None:
        """Hold these passages (number, text) alone, and reflect ``sequence``: all or nothing.

        Raises LibraryError.
        """
        with self._writer(sequence) as writer:
            writer.delete_all_documents()
            for number, text in passages:
                writer.add_document(self._passage(number, text))

    @property
    def stale(self) -> bool:
        """Whether so many removed passages still count in its statistics that it is better made
        anew. (They do until tantivy merges the files that they are in.)
        """
        counted = self._counted()
        return counted - self._present() > _STALE_SHARE * counted

    def search(self, asked: Sequence[Asked], k: int, among: IntArray | None = None) -> Ranking:
        """The ``k`` best of the passages that have a term of ``asked``; of the passages ``among``
        (n,), if these are given.
        """
        query = self._tantivy.Query
        any_term = query.boolean_query(
            [
                (
                    self._tantivy.Occur.Should,
                    query.boost_query(query.term_query(self._schema, part.unit, term), boost),
                )
                for part in asked
                for term, boost in zip(part.terms, self._boosts(part), strict=True)
            ]
        )
        limit = max(CANDIDATES, k)
        if among is None:
            found = self._find(any_term, limit)
        elif len(among) * _SPARSE <= self._present():
            found = self._find(self._both(any_term, among), limit)
        else:
            found = self._find_among(any_term, limit, among)
        numbers, scores = self._scored(asked, found)
        return ranked(numbers, scores, k)

    def scores(self, asked: Sequence[Asked], numbers: IntArray) -> FloatArray:
        """The scores (n,) of the passages ``numbers`` (n,); 0 for what it doesn't hold."""
        found, scores = self._scored(asked, self._find(self._these(numbers), len(numbers)))
        by_number = dict(zip(found.tolist(), scores.tolist(), strict=True))
        return np.array([by_number.get(number, 0) for number in numbers.tolist()], np.float32)

    def containing(self, phrase: str) -> IntArray:
        """The numbers of the passages in which ``phrase`` stands, normalised, in one piece."""
        query = self._tantivy.Query
        terms = [
            (self._tantivy.Occur.Must, query.term_query(self._schema, "ngrams", term))
            for term in set(tokens.ngrams(phrase))
        ]
        if not terms:
            return np.empty(0, np.int64)
        found = self._find(query.boolean_query(terms), self._present())
        wanted = tokens.normalise(phrase)
        texts = (self._searcher.doc(address)["text"][0].decode() for address in found)
        return self._integers(
            "number", [a for a, t in zip(found, texts, strict=True) if wanted in t]
        )

    def idf(self, word: str) -> float:
        """What a word (as `tokens.words` gives it) weighs in this library."""
        return float(self._idf(self._frequencies("words", [word]))[0])

    @contextmanager
    def _writer(self, sequence: int) -> Iterator[Any]:
        with _clear_errors():
            writer = self._index.writer(_WRITER_BYTES, 1)
            writer.garbage_collect_files()  # else what a killed one left can be in the way
            yield writer
            writer.delete_documents_by_term("kind", self._stamp)
            writer.add_document(self._tantivy.Document(kind=self._stamp, sequence=sequence))
            writer.commit()
            writer.wait_merging_threads()
        self.reload()

    def _passage(self, number: int, text: str) -> Any:
        terms = tokens.terms(text)
        return self._tantivy.Document(
            kind=_PASSAGE,
            number=number,
            text=terms.text.encode(),
            # Two spaces between words, so that counting " word " never meets another.
            words=f" {'  '.join(terms.words)} ",
            ngrams=" ".join(terms.ngrams),
            words_length=len(terms.words),
            ngrams_length=len(terms.ngrams),
        )

    def _find(self, query: Any, limit: int) -> list[Any]:
        """Where at most ``limit`` passages are that ``query`` finds, by tantivy's score."""
        if limit < 1 or self.sequence == 0:
            return []
        return [address for _, address in self._searcher.search(query, limit, count=False).hits]

    def _find_among(self, query: Any, limit: int, among: IntArray) -> list[Any]:
        """The same of the passages ``among``, by looking further and further down the ranking."""
        depth = 2 * limit * self._present() // len(among)
        while True:
            found = self._find(query, depth)
            kept = np.flatnonzero(np.isin(self._integers("number", found), among))[:limit]
            if len(kept) == limit or len(found) < depth:
                return [found[position] for position in kept]
            depth *= 4

    def _both(self, query: Any, numbers: IntArray) -> Any:
        """What ``query`` finds, with its score, of the passages ``numbers``."""
        must = self._tantivy.Occur.Must
        these = self._tantivy.Query.const_score_query(self._these(numbers), 0.0)
        return self._tantivy.Query.boolean_query([(must, query), (must, these)])

    def _these(self, numbers: IntArray) -> Any:
        return self._tantivy.Query.term_set_query(self._schema, "number", numbers.tolist())

    def _scored(self, asked: Sequence[Asked], addresses: list[Any]) -> tuple[IntArray, FloatArray]:
        """The numbers and scores of passages."""
        if not addresses:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        documents = [self._searcher.doc(address) for address in addresses]
        words = [str(document["words"][0]) for document in documents]
        texts = [document["text"][0].decode() for document in documents]
        scores, bound = np.zeros(len(addresses), np.float32), 0.0
        for part in asked:
            shape = (len(part.terms), len(addresses))
            counts = [_count(part.unit, term, words, texts) for term in part.terms]
            by_group = part.odds @ np.array(counts, np.float32).reshape(shape)
            lengths = self._integers(f"{part.unit}_length", addresses)
            idf = self._group_idf(part)
            scores += saturation(by_group.T, lengths, self._mean_lengths[part.unit]) @ idf
            bound += float(idf.sum())
        return self._integers("number", addresses), scores / (bound or 1)

    def _integers(self, field: str, addresses: list[Any]) -> IntArray:
        return np.array(self._searcher.fast_field_values(field, addresses), dtype=np.int64)

    def _boosts(self, asked: Asked) -> list[float]:
        """What makes tantivy, which weighs each term by its own idf, weigh it by its groups'."""
        own = self._idf(self._frequencies(asked.unit, asked.terms))
        boosts: list[float] = (self._group_idf(asked) @ asked.odds / own).tolist()
        return boosts

    def _group_idf(self, asked: Asked) -> FloatArray:
        return self._idf(asked.odds @ self._frequencies(asked.unit, asked.terms))

    def _frequencies(self, unit: str, terms: Sequence[str]) -> FloatArray:
        return np.array([self._searcher.doc_freq(unit, term) for term in terms], np.float32)

    def _idf(self, frequencies: FloatArray) -> FloatArray:
        passages = self._counted()
        return inverse_frequencies(np.minimum(frequencies, passages), passages)

    def _counted(self) -> int:
        """How many passages the frequencies are of, removed ones among them."""
        return int(self._searcher.doc_freq("kind", _PASSAGE))

    def _present(self) -> int:
        return max(0, int(self._searcher.num_docs) - 1)

    def _read_sequence(self) -> int:
        query = self._tantivy.Query.term_query(self._schema, "kind", self._stamp)
        hits = self._searcher.search(query, 1, count=False).hits
        return int(self._searcher.doc(hits[0][1])["sequence"][0]) if hits else 0

    def _read_mean_lengths(self) -> dict[str, float]:
        sums = {unit: {"sum": {"field": f"{unit}_length"}} for unit in UNITS}
        found = self._searcher.aggregate(self._tantivy.Query.all_query(), sums)
        return {unit: (found[unit]["value"] or 1) / max(1, self._present()) for unit in UNITS}


@contextmanager
def _clear_errors() -> Iterator[None]:
    """Tantivy raises ValueError for whatever it can't read or write. Raises LibraryError."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = str(error).split("\n")[0]
        raise LibraryError(
            f"The library's terms can't be used ({reason}): check the disk's space and "
            "permissions, or delete the folder `lexical` in the library to have it made anew.",
            f"资料库的词语索引无法使用（{reason}）：请检查磁盘空间和权限，"
            "或删除资料库中的 `lexical` 文件夹以重新生成。",
        ) from error


def _schema(tantivy: Any) -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("sequence", stored=True)
    builder.add_integer_field("number", indexed=True, fast=True)
    builder.add_bytes_field("text", stored=True)
    builder.add_text_field("words", stored=True, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("ngrams", tokenizer_name="whitespace", index_option="freq")
    for unit in UNITS:
        builder.add_integer_field(f"{unit}_length", fast=True)
    return builder.build()


def _count(unit: str, term: str, words: Sequence[str], texts: Sequence[str]) -> list[int]:
    """How often ``term`` stands in each passage, of which the stored words and text are given."""
    if unit == "words" or not tokens.is_han(term):
        framed = f" {term} "
        return [line.count(framed) for line in words]
    if len(term) == 2 and term[0] == term[1]:
        overlapping = re.compile(f"(?={term})")  # 哈哈 stands in 哈哈哈 twice
        return [len(overlapping.findall(text)) for text in texts]
    return [text.count(term) for text in texts]
