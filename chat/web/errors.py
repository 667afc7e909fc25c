"""What the server says when something fails."""

from __future__ import annotations

from chat.records import Record
from ingest.errors import (
    ArticleNotFound,
    LibraryBusy,
    QuestionError,
    WenjinError,
)

_STATUS = {ArticleNotFound: 404, QuestionError: 422, LibraryBusy: 503}


def status_of(error: WenjinError) -> int:
    """The HTTP status that says what kind of failure it was."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def error_record(error: WenjinError) -> Record:
    """The failure as JSON, in both languages."""
    message = {"en": error.in_language("en"), "zh": error.in_language("zh")}
    return {"status": status_of(error), "error": message}
