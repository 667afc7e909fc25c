"""Errors under ``/v1``, in the shape that OpenAI's clients read."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from chat.i18n import LANGUAGES, choose_language
from chat.records import Record
from chat.web.errors import RequestError, again, error_record, headers_of
from ingest.errors import WenjinError

OPENAI = "/v1/"  # what the paths of its interface begin with

# By status: the type of the error, and a code for those that have none of their own.
_KINDS = {
    401: ("authentication_error", "invalid_api_key"),
    403: ("permission_error", "permission_denied"),
    404: ("invalid_request_error", "not_found"),
    405: ("invalid_request_error", "method_not_allowed"),
    429: ("rate_limit_error", "rate_limit_exceeded"),
}
_OF_CLIENT = ("invalid_request_error", None)
_OF_SERVER = ("server_error", None)


class Refused(RequestError):
    """A request that can't be answered as it is meant: ``param`` is the part of it to change."""

    def __init__(
        self, english: str, chinese: str, *, param: str | None, code: str, status: int = 400
    ) -> None:
        super().__init__(english, chinese)
        self.param = param
        self.code = code
        self.status = status


def openai_failure(error: WenjinError, accepted: str) -> JSONResponse:
    """The error as an answer, in the language that ``accepted`` (an Accept-Language header) names,
    or in both.
    """
    record = error_record(error)
    if isinstance(error, Refused):
        record |= {"status": error.status, "param": error.param, "code": error.code}
    response = openai_response(record, accepted)
    response.headers.update(headers_of(error))
    return response


def openai_response(record: Record, accepted: str) -> JSONResponse:
    """What `error_record` gives, as an answer; it says when to come again, if that helps."""
    status: int = record["status"]
    shown = 400 if status == 422 else status  # OpenAI tells them no apart
    return JSONResponse(openai_error(record, accepted), shown, again(status))


def openai_error(record: Record, accepted: str) -> Record:
    """What `error_record` gives, in OpenAI's shape."""
    status: int = record["status"]
    kind, code = _KINDS.get(status, _OF_SERVER if status >= 500 else _OF_CLIENT)
    chosen = choose_language(None, accepted, default="")
    languages = (chosen,) if chosen else LANGUAGES
    return {
        "error": {
            "message": " / ".join(record["error"][language] for language in languages),
            "type": kind,
            "param": record.get("param"),
            "code": record.get("code", code),
        }
    }
