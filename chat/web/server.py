"""Serves until Ctrl-C."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import suppress

import uvicorn
from fastapi import FastAPI
from starlette.routing import Mount

from chat import i18n
from chat.assistant import Assistant
from chat.settings import Settings
from chat.web.api import create_app
from ingest.errors import SettingError

FAREWELL_SECONDS = 3  # how long Ctrl-C waits for answers under way


def serve(assistant: Assistant, settings: Settings, *, examples: Sequence[str] = ()) -> None:
    """Serve until Ctrl-C. Raises SettingError when the port or the host can't be had."""
    listener = _listen(settings)
    app = create_app(assistant, settings, examples=examples)
    url = f"http://{_shown(settings.host)}:{settings.port}"
    for language in i18n.LANGUAGES:
        print(i18n.text("api.address", language, url=url), flush=True)  # noqa: T201
    with listener, suppress(KeyboardInterrupt):
        _Server(app).run(sockets=[listener])


class _Server(uvicorn.Server):
    """When it stops, it first ends Gradio's streams: every open page holds one without an end."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                timeout_graceful_shutdown=FAREWELL_SECONDS,
                server_header=False,
            )
        )
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop taking questions, let those under way be answered."""
        from gradio.routes import App

        for route in self._app.routes:
            if isinstance(route, Mount) and isinstance(route.app, App):
                route.app.stop_event.set()
        await super().shutdown(sockets)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise SettingError(
            f"can't listen on {settings.host}, port {settings.port} ({error.strerror}): "
            "stop what uses it, or choose another with --port",
            f"无法监听 {settings.host} 的端口 {settings.port}（{error.strerror}）："
            "请停掉占用它的程序，或用 --port 换一个",
        ) from error


def _shown(host: str) -> str:
    """The host to type into a browser on this machine."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104
    return everywhere.get(host, f"[{host}]" if ":" in host else host)
