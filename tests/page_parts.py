"""Sets the parts of one article, and the lines that belong to the page itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from page_articles import Draft, person
from page_layout import Style, render_body, render_head, render_quote
from page_plan import PageKind, Plan


@dataclass(frozen=True, slots=True)
class Parts:
    """An article as text: what stands before its body, the body, and what stands behind it."""

    before: str
    body: str
    after: str
    traits: tuple[str, ...]

    @property
    def rest(self) -> str:
        """The body and what follows it."""
        return blocks(self.body, self.after)


def blocks(*parts: str) -> str:
    """The parts that aren't empty, a blank line between them."""
    return "\n\n".join(filter(None, parts))


def set_parts(rng: Random, kind: PageKind, plan: Plan, draft: Draft) -> Parts:
    """The article in the order and style of its plan."""
    style = plan.style
    title = [] if plan.order == "untitled" else render_head(rng, style, draft.title, draft.subtitle)
    head = [draft.eyebrow] * plan.eyebrow + title + [draft.byline] * plan.bylined
    group = ("\n\n" if style.markup or rng.random() < 0.4 else "\n").join(head)
    quote = plan.quote if draft.pull_quote else ""
    lead = render_quote(rng, style, draft.pull_quote) if quote == "head" else ""
    inset = render_quote(rng, style, draft.pull_quote) if quote == "middle" else ""
    caption = plan.caption and not inset
    body, body_traits = render_body(
        rng, style, draft.lines, draft.headings, draft.caption if caption else inset
    )
    end = _end(rng, kind, plan, draft)
    if plan.order == "orphan":
        end = blocks(end, mailbox(rng, kind), f"# {draft.title}")
        group = draft.byline
    elif plan.order == "after":
        group, end = "", blocks(end, group)
    traits = [
        "no title" if plan.order == "untitled" else f"title {plan.order}",
        _byline_form(draft) if plan.bylined else "no byline",
        "closing" if plan.closed else "no closing",
        *["title on two lines"] * (len(title) > 1 + plan.subtitle),
        *["subtitle"] * plan.subtitle,
        *["eyebrow"] * plan.eyebrow,
        *[f"pull-quote {quote}"] * bool(quote),
        *["photo caption"] * caption,
        *["funding note"] * plan.funding,
        *["credit behind body"] * plan.credited,
        *["jump note"] * plan.jump,
        *body_traits,
    ]
    return Parts(blocks(group, lead), body, end, tuple(traits))


def _end(rng: Random, kind: PageKind, plan: Plan, draft: Draft) -> str:
    """The lines behind a body: credit, funding note, the line about the author, jump note."""
    notes = [draft.funding] * plan.funding + [draft.closing] * plan.closed
    if rng.random() < 0.3:
        notes.reverse()
    jump = [kind.convert(f"（下转第{rng.randint(2, 8)}版）")] * plan.jump
    lines = [draft.credit] * plan.credited + notes + jump
    return rng.choice(("\n", "\n\n")).join(lines)


def _byline_form(draft: Draft) -> str:
    form = draft.byline
    for name in draft.authors:
        form = form.replace(name, "…")
    return "byline " + re.sub(r"\w　\w", "…　…", form)


def joined(rng: Random, plan: Plan, parts: Parts) -> str:
    """The whole article; here and there without a blank line around its body."""
    style: Style = plan.style
    head_gap = end_gap = "\n\n"
    if style.spacing == "indent" and plan.bylined and plan.order == "before":
        head_gap = "\n"
    if style.spacing != "lines" and plan.closed and rng.random() < 0.3:
        end_gap = "\n"
    article = head_gap.join(filter(None, (parts.before, parts.body)))
    return end_gap.join(filter(None, (article, parts.after)))


def mailbox(rng: Random, kind: PageKind) -> str:
    """Where readers may write to."""
    if kind.english:
        return "Letters: desk@harbour.example"
    address = rng.choice(("yclilun@example.com", "theory@yunchuan.example", "jzpl2026@example.com"))
    label = rng.choice(("投稿邮箱：", "投稿邮箱:", "来稿邮箱：", "电子信箱："))
    return kind.convert(label + address)


def masthead(rng: Random, kind: PageKind) -> str:
    """The paper's name, the date and the page."""
    year, month, day = rng.randint(2015, 2026), rng.randint(1, 12), rng.randint(1, 28)
    page = rng.randint(2, 16)
    if kind.english:
        return f"The Harbour Times   {day} May {year}   Page {page}"
    paper = rng.choice(("云川日报", "江州晚报", "北原日报", "清江时报"))
    date = f"{year}年{month}月{day}日 星期{rng.choice('一二三四五六日')}"
    forms = (
        f"{paper} {date} 第{page}版 理论",
        f"{date} 第{page:02d}版 {paper}",
        f"{paper}\n{date}\n第{page}版：观察",
    )
    return kind.convert(rng.choice(forms))


def editors(rng: Random, kind: PageKind) -> str:
    """Who made the page."""
    first, second = person(rng, english=kind.english), person(rng, english=kind.english)
    if kind.english:
        return f"Editor: {first}"
    forms = (f"责任编辑：{first} 美术编辑：{second}", f"本版编辑 {first}", f"责编：{first}")
    return kind.convert(rng.choice(forms))
