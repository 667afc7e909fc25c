"""The MCP server over HTTP. It needs the extra ``mcp``, as `chat.mcp` does."""

from __future__ import annotations

from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette

from chat.assistant import Assistant
from chat.i18n import text
from chat.mcp import make_server
from chat.settings import Settings
from chat.web.guard.wall import add_guard
from chat.web.logs import RequestLog, set_up_logs
from chat.web.proxies import TrustedProxies
from chat.web.server import Server, listen, run, shown_host

PATH = "/mcp"


def serve_http(assistant: Assistant, settings: Settings, language: str) -> None:
    """Serve until Ctrl-C or SIGTERM. Raises SettingError when the port or the host can't be had,
    and KeyboardInterrupt when a second Ctrl-C has cut short what was under way.
    """
    listener = listen(settings)
    set_up_logs(settings.log_format)
    app = http_app(assistant, settings, language)
    url = f"http://{shown_host(settings.host)}:{settings.port}{PATH}"
    print(text("cli.mcp.address", language, url=url), flush=True)  # noqa: T201
    run(Server(app), listener)


def http_app(assistant: Assistant, settings: Settings, language: str) -> Starlette:
    """The server over HTTP, guarded as the page's is. It keeps no sessions.

    Raises SettingError for settings that would leave it open.
    """
    app = make_server(assistant, language).streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        json_response=True,
        # Ours knows the setting of origins.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    add_guard(app, settings)
    app.add_middleware(RequestLog)
    app.add_middleware(TrustedProxies, trusted=settings.trusted_proxies)
    return app
