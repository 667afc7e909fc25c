"""The part of a question for which another is asked about: 北京 in ``北京有多大？那天津呢？``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from chat.questions.words_chinese import ASKS, tagged
from index.tokens import fold
from ingest.page.surnames import SURNAMES

ALIKE = 0.3  # share of common characters from which two parts are of one kind
LONGEST = 5  # words
LONGEST_NAME = 3  # characters of a person's

TIME = re.compile(
    r"(?:[12]\d{3}|[〇零一二三四五六七八九]{4}|\d{2})年"
    r"(?:\d{1,2}月(?:\d{1,2}[日号])?|底|初|[上下]半年|第?[一二三四]季度)?"
    r"|\d{1,2}月(?:\d{1,2}[日号])?|[去今前明后]年|[上下]个?[周月]|[昨今明]天|[上下]半年"
    r"|第?[一二三四]季度"
)
_BREAKS = re.compile(r"[,，、。;；:：?？\s]")
_OF_WHAT = re.compile(r"(?P<whole>[^的]+)的(?P<part>[^的]{1,6}?)是(?:什么|多少|哪.{0,4}|几.{0,2})$")
_NAMES = {"nr": "person", "ns": "place", "nt": "body", "nz": "any", "j": "any"}


def put_in_place(part: str, question: str) -> str | None:
    """The ``question`` with ``part`` for what is of its kind: a time for a time, a noun for one
    that ends alike, a name for a name. None if nothing is.
    """
    new, asked = fold(part), fold(question)
    if TIME.fullmatch(new):
        start, end = _time(asked)
    elif span := _alike(new, asked) or _name(new, asked) or _noun(new, asked):
        start, end = span
    else:
        return None
    return question[:start] + part + question[end:]


def _time(asked: str) -> tuple[int, int]:
    """Of the first time; the start of a question that has none."""
    found = TIME.search(asked)
    return found.span() if found else (0, 0)


def _alike(new: str, asked: str) -> tuple[int, int] | None:
    """Of the words that end as ``new`` does, or begin with the same verb, and are most like it."""
    ranked = [
        (_share(new, asked[start:end]), -abs(len(new) - (end - start)), start, end)
        for start, end in _stretches(asked)
    ]
    share, _, start, end = max(ranked, default=(0.0, 0, 0, 0))
    return (start, end) if share >= ALIKE else None


def _stretches(asked: str) -> Iterator[tuple[int, int]]:
    """Every few words in a row that neither ask nor go over a comma."""
    words = tagged(asked)
    for first in range(len(words)):
        for word in words[first : first + LONGEST]:
            if _BREAKS.search(word.text) or ASKS.search(word.text):
                break
            yield words[first].start, word.end


def _share(new: str, old: str) -> float:
    """The share of characters that both have, if both end in one or begin with the same verb."""
    verb = tagged(new)[0]
    same_verb = verb.tag == "v" and verb.end < len(new) and old.startswith(verb.text)
    if new == old or not (new[-1] == old[-1] or same_verb):
        return 0.0
    common = (Counter(new) & Counter(old)).total()
    return (common + same_verb) / max(len(new), len(old))


def is_name(text: str) -> bool:
    """Whether ``text`` is nothing but the name of somebody or something, or a time."""
    return TIME.fullmatch(text) is not None or _kind(text) is not None


def _name(new: str, asked: str) -> tuple[int, int] | None:
    """Of the first name of the same kind, else of the first that may be."""
    kind = _kind(new)
    if kind is None:
        return None
    masked = TIME.sub(lambda found: "，" * len(found[0]), asked)
    names = [(word, _NAMES[word.tag[:2]]) for word in tagged(masked) if word.tag[:2] in _NAMES]
    for word, its_kind in sorted(names, key=lambda name: name[1] != kind):
        if its_kind == kind or "any" in (its_kind, kind):
            return word.start, word.end
    whole = _OF_WHAT.match(asked)
    if whole and not names and all(word.tag.startswith("n") for word in tagged(whole["whole"])):
        return whole.span("whole")
    return None


def _kind(new: str) -> str | None:
    """What a name is of; None of what is no name."""
    tags = [word.tag[:2] for word in tagged(new)]
    if len(tags) > 1 and len(new) <= LONGEST_NAME and new[0] in SURNAMES and "n" not in tags:
        return "person"
    nouns = all(tag.startswith(("n", "j", "a")) for tag in tags)
    return next((_NAMES[tag] for tag in tags if tag in _NAMES), None) if nouns else None


def _noun(new: str, asked: str) -> tuple[int, int] | None:
    """Of the Y in ``X的Y是多少``, for another noun that says what of X is asked."""
    found = _OF_WHAT.match(asked)
    if found and _kind(new) is None and all(word.tag in {"n", "vn"} for word in tagged(new)):
        return found.span("part")
    return None
