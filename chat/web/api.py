"""What the server answers: the page, the API, the articles on pages of their own, the widget."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat import i18n
from chat.assistant import Assistant
from chat.settings import Settings
from chat.web.article_page import article_page, error_page
from chat.web.errors import error_record, error_response, misread, status_of
from chat.web.guard.changing import changes_allowed
from chat.web.routes.asking import ask_routes
from chat.web.routes.feedback import feedback_routes
from chat.web.routes.library import library_routes
from chat.web.routes.referring import reference_routes
from chat.web.routes.uploads import upload_routes
from chat.web.view import View
from ingest.errors import WenjinError

HERE = Path(__file__).parent
API = "/api/"
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
    own_version = version("wenjin")

    say_errors(app, settings)
    app.include_router(ask_routes(assistant))
    app.include_router(library_routes(assistant, settings))
    app.include_router(upload_routes(assistant, settings))
    app.include_router(reference_routes(assistant))
    app.include_router(feedback_routes(assistant, Path(settings.library)))

    @app.get("/api/library")
    def library(request: Request) -> JSONResponse:
        record = {
            "articles": assistant.article_count,
            "passages": assistant.passage_count,
            "version": own_version,
            "changes": changes_allowed(settings, request),
            "examples": list(examples) or assistant.examples(),
        }
        return JSONResponse(record)

    @app.get("/wenjin/texts/{language}.json")
    def texts(language: str) -> JSONResponse:
        return JSONResponse(page_texts(i18n.choose_language(language)))

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

    app.mount("/wenjin", StaticFiles(directory=HERE / "static"))
    mount_page(app, "/embed", language=settings.language)
    mount_page(app, "/", language=settings.language)
    return app


def say_errors(app: FastAPI, settings: Settings) -> None:
    """Have it answer errors: the API in JSON, all else with a page in the reader's language."""

    @app.exception_handler(WenjinError)
    def failed(request: Request, error: WenjinError) -> Response:
        if request.url.path.startswith(API):
            return error_response(error_record(error))
        view = _view(request, settings)
        return _reading(error_page(error.in_language(view.language), view), status_of(error))

    @app.exception_handler(RequestValidationError)
    def refused(request: Request, error: RequestValidationError) -> Response:
        return failed(request, misread(error))


def _view(request: Request, settings: Settings) -> View:
    wish = request.query_params.get("lang") or settings.language
    language = i18n.choose_language(wish, request.headers.get("accept-language", ""))
    return View(language, root="../")


def _reading(content: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(content, status, {"Content-Security-Policy": READING_POLICY})


def page_texts(language: str) -> dict[str, str]:
    """The texts that the page's scripts show."""
    table = i18n.table(language)
    return {key[5:]: value for key, value in table.items() if key.startswith("page.")}


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
