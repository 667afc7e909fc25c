"""What the server says when something fails."""

from __future__ import annotations

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from chat.records import Record
from ingest.errors import (
    ArticleNotFound,
    FileTooLarge,
    LibraryBusy,
    NotAllowed,
    QuestionError,
    ReadError,
    ServerBusy,
    WenjinError,
)

_STATUS = {
    ArticleNotFound: 404,
    FileTooLarge: 413,
    LibraryBusy: 503,
    NotAllowed: 403,
    QuestionError: 422,
    ReadError: 422,
    ServerBusy: 503,
}
RETRY_SECONDS = 5  # when to come again to a server or a library that was busy


class RequestError(WenjinError):
    """A request that isn't as it should be."""


def status_of(error: WenjinError) -> int:
    """The HTTP status that says what kind of failure it was."""
    if isinstance(error, RequestError):
        return 422
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def error_record(error: WenjinError) -> Record:
    """The failure as JSON, in both languages."""
    message = {"en": error.in_language("en"), "zh": error.in_language("zh")}
    return {"status": status_of(error), "error": message}


def error_response(record: Record) -> JSONResponse:
    """What `error_record` gives, as an answer; it says when to come again, if that helps."""
    status: int = record["status"]
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else None
    return JSONResponse(record, status, headers)


def misread(error: RequestValidationError) -> RequestError:
    """The failure that says where a request isn't as it should be."""
    if any(each["type"] == "json_invalid" for each in error.errors()):
        return RequestError("the request isn't JSON", "请求不是 JSON")
    # A place is ("body", "history", 0, "question"); a body that is missing is ("body",).
    places = dict.fromkeys(
        ".".join(map(str, each["loc"][1:] or each["loc"])) for each in error.errors()
    )
    return RequestError(
        f"the request isn't understood: mend {', '.join(places)}",
        f"请求无法理解：请改正 {'、'.join(places)}",
    )
