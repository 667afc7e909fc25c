"""An article with all that a newspaper page shows of it, and what a careful reader takes from it.

Truth: labels (理论周刊), bylines, captions, pull-quotes, notes about authors and money, and the
words that send the reader to another page aren't text. A dateline (本报讯（记者 …）) is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from random import Random

from page_articles import Draft, Wish, compose, person
from page_generator import TrueArticle
from page_material import Subject
from page_plan import PageKind

CHARACTERS = 88  # of an average paragraph
LABELS = ("理论周刊", "记者观察", "短评", "民生关注", "一线调研", "评论", "深度", "来信")
WESTERN_LABELS = ("OPINION", "ANALYSIS", "LOCAL", "LETTERS")


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph of the flow: text, heading, byline, closing, note, jump (to or from a page).

    ``strong`` counts the bold letters that begin it.
    """

    kind: str
    text: str
    strong: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """What is set in a box. ``byline`` is what stands below the title, if anything does."""

    title: str
    pieces: tuple[Piece, ...]
    truth: TrueArticle | None  # None for the rest of an article that began elsewhere
    label: str = ""
    eyebrow: str = ""
    subtitle: str = ""
    byline: str = ""
    quote: str = ""
    caption: str = ""
    headings: str = "plain"


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which parts an article has. ``byline``: head, column, lede, credit or none."""

    byline: str
    headings: str
    subtitle: bool
    eyebrow: bool
    label: bool
    closing: str
    funding: bool
    quote: bool
    caption: bool
    strong: bool

    @classmethod
    def choose(cls, rng: Random, characters: int, *, english: bool) -> _Choice:
        long = characters > 500
        places = ("head", "column", "lede", "credit", "none")
        weights = (60, 12, 0, 8, 12) if english else (50, 14, 18, 8, 10)
        byline = rng.choices(places, weights)[0]
        signed = byline in ("head", "column")
        closing = rng.choices(("", "line", "inline"), (50, 35, 15))[0] if signed and long else ""
        kinds = ("plain", "centred", "large", "numbered")
        headed = rng.random() < (0.6 if long else 0.05)
        return cls(
            byline=byline,
            headings=rng.choice(kinds[:3] if english else kinds) if headed else "",
            subtitle=long and rng.random() < 0.25,
            eyebrow=rng.random() < 0.15,
            label=rng.random() < 0.12,
            closing=closing,
            funding=bool(closing) and not english and rng.random() < 0.2,
            quote=long and rng.random() < 0.25,
            caption=characters > 250 and rng.random() < 0.35,
            strong=long and not headed and rng.random() < 0.15,
        )


def write_story(
    rng: Random, kind: PageKind, subject: Subject, characters: int, written: set[str]
) -> Story:
    """An article that takes about the room of that many Chinese characters."""
    choice = _Choice.choose(rng, characters, english=kind.english)
    count = max(1, round(characters / CHARACTERS))
    wish = Wish(
        headings=rng.randint(2, 4) if choice.headings else 0,
        numbered=choice.headings == "numbered",
        longest_heading=34 if kind.english else 22,
        subtitle=choice.subtitle,
        bylined=False,
        bare_byline=False,
        credited=choice.byline == "credit",
        paragraphs=(count, count + 1),
    )
    draft = compose(rng, subject, wish, written, english=kind.english)
    if choice.byline not in ("credit", "none"):
        form, names = _byline(rng, choice.byline, english=kind.english)
        lines = (
            (form + draft.lines[0], *draft.lines[1:]) if choice.byline == "lede" else draft.lines
        )
        draft = replace(draft, byline=form, authors=names, lines=lines)
    draft = draft.converted(kind.convert)
    label = rng.choice(WESTERN_LABELS if kind.english else LABELS)
    return Story(
        title=draft.title,
        pieces=tuple(_pieces(rng, draft, choice)),
        truth=_truth(draft, choice, kind),
        label=kind.convert(label) if choice.label else "",
        eyebrow=draft.eyebrow if choice.eyebrow else "",
        subtitle=draft.subtitle or "",
        byline=draft.byline if choice.byline == "head" else "",
        quote=draft.pull_quote if choice.quote else "",
        caption=draft.caption if choice.caption else "",
        headings=choice.headings,
    )


def _byline(rng: Random, place: str, *, english: bool) -> tuple[str, tuple[str, ...]]:
    """A byline or a dateline with the authors that it names."""
    names: list[str] = []
    while len(names) < 3:
        name = person(rng, english=english)
        if name not in names:
            names.append(name)
    one, two, three = names
    if english:
        forms = [(f"By {one}", 1), (f"By {one} and {two}", 2), (f"By {one}", 1)]
    elif place == "lede":
        day = f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
        forms = [
            (f"本报讯（记者 {one}）", 1),
            (f"本报讯（记者{one} 通讯员{two}）", 2),
            (f"本报讯 （记者 {one} {two}）", 2),
            (f"新华社云川{day}电（记者{one}、{two}）", 2),
            (f"本报北原{day}讯（记者 {one}）", 1),
        ]
    else:
        forms = [
            (f"本报记者 {one}", 1),
            (f"本报记者 {one} {two}", 2),
            (f"本报记者　{one}　{two}　{three}", 3),
            (f"本报记者 {one} 通讯员 {two}", 2),
            (f"□ {one}", 1),
            (f"□{one} {two}", 2),
            (f"■本报记者 {one}", 1),
            (f"□ 本报记者 {one} 实习生 {two}", 2),
            (f"文/{one}", 1),
            (f"记者 {one} 通讯员 {two} {three}", 3),
            (f"通讯员 {one}", 1),
            (f"作者：{one}", 1),
        ]
    form, count = rng.choice(forms)
    return form, tuple(names[:count])


def _pieces(rng: Random, draft: Draft, choice: _Choice) -> list[Piece]:
    """The flow of the article, headings, byline and notes in their places."""
    pieces = [
        Piece("heading", line)
        if line in draft.headings
        else Piece("text", line, _first_sentence(line) if choice.strong else 0)
        for line in draft.lines
    ]
    if choice.byline == "column":
        pieces.insert(0, Piece("byline", draft.byline))
    if choice.byline == "lede" and not choice.strong:
        pieces[0] = replace(pieces[0], strong=rng.choice((0, len(draft.byline))))
    notes = []
    if choice.byline == "credit":
        notes.append(Piece("closing", draft.credit))
    if choice.closing:
        notes.append(Piece("closing", draft.closing))
    if choice.closing == "inline" and draft.closing[0] in "（(":
        pieces[-1] = replace(pieces[-1], text=pieces[-1].text + notes.pop().text)
    if choice.funding:
        notes.append(Piece("note", draft.funding))
    return pieces + notes


def _first_sentence(text: str) -> int:
    """How long the first sentence is, if it's short enough to be set in bold type."""
    end = min((i for i in map(text.find, "。？！") if i > 0), default=-1)
    return end + 1 if 0 < end < 22 else 0


def _truth(draft: Draft, choice: _Choice, kind: PageKind) -> TrueArticle:
    traits = (
        kind.script,
        f"byline {choice.byline}",
        f"headings {choice.headings or 'none'}",
        *["subtitle"] * choice.subtitle,
        *["eyebrow"] * choice.eyebrow,
        *["label"] * choice.label,
        *[f"closing {choice.closing}"] * bool(choice.closing),
        *["funding note"] * choice.funding,
        *["bold sentences"] * choice.strong,
    )
    return TrueArticle(
        title=draft.title,
        authors=draft.authors,
        affiliation=draft.affiliation if choice.closing else None,
        headings=draft.headings,
        paragraphs=draft.lines,
        subtitle=draft.subtitle,
        eyebrow=draft.eyebrow if choice.eyebrow else None,
        traits=traits,
    )


def cut_in_two(
    rng: Random, kind: PageKind, story: Story, here: int, there: int
) -> tuple[Story, Story]:
    """The beginning of an article, on page ``here``, and its rest, on page ``there``."""
    texts = [i for i, piece in enumerate(story.pieces) if piece.kind == "text"]
    at = texts[rng.randint(len(texts) // 3, max(len(texts) // 3, 2 * len(texts) // 3))]
    piece = story.pieces[at]
    length = _cut(rng, piece.text)
    onward, back = (kind.convert(mark) for mark in _marks(rng, here, there, english=kind.english))
    first = [*story.pieces[:at], replace(piece, text=piece.text[:length].rstrip())]
    rest = (
        [replace(piece, text=piece.text[length:].lstrip(), strong=0)]
        if length < len(piece.text)
        else []
    )
    rest += story.pieces[at + 1 :]
    if rng.random() < 0.4 and onward[0] in "（(":
        first[-1] = replace(first[-1], text=first[-1].text + onward)
    else:
        first.append(Piece("jump", onward))
    if rng.random() < 0.3 and rest[0].kind == "text" and back[0] in "（(":
        rest[0] = replace(rest[0], text=back + rest[0].text)
    else:
        rest.insert(0, Piece("jump", back))
    assert story.truth is not None
    truth = replace(story.truth, traits=(*story.truth.traits, "continued"))
    title = re.split("[ ：，]", story.title)[0] if not kind.english else story.title
    return (
        replace(story, pieces=tuple(first), truth=truth),
        Story(title if rng.random() < 0.75 else "", tuple(rest), None, headings=story.headings),
    )


def _cut(rng: Random, text: str) -> int:
    """Where to cut a paragraph: in mid-sentence, or behind its end."""
    joints = [
        joint.end()
        for joint in re.finditer("[\u4e00-\u9fff，](?=[\u4e00-\u9fff])|[a-z] (?=[a-z])", text)
        if 20 <= joint.end() <= len(text) - 20
    ]
    return rng.choice(joints) if joints and rng.random() < 0.7 else len(text)


def _marks(rng: Random, here: int, there: int, *, english: bool) -> tuple[str, str]:
    if english:
        return f"Continued on Page {there}", f"Continued from Page {here}"
    numerals = "〇一二三四五六七八九十"
    return rng.choice(
        (
            (f"（下转第{there}版）", f"（上接第{here}版）"),
            (f"（下转第{numerals[there]}版）", f"（上接第{numerals[here]}版）"),
            (f"下转第{there}版", f"上接第{here}版"),
            (f"（紧接第{numerals[there]}版）", f"（紧接第{numerals[here]}版）"),
        )
    )
