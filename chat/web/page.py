"""The page: Gradio's shell, in which scripts of our own (``static/page.js``) draw the chat from
what the API gives.

Imports Gradio, which takes two seconds: to be imported when a server starts.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

import gradio as gr
from fastapi import FastAPI

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
