"""What an index holds, as each of its commits says, and how the next one comes about."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import IO, Any

from index.lexical.document import IndexedText
from index.lexical.records import lengths_of

PASSAGE = "passage"  # the kind of all documents but one, which has the `Contents`


@dataclass(frozen=True, slots=True)
class Contents:
    """What an index holds: the passages of the source's state ``sequence`` (0 being none), cut by
    the lines of the user's ``dictionary``.

    ``file`` has their records, and those of some that were removed: ``records`` in ``size`` bytes.
    The passages that are there have so many ``words`` and ``ngrams``.
    """

    sequence: int = 0
    dictionary: str = ""
    file: str = ""
    size: int = 0
    records: int = 0
    words: int = 0
    ngrams: int = 0

    @classmethod
    def decode(cls, encoded: bytes) -> Contents:
        """What `encode` made bytes of. Raises ValueError and TypeError."""
        return cls(**json.loads(encoded))

    def encode(self) -> bytes:
        """As it is kept."""
        return json.dumps(asdict(self)).encode()

    def anew(self) -> Contents:
        """What there is before all passages are written to another file."""
        last = int(self.file.partition(".")[0] or 0)
        return Contents(file=f"{last + 1}.records")


class Writing:
    """Takes an index from one commit to the next."""

    def __init__(self, writer: Any, records: IO[bytes], begin: Contents) -> None:
        """With a writer of tantivy's, and the file that ``begin`` tells of, open at its end."""
        self._writer = writer
        self._file = records
        self._begin = begin
        self._size, self._records = begin.size, begin.records
        self._words, self._ngrams = begin.words, begin.ngrams

    def add(self, number: int, text: IndexedText) -> None:
        """Add a passage. Raises what tantivy and the file do."""
        import tantivy

        size = len(text.record)
        words, ngrams = lengths_of(text.record)
        self._writer.add_document(
            tantivy.Document(
                kind=PASSAGE,
                number=number,
                words=text.words,
                ngrams=text.chinese.split(),
                words_length=words,
                ngrams_length=ngrams,
                place=self._size,
                size=size,
            )
        )
        self._file.write(text.record)
        self._size += size
        self._records += 1
        self._words += words
        self._ngrams += ngrams

    def remove(self, numbers: Iterable[int], *, words: int, ngrams: int) -> None:
        """Remove passages, which have so many words and n-grams together; others don't matter."""
        for number in numbers:
            self._writer.delete_documents_by_term("number", number)
        self._words -= words
        self._ngrams -= ngrams

    def end(self, stamp: str, sequence: int, dictionary: str) -> None:
        """Add what tells of all this, in the place of what told of it before."""
        import tantivy

        contents = replace(
            self._begin,
            sequence=sequence,
            dictionary=dictionary,
            size=self._size,
            records=self._records,
            words=self._words,
            ngrams=self._ngrams,
        )
        self._writer.delete_documents_by_term("kind", stamp)
        self._writer.add_document(tantivy.Document(kind=stamp, contents=contents.encode()))
