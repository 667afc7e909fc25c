"""The web server: the chat page, the articles on pages of their own, the widget."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat import i18n
from chat.assistant import Assistant
from chat.settings import Settings
from chat.web.article_page import article_page, error_page
from chat.web.view import View
from ingest.errors import (
    ArticleNotFound,
    LibraryBusy,
    QuestionError,
    SettingError,
    WenjinError,
)

HERE = Path(__file__).parent
STATUS = {ArticleNotFound: 404, QuestionError: 422, LibraryBusy: 503}
FAREWELL_SECONDS = 3  # how long Ctrl-C waits for answers under way
READING_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
)
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}


def create_app(
    assistant: Assistant, settings: Settings, *, examples: Sequence[str] = ()
) -> FastAPI:
    """The whole server. ``examples`` are questions that the page offers to begin with."""
    from chat.web.page import mount_page

    app = FastAPI(title="Wenjin", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(SecurityHeaders)
    app.mount("/wenjin", StaticFiles(directory=HERE / "static"))

    @app.exception_handler(WenjinError)
    def failed(request: Request, error: WenjinError) -> HTMLResponse:
        view = _view(request, settings)
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        return _reading(error_page(error.in_language(view.language), view), status)

    @app.get("/articles/{article_id}")
    def article(
        request: Request,
        article_id: str,
        start: Annotated[int, Query(ge=0)] = 0,
        end: Annotated[int, Query(ge=0)] = 0,
    ) -> HTMLResponse:
        found, same = assistant.article(article_id), assistant.same_articles(article_id)
        return _reading(article_page(found, start, end, _view(request, settings), same))

    @app.get("/widget.js")
    def widget() -> Response:
        return Response(widget_script(), media_type="text/javascript")

    @app.get("/favicon.ico")
    def icon() -> FileResponse:
        return FileResponse(HERE / "static" / "icon.svg")

    @app.get("/healthz")
    def health() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @app.get("/embed")
    def embed(request: Request) -> RedirectResponse:
        return RedirectResponse(f"embed/?{request.url.query}")

    mount_page(app, assistant, "/embed", language=settings.language)
    mount_page(app, assistant, "/", language=settings.language, examples=examples)
    return app


def _view(request: Request, settings: Settings) -> View:
    wish = request.query_params.get("lang") or settings.language
    language = i18n.choose_language(wish, request.headers.get("accept-language", ""))
    return View(language, articles=0, root="../")


def _reading(content: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(content, status, {"Content-Security-Policy": READING_POLICY})


def widget_script() -> str:
    """``widget.js`` with its texts in every language put in."""
    texts = {
        language: {
            key.removeprefix("widget."): value
            for key, value in i18n.table(language).items()
            if key.startswith("widget.")
        }
        for language in i18n.LANGUAGES
    }
    source = (HERE / "widget" / "widget.js").read_text(encoding="utf-8")
    return source.replace("__TEXTS__", json.dumps(texts, ensure_ascii=False), 1)


class SecurityHeaders:
    """Adds HEADERS to every answer, whoever gives it; streams pass through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request, and each message of the answer."""

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_on)


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
