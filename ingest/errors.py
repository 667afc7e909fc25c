"""Every error that Wenjin raises on purpose.

::

    WenjinError
    ├── ReadError              a file can't become articles; the others still do
    │   ├── EmptyFile
    │   ├── BinaryFile
    │   ├── UnknownFormat
    │   ├── UnknownEncoding
    │   ├── FileTooLarge   more bytes, pages, memory or time than is good
    │   ├── DamagedFile
    │   ├── LockedFile     a password is needed
    │   ├── MissingPart    an optional package isn't installed
    │   └── PartlyRead     something in a file was left out; the rest was read
    ├── LibraryError           the library can't do what was asked
    │   ├── LibraryNotFound
    │   ├── LibraryBusy
    │   ├── LibraryMismatch    made with another model or an older version
    │   └── ArticleNotFound
    ├── ModelError             a model is missing, damaged or refused (offline)
    ├── SettingError           an unknown setting, name or value
    ├── QuestionError          an empty or far too long question
    ├── ServerBusy             too many questions are waiting
    └── NotAllowed             the server doesn't let the library be changed from there

A message says what failed and what to do, in English and in Chinese, each in one line.
"""

from __future__ import annotations


class WenjinError(Exception):
    """The root. ``str(error)`` is the English message, ``error.in_language("zh")`` the Chinese."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english, chinese)
        self.english = english
        self.chinese = chinese

    def __str__(self) -> str:
        return self.english

    def in_language(self, language: str) -> str:
        """The message in ``language`` ("zh", or anything else for English)."""
        return self.chinese if language == "zh" else self.english


class ReadError(WenjinError):
    """A file can't become articles."""


class EmptyFile(ReadError):
    """Nothing, or only white space."""


class BinaryFile(ReadError):
    """Bytes that aren't text, in a file that claims to be."""


class UnknownFormat(ReadError):
    """A kind of file that no reader takes."""


class UnknownEncoding(ReadError):
    """Text whose encoding can't be told."""


class FileTooLarge(ReadError):
    """More bytes, pages, memory or time than a reader takes."""


class DamagedFile(ReadError):
    """A file that breaks the rules of its format."""


class LockedFile(ReadError):
    """A file that a password is needed for."""


class MissingPart(ReadError):
    """A file that only an optional package can read, which isn't installed."""


class PartlyRead(ReadError):
    """Something in a file was left out; the rest was read."""


class LibraryError(WenjinError):
    """The library can't do what was asked."""


class LibraryNotFound(LibraryError):
    """There is no library in that folder."""


class LibraryBusy(LibraryError):
    """Another process is writing."""


class LibraryMismatch(LibraryError):
    """The library was made with another model, or by another version."""


class ArticleNotFound(LibraryError):
    """No article has that id."""


class ModelError(WenjinError):
    """A model is missing, damaged or refused."""


class SettingError(WenjinError):
    """An unknown setting, name or value."""


class QuestionError(WenjinError):
    """A question that can't be asked."""


class ServerBusy(WenjinError):
    """Too many questions wait already to be answered."""


class NotAllowed(WenjinError):
    """A change that this server doesn't take, or not from there."""
