"""What every command of the command line is given: the settings, and a voice."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chat import i18n
from chat.settings import Settings

if TYPE_CHECKING:
    from chat.assistant import Assistant
    from index.embed import Embedder
    from index.index import Index

STOPPED = 130  # the exit code that shells give for SIGINT
SLOW_KINDS = ("sentence-transformers:", "transformers:")
LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set decides, as in POSIX


def message_language(wish: str, environment: Mapping[str, str]) -> str:
    """The language ("zh" or "en") of messages: ``wish``, or for "auto" the locale's."""
    locale = next((environment[name] for name in LOCALE_VARIABLES if environment.get(name)), "")
    return i18n.choose_language(wish, locale)


@dataclass(frozen=True, slots=True)
class Context:
    """The settings a command runs with and the language ("zh" or "en") it speaks."""

    settings: Settings
    language: str

    def text(self, key: str, **values: object) -> str:
        """The text ``cli.<key>``."""
        return i18n.text(f"cli.{key}", self.language, **values)

    def note(self, key: str, **values: object) -> None:
        """Print the text ``cli.<key>`` on stderr, where it doesn't disturb what is piped on."""
        print(self.text(key, **values), file=sys.stderr, flush=True)

    def open_assistant(self) -> Assistant:
        """The assistant over the library. Raises LibraryError and ModelError."""
        from chat.assistant import Assistant

        self._note_loading(self.settings.embedder, self.settings.generator)
        return Assistant.open(self.settings.library, settings=self.settings)

    def open_index(self, *, create: bool = False) -> Index:
        """The library itself. Raises LibraryError and ModelError."""
        from index.index import Index

        settings, embedder = self.settings, self.load_embedder()
        return Index.open(Path(settings.library), embedder, create=create, device=settings.device)

    def load_embedder(self) -> Embedder:
        """The embedder alone. Raises SettingError and ModelError."""
        from index.embed import load_embedder

        settings = self.settings
        self._note_loading(settings.embedder)
        return load_embedder(settings.embedder, device=settings.device, offline=settings.offline)

    def _note_loading(self, *specs: str) -> None:
        """These take seconds to load, and more to fetch: say so."""
        for spec in specs:
            if spec.startswith(SLOW_KINDS):
                self.note("loading", spec=spec)


def print_json(record: Any, *, indent: int | None = 2) -> None:
    """Print ``record`` as JSON: Chinese as itself, or escaped where the output can't hold it.

    With ``indent`` None it is a line.
    """
    encoding = sys.stdout.encoding or "utf-8"  # None: a buffer of text
    holds_all = encoding.lower().startswith("utf")
    print(json.dumps(record, ensure_ascii=not holds_all, indent=indent), flush=True)
