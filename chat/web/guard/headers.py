"""What every answer tells browsers: which of it they may run, and who may show it in a frame."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "content-security-policy"
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Gradio's shell styles its elements by attributes; scripts of its own are named by their hashes.
_PAGE = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors {framers}"
)
_SCRIPT = re.compile(rb"<script\b(?![^>]*\ssrc\s*=)[^>]*>(.*?)</script\s*>", re.DOTALL)


def page_policy(html: bytes, sites: Iterable[str]) -> str:
    """The policy of the page: it runs our files and the scripts that the server wrote into it, and
    stands in frames of our own and on those ``sites``.
    """
    hashes = (hashlib.sha256(script).digest() for script in _SCRIPT.findall(html))
    scripts = " ".join(f"'sha256-{base64.b64encode(each).decode()}'" for each in hashes)
    return _PAGE.format(scripts=scripts, framers=" ".join(("'self'", *sorted(sites))))


class SecurityHeaders:
    """Adds HEADERS to every answer, whoever gives it, and a policy that allows nothing to what has
    none of its own; streams pass through untouched.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request, and each message of the answer."""

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault(POLICY, NOTHING)
            await send(message)

        await self.app(scope, receive, send_on)
