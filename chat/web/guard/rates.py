"""How much one may ask in a minute: an address, and all pages of a site together."""

from __future__ import annotations

import time
from ipaddress import ip_address, ip_network
from math import ceil

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from chat.web.guard.origins import who_asks
from chat.web.guard.paths import is_part
from chat.web.guard.refusing import refuse
from ingest.errors import TooManyRequests

QUESTIONS = frozenset({"/api/ask", "/api/search", "/v1/chat/completions", "/mcp"})  # take work
MORE = 10  # times as much is allowed to a site, and of what takes less work
REMEMBERED = 10_000  # addresses and sites; when there are more, all begin anew
OF_ONE = 64  # bits of an IPv6 address, of which one subscriber has all that follow


class Rates:
    """Refuses what is more than ``questions`` a minute of one address, MORE times as many of one
    site that was let in, and MORE times as much of anything else of one address.

    Counts by two windows (the strategy "sliding-window-counter"): a number for each who asks and
    minute, while a list of times would be kept for each that ever came.
    """

    def __init__(self, app: ASGIApp, questions: int, listed: frozenset[str]) -> None:
        self.app = app
        self._few = RateLimitItemPerMinute(questions)
        self._many = RateLimitItemPerMinute(MORE * questions)
        self._listed = listed
        self._forget()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request, or say when to come again."""
        if scope["type"] != "http" or is_part(scope["path"]):
            await self.app(scope, receive, send)
        elif wait := self._wait(scope):
            await refuse(_too_many(wait), scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _wait(self, scope: Scope) -> int:
        """After how many seconds to come again; 0 for who is let in, and counted."""
        if len(self._counts.storage) > REMEMBERED:
            self._forget()
        for limit, *whose in self._limits(scope):
            if not self._limiter.hit(limit, *whose):
                free = self._limiter.get_window_stats(limit, *whose).reset_time
                return max(1, ceil(free - time.time()))
        return 0

    def _limits(self, scope: Scope) -> list[tuple[RateLimitItemPerMinute, str, str]]:
        address = one_of(scope)
        if scope["path"] not in QUESTIONS or scope["method"] == "OPTIONS":
            return [(self._many, "other", address)]
        headers = Headers(scope=scope)
        site = who_asks(headers, self._listed) == "listed"
        of_site = [(self._many, "site", headers["origin"])] if site else []
        return [(self._few, "questions", address), *of_site]

    def _forget(self) -> None:
        self._counts = MemoryStorage()
        self._limiter = SlidingWindowCounterRateLimiter(self._counts)


def one_of(scope: Scope) -> str:
    """The client's address, or of IPv6 the network that one subscriber has."""
    client = scope.get("client")
    if client is None:  # it came by a socket without addresses
        return ""
    try:
        address = ip_address(client[0].partition("%")[0])
    except ValueError:
        return str(client[0])
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, OF_ONE), strict=False))


def _too_many(wait: int) -> TooManyRequests:
    return TooManyRequests(
        f"these are too many requests in a minute: come again in {wait} s",
        f"一分钟内的请求太多：请 {wait} 秒后再来",
        wait,
    )
