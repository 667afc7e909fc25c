"""Compares parsed articles with the truth of generated pages, and tells the score per trait."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from page_generator import GeneratedPage, TrueArticle

from ingest.formats import File
from ingest.newspaper import parse_page
from ingest.read import read
from ingest.types import Article

if TYPE_CHECKING:
    from page_pdf import GeneratedPdf

SHINGLE = 8
_NO_DASHES = str.maketrans("", "", "—-－")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one true article fared; ``found`` is the parsed article that shares most with it."""

    page: GeneratedPage | GeneratedPdf
    truth: TrueArticle
    found: Article | None
    body: bool
    title: bool
    authors: bool
    affiliation: bool
    headings: bool

    @property
    def right(self) -> bool:
        return self.body and self.title and self.authors


@dataclass(frozen=True, slots=True)
class PageOutcome:
    articles: tuple[Outcome, ...]
    invented: int


def compact(text: str | None) -> str:
    """The text without white space."""
    return "".join((text or "").split())


def true_body(truth: TrueArticle) -> str:
    return compact("".join(truth.paragraphs))


def compare(page: GeneratedPage | GeneratedPdf) -> PageOutcome:
    """Parse the page and pair each true article with the parsed one that resembles it most."""
    articles = _parsed(page)
    pairs = _pairs(page.truth, articles)
    outcomes = tuple(
        _outcome(page, truth, articles[pairs[number]] if number in pairs else None)
        for number, truth in enumerate(page.truth)
    )
    return PageOutcome(outcomes, len(articles) - len(pairs))


def _parsed(page: GeneratedPage | GeneratedPdf) -> Sequence[Article]:
    if isinstance(page, GeneratedPage):
        return parse_page(page.text, path=page.name)
    return read(File(page.name, content=page.data)).articles


def _pairs(truths: Sequence[TrueArticle], articles: Sequence[Article]) -> dict[int, int]:
    shingles = [_shingles(compact(article.text)) for article in articles]
    scored = sorted(
        (
            (-len(_shingles(true_body(truth)) & shingles[j]), i, j)
            for i, truth in enumerate(truths)
            for j in range(len(articles))
        ),
    )
    pairs: dict[int, int] = {}
    for score, i, j in scored:
        if score < 0 and i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs


def _shingles(text: str) -> set[str]:
    return {text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1)}


def _dashless(text: str) -> str:
    """The text without white space and dashes: those that open a subtitle are no part of it."""
    return compact(text).translate(_NO_DASHES)


def _outcome(
    page: GeneratedPage | GeneratedPdf, truth: TrueArticle, found: Article | None
) -> Outcome:
    if found is None:
        return Outcome(page, truth, None, *[False] * 5)
    title, subtitle = truth.title or "", truth.subtitle or ""
    fronts = {"", truth.eyebrow or ""}
    titles = {_dashless(front + title + end) for front in fronts for end in ("", subtitle)}
    return Outcome(
        page=page,
        truth=truth,
        found=found,
        body=compact(found.text) == true_body(truth),
        title=_dashless((found.title or "") + (found.subtitle or "")) in titles,
        authors=found.authors == truth.authors,
        affiliation=compact(found.affiliation) == compact(truth.affiliation),
        headings=[compact(h.text) for h in found.headings] == [compact(h) for h in truth.headings],
    )


def table(outcomes: Iterable[Outcome]) -> str:
    """Shares of right bodies, titles, authors, affiliations and headings, by trait."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups["ALL"].append(outcome)
        for trait in outcome.truth.traits:
            groups[trait].append(outcome)
    columns = ("body", "title", "author", "affil", "heads")
    rows = [f"{'trait':24} {'count':>5} " + " ".join(f"{column:>6}" for column in columns)]
    for trait, group in sorted(groups.items(), key=lambda item: (item[0] != "ALL", item[0])):
        shares = (
            share([outcome.body for outcome in group]),
            share([outcome.title for outcome in group]),
            share([outcome.authors for outcome in group]),
            share([outcome.affiliation for outcome in group]),
            share([outcome.headings for outcome in group]),
        )
        rows.append(f"{trait:24} {len(group):5} " + " ".join(f"{100 * s:6.1f}" for s in shares))
    return "\n".join(rows)


def share(values: Sequence[bool]) -> float:
    return sum(values) / len(values)


def show_failures(pages: Iterable[GeneratedPage | GeneratedPdf]) -> None:
    """Print what differs, article by article, then the table."""
    results = [compare(page) for page in pages]
    for result in results:
        for outcome in result.articles:
            if not outcome.right:
                print(_difference(outcome))
        if result.invented:
            print(f"--- {result.articles[0].page.name}: {result.invented} articles too many")
    print(table(outcome for result in results for outcome in result.articles))


def _difference(outcome: Outcome) -> str:
    truth, found = outcome.truth, outcome.found
    lines = [f"--- {outcome.page.name}: {truth.title}  [{', '.join(truth.traits)}]"]
    if found is None:
        return lines[0] + "\n    not found"
    if not outcome.title:
        lines.append(f"    title: {found.title!r} for {truth.title!r}")
    if not outcome.authors:
        lines.append(f"    authors: {found.authors} for {truth.authors}")
    if not outcome.body:
        wanted, got = true_body(truth), compact(found.text)
        matcher = difflib.SequenceMatcher(None, wanted, got, autojunk=False)
        for kind, a, b, c, d in matcher.get_opcodes():
            if kind != "equal":
                lines.append(
                    f"    body at {a}: missing {wanted[a:b][:80]!r} extra {got[c:d][:80]!r}"
                )
    return "\n".join(lines)
