"""Answers, and everyone who asks: scripts, the command line, the page, the widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chat.assistant import Assistant

__all__ = ["Assistant"]


def __getattr__(name: str) -> object:
    """``Assistant`` is imported when it is first asked for: importing a package does nothing."""
    if name == "Assistant":
        from chat.assistant import Assistant

        return Assistant
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
