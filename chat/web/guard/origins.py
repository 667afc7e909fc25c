"""Who asks, as browsers tell it: a page of ours, of a site that was let in, of another, or nobody's
(a script on somebody's machine).
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from chat.web.guard.paths import is_public
from chat.web.guard.refusing import refuse
from ingest.errors import NotAllowed, SettingError

Who = Literal["own", "listed", "foreign", "nobody"]

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
_ORIGIN = re.compile(f"https?://{_HOST.pattern}")
_USUAL_PORTS = {"http": ":80", "https": ":443"}


def listed_origins(setting: str) -> frozenset[str]:
    """The sites of the setting ``origins``, as browsers name them. Raises SettingError for what is
    none.
    """
    return frozenset(_origin(each) for each in re.split(r"[,\s]+", setting) if each)


def _origin(text: str) -> str:
    origin = text.lower().rstrip("/")
    if not _ORIGIN.fullmatch(origin):
        raise SettingError(
            f"origins: {text!r} is no site: write https://news.example, without a path and "
            "without *",
            f"origins：“{text}”不是网站：请写成 https://news.example，不带路径，不用 *",
        )
    return origin.removesuffix(_USUAL_PORTS[origin.partition(":")[0]])


def who_asks(headers: Headers, listed: frozenset[str]) -> Who:
    """Whose page sends a request with these headers. The origin ``null`` is foreign: any page can
    have it.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if _is_own(origin, site, headers.get("host", "")):
        return "own"
    if origin is None:
        return "nobody" if site in {None, "none"} else "foreign"
    return "listed" if origin in listed else "foreign"


def _is_own(origin: str | None, site: str | None, host: str) -> bool:
    """What a browser says of the page counts, and pages can't change it; one that doesn't say it
    names the page's origin, unless it only fetches what any page may show.
    """
    if site is not None:
        return site == "same-origin"
    own = f"://{host.lower()}"
    return origin is not None and bool(host) and origin.lower() in {f"http{own}", f"https{own}"}


class Origins:
    """Refuses what other sites' pages ask, except for what is for everyone."""

    def __init__(self, app: ASGIApp, listed: frozenset[str]) -> None:
        self.app = app
        self._listed = listed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request, or refuse it."""
        if scope["type"] == "lifespan" or is_public(scope["path"]):
            await self.app(scope, receive, send)
        elif who_asks(Headers(scope=scope), self._listed) == "foreign":
            await refuse(_foreign(), scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _foreign() -> NotAllowed:
    return NotAllowed(
        "pages of other sites may not ask here: whoever runs this Wenjin can let a site in with "
        "--origins",
        "其他网站的网页不能在这里提问：管理员可用 --origins 允许某个网站",
    )


class Hosts:
    """Refuses requests under names that a server for this computer alone doesn't have.

    A foreign page may have its own name mean this computer (DNS rebinding): then its requests come
    from there, look like the server's own, and only ``Host`` tells.
    """

    def __init__(self, app: ASGIApp, listed: frozenset[str]) -> None:
        self.app = app
        self._known = {urlsplit(origin).hostname for origin in listed}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request, or refuse it."""
        if scope["type"] == "lifespan" or self._is_known(Headers(scope=scope).get("host", "")):
            await self.app(scope, receive, send)
        else:
            await refuse(_unknown_host(), scope, receive, send)

    def _is_known(self, host: str) -> bool:
        name = host_name(host)
        return is_local(name) or _is_address(name) or name in self._known


def _unknown_host() -> NotAllowed:
    return NotAllowed(
        "this Wenjin is for its own computer, and isn't known by this name: behind a proxy, list "
        "the site's address in --origins",
        "问津在这里只供本机使用，不认识这个主机名：如在代理服务器之后，请把网站地址写进 --origins",
    )


def host_name(host: str) -> str:
    """The name or the address in a ``Host`` header, without a port; empty if that is none."""
    found = _HOST.fullmatch(host.lower())
    return found[1].strip("[]") if found else ""


def is_local(host: str) -> bool:
    """Whether that name or address is always this computer's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_address(host: str) -> bool:
    """Whether it is an address: nobody else can have it mean this computer."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
