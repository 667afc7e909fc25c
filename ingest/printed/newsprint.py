"""A printed newspaper page becomes articles: its furniture is set aside, its make-up read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.continuation import join_readings
from ingest.newspaper import parse_blocks
from ingest.page.byline import parse_closer
from ingest.page.furniture import Block, Kind, is_caption, line_kind, opens_news, remark_kind
from ingest.page.lines import ends_sentence
from ingest.page.metadata import Stated, either, find_issue, find_source
from ingest.page.reflow import join_lines
from ingest.printed.heads import TITLE, Head, find_heads, repeats
from ingest.printed.makeup import make_up
from ingest.printed.rules import is_frame
from ingest.printed.stories import Story
from ingest.printed.strips import Strip, find_strips, main_size, split_strip, whole_lines
from ingest.printed.types import PrintedLine, PrintedPage, Rectangle
from ingest.printed.typeset import LARGER, Style, join_print, opens_lede, set_blocks
from ingest.types import Reading

_HEAD_OF_PAGE = 0.15  # of its height: where a masthead stands
_FOOT_OF_PAGE = 0.93
_SMALL = 0.93  # times the size of running text: type of captions
_LONGEST_CAPTION = 120
_LONGEST_QUOTE = 400
_FLOW = (Kind.SHORT, Kind.PARAGRAPH, Kind.BYLINE, Kind.CLOSER, Kind.NOTE, Kind.JUMP)
_FURNITURE = (Kind.MASTHEAD, Kind.NUMBER, Kind.STAFF, Kind.RULE)
_IMPRINT = re.compile(
    "邮编|郵編|热线|熱線|社址|印刷|电话|電話|邮箱|郵箱|零售|定价|定價|刊号|刊號|@"
)
_SIGNED = re.compile(r"By\b|BY\b|\(|The (?:author|writer)")
_LAST_REMARK = re.compile("[（(][^（）()]{6,160}[）)]$")
_ADVERT_LINES = 5
_SENTENCE = 20  # characters
_LONGEST_ADVERT = 200  # characters
_REST_OF_NAMES = re.compile(
    r"[\u4e00-\u9fff]{1,3}(?:[ \u3000][\u4e00-\u9fff]{2,4})*$|(?:[A-Z][\w'’-]+ ?){1,2}$"
)
_ADVERT = re.compile(
    "广告|廣告|热线|熱線|专线|專線|电话|電話|订购|訂購|报名|報名|优惠|優惠|大促|招商|地址|"
    r"\b(?:Tel|Call|Sale|off|Open daily)\b|\d{3,4}[- ]\d{3,4}[- ]?\d{3,4}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NewsPage:
    """A page's text without its furniture, and what that says."""

    strips: tuple[Strip, ...]
    mastheads: tuple[str, ...]
    size: float  # of running text
    rules: tuple[Rectangle, ...] = ()


def looks_like_news(page: PrintedPage) -> bool:
    """Whether wording shows that a page is a newspaper's: masthead, bylines, datelines."""
    signs = 0
    head = [line for line in page.lines if line.bottom < _HEAD_OF_PAGE * page.height]
    below = [line for line in page.lines if line.bottom >= _HEAD_OF_PAGE * page.height]
    for line in [*whole_lines(head), *below]:
        top = line.bottom < _HEAD_OF_PAGE * page.height
        if not top and line.text.isascii() and not _SIGNED.match(line.text):
            continue
        kind = line_kind(line.text)
        if kind is Kind.MASTHEAD and top:
            signs += 2 if find_source(line.text) else 1
        signs += kind in (Kind.BYLINE, Kind.CLOSER) or opens_news(line.text)
    return signs >= 2


def read_news_page(page: PrintedPage, path: str, stated: Stated) -> Reading:
    """The articles of a newspaper's page, in the order of their places on it."""
    cleared = clear(page)
    issue = _issue(cleared.mastheads, path, stated)
    readings = []
    for story in stories(cleared):
        blocks = story_blocks(story, cleared)
        if blocks and not _is_filler(blocks):
            readings.append(parse_blocks(blocks, path=path, stated=issue, quoting=False))
    return join_readings(readings)


def stories(page: NewsPage) -> list[Story]:
    """The articles as they are laid out."""
    heads, rest = find_heads(page.strips, page.size, page.rules)
    adverts = {id(strip) for head in heads for strip in _advert(head, rest)}
    heads = [head for head in heads if id(head.strips[0]) not in adverts]
    asides = [strip for strip in rest if _is_aside(strip, page, rest)]
    rules = [rule for rule in page.rules if not any(_is_around(rule, strip) for strip in asides)]
    left_out = adverts | {id(strip) for strip in asides}
    running = [strip for strip in rest if id(strip) not in left_out]
    return make_up(running, heads, page.size, _closes, rules)


def _is_around(rule: Rectangle, strip: Strip) -> bool:
    """Whether a rule stands right above or below a pull-quote or a caption."""
    edges = (strip.top, strip.bottom)
    near = any(abs(rule.top - edge) < 1.5 * strip.size for edge in edges)
    return near and rule.left < strip.right and rule.right > strip.left and not is_frame(rule)


def story_blocks(story: Story, page: NewsPage) -> list[Block]:
    """Title, byline and text of an article, in this order."""
    found = _head_blocks(story.head) if story.head else []
    found += set_blocks(story.strips, Style(page.size), page.strips)
    found = [part for block in found for part in _without_closer(block)]
    return [block for block in found if block.kind in _FLOW]


def _without_closer(block: Block) -> list[Block]:
    """A paragraph, and apart from it the remark about its author that ends it."""
    remark = _LAST_REMARK.search(block.text) if block.kind is Kind.PARAGRAPH else None
    if not remark or not remark.start() or not parse_closer(remark[0]):
        return [block]
    text = block.text[: remark.start()].rstrip()
    return [replace(block, text=text, goes_on=False), Block(Kind.CLOSER, remark[0])]


def clear(page: PrintedPage) -> NewsPage:
    """The strips of the page without masthead, imprint and page number."""
    strips = [part for strip in find_strips(page.lines, page.rules) for part in _parts(strip)]
    size = main_size(page.lines)
    furniture = [strip for strip in strips if _is_furniture(strip, page)]
    mastheads = [strip for strip in furniture if strip.bottom < _HEAD_OF_PAGE * page.height]
    low = max((strip.bottom for strip in mastheads), default=0.0)
    held = {id(strip) for strip in furniture}
    kept = []
    for strip in strips:
        if id(strip) in held:
            continue
        edge = low - 0.5 * strip.size if strip.size >= TITLE * size else low + 0.3 * size
        beside = strip.top < edge or _is_under_nameplate(strip, mastheads, size)
        if beside and len(strip.lines) == 1 and not ends_sentence(strip.text):
            mastheads.append(strip)
        elif not (strip.top > _FOOT_OF_PAGE * page.height and _is_imprint(strip)):
            kept.append(strip)
    texts = [line.text for strip in mastheads for line in strip.lines]
    return NewsPage(tuple(kept), tuple(texts), size, page.rules)


def _parts(strip: Strip) -> list[Strip]:
    """The strip cut where a byline ends that stands above text, and where the type changes."""
    lines = strip.lines
    bylines = [line_kind(line.text) is Kind.BYLINE and not opens_lede(line.text) for line in lines]
    first = bylines.index(False) if False in bylines else 0
    if first < len(lines) - 1 and _ends_byline(lines[max(first, 1)].text, lines[: max(first, 1)]):
        first = max(first, 1) + 1
    sizes = [line.size for line in lines]
    changes = [i for i in range(1, len(lines)) if _differ(sizes[i - 1], sizes[i], LARGER)]
    edges = [0, *changes, len(lines)]
    even = all(not _differ(min(sizes[a:b]), max(sizes[a:b]), 1.02) for a, b in pairwise(edges))
    return split_strip(strip, sorted({first, *(changes if even else ())}))


def _ends_byline(text: str, above: Sequence[PrintedLine]) -> bool:
    """Whether a line holds nothing but the rest of the names of a byline above it."""
    if not _REST_OF_NAMES.match(text):
        return False
    return line_kind(join_print([*above, replace(above[-1], text=text)])) is Kind.BYLINE


def _differ(one: float, other: float, times: float) -> bool:
    return max(one, other) > times * min(one, other)


def _is_furniture(strip: Strip, page: PrintedPage) -> bool:
    if len(strip.lines) > 3:
        return False
    outer = strip.bottom < _HEAD_OF_PAGE * page.height or strip.top > 0.85 * page.height
    kinds = [line_kind(line.text) for line in strip.lines]
    if Kind.MASTHEAD in kinds and outer and len(strip.text) < 90:
        return not any(ends_sentence(line.text) for line in strip.lines)
    return all(kind in (Kind.STAFF, Kind.RULE) or (outer and kind in _FURNITURE) for kind in kinds)


def _is_under_nameplate(strip: Strip, mastheads: Sequence[Strip], size: float) -> bool:
    """Whether a small line stands right below a line of the masthead, and says what it does."""
    if strip.size > 1.15 * size or not _IMPRINT.search(strip.text):
        return False
    return any(-size < strip.top - other.bottom < 1.5 * size for other in mastheads)


def _is_imprint(strip: Strip) -> bool:
    return len(strip.lines) <= 2 and bool(_IMPRINT.search(strip.text))


def _is_aside(strip: Strip, page: NewsPage, strips: Sequence[Strip]) -> bool:
    """Whether a strip is a picture's caption or a pull-quote."""
    text = join_lines(line.text for line in strip.lines)
    if is_caption(text) or line_kind(text) is Kind.CAPTION:
        return True
    if strip.size < _SMALL * page.size and len(text) <= _LONGEST_CAPTION:
        kinds = {line_kind(line.text) for line in strip.lines}
        return not (kinds & {Kind.BYLINE, Kind.CLOSER, Kind.JUMP}) and not remark_kind(text)
    larger = strip.size >= LARGER * page.size
    return larger and len(text) <= _LONGEST_QUOTE and repeats(strip, strips)


def _closes(strip: Strip) -> bool:
    """Whether a strip ends with what stands only at an article's end."""
    for count in range(1, min(4, len(strip.lines)) + 1):
        text = join_lines(line.text for line in strip.lines[-count:])
        kind = line_kind(text)
        signed = kind is Kind.BYLINE and text[0] in "（("
        if signed or kind in (Kind.CLOSER, Kind.STAFF, Kind.JUMP) or remark_kind(text):
            return True
    return False


def _head_blocks(head: Head) -> list[Block]:
    lines = [line for strip in head.strips for line in strip.lines]
    found = [Block(Kind.SHORT, join_lines(line.text for line in lines))]
    found += [Block(Kind.BYLINE, join_print(strip.lines)) for strip in head.bylines]
    return found


def _is_filler(blocks: Sequence[Block]) -> bool:
    """Whether a few lines say no sentence and name no author: an advert, a slogan, a contents."""
    texts = [block.text for block in blocks]
    if any(block.kind in (Kind.BYLINE, Kind.JUMP) for block in blocks):
        return False
    says = any(ends_sentence(text) and len(text) > _SENTENCE for text in texts)
    return not says and sum(map(len, texts)) < _LONGEST_ADVERT


def _advert(head: Head, strips: Sequence[Strip]) -> list[Strip]:
    """The strips of an advert under a line of display type: they say no sentence."""
    held = list(head.all)
    for strip in sorted(strips, key=lambda strip: strip.top):
        near = -strip.size < strip.top - max(other.bottom for other in held) < 2.5 * strip.size
        over = min(strip.right, head.right) - max(strip.left, head.left)
        if near and over > 0 and len(strip.lines) <= _ADVERT_LINES:
            held.append(strip)
    lines = [line.text for strip in held for line in strip.lines]
    says = any(ends_sentence(line) for line in lines) or sum(map(len, lines)) > _LONGEST_ADVERT
    return held if not says and _ADVERT.search("\n".join(lines[1:])) else []


def _issue(mastheads: Sequence[str], path: str, stated: Stated) -> Stated:
    return either(stated, find_issue([*mastheads, " ".join(mastheads)], path))
