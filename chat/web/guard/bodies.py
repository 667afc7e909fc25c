"""How much may be sent, and how slowly."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat.web.guard.refusing import refuse
from ingest.errors import BodyTooLarge, SlowRequest, WenjinError

LARGEST = 1_000_000  # bytes of a request; a file that is added is as large as its reader takes
PATIENCE = 30  # seconds for a request to come, or for the next piece of a file
FILES = "/api/articles"  # who adds some is known, and its route counts


class Bodies:
    """Refuses what is too large or comes too slowly. Once a request is there, nothing is touched:
    who listens whether the client is gone may listen for ever.
    """

    def __init__(self, app: ASGIApp, patience: float = PATIENCE) -> None:
        self.app = app
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request, and refuse it as soon as it is too much."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Body(receive, self._patience, is_file=scope["path"] == FILES)
        begun = False

        async def send_on(message: Message) -> None:
            nonlocal begun
            if body.failure is None or begun:  # what others say of a broken request isn't it
                begun = True
                await send(message)

        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal():
            body.count(int(announced))
        if body.failure is None:
            await self.app(scope, body.receive, send_on)
        if body.failure and not begun:
            await refuse(body.failure, scope, receive, send)


class _Body:
    """A request's body on its way in."""

    def __init__(self, receive: Receive, patience: float, *, is_file: bool) -> None:
        self.failure: WenjinError | None = None
        self._receive = receive
        self._patience = patience
        self._is_file = is_file
        self._came = 0
        self._is_whole = False
        self._until = asyncio.get_running_loop().time() + patience

    def count(self, size: int) -> None:
        """Sees whether so many bytes are too many."""
        if size > LARGEST and not self._is_file:
            self.failure = _too_large()

    async def receive(self) -> Message:
        """The next message. Raises BodyTooLarge and SlowRequest."""
        if self._is_whole:
            return await self._receive()
        message = await self._in_time()
        self._came += len(message.get("body", b""))
        self.count(self._came)
        self._is_whole = not message.get("more_body", False)
        if self.failure:
            raise self.failure
        return message

    async def _in_time(self) -> Message:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._patience if self._is_file else self._until
        try:
            async with asyncio.timeout_at(until):
                return await self._receive()
        except TimeoutError:
            self.failure = _too_slow()
            raise self.failure from None


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(
        f"the request is larger than {LARGEST // 1_000_000} MB: send less at a time",
        f"请求超过 {LARGEST // 1_000_000} MB：请减少每次发送的内容",
    )


def _too_slow() -> SlowRequest:
    return SlowRequest(
        f"the request didn't come within {PATIENCE} s: send it again",
        f"请求未能在 {PATIENCE} 秒内收完：请重新发送",
    )
