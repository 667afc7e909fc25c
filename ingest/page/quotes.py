"""Finds pull-quotes: pieces of a body that the page repeats in display type."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher

from ingest.page.furniture import Block, Kind
from ingest.page.lines import is_western

GRAM = 3
SHORTEST, LONGEST = 10, 400  # characters (or Western words) of a pull-quote
CONTAINED = 0.95  # share of it that the body must hold, in the same order: it may be shortened
LONGER = 1.1  # times the quote's length that the text quoted from must have at least
LIKELY = 0.6  # share of the quote's trigrams below which texts aren't compared
HOSTS_TRIED = 3
MOST_BLOCKS = 1000  # a longer text is no page of a newspaper
LONGEST_HOST = 20_000  # characters
COMMON = 100  # blocks; a trigram of more tells nothing
HOST_BLOCKS = 4  # blocks that the text quoted from may be cut into by columns' ends


def find_quotes(blocks: Sequence[Block]) -> set[int]:
    """The positions of pull-quotes: blocks (nearly) contained in the text beside them."""
    grams = {i: _grams(block.text) for i, block in enumerate(blocks) if _is_text(block)}
    if len(grams) > MOST_BLOCKS:
        return set()
    holders: dict[str, list[int]] = defaultdict(list)
    for i, held in grams.items():
        for gram in held:
            holders[gram].append(i)
    quotes: set[int] = set()
    # The longest first: a piece of a cut paragraph may be contained in the quote taken from it.
    for i in sorted(grams, key=lambda i: -len(blocks[i].text)):
        if _may_be_quote(blocks, i):
            telling = [holders[gram] for gram in grams[i] if len(holders[gram]) <= COMMON]
            shared = Counter(j for held in telling for j in held if j != i)
            hits = Counter({j: n for j, n in shared.items() if _is_host(blocks, j, quotes)})
            if _has_host(blocks, i, hits, LIKELY * len(grams[i])):
                quotes.add(i)
    rests = {i + 1 for i in quotes if _has_rest(blocks, i)}
    return quotes | rests


def is_quoted(quote: str, text: str) -> bool:
    """Whether ``text`` holds nearly all of ``quote`` in its order, and more besides."""
    wanted, held = _units(quote), _units(text)
    if len(held) < LONGER * len(wanted) or not wanted:
        return False
    least = 2 if is_western(quote) else 4
    matcher = SequenceMatcher(None, wanted, held, autojunk=False)
    shared = sum(block.size for block in matcher.get_matching_blocks() if block.size >= least)
    return shared >= CONTAINED * len(wanted)


def _is_text(block: Block) -> bool:
    return block.kind is Kind.PARAGRAPH or (block.kind is Kind.SHORT and not block.level)


def _may_be_quote(blocks: Sequence[Block], i: int) -> bool:
    """Whether a block has a quote's size, and is no title and no heading."""
    size = len(_units(blocks[i].text))
    if blocks[i].kind is Kind.PARAGRAPH:
        return SHORTEST <= size <= LONGEST
    following = blocks[i + 1].kind if i + 1 < len(blocks) else None
    return size >= 2 * SHORTEST and following not in (None, Kind.BYLINE, Kind.SHORT)


def _is_host(blocks: Sequence[Block], i: int, quotes: set[int]) -> bool:
    block = blocks[i]
    return block.kind is Kind.PARAGRAPH and i not in quotes and len(block.text) <= LONGEST_HOST


def _has_host(blocks: Sequence[Block], quote: int, hits: Counter[int], likely: float) -> bool:
    """Whether a paragraph, alone or together with the next ones, holds a block's text."""
    for i, _ in hits.most_common(HOSTS_TRIED):
        near = [j for j in range(i, i + HOST_BLOCKS) if j in hits]
        if sum(hits[j] for j in near) < likely:
            continue
        if is_quoted(blocks[quote].text, "".join(blocks[j].text for j in near)):
            return True
    return False


def _has_rest(blocks: Sequence[Block], i: int) -> bool:
    """Whether the block below a pull-quote is the rest of it."""
    following = blocks[i + 1] if i + 1 < len(blocks) else None
    if not blocks[i].goes_on or following is None or following.kind is not Kind.PARAGRAPH:
        return False
    others = [*blocks[:i], *blocks[i + 2 :]]
    text = "".join(block.text for block in others if block.kind is Kind.PARAGRAPH)
    return blocks[i].text + following.text in text


def _grams(text: str) -> set[str]:
    units = _units(text)
    return {"".join(units[i : i + GRAM]) for i in range(len(units) - GRAM + 1)}


def _units(text: str) -> list[str]:
    """The words of a Western text, the characters of a Chinese one, without punctuation."""
    if is_western(text):
        return re.findall(r"\w+", text.lower())
    return [character for character in text if character.isalnum()]
