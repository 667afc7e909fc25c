"""Serves until Ctrl-C or SIGTERM."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import uvicorn
from anyio import to_thread
from fastapi import FastAPI
from starlette.applications import Starlette

from chat import i18n
from chat.assistant import Assistant
from chat.settings import Settings
from chat.web.api import create_app
from chat.web.logs import set_up_logs
from ingest.errors import SettingError

FAREWELL_SECONDS = 3  # how long answers under way are waited for when the server stops
LAST_WORD_SECONDS = 1  # more, to tell the others that it does


def serve(assistant: Assistant, settings: Settings, *, examples: Sequence[str] = ()) -> None:
    """Serve until Ctrl-C or SIGTERM. Raises SettingError when the port or the host can't be had,
    and KeyboardInterrupt when a second Ctrl-C has cut short what was under way.
    """
    listener = listen(settings)
    set_up_logs(settings.log_format)
    app = create_app(assistant, settings, examples=examples)
    url = f"http://{shown_host(settings.host)}:{settings.port}"
    for language in i18n.LANGUAGES:
        print(i18n.text("api.address", language, url=url), flush=True)  # noqa: T201
    run(_Server(app, assistant), listener)


def run(server: Server, listener: socket.socket) -> None:
    """Serve until a signal comes. Raises KeyboardInterrupt when a second one has cut it short."""
    with listener:
        server.run(sockets=[listener])
    if server.force_exit:
        raise KeyboardInterrupt


class Server(uvicorn.Server):
    """Ends with the first signal, at once with the second."""

    def __init__(self, app: Starlette) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,  # ours tells more, and less
                log_config=None,
                log_level="warning",
                proxy_headers=False,  # the app knows whom to trust
                server_header=False,
                timeout_graceful_shutdown=FAREWELL_SECONDS + LAST_WORD_SECONDS,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals that stop it; they have then done what they were sent for."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; at once if that is the second signal, whichever it is."""
        self.force_exit = self.should_exit
        super().handle_exit(sig, frame)


class _Server(Server):
    """Ends what is under way when it stops: answers and uploads."""

    def __init__(self, app: FastAPI, assistant: Assistant) -> None:
        super().__init__(app)
        self._app = app
        self._assistant = assistant
        self._finding: asyncio.Future[list[str]]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and look for the page's examples, for which its first visitor would wait."""
        await super().startup(sockets)
        self._finding = asyncio.ensure_future(to_thread.run_sync(self._assistant.examples))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop taking questions, let those under way be answered, if that doesn't take long."""
        asyncio.get_running_loop().call_later(FAREWELL_SECONDS, self._app.state.ending.stop)
        await super().shutdown(sockets)


def listen(settings: Settings) -> socket.socket:
    """The socket that the settings name. Raises SettingError when it can't be had."""
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


def shown_host(host: str) -> str:
    """The host to type into a browser on this machine."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104
    return everywhere.get(host, f"[{host}]" if ":" in host else host)
