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
    ├── NotInstalled           an optional package is needed
    ├── QuestionError          an empty or far too long question
    ├── ServerBusy             too many questions are waiting
    │   └── ServerStopping
    ├── NotAllowed             what the server doesn't let anyone do, or not from there
    ├── Unauthorized           a token is needed, or it is another one
    ├── TooManyRequests        more a minute than the server takes from one
    ├── BodyTooLarge           a request of more bytes than the server takes
    ├── SlowRequest            a request that doesn't come to its end
    └── TimedOut               an answer takes longer than it may

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


class NotInstalled(WenjinError):
    """An optional package that isn't installed."""


class QuestionError(WenjinError):
    """A question that can't be asked."""


class ServerBusy(WenjinError):
    """Too many questions wait already to be answered."""


class ServerStopping(ServerBusy):
    """What is under way ends, as the server does."""


class NotAllowed(WenjinError):
    """A request that this server doesn't take, or not from there."""


class Unauthorized(WenjinError):
    """A token is needed, or it is another one."""


class TooManyRequests(WenjinError):
    """More in a minute than the server takes from one address or site; after so many ``seconds``
    it takes the next.
    """

    def __init__(self, english: str, chinese: str, seconds: int) -> None:
        super().__init__(english, chinese)
        self.seconds = seconds


class BodyTooLarge(WenjinError):
    """A request of more bytes than the server takes."""


class SlowRequest(WenjinError):
    """A request that doesn't come to its end."""


class TimedOut(WenjinError):
    """An answer that takes longer than it may."""
