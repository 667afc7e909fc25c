"""A question's words in the other language, as a table of translations gives them."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from index.tokens import content, is_han, words
from index.types import Translation


@runtime_checkable
class Translator(Protocol):
    """An embedder that also knows how its tokens are said in the other language."""

    def translate(self, text: str) -> list[list[Translation]]:
        """For each token of ``text`` what it may be; a token that isn't known stays as it is."""


def translations(question: str, translator: Translator) -> list[list[Translation]]:
    """For each term of the question, but for stop words, what it may be in the other language.

    A Western word or a number may always stay as it is. If the translator cuts a word to pieces
    that it knows (zebra·fish), these are terms, too.
    """
    found: list[list[Translation]] = []
    for word in dict.fromkeys(content(question).split()):
        if is_han(word):
            found += translator.translate(word)
            continue
        spellings = dict.fromkeys([word, *words(word)])  # points, point
        parts = min(map(translator.translate, spellings), key=len)
        itself = Translation(word, 1.0)
        found += [[itself, *parts[0]]] if len(parts) == 1 else [[itself], *parts]
    return found
