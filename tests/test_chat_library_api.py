"""The library over HTTP: listed, counted, added to, removed from and put back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import BigramEmbedder, make_article
from fastapi import FastAPI
from fastapi.testclient import TestClient

from chat.assistant import Assistant
from chat.settings import Settings
from chat.web.api import say_errors
from chat.web.ending import Ending
from chat.web.routes.library import library_routes
from chat.web.routes.uploads import largest, shown, upload_routes
from index.index import Index
from index.types import FloatArray
from ingest.types import Article

LOCAL = "http://127.0.0.1:7860"
BRIDGE = replace(
    make_article(
        "两岸的人走石桥。\n桥的来历\n石桥是明代修的。", title="石桥", headings=["桥的来历"]
    ),
    published="2024-05-06",
)
FERRY = replace(
    make_article("渡船每天开十班。", title="渡船", authors=("赵六", "王五")),
    published="2024-06-01",
    source="云河日报",
)
WELL = replace(make_article("井水很清。", title=None, authors=()), published=None)
FILE = "石门的灯\n记者 李四\n\n" + "石门镇今年给每条巷子都装上了路灯，晚归的人不再摸黑走路。" * 8
Event = tuple[str, Any]


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    index = Index.open(tmp_path / "library", BigramEmbedder(), create=True)
    index.add([BRIDGE, FERRY, WELL])
    # Workers find the embedder by its name, and this one is none that they know.
    with Assistant(index, BigramEmbedder()) as assistant:
        yield assistant


def client_of(assistant: Assistant, *, base_url: str = LOCAL, **settings: Any) -> TestClient:
    app = FastAPI()
    chosen = Settings(embedder="openai:http://127.0.0.1:9/v1#none", **settings)
    say_errors(app, chosen)
    app.include_router(library_routes(assistant, chosen))
    app.include_router(upload_routes(assistant, chosen, Ending()))
    return TestClient(app, base_url=base_url)


@pytest.fixture
def client(assistant: Assistant) -> TestClient:
    return client_of(assistant)


def titles(client: TestClient, **query: Any) -> list[str]:
    return [one["label"] for one in client.get("/api/articles", params=query).json()["articles"]]


def upload(client: TestClient, name: str, content: bytes, **how: str) -> list[Event]:
    answer = client.post("/api/articles", params={"name": name, **how}, content=content)
    assert answer.status_code == 200, answer.text
    pieces = [piece.split("\n") for piece in answer.text.strip().split("\n\n")]
    return [(name[7:], json.loads(data[6:])) for name, data in pieces]


def ids(articles: list[Article]) -> set[str]:
    return {article.id for article in articles}


def test_articles_are_listed_newest_first(client: TestClient) -> None:
    answer = client.get("/api/articles").json()
    assert answer["total"] == 3
    assert [one["id"] for one in answer["articles"]] == [FERRY.id, BRIDGE.id, WELL.id]
    first = answer["articles"][0]
    assert (first["label"], first["authors"], first["characters"]) == ("渡船", ["赵六", "王五"], 8)
    assert answer["articles"][2]["label"] == WELL.label
    assert "text" not in first


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"query": "船"}, ["渡船"]),
        ({"query": "云河 渡船"}, ["渡船"]),
        ({"query": "赵六 石桥"}, []),
        ({"author": "王五", "sort": "oldest"}, ["石桥", "渡船"]),
        ({"author": "王"}, []),
        ({"source": "云河日报"}, ["渡船"]),
        ({"from": "2024-06-01"}, ["渡船"]),
        ({"to": "2024-05-06"}, ["石桥"]),
        ({"sort": "oldest", "offset": 1, "limit": 1}, ["渡船"]),
        ({"sort": "oldest", "offset": 9}, []),
    ],
)
def test_the_list_is_narrowed_and_sorted(
    client: TestClient, query: dict[str, Any], found: list[str]
) -> None:
    assert titles(client, **query) == found


@pytest.mark.parametrize(
    "query", [{"limit": 201}, {"sort": "best"}, {"offset": -1}, {"from": "May"}]
)
def test_a_list_that_makes_no_sense_is_refused(client: TestClient, query: dict[str, Any]) -> None:
    answer = client.get("/api/articles", params=query)
    assert answer.status_code == 422
    assert set(answer.json()["error"]) == {"zh", "en"}


def test_an_article_has_its_text(client: TestClient) -> None:
    record = client.get(f"/api/articles/{BRIDGE.id}").json()
    assert record["text"] == BRIDGE.text
    assert record["sections"] == [{"text": "桥的来历", "start": 9, "level": 1}]
    assert client.get("/api/articles/none").status_code == 404


def test_statistics_count(client: TestClient) -> None:
    told = client.get("/api/statistics").json()
    assert (told["articles"], told["undated"], told["reprints"]) == (3, 1, 0)
    assert told["months"] == [
        {"name": "2024-05", "articles": 1},
        {"name": "2024-06", "articles": 1},
    ]
    assert told["authors"][0] == {"name": "王五", "articles": 2}
    assert sum(one["articles"] for one in told["lengths"]) == 3


def test_what_is_removed_can_be_put_back_as_it_was(
    client: TestClient, assistant: Assistant
) -> None:
    record = client.delete(f"/api/articles/{BRIDGE.id}").json()
    assert ids(assistant.articles()) == {FERRY.id, WELL.id}
    assert titles(client) == ["渡船", WELL.label]
    assert client.delete(f"/api/articles/{BRIDGE.id}").status_code == 404
    assert client.post("/api/articles", json={"articles": [record]}).json() == {"added": 1}
    assert assistant.article(BRIDGE.id) == BRIDGE
    assert titles(client) == ["渡船", "石桥", WELL.label]


@pytest.mark.parametrize(
    "change",
    [{"text": "别的话。"}, {"sections": [{"text": "来历", "start": 0}]}, {"language": "<b>"}],
)
def test_what_was_never_there_is_not_put_back(
    client: TestClient, assistant: Assistant, change: dict[str, Any]
) -> None:
    record = client.delete(f"/api/articles/{BRIDGE.id}").json()
    answer = client.post("/api/articles", json={"articles": [record | change]})
    assert answer.status_code == 422
    assert assistant.article_count == 2


def test_json_that_is_none_is_refused(client: TestClient) -> None:
    assert client.post("/api/articles", content=b"{").status_code == 422


def test_a_file_is_read_and_told_of(client: TestClient, assistant: Assistant) -> None:
    *before, (last, report) = upload(client, "云河日报_2024-07-01_第2版.txt", FILE.encode())
    assert before[-1] == ("progress", {"share": 1.0, "articles": 1})
    assert last == "done"
    assert report["articles"]["new"] == 1
    assert report["library"]["articles"] == 4 == assistant.article_count
    assert "石门的灯" in titles(client)
    again = upload(client, "云河日报_2024-07-01_第2版.txt", FILE.encode())[-1][1]
    assert again["files"]["unchanged"] == 1


def test_a_file_that_cannot_be_read_says_why(client: TestClient, assistant: Assistant) -> None:
    events = dict(upload(client, "坏.pdf", b"%PDF-1.4 broken"))
    assert set(events["problem"]["message"]) == {"zh", "en"}
    assert events["done"]["failed"] == [events["problem"]]
    assert assistant.article_count == 3


def test_a_file_s_reading_can_be_stopped_and_what_was_read_stays(tmp_path: Path) -> None:
    stopped = []

    class Stopping(BigramEmbedder):
        """Somebody stops the upload while its articles are embedded."""

        def encode_passages(self, texts: Sequence[str]) -> FloatArray:
            if not stopped:
                stopped.append(client.delete("/api/uploads/upload-1").json()["stopped"])
            return super().encode_passages(texts)

    index = Index.open(tmp_path / "library", Stopping(), create=True)
    with Assistant(index, Stopping()) as assistant:
        client = client_of(assistant)
        *_, (last, report) = upload(client, "灯.txt", FILE.encode(), upload="upload-1")
        assert (last, stopped, report["stopped"]) == ("done", [True], True)
        assert report["articles"]["new"] == 1 == assistant.article_count
        assert client.delete("/api/uploads/upload-1").json() == {"stopped": False}


def test_a_file_that_is_too_large_is_refused_before_it_is_taken(client: TestClient) -> None:
    answer = client.post(
        "/api/articles?name=a.txt", content=b"x", headers={"Content-Length": str(2**40)}
    )
    assert answer.status_code == 413
    assert "a.txt" in answer.json()["error"]["zh"]


def test_names_of_files_hold_no_folders() -> None:
    assert shown("../../etc/passwd") == "passwd"
    assert shown("C:\\pages\\第3版.txt") == "第3版.txt"
    assert shown("a\nb\x00.txt") == "ab.txt"
    assert shown("/") == "file"
    assert largest("a.PDF") > largest("a.txt") == largest("unknown")


REQUESTS = [
    ("DELETE", f"/api/articles/{BRIDGE.id}"),
    ("POST", "/api/articles"),
    ("POST", "/api/articles?name=a.txt"),
    ("DELETE", "/api/uploads/upload-1"),
]


@pytest.mark.parametrize(("method", "path"), REQUESTS)
@pytest.mark.parametrize(
    ("settings", "base_url", "headers"),
    [
        ({"allow_upload": "no"}, LOCAL, {}),
        ({"host": "0.0.0.0"}, LOCAL, {}),
        ({}, "http://wenjin.example", {}),  # a name that was made to mean this computer
        ({}, LOCAL, {"Origin": "http://evil.example"}),
        ({}, LOCAL, {"Origin": "null"}),
        ({}, LOCAL, {"Sec-Fetch-Site": "cross-site"}),
        ({}, LOCAL, {"Sec-Fetch-Site": "same-site"}),
        ({"allow_upload": "yes"}, LOCAL, {"Origin": "http://127.0.0.1:1"}),
    ],
)
def test_who_may_not_change_the_library(
    assistant: Assistant,
    method: str,
    path: str,
    settings: dict[str, Any],
    base_url: str,
    headers: dict[str, str],
) -> None:
    client = client_of(assistant, base_url=base_url, **settings)
    answer = client.request(method, path, headers=headers)
    assert answer.status_code == 403
    assert set(answer.json()["error"]) == {"zh", "en"}
    assert assistant.article_count == 3


@pytest.mark.parametrize(
    ("settings", "base_url", "headers"),
    [
        ({}, LOCAL, {}),
        ({}, "http://localhost:7860", {"Origin": "http://localhost:7860"}),
        ({}, "http://[::1]:7860", {"Sec-Fetch-Site": "same-origin"}),
    ],
)
def test_who_may(
    assistant: Assistant, settings: dict[str, Any], base_url: str, headers: dict[str, str]
) -> None:
    client = client_of(assistant, base_url=base_url, **settings)
    assert client.delete(f"/api/articles/{BRIDGE.id}", headers=headers).status_code == 200
