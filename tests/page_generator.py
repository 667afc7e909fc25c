"""Makes newspaper pages as text out of articles with known truth.

``generate_pages(seed, count)`` is deterministic. ``python tests/page_generator.py SEED COUNT``
shows where ``ingest.newspaper.parse_page`` differs from the truth; ``SEED COUNT --show`` prints
the pages themselves.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from page_articles import Draft, compose
from page_chinese import CHINESE
from page_english import ENGLISH
from page_parts import Parts, editors, joined, mailbox, masthead, set_parts
from page_plan import PageKind, Plan, make_plans


@dataclass(frozen=True, slots=True)
class TrueArticle:
    """What a careful reader takes from the page. ``paragraphs`` are the lines of the body in
    order, headings among them. A parser may join ``eyebrow`` and ``subtitle`` to the title.
    """

    title: str | None
    authors: tuple[str, ...]
    affiliation: str | None
    headings: tuple[str, ...]
    paragraphs: tuple[str, ...]
    subtitle: str | None = None
    eyebrow: str | None = None
    traits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GeneratedPage:
    """A page's text and file name, and its articles in the order of their bodies on the page."""

    text: str
    name: str
    truth: tuple[TrueArticle, ...]


def generate_pages(seed: int, count: int) -> Iterator[GeneratedPage]:
    """``count`` pages; page ``i`` depends on ``seed`` and ``i`` alone."""
    for number in range(count):
        yield _page(Random(f"{seed}/{number}"), f"page_{seed}_{number:04d}")


def _page(rng: Random, name: str) -> GeneratedPage:
    kind = PageKind.choose(rng)
    plans = make_plans(rng, kind)
    drafts = _drafts(rng, kind, plans)
    parts = [set_parts(rng, kind, *pair) for pair in zip(plans, drafts, strict=True)]
    truth = [_true_article(*three, kind.traits) for three in zip(plans, drafts, parts, strict=True)]
    blocks = [joined(rng, *pair) for pair in zip(plans, parts, strict=True)]
    if kind.displaced:
        blocks = [parts[0].before, *blocks[1:], parts[0].rest]
        truth.append(truth.pop(0))
        plans.append(plans.pop(0))
    if plans[-1].closed and plans[-1].order != "after" and rng.random() < 0.2:
        blocks.append(mailbox(rng, kind))
    if rng.random() < 0.2:
        blocks.append(editors(rng, kind))
    if rng.random() < 0.35:
        blocks.insert(0, masthead(rng, kind))
    gap = rng.choice(("\n\n", "\n\n", "\n\n\n"))
    if rng.random() < 0.06:
        gap = f"\n\n{rng.choice(('---', '* * *', '————————'))}\n\n"
    suffix = ".md" if kind.markdown and rng.random() < 0.6 else ".txt"
    return GeneratedPage(gap.join(filter(None, blocks)) + "\n", name + suffix, tuple(truth))


def _drafts(rng: Random, kind: PageKind, plans: list[Plan]) -> list[Draft]:
    """An article for each plan, every one on another subject."""
    subjects = (ENGLISH if kind.english else CHINESE).subjects
    written: set[str] = set()
    return [
        compose(rng, subject, plan.wish(rng), written, english=kind.english).converted(kind.convert)
        for plan, subject in zip(plans, rng.sample(subjects, len(plans)), strict=True)
    ]


def _true_article(plan: Plan, draft: Draft, parts: Parts, page_traits: list[str]) -> TrueArticle:
    return TrueArticle(
        title=None if plan.order == "untitled" else draft.title,
        authors=draft.authors,
        affiliation=draft.affiliation if plan.closed else None,
        headings=draft.headings,
        paragraphs=draft.lines,
        subtitle=draft.subtitle,
        eyebrow=draft.eyebrow if plan.eyebrow else None,
        traits=(*page_traits, *parts.traits),
    )


if __name__ == "__main__":
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    if "--show" in sys.argv:
        for shown in generate_pages(seed, count):
            print(f"===== {shown.name}\n{shown.text}")
    else:
        from page_scores import show_failures

        show_failures(generate_pages(seed, count))
