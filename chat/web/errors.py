"""What the server says when something fails."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from chat.records import Record
from chat.web.logs import request_id
from ingest.errors import (
    ArticleNotFound,
    BodyTooLarge,
    FileTooLarge,
    LibraryBusy,
    NotAllowed,
    QuestionError,
    ReadError,
    ServerBusy,
    SlowRequest,
    TimedOut,
    TooManyRequests,
    Unauthorized,
    WenjinError,
)

_log = logging.getLogger("wenjin.errors")


class RequestError(WenjinError):
    """A request that isn't as it should be."""


class WrongAddress(WenjinError):
    """Nothing is at that address."""


class WrongMethod(WenjinError):
    """What is at that address doesn't answer this method, but those that are ``allowed``."""

    def __init__(self, method: str, allowed: Iterable[str]) -> None:
        self.allowed = ", ".join(allowed)
        super().__init__(
            f"{method} isn't answered here: use {self.allowed}",
            f"此处不接受 {method} 请求：请用 {self.allowed}",
        )


class Unexpected(WenjinError):
    """What nobody foresaw: whoever is answered learns only under which number the log has it."""

    def __init__(self) -> None:
        number = request_id() or "-"
        super().__init__(
            f"the server failed: tell whoever runs it the number {number}",
            f"服务器出错了：请把编号 {number} 告诉管理员",
        )


_STATUS: dict[type[WenjinError], int] = {
    ArticleNotFound: 404,
    BodyTooLarge: 413,
    FileTooLarge: 413,
    LibraryBusy: 503,
    NotAllowed: 403,
    QuestionError: 422,
    ReadError: 422,
    ServerBusy: 503,
    SlowRequest: 408,
    TimedOut: 504,
    TooManyRequests: 429,
    RequestError: 422,
    Unauthorized: 401,
    WrongAddress: 404,
    WrongMethod: 405,
}
RETRY_SECONDS = 5  # when to come again to a server or a library that was busy


NOT_JSON = RequestError("the request isn't JSON", "请求不是 JSON")


def status_of(error: WenjinError) -> int:
    """The HTTP status that says what kind of failure it was."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def error_record(error: WenjinError) -> Record:
    """The failure as JSON, in both languages. One of the server's own is logged."""
    if status_of(error) == 500 and not isinstance(error, Unexpected):
        _log.error("%s", error, exc_info=error)
    message = {"en": error.in_language("en"), "zh": error.in_language("zh")}
    return {"status": status_of(error), "error": message}


def headers_of(error: WenjinError) -> dict[str, str]:
    """What the failure says in headers."""
    if isinstance(error, WrongMethod):
        return {"Allow": error.allowed}
    if isinstance(error, Unauthorized):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, TooManyRequests):
        return {"Retry-After": str(error.seconds)}
    # What is still to come of such a request isn't read.
    return {"Connection": "close"} if isinstance(error, (BodyTooLarge, SlowRequest)) else {}


def error_response(
    record: Record, headers: Mapping[str, str] = MappingProxyType({})
) -> JSONResponse:
    """What `error_record` gives, as an answer; it says when to come again, if that helps."""
    status: int = record["status"]
    return JSONResponse(record, status, {**again(status), **headers})


def again(status: int) -> dict[str, str]:
    """The header that says when to come again, to a server or a library that was busy."""
    return {"Retry-After": str(RETRY_SECONDS)} if status == 503 else {}


def misread(error: RequestValidationError) -> RequestError:
    """The failure that says where a request isn't as it should be."""
    if any(each["type"] == "json_invalid" for each in error.errors()):
        return NOT_JSON
    # A place is ("body", "history", 0, "question"); a body that is missing is ("body",).
    places = dict.fromkeys(
        ".".join(map(str, each["loc"][1:] or each["loc"])) for each in error.errors()
    )
    return RequestError(
        f"the request isn't understood: mend {', '.join(places)}",
        f"请求无法理解：请改正 {'、'.join(places)}",
    )
