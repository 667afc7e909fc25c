"""The words of a Chinese question with their parts of speech."""

from __future__ import annotations

import re
from dataclasses import dataclass

ASKS = re.compile(
    r"什么|为何|如何|何[时地处在]|怎|哪|谁|多少|多[大长高久远深宽重快]|几|吗|是不是|有没有|能否"
    r"|可否|是否|能不能|会不会|可不可以|啥|咋"
)


@dataclass(frozen=True, slots=True)
class Word:
    """The word at ``text[start:end]``, with its part of speech as jieba names it."""

    text: str
    tag: str
    start: int
    end: int


def tagged(text: str) -> list[Word]:
    """All that ``text`` consists of, in order."""
    import rjieba

    found: list[Word] = []
    end = 0
    for word, tag in rjieba.tag(text):
        found.append(Word(word, tag, end, end + len(word)))
        end += len(word)
    return found
