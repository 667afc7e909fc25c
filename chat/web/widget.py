"""The widget: a script for other sites' pages, the modules that it loads, and their texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles

from chat import i18n

SCRIPT = Path(__file__).parent / "static" / "widget" / "widget.js"
ANYONE = {"Access-Control-Allow-Origin": "*"}  # may load what is the same for everyone

# what it says in the page's words
SHARED = (
    *("close", "edit", "empty", "error", "everything", "examples", "filters", "loading", "number"),
    *("open", "placeholder", "question", "reading", "retry", "searched", "searched.filtered"),
    *("searching", "seconds", "send", "source", "stop", "stopped", "suggestions", "understood"),
    *("answered", "disagreement", "nearest"),
    *("refused", "refused.filtered", "refused.none", "refused.note"),
)


def widget_texts(language: str) -> dict[str, str]:
    """The texts that the widget's scripts show."""
    table = i18n.table(language)
    own = {key[7:]: value for key, value in table.items() if key.startswith("widget.")}
    return {key: table[f"page.{key}"] for key in SHARED} | own


def widget_routes() -> APIRouter:
    """The script's address, and a module of texts a language."""
    router = APIRouter()

    @router.get(
        "/widget.js",
        tags=["pages"],
        operation_id="widget",
        summary="The script that puts the chat on a page · 嵌入脚本",
        response_class=Script,
        response_description="The script.",
    )
    def script() -> FileResponse:
        return FileResponse(SCRIPT, headers=ANYONE, media_type=Script.media_type)

    @router.get("/wenjin/widget/texts/{language}.js", include_in_schema=False)
    def texts(language: str) -> Response:
        table = widget_texts(i18n.choose_language(language))
        content = f"export default {json.dumps(table, ensure_ascii=False)};\n"
        return Script(content, 200, ANYONE)

    return router


class Script(Response):
    """JavaScript."""

    media_type = "text/javascript"


class PublicFiles(StaticFiles):
    """Files that the pages of any site may load as modules."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """As of StaticFiles, with leave for everyone."""
        response = super().file_response(*args, **kwargs)
        response.headers.update(ANYONE)
        return response
