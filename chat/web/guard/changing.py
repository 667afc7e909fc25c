"""Who may change the library over HTTP."""

from __future__ import annotations

from fastapi import Request

from chat.settings import ADMIN_TOKEN, Settings
from chat.web.guard.origins import host_name, is_local, who_asks
from chat.web.guard.token import admin_token, check_token
from ingest.errors import NotAllowed, SettingError


def check_changes_set(settings: Settings) -> None:
    """Raises SettingError if everyone could change the library, or who guesses a token."""
    if admin_token() is None and settings.allow_upload == "yes":
        raise SettingError(
            f"allow_upload is 'yes', but there is no token: set {ADMIN_TOKEN} in the environment "
            "(`openssl rand -hex 32` makes one), or leave allow_upload at 'auto'",
            f"allow_upload 为 yes，却没有口令：请设置环境变量 {ADMIN_TOKEN}"
            "（可用 openssl rand -hex 32 生成），或让 allow_upload 保持 auto",
        )


def changes_allowed(settings: Settings, request: Request) -> bool:
    """Whether the library can be changed by such a request, as ``allow_upload`` says.

    For ``auto`` the server has to listen on this computer's own address, and the request to be
    addressed to it: so neither a proxy opens the library to others, nor a foreign name that was
    made to mean this computer.
    """
    if settings.allow_upload == "auto":
        return is_local(settings.host) and is_local(host_name(request.headers.get("host", "")))
    return settings.allow_upload == "yes"


def check_change(settings: Settings, request: Request) -> None:
    """Raises NotAllowed for a change that isn't allowed, or that another site's page sends, and
    Unauthorized for one without the token, if there is one.
    """
    if not changes_allowed(settings, request):
        raise NotAllowed(
            f"the library can't be changed here: start Wenjin with --allow-upload yes and "
            f"{ADMIN_TOKEN} if it should",
            f"这里不能更改文库：如需更改，请用 --allow-upload yes 和 {ADMIN_TOKEN} 启动问津",
        )
    # Sites that were let in may ask, but not this.
    if who_asks(request.headers, frozenset()) == "foreign":
        raise NotAllowed(
            "the library can't be changed from another site: open Wenjin's own page",
            "不能从其他网站更改文库：请打开问津自己的页面",
        )
    token = admin_token()
    if token is not None or settings.allow_upload == "yes":
        check_token(request, token)
