"""Behind a proxy: whose word counts, and the prefix that it puts before every path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

# What only a proxy may say. A forwarded host counts from nobody, as a page that has a foreign name
# mean this computer could send it: proxies are to leave Host as it is.
SAID_BY_PROXIES = frozenset({b"x-forwarded-for", b"x-forwarded-proto", b"x-request-id"})
SAID_BY_NOBODY = frozenset({b"x-forwarded-host", b"x-gradio-server"})


class TrustedProxies:
    """Takes the client's address and the scheme from the proxies in ``trusted`` (addresses and
    networks, comma separated); from others, what only a proxy may say isn't heard.
    """

    def __init__(self, app: ASGIApp, trusted: str) -> None:
        self._app = ProxyHeadersMiddleware(app, trusted)  # type: ignore[arg-type]  # its own types

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request, as what it may say tells."""
        if scope["type"] == "lifespan":
            await cast("ASGIApp", self._app)(scope, receive, send)
            return
        client = scope.get("client")
        trusted = client is not None and client[0] in self._app.trusted_hosts
        unheard = SAID_BY_NOBODY if trusted else SAID_BY_NOBODY | SAID_BY_PROXIES
        headers = [header for header in scope["headers"] if header[0] not in unheard]
        await cast("ASGIApp", self._app)({**scope, "headers": headers}, receive, send)


def prefix_of(root_path: str) -> str:
    """The setting as paths begin: ``/wenjin``, or nothing."""
    inner = root_path.strip("/")
    return f"/{inner}" if inner else ""


class WithoutPrefix:
    """Takes ``prefix`` away from paths, where the proxy hasn't; what is inside sees none.

    A path that begins like it is one of ours with the prefix before it if what follows is one of
    ours: ``/wenjin/api/ask`` is, ``/wenjin/page.js`` is a file of the page.
    """

    def __init__(
        self, app: ASGIApp, prefix: str, paths: Sequence[str], routes: Iterable[BaseRoute]
    ) -> None:
        """Ours are the ``paths``, and those of the ``routes`` that have one."""
        self.app = app
        self._prefix = prefix
        self._own = {_beginning(path) for path in (*paths, *_paths(routes))}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request; the bare prefix leads to the page."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["path"] == self._prefix and scope["type"] == "http":
            query = scope.get("query_string", b"").decode("latin-1")
            page = RedirectResponse(f"{self._prefix}/{'?' if query else ''}{query}")
            await page(scope, receive, send)
        else:
            path = self._within(scope["path"])
            await self.app({**scope, "path": path, "raw_path": path.encode()}, receive, send)

    def _within(self, path: str) -> str:
        inner = path.removeprefix(self._prefix)
        if inner == path or not inner.startswith("/"):
            return path
        return inner if _beginning(inner) in self._own else path


class WithPrefix:
    """Tells what is inside that ``prefix`` stands before the path, as ASGI has it."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request."""
        if scope["type"] != "lifespan":
            path = self._prefix + scope["path"]
            scope = {**scope, "root_path": self._prefix, "path": path, "raw_path": path.encode()}
        await self.app(scope, receive, send)


def _paths(routes: Iterable[BaseRoute]) -> list[str]:
    """The paths of these routes, and of those of the page, which is mounted at the root."""
    paths: list[str] = []
    for route in routes:
        found = route.routes if isinstance(route, Mount) and not route.path else [route]
        paths += [path for each in found if (path := getattr(each, "path", "")).startswith("/")]
    return [path for path in paths if not path.startswith("/{")]  # which any path would be


def _beginning(path: str) -> str:
    return path.split("/", 2)[1]
