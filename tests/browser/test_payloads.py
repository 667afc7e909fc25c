"""Titles, authors, texts, names of files, questions and what a model says are text: a corpus of
what would be script is shown everywhere, and neither runs nor becomes an element.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from payloads import PAYLOADS
from playwright.sync_api import FilePayload, Page, expect
from scripted import ScriptedAssistant
from serving import Visits, ask, serving
from sites import Site, Widget

from chat.settings import Settings
from chat.types import Answer, AnswerSentence, Citation, Done, Event, Found, Sentence
from chat.web.api import create_app
from index.embed import load_embedder
from index.index import Index
from ingest.types import Article, Heading, Passage, article_id
from retriever.types import Filter, Hit, Query

pytestmark = pytest.mark.browser

QUESTION = "都有些什么？"
WATCH = "window.ran = (number) => { (window.all ??= []).push(number); };"
PLANTED = "[planted]"  # elements that were made of a payload


def article(payload: str) -> Article:
    text = f"{payload}\n第二段说的是{payload}这件事。"
    return Article(
        id=article_id(payload, text),
        title=payload,
        authors=(payload,),
        affiliation=payload,
        source=payload,
        page=payload,
        published="2026-05-18",
        language="zh",
        headings=(Heading(payload, 0),),
        text=text,
        path=f"{payload}.txt",
        subtitle=payload,
        notes=(payload,),
    )


ARTICLES = tuple(map(article, PAYLOADS))


class PlantedAssistant(ScriptedAssistant):
    """Answers with all of them."""

    def __init__(self, index: Index) -> None:
        super().__init__(ARTICLES)
        self.index = index

    def _events(self, question: str, query: Query) -> Iterator[Event]:
        query = Query(f"{question} {PAYLOADS[0]}", (Filter("author", PAYLOADS[1], PAYLOADS[2]),))
        hits = tuple(Hit(Passage(a.id, 0, len(a.text), a.title), a, 1, 1, 1) for a in ARTICLES)
        yield Found(query, hits)
        if question != QUESTION:
            yield Done(
                Answer(question, query, 0.1, (), (), hits, abstained=True, timings={"total": 1.0})
            )
            return
        citations = tuple(
            Citation(number, a, 0, len(payload))
            for number, (a, payload) in enumerate(zip(ARTICLES, PAYLOADS, strict=True), 1)
        )
        for payload, citation in zip(PAYLOADS, citations, strict=True):
            yield Sentence(f"据说{payload}。", (citation,))
        said = tuple(
            AnswerSentence(f"据说{p}。", (c.number,))
            for p, c in zip(PAYLOADS, citations, strict=True)
        )
        yield Done(
            Answer(
                question, query, 0.9, said, citations, hits, abstained=False, timings={"total": 1.0}
            )
        )

    def suggestions(self, answer: Answer) -> list[str]:
        return list(PAYLOADS[:20])

    def examples(self, count: int = 4) -> list[str]:
        return list(PAYLOADS[:count])


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("planted")
    with Index.open(folder, load_embedder(), create=True) as index:
        index.add(ARTICLES)
        app = create_app(PlantedAssistant(index), Settings(library=str(folder), origins=site.url))  # type: ignore[arg-type]
        with serving(app) as address:
            yield address


@pytest.fixture
def watched(visits: Visits) -> Iterator[Page]:
    page = visits.open()
    page.add_init_script(WATCH)
    yield page
    page.close()


def untouched(page: Page) -> None:
    """Nothing ran, and nothing but text came of any payload."""
    assert page.evaluate("window.all ?? []") == []
    expect(page.locator(PLANTED)).to_have_count(0)


def test_there_are_many_and_a_browser_would_run_them(page: Page) -> None:
    assert len(PAYLOADS) >= 100
    page.set_content(f"<script>{WATCH}</script>")
    for payload in PAYLOADS:
        page.evaluate("(markup) => document.body.insertAdjacentHTML('beforeend', markup)", payload)
    made = page.locator(PLANTED).count()
    page.wait_for_function("window.all?.length > 20")
    assert made > 80  # some only break out of where they stand


def test_nothing_runs_in_an_answer(watched: Page, planted: str) -> None:
    watched.goto(f"{planted}/?lang=zh")
    watched.locator(".welcome").wait_for()
    ask(watched, QUESTION)
    expect(watched.locator(".sentence")).to_have_count(len(PAYLOADS))
    said = watched.locator(".sentence").all_text_contents()
    assert all(payload in one for payload, one in zip(PAYLOADS, said, strict=True))
    untouched(watched)
    watched.locator(".open").first.click()
    expect(watched.locator("#reader h1")).to_contain_text(PAYLOADS[0])
    for _ in range(5):
        watched.locator("#reader .next").click()
    untouched(watched)


def test_nothing_runs_of_questions(watched: Page, planted: str) -> None:
    watched.goto(f"{planted}/?lang=zh")
    watched.locator(".welcome").wait_for()
    for payload in PAYLOADS[::12]:  # a refusal each, with the nearest articles
        ask(watched, payload)
    expect(watched.locator(".question").first).to_have_text(PAYLOADS[0])
    untouched(watched)
    watched.reload()
    expect(watched.locator("#conversations .title").first).to_have_text(PAYLOADS[0])
    untouched(watched)


def test_nothing_runs_in_the_library(watched: Page, planted: str) -> None:
    watched.goto(f"{planted}/?lang=zh#/articles")
    rows = watched.locator(".listed li")
    expect(rows.first).to_be_visible()
    untouched(watched)


def test_nothing_runs_on_articles_pages(watched: Page, planted: str) -> None:
    for one in ARTICLES[::4]:
        watched.goto(f"{planted}/articles/{one.id}?start=0&end=8&lang=zh")
        expect(watched.locator("h1")).to_contain_text(one.title or "")
        untouched(watched)


def test_nothing_runs_of_the_names_of_files(watched: Page, planted: str) -> None:
    watched.goto(f"{planted}/?lang=zh#/articles")
    names = [f"{payload}.txt".replace("/", "∕") for payload in PAYLOADS[:40]]
    files = [
        FilePayload(name=name, mimeType="text/plain", buffer=b"" if number % 2 else b"\x00\x01")
        for number, name in enumerate(names)
    ]
    watched.locator("#articles input[type=file]").set_input_files(files)
    expect(watched.locator("#articles")).to_contain_text(names[-1])
    untouched(watched)


def test_nothing_runs_in_the_widget(watched: Page, planted: str, site: Site) -> None:
    watched.goto(site.demo(planted))
    widget = Widget(watched).open()
    widget.ask(QUESTION)
    expect(widget.sentences).to_have_count(len(PAYLOADS))
    for number in range(0, len(PAYLOADS), 12):
        widget.marks.nth(number).click()
        expect(widget.card).to_contain_text(PAYLOADS[number])
        untouched(watched)
        watched.keyboard.press("Escape")
    widget.ask(PAYLOADS[5])  # a refusal
    untouched(watched)
