"""What the server answers: the page, the API, the articles on pages of their own, the widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.errors import ServerErrorMiddleware

from chat import i18n
from chat.assistant import Assistant
from chat.settings import Settings
from chat.web.article_page import article_page, error_page
from chat.web.ending import Ending
from chat.web.errors import (
    NOT_JSON,
    Unexpected,
    error_record,
    error_response,
    headers_of,
    misread,
)
from chat.web.guard.origins import listed_origins
from chat.web.guard.paths import path_within
from chat.web.guard.token import check_figures
from chat.web.guard.wall import add_guard
from chat.web.logs import RequestLog
from chat.web.metrics import Measured, Metrics
from chat.web.openai_errors import OPENAI, openai_failure
from chat.web.openapi import describe, described_paths
from chat.web.proxies import TrustedProxies, WithoutPrefix, WithPrefix, prefix_of
from chat.web.room import Room
from chat.web.routes.asking import ask_routes
from chat.web.routes.completions import completion_routes
from chat.web.routes.feedback import feedback_routes
from chat.web.routes.health import health_routes
from chat.web.routes.library import Id, library_routes
from chat.web.routes.referring import reference_routes
from chat.web.routes.searching import search_routes
from chat.web.routes.unserved import Unserved
from chat.web.routes.uploads import upload_routes
from chat.web.schemas.failures import failures
from chat.web.view import View
from chat.web.widget import PublicFiles, widget_routes
from ingest.errors import WenjinError

HERE = Path(__file__).parent
READING = "/articles/"
READING_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)


def create_app(
    assistant: Assistant, settings: Settings, *, examples: Sequence[str] = ()
) -> FastAPI:
    """The whole server. ``examples`` are questions that the page offers to begin with."""
    from chat.web.page import mount_page

    own_version = version("wenjin")
    app = FastAPI(title="Wenjin", version=own_version, docs_url=None, redoc_url=None)
    describe(app)
    app.state.ending = ending = Ending(settings.timeout)
    room = Room(ending=ending)
    metrics = Metrics(assistant, room)
    say_errors(app, settings)

    routers = (
        ask_routes(assistant, room),
        search_routes(assistant),
        completion_routes(assistant, room),
        library_routes(assistant, settings, examples=examples),
        upload_routes(assistant, settings, ending),
        reference_routes(assistant),
        feedback_routes(assistant, Path(settings.library)),
        widget_routes(),
        health_routes(assistant, metrics, check_figures),
    )
    for router in routers:
        app.include_router(router)

    @app.get("/wenjin/texts/{language}.json", include_in_schema=False)
    def texts(language: str) -> JSONResponse:
        return JSONResponse(page_texts(i18n.choose_language(language)))

    @app.get(
        "/articles/{article_id}",
        tags=["pages"],
        operation_id="article_page",
        summary="An article on a page of its own · 文章网页",
        response_class=HTMLResponse,
        response_description="The page.",
        responses=failures(403, 404, 422, 429, 500, kind="text/html"),
    )
    def article(
        request: Request,
        article_id: Id,
        start: Annotated[int, Query(ge=0, description="Where the marked words begin.")] = 0,
        end: Annotated[int, Query(ge=0, description="Where they end.")] = 0,
        lang: Annotated[str, Query(description="`zh` or `en`; else what is accepted.")] = "",  # noqa: ARG001
    ) -> HTMLResponse:
        found, same = assistant.article(article_id), assistant.same_articles(article_id)
        return _reading(article_page(found, start, end, _view(request, settings), same))

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> FileResponse:
        return FileResponse(HERE / "static" / "icon.svg")

    @app.get("/embed", include_in_schema=False)
    def embed(request: Request) -> RedirectResponse:
        return RedirectResponse(f"embed/?{request.url.query}")

    paths = described_paths(*routers, app.router)
    # From the inside outwards: who guards sees paths without the prefix.
    if prefix := prefix_of(settings.root_path):
        app.add_middleware(WithPrefix, prefix=prefix)
    add_guard(app, settings)
    app.add_middleware(Measured, metrics=metrics, paths=paths)
    if prefix:
        app.add_middleware(WithoutPrefix, prefix=prefix, paths=paths, routes=app.routes)
    app.add_middleware(RequestLog)
    app.add_middleware(TrustedProxies, trusted=settings.trusted_proxies)

    app.router.routes.append(Unserved(app.routes))
    app.mount("/wenjin", PublicFiles(directory=HERE / "static"))
    sites = listed_origins(settings.origins)
    mount_page(app, "/embed", sites, language=settings.language)
    mount_page(app, "/", sites, language=settings.language)
    return app


def say_errors(app: FastAPI, settings: Settings) -> None:
    """Have it answer errors: articles with a page in the reader's language, all else in JSON."""

    @app.exception_handler(WenjinError)
    def failed(request: Request, error: WenjinError) -> Response:
        path = path_within(request.scope)
        if path.startswith(OPENAI):
            return openai_failure(error, request.headers.get("accept-language", ""))
        record = error_record(error)
        if not path.startswith(READING):
            return error_response(record, headers_of(error))
        view = _view(request, settings)
        page = error_page(error.in_language(view.language), view)
        return _reading(page, record["status"], headers_of(error))

    @app.exception_handler(RequestValidationError)
    def refused(request: Request, error: RequestValidationError) -> Response:
        return failed(request, misread(error))

    @app.exception_handler(HTTPException)
    async def unread(request: Request, error: HTTPException) -> Response:
        if error.status_code == 400:  # how FastAPI answers what isn't even text
            return failed(request, NOT_JSON)
        return await http_exception_handler(request, error)

    def broke(request: Request, error: Exception) -> Response:  # noqa: ARG001  # uvicorn logs it
        return failed(request, Unexpected())

    # A handler of Exception would answer outside of all other middleware: without its headers.
    app.add_middleware(ServerErrorMiddleware, handler=broke)


def _view(request: Request, settings: Settings) -> View:
    wish = request.query_params.get("lang") or settings.language
    language = i18n.choose_language(wish, request.headers.get("accept-language", ""))
    return View(language, root="../")


def _reading(
    content: str, status: int = 200, headers: Mapping[str, str] = MappingProxyType({})
) -> HTMLResponse:
    return HTMLResponse(content, status, {"Content-Security-Policy": READING_POLICY, **headers})


def page_texts(language: str) -> dict[str, str]:
    """The texts that the page's scripts show."""
    table = i18n.table(language)
    return {key[5:]: value for key, value in table.items() if key.startswith("page.")}
