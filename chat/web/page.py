"""The page: Gradio's shell, in which scripts of our own (``static/page.js``) draw the chat from
what the API gives.

Imports Gradio, which takes a second or two: to be imported when a server starts.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any, cast

from fastapi import FastAPI
from starlette.routing import Mount

from chat.web.guard.shell import Shell


@contextmanager
def _without_stubs() -> Iterator[None]:
    """Keeps Gradio from writing type stubs beside its own modules, which is most of what importing
    it takes: it writes none for a class that has no file.
    (https://github.com/gradio-app/gradio/blob/main/gradio/component_meta.py)
    """
    getfile = inspect.getfile

    def no_file_of_gradio(of: Any) -> str:
        if getattr(of, "__module__", "").startswith("gradio."):
            raise OSError
        return getfile(of)

    inspect.getfile = no_file_of_gradio  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.getfile = getfile


@contextmanager
def _without_servers() -> Iterator[None]:
    """Keeps blocks from making two servers of their own, which take longer to make than all else:
    they are for those who launch them.
    """
    module: Any = sys.modules[gr.Blocks.__module__]
    app = module.App
    module.App = _NoServer
    try:
        yield
    finally:
        module.App = app


class _NoServer:
    """Stands for the server of blocks that have none."""

    @staticmethod
    def create_app(*_: object, **__: object) -> None:
        """Nothing."""


with _without_stubs():
    import gradio as gr

TITLE = "问津 Wenjin"
MAX_UPLOAD = "1kb"  # nothing is uploaded through Gradio
SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "sans-serif")
STYLES = (  # what comes later says more of the same
    *("reading", "page", "controls", "ask", "conversations", "turn", "sources", "why", "feedback"),
    *("reader", "library", "token", "about"),
)


def mount_page(
    app: FastAPI, path: str, sites: Iterable[str] = (), *, language: str = "auto"
) -> None:
    """Put the chat page into ``app`` at ``path``: ``/``, or a path one level below it, where it is
    the bare chat for a frame. ``sites`` may frame it. ``language`` is "auto" for what the browser
    asks for.
    """
    root = "" if path == "/" else "../"
    gr.mount_gradio_app(
        app,
        _blocks(),
        path,
        footer_links=[],
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        max_file_size=MAX_UPLOAD,
        theme=gr.themes.Base(font=SANS, font_mono=("monospace",)),  # so that nothing is fetched
        head="".join(f'<link rel="stylesheet" href="{root}wenjin/{name}.css">' for name in STYLES)
        + f'<script type="module" blocking="render" src="{root}wenjin/theme.js"></script>'
        + f'<script type="module" src="{root}wenjin/page.js" data-root="{root}" '
        f'data-language="{escape(language)}"></script>',
    )
    mounted = cast("Mount", app.routes[-1])
    mounted.app = Shell(mounted.app, sites)


def _blocks() -> gr.Blocks:
    """Room for the frame; `frame.js` fills it."""
    with _without_servers():
        blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
        with blocks:
            gr.Column(elem_id="shell")
    return blocks
