"""Gradio's part of the page: only what the page is made of is let through, under a policy."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat.web.errors import WrongAddress
from chat.web.guard.headers import POLICY, page_policy
from chat.web.guard.paths import path_within

PAGE = frozenset({"", "/"})
PARTS = ("/assets/", "/static/js/iframeResizer.", "/theme.css")  # that its shell asks for
METHODS = frozenset({"GET", "HEAD"})


class Shell:
    """Keeps all else that Gradio answers shut: uploads, files, queues, settings."""

    def __init__(self, app: ASGIApp, sites: Iterable[str]) -> None:
        """``sites`` may show the page in frames."""
        self.app = app
        self._sites = tuple(sites)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request. Raises WrongAddress for what isn't the page's."""
        path = path_within(scope)
        if scope["type"] != "http" or scope["method"] not in METHODS:
            raise _nothing_there()
        if path in PAGE:
            await self._page(scope, receive, send)
        elif path.startswith(PARTS):
            await self.app(scope, receive, send)
        else:
            raise _nothing_there()

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page, once it is whole: its policy names what is in it."""
        start: Message = {}
        body = b""

        async def keep(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] != "http.response.body":
                await send(message)
            elif message.get("more_body", False):
                body += message["body"]
            else:
                body += message.get("body", b"")
                MutableHeaders(scope=start)[POLICY] = page_policy(body, self._sites)
                await send(start)
                await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, keep)


def _nothing_there() -> WrongAddress:
    return WrongAddress(
        "nothing is at this address: go to the server's first page",
        "此地址不存在：请打开首页",
    )
