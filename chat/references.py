"""Articles as references, for those who cite them: GB/T 7714—2015 and BibTeX."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from ingest.errors import SettingError
from ingest.types import Article

Format = Literal["gbt7714", "bibtex"]
_NAMED = 3  # authors, before "and others" (GB/T 7714—2015, 8.1.2)
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]+")
_NO_PERSON = re.compile(r",|\b(and|others)\b", re.IGNORECASE)  # what BibTeX would take apart
_MONTHS = "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"
# BibTeX counts braces even after a backslash, so none of the text may stay.
_TEX = str.maketrans(
    {
        "\\": "{\\textbackslash}",
        "{": "{\\textbraceleft}",
        "}": "{\\textbraceright}",
        "~": "{\\textasciitilde}",
        "^": "{\\textasciicircum}",
        **{special: f"\\{special}" for special in "$&%#_"},
    }
)


def reference(article: Article, form: str) -> str:
    """One of them. Raises SettingError for an unknown ``form``."""
    if form not in _FORMATS:
        raise SettingError(
            f"unknown form of references {form!r}; known are: {', '.join(_FORMATS)}",
            f"未知的参考文献格式“{form}”；可用的有：{'、'.join(_FORMATS)}",
        )
    return _FORMATS[form](article)


def references(articles: Iterable[Article], form: Format) -> str:
    """All of them, in their order; those in GB/T 7714 are numbered."""
    if form == "gbt7714":
        lines = (f"[{n}] {gbt7714(article)}\n" for n, article in enumerate(articles, start=1))
        return "".join(lines)
    uses: Counter[str] = Counter()
    entries = []
    for article in articles:
        key = reference_key(article)
        uses[key] += 1
        entries.append(bibtex(article, key if uses[key] == 1 else f"{key}-{uses[key]}"))
    return "\n".join(entries)


def gbt7714(article: Article) -> str:
    """The article as GB/T 7714—2015 has those of newspapers; what isn't known is left out.

    ``沈闻舟, 林一苇. 一条渡线的去与留[N]. 青石日报, 2026-05-18(3).`` A date that the page itself
    doesn't say stands in brackets. Names stay as they are printed.
    """
    date = article.published or ""
    if date and "published" in article.guessed:
        date = f"[{date}]"
    place = ", ".join(filter(None, [_line(article.source), date]))
    if place and article.page:
        place += f"({_line(article.page)})"
    mark = "[N]" if article.source else "[Z]"  # a newspaper; anything else
    parts = [_authors(article), _title(article) + mark, place]
    return ". ".join(filter(None, parts)) + "."


def bibtex(article: Article, key: str | None = None) -> str:
    """The article as an entry of BibTeX, ``@article``; ``@misc`` if nobody knows where it stood.

    ``key`` is `reference_key` of it unless given.
    """
    year, month, day = (*(article.published or "").split("-"), "", "", "")[:3]
    fields = {
        "author": " and ".join(_author(name) for name in article.authors if _line(name)),
        "title": f"{{{_tex(_title(article))}}}",  # its capitals stay
        "journal": _tex(article.source),
        "year": year,
        "day": day.lstrip("0"),
        "pages": _tex(article.page),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    if month:
        lines.append(f"  month = {_MONTHS[int(month) - 1]},\n")
    kind = "article" if article.source else "misc"
    return f"@{kind}{{{key or reference_key(article)},\n{''.join(lines)}}}\n"


def reference_key(article: Article) -> str:
    """What an entry is cited by: the first author's name (its last word, as in Western ones) and
    the year; the start of the article's id stands for a name that isn't known.
    """
    name = re.split(r"\s+", _line(article.authors[0]))[-1] if article.authors else ""
    return (re.sub(r"[\W_]", "", name).lower() or article.id[:8]) + (article.published or "")[:4]


def _authors(article: Article) -> str:
    names = list(filter(None, map(_line, article.authors)))
    if len(names) > _NAMED:
        names[_NAMED:] = ["等" if article.language == "zh" else "et al"]
    return ", ".join(names)


def _author(name: str) -> str:
    """A name in an entry of BibTeX."""
    return f"{{{_tex(name)}}}" if _NO_PERSON.search(name) else _tex(name)


def _title(article: Article) -> str:
    return ": ".join(filter(None, [_line(article.label), _line(article.subtitle)]))


def _line(text: str | None) -> str:
    return _BLANK.sub(" ", text or "").strip()


def _tex(text: str | None) -> str:
    return _line(text).translate(_TEX)


_FORMATS = {"gbt7714": gbt7714, "bibtex": bibtex}
