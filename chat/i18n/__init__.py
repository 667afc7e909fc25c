"""Everything a person reads, in Chinese and English: ``zh.json`` and ``en.json``, same keys.

Keys are flat and begin with the place they appear in: ``page.``, ``api.``, ``widget.``,
``cli.``; or with ``filter.``, which several show, or ``library.``, which answers say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
_HERE = Path(__file__).parent


@cache
def table(language: str) -> Mapping[str, str]:
    """Every text in ``language``, one of LANGUAGES, by its key."""
    content = (_HERE / f"{language}.json").read_text(encoding="utf-8")
    texts: dict[str, str] = json.loads(content)
    return texts


def text(key: str, language: str, **values: object) -> str:
    """The text ``key`` in ``language``, with ``values`` put in its ``{places}``.

    Raises KeyError for an unknown key or a place without a value.
    """
    return table(language)[key].format(**values)


def choose_language(wish: str | None, accepted: str = "", *, default: str = "en") -> str:
    """The language to speak: a ``wish`` that is known, else the first known one among ``accepted``
    (an Accept-Language header, or a locale such as ``zh_CN.UTF-8``), else ``default``.
    """
    for name in [wish or "", *accepted.split(",")]:
        language = name.strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return default
