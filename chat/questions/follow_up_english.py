"""English questions that lean on the one before them: telling them, and completing them."""

from __future__ import annotations

import re

from index.tokens import STOP_WORDS

LONGEST_TOPIC = 160  # characters of the former question
MOST_WORDS = 3  # that a question opening with "and" may have and still lean on the one before
MOST_WORDS_IN_A_PART = 5

_THANKS = re.compile(r"(?:thanks?(?: you)?|ok(?:ay)?|great|i see|right|good)[,.!\s]+", re.I)
_OPENING = re.compile(
    r"(?:and(?: what| how)? about|what about|how about|what if|and|but|or|also|so|then)\b[,\s]*",
    re.I,
)
_END = re.compile(r"[?？.。!\s]+$")
_ASKS = re.compile(r"\b(?:what|which|who|whom|whose|when|where|why|how)\b", re.I)
_VERB = "do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|may|might|must"
_ASKS_YES_OR_NO = re.compile(rf"(?:{_VERB})\b", re.I)
_POINTS = re.compile(
    r"\b(?:its|it|he|him|his|she|her|hers|they|them|their|theirs|this|these|those"
    r"|that(?=\W*$|\s+(?:is|was|happen|mean|take|cost|work))|(?<=\b(?:is|of|by|in) )that"
    r"|(?<=\b(?:was|for) )that|(?<!\b(?:are|was) )(?<!\b(?:were) )(?<!\bis )there(?=\W*$))\b",
    re.I,
)
# "How long does it take to …" and "Is it true that …" point at nothing.
_NOTHING = re.compile(
    r"\bit (?:called when|(?:takes?|costs?)\b.*\bto|true|possible|necessary|\w+ (?:to|that|for))\b",
    re.I,
)
_AFTER_VERB = re.compile(rf"\b(?:{_VERB})(?:n't)?\s+(?={_POINTS.pattern})", re.I)
_ANTECEDENT = re.compile(r"(?<!^)\b[A-Z]|\b(?:the|an?|my|our|your)\s+(?!same\b)\w|[\"“]")
_NAMED = re.compile(r"(?<!^)\b[A-Z]")
_POSSESSIVES = frozenset({"its", "his", "her", "their"})
_ARTICLE = re.compile(
    r"\b(?:the (?:article|piece|column)|(?:this|that) (?:article|piece|column|story|report))\b"
    r"(?!\s+(?:on|about|of|that|which|by|for|from|in)\b)",
    re.I,
)
_ASKS_FOR_BYLINE = re.compile(
    r"\b(?:authors?|byline|headline|title|published|printed|written|wrote|newspaper)\b", re.I
)
_AUTHOR = re.compile(r"\b(the (?:authors?|headline|title))\b", re.I)
_WHAT_IT_IS = re.compile(
    r"(?i:(?:what|who|which|where)(?:'s|\s+(?:is|are|was|were))\s+)(?P<what>(?i:the|an?)\s.+|[A-Z“\"].*)$"
)
_WHO_DID = re.compile(r"who\s+(?P<what>(?!is\b|are\b|was\b|were\b|do\b|does\b|did\b).+)$", re.I)
_QUESTION_WORDS = re.compile(
    rf"^(?:in |on |at |from |to |for )?(?:how \w+|what|which|who|whom"
    rf"|whose|when|where|why|how)\b(?:\s+(?:{_VERB})\b)?|^(?:{_VERB})\b",
    re.I,
)
_NUMBER = r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|first|second|third)"
_TIME = (
    r"(?:(?:in|since|by|on)\s+)?(?:[12]\d{3}"
    r"|(?:last|this|next) (?:year|month|week|spring|summer|autumn|winter)"
    rf"|{_NUMBER} (?:years?|months?|weeks?) (?:ago|before|later)|today|now|yesterday)"
)
_NAME = r"[A-Z][\w’'-]*(?: (?:of |the )?[A-Z][\w’'-]*)*"
# Words for anything: what a question of these alone is about, the one before it says.
_GENERAL_WORDS = """
    more else next happen happened happens tell say says said mean means give example examples
    explain reason reasons cause result results effect effects exactly again anything something
    other others another detail details further elaborate work works go went come came get got
    thing things way ways author title headline article newspaper published date name made make
    still really yes ok later afterwards before after long old big large far often only even just
    consequence consequences purpose aim benefit benefits advantage advantages disadvantage
    disadvantages cost
"""
_GENERAL = frozenset(_GENERAL_WORDS.split())


def leans(question: str) -> bool:
    """Whether the question can't be understood without the one before it."""
    bare = _bare(question)
    words = _own_words(bare)
    if not words:
        return True
    opened = _OPENING.match(bare)
    if _is_part(bare):
        return opened is not None and len(words) <= MOST_WORDS_IN_A_PART
    if _points_back(bare):
        return True
    return opened is not None and len(words) <= MOST_WORDS and not re.search(rf" {_NAME}", bare)


def topic(question: str) -> str:
    """What the question is about: a noun phrase if it has one, else its text without what asks."""
    last = re.split(r"[?？!]\s*", _bare(question))[-1]
    return (_noun_phrase(last) or _QUESTION_WORDS.sub("", last).strip())[:LONGEST_TOPIC]


def asks_about_article(question: str, title: str) -> str | None:
    """The question with the title in it, if it asks about the article cited before."""
    rest = _rest(question)
    if article := _ARTICLE.search(rest):
        return _capital(_replaced(rest, article, f"“{title}”"))
    if not _ASKS_FOR_BYLINE.search(rest):
        return None
    if not all(map(_ASKS_FOR_BYLINE.search, _own_words(rest))):
        return None
    if points := _POINTS.search(rest):
        possessive = "’s" if points[0].lower() == "its" else ""
        return _capital(_replaced(rest, points, f"“{title}”{possessive}"))
    named, count = _AUTHOR.subn(rf"\1 of “{title}”", rest, count=1)
    return _capital(named) if count else None


def completed(question: str, former: str, about: str) -> str:
    """The leaning ``question`` with what it takes from the ``former`` one, ``about`` that."""
    bare, rest = _bare(question), _rest(question)
    part = _bare(rest)
    if _is_part(bare) and not _POINTS.fullmatch(part):
        asked = _bare(former)
        return f"{_put_in_place(part, asked) or _beside(part, asked)}?"
    points = _POINTS.search(rest)
    if points and _noun_phrase(_bare(former)) == about:
        possessive = "’s" if points[0].lower() in _POSSESSIVES else ""
        if points[0].lower() == "her" and not re.match(r"\s+\w", rest[points.end() :]):
            possessive = ""
        return _capital(_replaced(rest, points, about + possessive))
    return f"{_capital(about)}: {rest[:1].lower()}{rest[1:]}"


def _put_in_place(part: str, former: str) -> str | None:
    """The ``former`` question with ``part`` for what is of its kind: time, number or name."""
    for kind, flags in ((_TIME, re.I), (_NUMBER, re.I), (_NAME, 0)):
        if re.fullmatch(kind, part, flags):
            found = re.search(rf"(?<!^)\b{kind}\b", former, flags)
            return _replaced(former, found, part) if found else None
    end = part.rsplit(maxsplit=1)[-1].lower()
    for found in re.finditer(r"(?:\bthe )?[\w’'-]+", former):
        word = found[0].rsplit(maxsplit=1)[-1].lower()
        if word != end and "'" in end and word.endswith(end[-4:]):
            return _replaced(former, found, part)
    return None


def _beside(part: str, former: str) -> str:
    if part and not _own_words(part):  # Anything else?
        return f"{former}, {part[0].lower()}{part[1:]}"
    return f"{former}, and {part or 'what else'}"


def _noun_phrase(bare: str) -> str | None:
    """The X of "what is X", or who does what "who …" asks for."""
    if (found := _WHAT_IT_IS.match(bare)) and not _ASKS.search(found["what"]):
        return found["what"]
    if (found := _WHO_DID.match(bare)) and not _ASKS.search(found["what"]):
        return f"the one who {found['what']}"
    return None


def _points_back(bare: str) -> bool:
    """Whether a pronoun has nothing before it that it may stand for."""
    points = _POINTS.search(bare)
    if points is None or _NOTHING.search(bare):
        return False
    before = bare[: points.start()]
    if _ANTECEDENT.search(before) or (not _ASKS.search(before) and _NAMED.search(bare)):
        return False
    if points[0].lower() in _POSSESSIVES and _own_words(before):
        return False
    return bool(_AFTER_VERB.search(bare)) or len(_own_words(before)) <= 1


def _is_part(bare: str) -> bool:
    """Whether it asks nothing itself: "and Tianjin"."""
    rest = _OPENING.sub("", bare)
    return not _ASKS.search(rest) and not _ASKS_YES_OR_NO.match(rest)


def _own_words(bare: str) -> list[str]:
    """The words that say what the question is about."""
    opened = _OPENING.match(bare)
    words = re.findall(r"[\w’'-]+", bare[opened.end() if opened else 0 :])
    return [w for w in words if w.lower() not in STOP_WORDS and w.lower() not in _GENERAL]


def _bare(question: str) -> str:
    """Without thanks before it and the mark that ends it."""
    return _END.sub("", _THANKS.sub("", question) if _THANKS.match(question) else question)


def _rest(question: str) -> str:
    """Without thanks and "and" before it."""
    for pattern in (_THANKS, _OPENING):
        if start := pattern.match(question):
            question = question[start.end() :]
    return question


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _replaced(text: str, found: re.Match[str], new: str) -> str:
    return text[: found.start()] + new + text[found.end() :]
