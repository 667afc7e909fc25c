"""Which paths are for everyone: the page itself and what it is made of. All others are guarded, so
that a new one is until it is named here.
"""

from __future__ import annotations

from starlette.types import Scope

OPEN = frozenset(
    {
        *("/", "/embed", "/embed/", "/widget.js", "/favicon.ico"),
        *("/healthz", "/readyz", "/openapi.json", "/docs"),
    }
)
PAGES = ("/articles/",)
PARTS = (
    "/wenjin/",
    *(f"{root}/{part}" for root in ("", "/embed") for part in ("assets/", "static/", "theme.css")),
)


def is_public(path: str) -> bool:
    """Whether pages of any site may lead to that path, or show what is there."""
    return path in OPEN or path.startswith((*PAGES, *PARTS))


def is_part(path: str) -> bool:
    """Whether the page is made of what is there: it is cheap, and comes in dozens."""
    return path.startswith(PARTS) or path in {"/widget.js", "/favicon.ico", "/healthz"}


def path_within(scope: Scope) -> str:
    """The path as what is mounted there has it: without what stands before, ``root_path``."""
    before: str = scope.get("root_path", "")
    path: str = scope["path"]
    return path[len(before) :] if path == before or path.startswith(f"{before}/") else path
