"""Cuts the flow of a page's blocks into bodies and gives each its title and byline."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.page.byline import Credit, parse_byline, parse_closer
from ingest.page.display import COUNTED, LONGEST_SHORT, NUMBERED, SUBTITLE
from ingest.page.furniture import Block, Kind, is_caption, is_label, opens_news
from ingest.page.notes import find_notes
from ingest.page.pages import comes_from_elsewhere, find_jumps
from ingest.page.quotes import find_quotes
from ingest.page.reflow import join_lines, mend
from ingest.page.titles import Body, Head, give_titles

FURNITURE = (Kind.MASTHEAD, Kind.STAFF, Kind.NUMBER, Kind.RULE)
FLOW = (Kind.PARAGRAPH, Kind.SHORT, Kind.BYLINE, Kind.CLOSER, Kind.STAFF)

_LEDE_CREDIT = re.compile(
    "[（(【]([^（）()【】]*?(?:记者|記者|通讯员|通訊員)[^（）()【】]*)[）)】]"
)
_HELPERS = re.compile("(?:通讯员|通訊員|(?:实习|實習|见习|見習)(?:生|记者|記者))")
_INLINE_CLOSER = re.compile(
    "(?<=[。！？!?…”])\\s*([（(【](?:本文|第一)?作者[^（）()【】]*[）)】])$"
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a short block stands: within a body, on a page of one article, below which title."""

    in_body: bool
    alone: bool
    level: int  # of the title whose body hasn't begun; 0 without hashes


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
    if not bodies:
        return []
    titled = [head for head in heads if head.title]
    starts = [body.position for body in bodies]
    give_titles(titled, heads, bodies)
    for head in heads:
        if head.title is None:
            _give_byline(head, bodies, starts, blocks)
    for number, jump in find_jumps(blocks, starts):
        bodies[number].jumps.append(jump)
    for number, note in find_notes(blocks, starts):
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
        place = _Place(open_body is not None, alone, _level(heads, bodies))
        if block.kind is Kind.PARAGRAPH or (
            block.kind is Kind.SHORT and not _is_title(blocks, i, place)
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
    text = blocks[i].text
    byline = parse_byline(text) or Credit((text,))
    before = _neighbour(blocks, i, -1)
    above = heads[-1].byline if heads else None
    if heads and before is not None and heads[-1].position == before and not above:
        heads[-1] = replace(heads[-1], byline=byline, signature=text)
    elif above and before is not None and _goes_on(blocks[before], blocks[i]):
        both = _joined_credits(above, byline)
        heads[-1] = replace(heads[-1], byline=both, signature=f"{heads[-1].signature} {text}")
    else:
        heads.append(Head(i, None, byline, signature=text))


def _goes_on(above: Block, below: Block) -> bool:
    """Whether a byline is the next line of the one above: those who helped stand second."""
    reporters = above.kind is Kind.BYLINE and bool(re.match("[^（(].*[记記]者", above.text))
    return reporters and bool(_HELPERS.match(below.text))


def _joined_credits(first: Credit, second: Credit) -> Credit:
    authors = dict.fromkeys((*first.authors, *second.authors))
    place = first.affiliation or second.affiliation
    return Credit(tuple(authors), place, guessed=first.guessed or second.guessed)


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


def _level(heads: Sequence[Head], bodies: Sequence[Body]) -> int:
    """The level of the title whose article isn't over, 0 if it has none or there isn't any."""
    over = len(heads) and len(bodies) and bodies[-1].position > heads[-1].position
    return heads[-1].level if heads and not over else 0


def _is_title(blocks: Sequence[Block], i: int, place: _Place) -> bool:
    """Whether a short block is an article's title and not a section's heading."""
    level = blocks[i].level
    before, after = _neighbour(blocks, i, -1), _neighbour(blocks, i, 1)
    if after is None:
        return not (place.in_body and level > 1) and not 0 < place.level < level
    following = blocks[after]
    if comes_from_elsewhere(blocks[i + 1]):
        return True
    if following.kind is Kind.BYLINE and following.text[0] not in "（(":
        return True
    if level:
        deeper = 0 < place.level < level
        return not deeper if not place.in_body else level == 1 and not place.alone
    numbered = NUMBERED.match(blocks[i].text) or COUNTED.match(blocks[i].text)
    if numbered and not place.in_body:
        return False
    if before is None or following.kind is not Kind.PARAGRAPH:
        return True
    return not place.in_body or opens_news(following.text)


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
    known = {author for body in bodies for author in credit(body)[0]}
    if head.byline and not known.issuperset(head.byline.authors):
        wanted[0].notes.append(head.signature)
