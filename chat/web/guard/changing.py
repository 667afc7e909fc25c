"""Who may change the library over HTTP."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request

from chat.settings import Settings
from ingest.errors import NotAllowed


def changes_allowed(settings: Settings, request: Request) -> bool:
    """Whether the library can be changed by such a request, as ``allow_upload`` says.

    For ``auto`` the server has to listen on this computer's own address, and the request to be
    addressed to it: so neither a proxy opens the library to others, nor a foreign name that was
    made to mean this computer.
    """
    if settings.allow_upload == "auto":
        return _is_local(settings.host) and _is_local(request.url.hostname or "")
    return settings.allow_upload == "yes"


def check_change(settings: Settings, request: Request) -> None:
    """Raises NotAllowed for a change that isn't allowed, or that another site's page sends."""
    if not changes_allowed(settings, request):
        raise NotAllowed(
            "the library can't be changed here: start Wenjin with --allow-upload yes if it should",
            "这里不能更改文库：如需更改，请用 --allow-upload yes 启动问津",
        )
    if _is_foreign(request):
        raise NotAllowed(
            "the library can't be changed from another site: open Wenjin's own page",
            "不能从其他网站更改文库：请打开问津自己的页面",
        )


def _is_foreign(request: Request) -> bool:
    """Whether a browser says that a page of another site sends it; programs say nothing."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return True
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
