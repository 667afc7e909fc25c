"""Text as units: Chinese characters one by one, words and numbers in whole."""

from __future__ import annotations

import functools
import re

from index.tokens import normalise

NUMBER = re.compile(r"\d[\d.,]*|[一二三四五六七八九十百千万亿两零〇]")
_UNIT = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+|[^\W_]")


@functools.lru_cache(maxsize=1024)  # passages are read more than once in a search
def spaced(text: str) -> str:
    """The units of ``text``, normalised, each between two spaces: `` 共 21.6 km ``."""
    return f" {' '.join(_UNIT.findall(normalise(text)))} "
