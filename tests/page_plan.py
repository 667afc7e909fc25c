"""Decides what a generated page looks like and where the parts of its articles stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any

from page_articles import Wish
from page_layout import Style

HALF_WIDTH = str.maketrans("，：；？（）", ",:;?()")


@cache
def _to_traditional() -> Any:
    from opencc import OpenCC

    return OpenCC("s2tw")


@dataclass(frozen=True, slots=True)
class PageKind:
    """What all articles of a page share; ``script`` is simplified, traditional or english.

    ``displaced``: the columns are out of order, the first title's body stands at the page's end.
    """

    script: str
    markdown: bool
    half_width: bool
    displaced: bool

    @classmethod
    def choose(cls, rng: Random) -> PageKind:
        script = rng.choices(("simplified", "traditional", "english"), (74, 13, 13))[0]
        markdown = rng.random() < 0.25
        return cls(
            script=script,
            markdown=markdown,
            half_width=script != "english" and rng.random() < 0.15,
            displaced=not markdown and rng.random() < 0.15,
        )

    @property
    def english(self) -> bool:
        return self.script == "english"

    @property
    def traits(self) -> list[str]:
        traits = [self.script, "markdown" if self.markdown else "plain text"]
        traits += ["half-width marks"] * self.half_width
        return traits + ["columns out of order"] * self.displaced

    def convert(self, text: str) -> str:
        """The text in the page's script and with its punctuation."""
        if self.script == "traditional":
            text = _to_traditional().convert(text)
        return text.translate(HALF_WIDTH) if self.half_width else text


@dataclass(frozen=True, slots=True)
class Plan:
    """Which parts one article has, and where.

    ``order``: the title stands *before* or *after* the body, there is none (*untitled*), or it
    follows the body and a mailbox line while the byline precedes them (*orphan*). ``quote``: a
    pull-quote at the *head* of the body, in its *middle*, or none.
    """

    order: str
    style: Style
    bylined: bool
    closed: bool
    subtitle: bool
    quote: str
    funding: bool
    eyebrow: bool
    credited: bool
    caption: bool
    jump: bool

    def wish(self, rng: Random) -> Wish:
        """What the article must be like to be set in this way."""
        style = self.style
        longest = 60
        if style.spacing in ("lines", "indent"):
            longest = (style.width - 3) * (2 if style.english else 1)
        return Wish(
            headings=rng.choice((0, 0, 2, 3, 4)),
            numbered=style.headings == "numbered",
            longest_heading=longest,
            subtitle=self.subtitle,
            bylined=self.bylined,
            bare_byline=self.order in ("before", "after") and rng.random() < 0.02,
            credited=self.credited,
        )


def make_plans(rng: Random, kind: PageKind) -> list[Plan]:
    """Plans for two to four articles that leave the page decidable for a careful reader.

    Where a body could run into another without a title between them, every body is closed by a
    line about its author; a title without a byline follows a closed body only.
    """
    orders = _orders(rng, kind)
    all_closed = kind.displaced or len(set(orders)) > 1
    shared = Style.choose(rng, english=kind.english, markdown=kind.markdown)
    plans: list[Plan] = []
    for order in orders:
        own = Style.choose(rng, english=kind.english, markdown=kind.markdown)
        plan = _plan(rng, kind, order, shared if rng.random() < 0.7 else own)
        if all_closed:
            plan = replace(plan, closed=True)
        if kind.displaced and not plans:
            plan = replace(plan, bylined=True, credited=False)
        if not plan.bylined:
            style = replace(plan.style, split_title=False)
            if style.spacing == "lines":
                style = replace(style, spacing="paragraphs")
            plan = replace(plan, style=style)
            if plans and order == "before":
                plans[-1] = replace(plans[-1], closed=True)
        plans.append(plan)
    return plans


def _orders(rng: Random, kind: PageKind) -> list[str]:
    """Where the titles stand; one article at most has none."""
    count = rng.randint(3 if kind.displaced else 2, 4)
    orders = rng.choices(("before", "after", "untitled"), (74, 16, 10), k=count)
    if kind.markdown and rng.random() < 0.2:
        orders[:2] = "orphan", "before"
    if kind.displaced:
        orders[0] = orders[-1] = "before"
    for position, order in enumerate(orders):
        if order == "untitled" and "untitled" in orders[:position]:
            orders[position] = "before"
    return orders


def _plan(rng: Random, kind: PageKind, order: str, style: Style) -> Plan:
    bylined = rng.random() < {"before": 0.9, "untitled": 0.5}.get(order, 1)
    first = order == "before"
    return Plan(
        order=order,
        style=style,
        bylined=bylined,
        closed=rng.random() < 0.55,
        subtitle=order in ("before", "after") and rng.random() < 0.12,
        quote=rng.choices(("", "head", "middle"), (72, 18, 10))[0],
        funding=not kind.english and rng.random() < 0.15,
        eyebrow=first and bylined and not kind.markdown and rng.random() < 0.06,
        credited=first and not bylined and rng.random() < 0.5,
        caption=rng.random() < 0.04,
        jump=first and not kind.english and rng.random() < 0.03,
    )
