"""Cuts the flow of a page's blocks into bodies and gives each its title and byline."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ingest.page.byline import Credit, parse_byline, parse_closer
from ingest.page.display import COUNTED, LONGEST_SHORT, NUMBERED, SUBTITLE
from ingest.page.furniture import Block, Kind, is_caption, is_label, opens_news
from ingest.page.jumps import JumpMark
from ingest.page.matching import affinities, assign, terms
from ingest.page.notes import find_notes
from ingest.page.pages import comes_from_elsewhere, find_jumps
from ingest.page.quotes import find_quotes, is_quoted
from ingest.page.reflow import join_lines, mend

# How a title's place weighs against its words: 1 would be a body that holds all of them.
JUST_BEFORE, JUST_AFTER, ELSEWHERE = 0.15, 0.05, -0.15
SAME_QUOTE = 1.0

MOST_TITLES = 100  # that are given to bodies at a time; no page has more

FURNITURE = (Kind.MASTHEAD, Kind.STAFF, Kind.NUMBER, Kind.RULE)
FLOW = (Kind.PARAGRAPH, Kind.SHORT, Kind.BYLINE, Kind.CLOSER, Kind.STAFF)

_LEDE_CREDIT = re.compile(
    "[（(【]([^（）()【】]*?(?:记者|記者|通讯员|通訊員)[^（）()【】]*)[）)】]"
)
_INLINE_CLOSER = re.compile(
    "(?<=[。！？!?…”])\\s*([（(【](?:本文|第一)?作者[^（）()【】]*[）)】])$"
)


@dataclass(slots=True)
class Body:
    """A run of paragraphs and headings, and what the page says about it."""

    position: int
    blocks: list[Block] = field(default_factory=list)
    title: str | None = None
    byline: Credit | None = None
    closer: Credit | None = None
    jumps: list[JumpMark] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its blocks, a line each."""
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Head:
    """A title with the byline below it, a title alone, or a byline alone."""

    position: int
    title: str | None
    byline: Credit | None
    level: int = 0  # number of Markdown hashes
    quotes: tuple[str, ...] = ()  # the pull-quotes right below it


def prepare(blocks: Sequence[Block], *, quoting: bool = True) -> list[Block]:
    """The blocks with pull-quotes, captions and repeated titles named, and paragraphs mended."""
    named = [_renamed(block) for block in blocks]
    quotes = find_quotes(named) if quoting else set()
    named = [replace(b, kind=Kind.QUOTE) if i in quotes else b for i, b in enumerate(named)]
    split = [part for block in mend(named) for part in _without_closer(block)]
    return _joined_titles([_as_display(split, i) for i in range(len(split))])


def find_bodies(blocks: Sequence[Block]) -> list[Body]:
    """The bodies in their order on the page, with titles, bylines and closers."""
    bodies, heads = _cut(blocks)
    titled = [head for head in heads if head.title]
    starts = [body.position for body in bodies]
    _give_titles(titled, heads, bodies)
    for head in heads:
        if head.title is None:
            _give_byline(head, bodies, starts, blocks)
    for number, jump in find_jumps(blocks, starts):
        bodies[number].jumps.append(jump)
    for number, note in find_notes(blocks, starts):
        if bodies:
            bodies[number].notes.append(note)
    for body in bodies:
        if body.closer and body.closer.note:
            body.notes.append(body.closer.note)
    return bodies


def credit(body: Body) -> tuple[tuple[str, ...], str | None]:
    """The authors and the affiliation of a body."""
    lede = _LEDE_CREDIT.search(body.blocks[0].text[:60]) if body.blocks else None
    sources = [body.byline, body.closer]
    if lede and opens_news(body.blocks[0].text):
        sources.append(parse_byline(lede[1]))
    known = [source for source in sources if source]
    authors = next((source.authors for source in known if source.authors), ())
    places = [source.affiliation for source in reversed(known) if source.affiliation]
    return authors, places[0] if places else None


def _renamed(block: Block) -> Block:
    if block.kind in (Kind.PARAGRAPH, Kind.SHORT) and not block.level and is_caption(block.text):
        return replace(block, kind=Kind.CAPTION)
    return block


def _as_display(blocks: Sequence[Block], i: int) -> Block:
    """A title's first line may fill its column; between furniture and display type it's known."""
    block = blocks[i]
    above = blocks[i - 1].kind if i else Kind.MASTHEAD
    below = blocks[i + 1].kind if i + 1 < len(blocks) else None
    if above in FURNITURE and below in FURNITURE and is_label(block):
        return replace(block, kind=Kind.LABEL)
    alone = above in (Kind.MASTHEAD, Kind.CLOSER, Kind.STAFF, Kind.RULE, Kind.JUMP)
    if block.goes_on and alone and below is Kind.SHORT and len(block.text) <= LONGEST_SHORT:
        return replace(block, kind=Kind.SHORT, goes_on=False)
    return block


def _without_closer(block: Block) -> Iterator[Block]:
    """A paragraph, and apart from it the remark about its author that ends it."""
    remark = _INLINE_CLOSER.search(block.text) if block.kind is Kind.PARAGRAPH else None
    if remark and parse_closer(remark[1]):
        yield replace(block, text=block.text[: remark.start()])
        yield Block(Kind.CLOSER, remark[1])
    else:
        yield block


def _joined_titles(blocks: Sequence[Block]) -> list[Block]:
    """Lines of one title as one block, subtitles with their titles, repeated titles named."""
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if last and last.kind is block.kind is Kind.SHORT and _are_one_title(last, block):
            joined[-1] = replace(last, text=_title_with(last.text, block.text))
        else:
            joined.append(block)
    latest = {_title_key(block): i for i, block in enumerate(joined)}
    return [
        replace(block, kind=Kind.REPEATED)
        if block.kind is Kind.SHORT and block.level == 1 and latest[_title_key(block)] != i
        else block
        for i, block in enumerate(joined)
    ]


def _title_with(title: str, line: str) -> str:
    """A title and one more line of it. What a dash opens begins a subtitle: a line of its own."""
    return f"{title}\n{line}" if SUBTITLE.match(line) else join_lines([title, line])


def _are_one_title(above: Block, below: Block) -> bool:
    return bool(SUBTITLE.match(below.text)) or not (above.level or below.level)


def _title_key(block: Block) -> tuple[int, str]:
    return block.level, "".join(block.text.split())


def _cut(blocks: Sequence[Block]) -> tuple[list[Body], list[Head]]:
    bodies: list[Body] = []
    heads: list[Head] = []
    open_body: Body | None = None
    alone = _has_one_article(blocks)
    for i, block in enumerate(blocks):
        if block.kind is Kind.PARAGRAPH or (
            block.kind is Kind.SHORT
            and not _is_title(blocks, i, in_body=open_body is not None, alone=alone)
        ):
            if open_body is None or (opens_news(block.text) and len(open_body.blocks) > 1):
                open_body = Body(i)
                bodies.append(open_body)
            open_body.blocks.append(block)
        elif block.kind is Kind.SHORT:
            heads.append(Head(i, block.text, None, block.level))
            open_body = None
        elif block.kind is Kind.BYLINE:
            _add_byline(heads, blocks, i)
            open_body = None
        elif block.kind is Kind.CLOSER:
            if bodies and bodies[-1].closer is None:
                bodies[-1].closer = parse_closer(block.text)
            open_body = None
        elif block.kind in (Kind.STAFF, Kind.JUMP):
            open_body = None
        elif (
            block.kind is Kind.QUOTE
            and heads
            and (not bodies or bodies[-1].position < heads[-1].position)
        ):
            heads[-1] = replace(heads[-1], quotes=(*heads[-1].quotes, block.text))
    return bodies, heads


def _add_byline(heads: list[Head], blocks: Sequence[Block], i: int) -> None:
    byline = parse_byline(blocks[i].text) or Credit((blocks[i].text,))
    before = _neighbour(blocks, i, -1)
    if heads and before is not None and heads[-1].position == before and not heads[-1].byline:
        heads[-1] = replace(heads[-1], byline=byline)
    else:
        heads.append(Head(i, None, byline))


def _neighbour(blocks: Sequence[Block], i: int, step: int) -> int | None:
    """The position of the next block of the flow, skipping furniture; None at the page's edge."""
    i += step
    while 0 <= i < len(blocks):
        if blocks[i].kind in FLOW:
            return i
        i += step
    return None


def _has_one_article(blocks: Sequence[Block]) -> bool:
    """Whether no more is signed than one article can be: its Markdown headings are sections'."""
    kinds = [block.kind for block in blocks]
    return kinds.count(Kind.BYLINE) <= 1 and kinds.count(Kind.CLOSER) <= 1


def _is_title(blocks: Sequence[Block], i: int, *, in_body: bool, alone: bool) -> bool:
    """Whether a short block is an article's title and not a section's heading."""
    before, after = _neighbour(blocks, i, -1), _neighbour(blocks, i, 1)
    if after is None:
        return True
    following = blocks[after]
    if comes_from_elsewhere(blocks[i + 1]):
        return True
    if following.kind is Kind.BYLINE and following.text[0] not in "（(":
        return True
    if blocks[i].level:
        return not in_body or (blocks[i].level == 1 and not alone)
    numbered = NUMBERED.match(blocks[i].text) or COUNTED.match(blocks[i].text)
    if numbered and not in_body:
        return False
    if before is None or following.kind is not Kind.PARAGRAPH:
        return True
    return not in_body or opens_news(following.text)


def _give_titles(titled: Sequence[Head], heads: Sequence[Head], bodies: Sequence[Body]) -> None:
    # A title without a byline may stand above one; a second byline belongs to another article.
    starts = [body.position for body in bodies]
    marks = {
        True: sorted(starts + [head.position for head in heads]),
        False: sorted(starts + [head.position for head in titled]),
    }
    for start in range(0, len(titled), MOST_TITLES):
        first = titled[start].position if start else 0
        rest = titled[start + MOST_TITLES :]
        last = rest[0].position if rest else math.inf
        near = [body for body in bodies if first <= body.position < last]
        _match_titles(titled[start : start + MOST_TITLES], near, marks)


def _match_titles(
    titled: Sequence[Head], bodies: Sequence[Body], marks: Mapping[bool, Sequence[int]]
) -> None:
    """Give titles to bodies; ``marks`` are where what may come between them stands."""
    counted = [terms(body.text) for body in bodies]
    values = []
    for head in titled:
        likeness = affinities(head.title or "", counted)
        values.append(
            [
                likeness[j]
                + _place(head, body, marks[head.byline is not None])
                + SAME_QUOTE * _shares_quote(head, bodies, j)
                for j, body in enumerate(bodies)
            ]
        )
    for head, j in zip(titled, assign(values), strict=True):
        if j is not None:
            bodies[j].title = head.title
            bodies[j].byline = head.byline
        elif head.byline is None and not head.level:
            _make_heading(head, bodies)


def _make_heading(head: Head, bodies: Sequence[Body]) -> None:
    """What no body has for its title heads the first section of the body below it."""
    below = next((body for body in bodies if body.position > head.position), None)
    if below is not None and head.title:
        below.blocks.insert(0, Block(Kind.SHORT, head.title))


def _shares_quote(head: Head, bodies: Sequence[Body], j: int) -> bool:
    """Whether a pull-quote below a title is taken from a body that doesn't follow it anyway."""
    if not head.quotes:
        return False
    following = next((i for i, body in enumerate(bodies) if body.position > head.position), None)
    return j != following and any(is_quoted(quote, bodies[j].text) for quote in head.quotes)


def _place(head: Head, body: Body, marks: Sequence[int]) -> float:
    """What a title's place on the page says for a body."""
    first, last = sorted((head.position, body.position))
    if bisect_right(marks, first) < bisect_left(marks, last):
        return ELSEWHERE
    return JUST_BEFORE if head.position < body.position else JUST_AFTER


def _give_byline(
    head: Head, bodies: Sequence[Body], starts: Sequence[int], blocks: Sequence[Block]
) -> None:
    """Give a byline without a title to the body below it, or else above it."""
    after = _neighbour(blocks, head.position, 1)
    signature = blocks[head.position].text[0] in "（("
    place = bisect_left(starts, head.position)
    below, above = bodies[place : place + 1], bodies[max(0, place - 1) : place]
    if after is not None and blocks[after].kind is Kind.PARAGRAPH and not signature:
        wanted = [*below, *above]
    else:
        wanted = [*above, *below]
    for body in wanted:
        if body.byline is None:
            body.byline = head.byline
            return
