"""The administrator's token: who changes the library has to have it, where one is set."""

from __future__ import annotations

import os
from ipaddress import ip_address
from secrets import compare_digest

from fastapi import Request

from chat.settings import ADMIN_TOKEN
from chat.web.guard.origins import host_name, is_local
from ingest.errors import NotAllowed, SettingError, Unauthorized

SCHEME = "bearer"
SHORTEST = 16  # characters: what is guessed in years, not in an hour


def admin_token() -> str | None:
    """The token from the environment; None if there is none. Raises SettingError for one that is
    easily guessed, or that no header can carry.
    """
    token = os.environ.get(ADMIN_TOKEN)
    if not token:
        return None
    if len(token) < SHORTEST or not token.isascii() or not token.isprintable() or " " in token:
        raise SettingError(
            f"{ADMIN_TOKEN} must be {SHORTEST} or more letters, digits and signs without spaces: "
            "`openssl rand -hex 32` makes a good one",
            f"{ADMIN_TOKEN} 至少要有 {SHORTEST} 个英文字母、数字或符号，不含空格："
            "可用 openssl rand -hex 32 生成",
        )
    return token


def check_token(request: Request, token: str | None) -> None:
    """Raises Unauthorized unless the request's header has this token, which an address can't have.
    Nobody has one that isn't set.
    """
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if not given or scheme.lower() != SCHEME:
        raise Unauthorized(
            f"this needs the administrator's token ({ADMIN_TOKEN}), sent as "
            "Authorization: Bearer TOKEN",
            f"此操作需要管理口令（{ADMIN_TOKEN}），以 Authorization: Bearer 口令 的形式发送",
        )
    # Takes as long for any wrong token, so that it can't be found letter by letter.
    if token is None or not compare_digest(given.strip().encode(), token.encode()):
        raise Unauthorized("this token isn't the right one", "口令不正确")


def check_figures(request: Request) -> None:
    """Raises NotAllowed or Unauthorized for who may not read the server's figures: they are for
    who asks from this machine, or has the token.
    """
    if _is_from_here(request):
        return
    token = admin_token()
    if token is None:
        raise NotAllowed(
            "figures are only for who asks from the server's own machine: "
            f"set {ADMIN_TOKEN} to read them with a token",
            f"监控指标只能在服务器本机查看：如需远程查看，请设置 {ADMIN_TOKEN} 并使用口令",
        )
    check_token(request, token)


def _is_from_here(request: Request) -> bool:
    """Whether it comes from this machine, and from no proxy on it."""
    if request.client is None or "x-forwarded-for" in request.headers:
        return False
    if not is_local(host_name(request.headers.get("host", ""))):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:  # no address, but a name
        return False
