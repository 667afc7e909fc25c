"""The page: Gradio's shell, in which scripts of our own (``static/page.js``) draw the chat from
what the API gives.

Imports Gradio, which takes a second or two: to be imported when a server starts.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

from fastapi import FastAPI


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


with _without_stubs():
    import gradio as gr

TITLE = "问津 Wenjin"
MAX_UPLOAD = "1kb"  # nothing is uploaded through Gradio, but its route for it is open
SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "sans-serif")
STYLES = ("reading", "page", "house", "conversation", "reader", "turn", "feedback", "library")
FRAME = Path(__file__).parent / "static" / "frame.html"  # what the scripts fill


def mount_page(app: FastAPI, path: str, *, language: str = "auto") -> None:
    """Put the chat page into ``app`` at ``path``: ``/``, or a path one level below it, where it is
    the bare chat for a frame. ``language`` is "auto" for what the browser asks for.
    """
    root = "" if path == "/" else "../"
    gr.mount_gradio_app(
        app,
        _blocks(root, language),
        path,
        footer_links=[],
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        max_file_size=MAX_UPLOAD,
        theme=gr.themes.Base(font=SANS, font_mono=("monospace",)),  # so that nothing is fetched
        head="".join(f'<link rel="stylesheet" href="{root}wenjin/{name}.css">' for name in STYLES)
        + f'<script type="module" blocking="render" src="{root}wenjin/theme.js"></script>'
        + f'<script type="module" src="{root}wenjin/page.js"></script>',
    )


def _blocks(root: str, language: str) -> gr.Blocks:
    frame = FRAME.read_text(encoding="utf-8")
    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with blocks:
        gr.HTML(
            f'<div id="wenjin" data-root="{root}" data-language="{escape(language)}">{frame}</div>',
            apply_default_css=False,
        )
    return blocks
