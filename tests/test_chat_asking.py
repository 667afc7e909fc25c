"""``/api/ask``: answers in JSON and as a stream, and all that can go wrong with them."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
from collections.abc import Callable, Coroutine, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx
import pytest
from conftest import make_article
from fastapi import FastAPI
from fastapi.testclient import TestClient
from scripted import (
    FERRY,
    FILTERED_QUESTION,
    FOLLOW_UP,
    FOLLOWED_UP,
    QUESTION,
    SUGGESTIONS,
    UNANSWERABLE,
    ScriptedAssistant,
)

from chat.records import matched_words
from chat.settings import Settings
from chat.types import Event, Loading
from chat.web.api import say_errors
from chat.web.room import Room
from chat.web.routes.asking import ask_routes
from ingest.errors import ModelError
from ingest.types import Passage
from retriever.types import Hit

STREAM = {"Accept": "text/event-stream"}
Result = TypeVar("Result")
PATIENCE = 20  # seconds for what takes none


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(server(ScriptedAssistant())) as client:
        yield client


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """What it gives, in a thread of its own: in this one a browser's loop may be running."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


def events(text: str) -> list[tuple[str, Any]]:
    """The names and the records of a stream."""
    found = []
    for block in text.split("\n\n")[:-1]:
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def asked(client: TestClient, question: str = QUESTION, **more: Any) -> list[tuple[str, Any]]:
    """The events up to the end of the answer."""
    answer = client.post("/api/ask", json={"question": question, **more}, headers=STREAM)
    assert answer.headers["content-type"].startswith("text/event-stream")
    return [each for each in events(answer.text) if each[0] != "suggestions"]


def test_json_is_the_answer_that_the_stream_ends_with(client: TestClient) -> None:
    whole = client.post("/api/ask", json={"question": QUESTION}).json()
    name, last = asked(client)[-1]
    assert (name, last) == ("done", whole)
    assert whole["exchange"] == {
        "question": QUESTION,
        "articles": list(dict.fromkeys(each["article_id"] for each in whole["citations"])),
        "titles": [FERRY.title],
    }
    assert whole["timings"]["total"] > 0


def test_a_stream_is_found_the_sentences_done(client: TestClient) -> None:
    (first, found), *sentences, (last, done) = asked(client)
    assert (first, last) == ("found", "done")
    assert {name for name, _ in sentences} == {"sentence"}
    assert found["searched"] == 4
    assert found["hits"] == done["hits"]
    texts = [
        {"text": s["text"], "citations": [c["number"] for c in s["citations"]]}
        for _, s in sentences
    ]
    assert texts == done["sentences"]
    assert [c for _, s in sentences for c in s["citations"]] == done["citations"]


def test_what_could_be_asked_next_comes_after_the_answer(client: TestClient) -> None:
    text = client.post("/api/ask", json={"question": QUESTION}, headers=STREAM).text
    (name, _), (last, record) = events(text)[-2:]
    assert (name, last) == ("done", "suggestions")
    assert record == {"questions": SUGGESTIONS[QUESTION]}


def test_a_citation_has_all_that_a_card_shows(client: TestClient) -> None:
    citation = client.post("/api/ask", json={"question": QUESTION}).json()["citations"][0]
    shown = {
        "label",
        "authors",
        "affiliation",
        "source",
        "page",
        "published",
        "language",
        "heading",
        "guessed",
        "reprints",
    }
    assert shown <= set(citation)
    context = citation["context"]
    assert context["text"] == FERRY.text[context["start"] : context["end"]]
    assert citation["quote"] in context["text"]


def test_what_was_asked_before_completes_a_question(client: TestClient) -> None:
    before = asked(client)[-1][1]["exchange"]
    found = asked(client, FOLLOW_UP, history=[before])[0][1]
    assert found["query"]["text"] == FOLLOWED_UP
    assert asked(client, FOLLOW_UP)[0][1]["query"]["text"] == FOLLOW_UP


def test_filters_that_are_not_wanted_are_left_out(client: TestClient) -> None:
    filters = asked(client, FILTERED_QUESTION)[0][1]["query"]["filters"]
    assert [each["kind"] for each in filters] == ["author", "published"]
    assert filters[0]["label"] == {"zh": "作者：沈闻舟", "en": "Author: 沈闻舟"}
    fewer = asked(client, FILTERED_QUESTION, without=[filters[0]["key"]])[0][1]["query"]["filters"]
    assert fewer == filters[1:]


def test_a_refusal_is_an_answer(client: TestClient) -> None:
    done = asked(client, UNANSWERABLE)[-1][1]
    assert done["abstained"]
    assert done["hits"]


@pytest.mark.parametrize("headers", [STREAM, {}])
def test_a_question_that_can_t_be_asked_is_422(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/ask", json={"question": "长" * 2001}, headers=headers)
    assert answer.status_code == 422
    assert answer.json() == {
        "status": 422,
        "error": {"en": "the question is too long: shorten it", "zh": "问题太长：请缩短"},
    }


@pytest.mark.parametrize(
    ("body", "english", "chinese"),
    [
        ("{", "isn't JSON", "不是 JSON"),
        ("", "mend body", "请改正 body"),
        ("[]", "mend body", "请改正 body"),
        ("{}", "mend question", "请改正 question"),
        ('{"question": 7, "without": [{}]}', "mend question, without.0", "question、without.0"),
        ('{"question": "x", "history": [{}]}', "mend history.0.question", "history.0.question"),
    ],
)
def test_a_body_that_is_not_understood_is_told_in_both_languages(
    client: TestClient, body: str, english: str, chinese: str
) -> None:
    answer = client.post("/api/ask", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert english in error["en"]
    assert chinese in error["zh"]


class _Breaking(ScriptedAssistant):
    """Fails after the first sentence of an answer."""

    def stream(self, question: str, **given: Any) -> Iterator[Event]:
        begin = super().stream(question, **given)
        yield next(begin)
        yield next(begin)
        raise ModelError("the model is gone: start it", "模型不在了：请启动它")


def server(assistant: ScriptedAssistant, **limits: int) -> FastAPI:
    """A server of nothing but answers."""
    app = FastAPI()
    say_errors(app, Settings())
    app.include_router(ask_routes(assistant, Room(**limits)))
    return app


def test_a_failure_in_an_answer_ends_the_stream_and_says_why() -> None:
    client = TestClient(server(_Breaking()))
    error = {
        "status": 500,
        "error": {"en": "the model is gone: start it", "zh": "模型不在了：请启动它"},
    }
    assert [name for name, _ in asked(client)] == ["found", "sentence", "error"]
    assert asked(client)[-1] == ("error", error)
    answer = client.post("/api/ask", json={"question": QUESTION})
    assert (answer.status_code, answer.json()) == (500, error)


class _Loading(ScriptedAssistant):
    def stream(self, question: str, **given: Any) -> Iterator[Event]:
        found, *rest = super().stream(question, **given)
        yield found
        yield Loading("Qwen/Qwen3-0.6B")
        yield from rest


def test_a_model_that_is_being_loaded_is_named() -> None:
    client = TestClient(server(_Loading()))
    names = asked(client)
    assert names[1] == ("loading", {"what": "Qwen/Qwen3-0.6B"})
    assert [name for name, _ in names].count("loading") == 1
    assert client.post("/api/ask", json={"question": QUESTION}).json() == names[-1][1]


class _Endless(ScriptedAssistant):
    """Says a sentence again and again; knows when nobody wants more."""

    def __init__(self, before: int, leave: Callable[[], object]) -> None:
        super().__init__()
        self._before = before  # so many sentences, the client leaves
        self._leave = leave
        self.closed = False

    def stream(self, question: str, **given: Any) -> Iterator[Event]:
        found, sentence, *_ = super().stream(question, **given)
        try:
            for said in itertools.count():
                if said == self._before:
                    self._leave()
                yield sentence if said else found
        finally:
            self.closed = True


async def asked_and_left(headers: dict[str, str], before: int) -> _Endless:
    """Ask, and go away while an answer comes; gives the assistant when the server is done."""
    gone, loop = asyncio.Event(), asyncio.get_running_loop()
    assistant = _Endless(before, lambda: loop.call_soon_threadsafe(gone.set))
    body = json.dumps({"question": QUESTION}).encode()
    requests = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if requests:
            return requests.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        """A client that reads all that comes."""

    headers = {"content-type": "application/json", **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/api/ask",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await asyncio.wait_for(server(assistant)(scope, receive, send), PATIENCE)
    return assistant


@pytest.mark.parametrize("headers", [STREAM, {}], ids=["stream", "JSON"])
@pytest.mark.parametrize("before", [0, 1, 5])
def test_who_goes_away_stops_the_work(headers: dict[str, str], before: int) -> None:
    assert run(asked_and_left(headers, before)).closed


class _Held(ScriptedAssistant):
    """Answers nobody until ``go`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def stream(self, question: str, **given: Any) -> Iterator[Event]:
        self.go.wait(PATIENCE)
        yield from super().stream(question, **given)


async def crowd(
    assistant: _Held, people: int, headers: dict[str, str], **limits: int
) -> list[httpx.Response]:
    """What the people get who ask at once, who is sent away first; the others when one was."""
    transport = httpx.ASGITransport(server(assistant, **limits))
    async with httpx.AsyncClient(transport=transport, base_url="http://wenjin") as client:
        waiting = {
            asyncio.create_task(
                client.post("/api/ask", json={"question": QUESTION}, headers=headers)
            )
            for _ in range(people)
        }
        first, waiting = await asyncio.wait(
            waiting, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED
        )
        assistant.go.set()
        return [await each for each in (*first, *waiting)]


@pytest.mark.parametrize("headers", [STREAM, {}], ids=["stream", "JSON"])
def test_only_so_many_wait(headers: dict[str, str]) -> None:
    refused, *answered = run(crowd(_Held(), 4, headers, at_once=1, waiting=2))
    assert [answer.status_code for answer in answered] == [200, 200, 200]
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    error = refused.json()["error"]
    assert error["en"].startswith("too many questions are waiting")
    assert error["zh"].startswith("排队的问题太多")


def hit(text: str, title: str | None = None, heading: str | None = None) -> Hit:
    article = make_article(text, title=title)
    return Hit(Passage(article.id, 0, len(text), heading), article, 1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("topic", "found", "words"),
    [
        ("渡船的钱从哪里来？", hit("停掉的班次省下十一万元，是渡船的钱。"), ["渡船", "钱"]),
        ("渡船的钱从哪里来？", hit("省下十一万元。", "渡船", "钱的出处"), ["渡船", "钱"]),
        ("How far did the Wells fall?", hit("A well may fall far."), ["far", "well", "fall"]),
        ("中华人民共和国成立", hit("中华人民共和国成立了"), ["中华人民共和国", "成立"]),
        ("中华人民共和国成立", hit("人民都来了"), ["人民"]),
        ("圖書館有書嗎", hit("图书馆里"), ["图书馆"]),
        ("谁？", hit("谁也没来。"), []),
        ("火星", hit("渡船"), []),
    ],
)
def test_the_words_of_the_question_that_a_passage_has(
    topic: str, found: Hit, words: list[str]
) -> None:
    assert matched_words(topic, found) == words


def test_a_place_is_free_again_after_each_answer() -> None:
    client = TestClient(server(_Breaking(), at_once=1, waiting=0))
    for headers in (STREAM, {}) * 2:
        answer = client.post("/api/ask", json={"question": QUESTION}, headers=headers)
        assert answer.status_code == (200 if headers else 500)
        assert "the model is gone" in answer.text
