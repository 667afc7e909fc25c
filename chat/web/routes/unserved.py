"""What nobody answers: without this, the page would, which stands at the root."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from chat.web.errors import WrongAddress, WrongMethod
from chat.web.guard.paths import path_within
from chat.web.openai_errors import OPENAI

APIS = "/api/", OPENAI  # nothing below them is a page
METHODS = "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"


class Unserved(BaseRoute):
    """Comes after ``routes``, and refuses what is addressed to one of them with a method that it
    doesn't answer, and every other address of the API.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = tuple(routes)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the request is refused."""
        if scope["type"] != "http":
            return Match.NONE, {}
        of_api = path_within(scope).startswith(APIS)
        refused = of_api or self._best(scope) is not Match.NONE
        return (Match.FULL if refused else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Raises WrongMethod or WrongAddress."""
        allowed = [each for each in METHODS if self._best({**scope, "method": each}) is Match.FULL]
        if allowed:
            raise WrongMethod(scope["method"], allowed)
        raise WrongAddress(
            "nothing is at this address: /openapi.json lists those that there are",
            "此地址不存在：可用的地址见 /openapi.json",
        )

    def _best(self, scope: Scope) -> Match:
        return max((route.matches(scope)[0] for route in self._routes), key=lambda m: m.value)
