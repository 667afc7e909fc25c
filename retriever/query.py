"""What a question says about itself."""

from __future__ import annotations

import re

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
WESTERN_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+")


def language_of(text: str) -> str:
    """The language of a question or a short text: "zh" or "en".

    A Han character weighs as much as a Western word, so that a Chinese question about
    ``GPT-4 Turbo`` stays Chinese; text without either counts as Chinese.
    """
    return "en" if len(WESTERN_WORD.findall(text)) > len(HAN.findall(text)) else "zh"
