"""The cards of sources, and the excerpts on them."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

from chat.web.cards import Excerpt, excerpts, nearest_cards, source_cards
from conftest import make_article
from scripted import FERRY, LIBRARY, REPRINT

from chat.types import Citation
from chat.web.view import View
from ingest.types import Article, Passage
from retriever.types import Hit

CHINESE = View("zh", articles=4)
ENGLISH = View("en", articles=4)


def cite(number: int, quote: str, article: Article = FERRY) -> Citation:
    start = article.text.index(quote)
    return Citation(number, article, start, start + len(quote))


def bare(html: str) -> str:
    """What a reader sees of ``html``."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_a_quote_stands_between_its_neighbours() -> None:
    (excerpt,) = excerpts(
        [cite(1, "有人主张停航，有人主张改成旅游船，更多的人希望船照开、票照卖。")]
    )
    shown = FERRY.text[excerpt.start : excerpt.end]
    assert shown.startswith("去年三月，镇里请来")
    assert shown.endswith("早晚高峰一班不减。")


def test_an_excerpt_stays_in_its_paragraph() -> None:
    (excerpt,) = excerpts([cite(1, "停掉的六个班次省下十一万元。")])
    assert FERRY.text[excerpt.start : excerpt.end].startswith("停掉的六个班次")
    (excerpt,) = excerpts([cite(1, "学费由镇里出一半。")])
    assert excerpt.end == len(FERRY.text)


def test_quotes_near_each_other_share_an_excerpt() -> None:
    far, first, second = (
        cite(1, "每天清晨五点半，青石镇的第一班渡船从东岸开出。"),
        cite(3, "停掉的六个班次省下十一万元。"),
        cite(2, "剩下的缺口，由码头旁边新开的十二个摊位的租金补上。"),
    )
    assert [excerpt.citations for excerpt in excerpts([second, first, far])] == [
        (far,),
        (first, second),
    ]


def test_overlapping_quotes_show_every_character_once() -> None:
    long, short = (
        cite(1, "停掉的六个班次省下十一万元。县里的农村客运补贴"),
        cite(2, "省下十一万元。"),
    )
    shown = bare(source_cards([long, short], 1, CHINESE))
    assert shown.count("省下十一万元") == 1


def test_a_long_neighbour_is_cut_and_says_so() -> None:
    text = f"{'长' * 300}。引用的话。{'尾' * 300}。"
    article = Article("a", "题", (), None, None, None, None, "zh", (), text, "a.txt")
    assert excerpts([cite(1, "引用的话。", article)]) == [
        Excerpt(301 - 70, 306 + 70, (cite(1, "引用的话。", article),))
    ]
    shown = bare(source_cards([cite(1, "引用的话。", article)], 1, CHINESE))
    assert f"…{'长' * 69}。1引用的话。{'尾' * 70}…" in shown


def test_a_long_neighbour_is_cut_between_words() -> None:
    article = make_article(f"{'River ' * 50}. It floods. {'Meadow ' * 50}.", language="en")
    (excerpt,) = excerpts([cite(1, "It floods.", article)])
    shown = article.text[excerpt.start : excerpt.end].split()
    assert set(shown) <= {"River", ".", "It", "floods.", "Meadow"}
    assert shown.count("River") > 5
    assert shown.count("Meadow") > 5


def test_an_untitled_article_is_marked_as_such() -> None:
    assert "开…〕 无题" in bare(source_cards([cite(1, "书是居民捐的，", LIBRARY)], 1, CHINESE))


def test_a_card_names_the_articles_that_print_the_same_text() -> None:
    quoted, other = cite(1, "书是居民捐的，", LIBRARY), cite(2, "省下十一万元。")
    passage = Passage(LIBRARY.id, 0, 9, None)
    plain = replace(FERRY, id="plain", source=None, published=None)
    hits = [
        Hit(passage, LIBRARY, 0.3, 4.0, 0.4, (REPRINT,)),
        Hit(passage, LIBRARY, 0.2, 3.0, 0.4, (REPRINT, plain)),
    ]
    card, no_reprints = source_cards([quoted, other], 1, ENGLISH, hits).split("</div><div")
    assert bare(card).endswith(f"Also in 城市晚报 {REPRINT.published} {plain.label}")
    assert f'href="articles/{REPRINT.id}?' in card
    assert "Also in" not in no_reprints
    assert "Also in 城市晚报" in bare(nearest_cards(hits, ENGLISH))
