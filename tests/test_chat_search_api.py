"""``GET /api/search``: passages without an answer, as the command line finds them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from chat.assistant import Assistant
from chat.cli.main import main
from chat.settings import Settings
from chat.web.api import say_errors
from chat.web.routes.searching import search_routes

QUESTION = "夜间公交"
FILTERED = "林晓舟写的文章里，夜间公交运送了多少乘客？"


@pytest.fixture(scope="module")
def client(library: str) -> Iterator[TestClient]:
    app = FastAPI()
    say_errors(app, Settings())
    with Assistant.open(library) as assistant:
        app.include_router(search_routes(assistant))
        yield TestClient(app)


def searched(client: TestClient, **query: Any) -> dict[str, Any]:
    answer = client.get("/api/search", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_it_finds_what_the_command_line_finds(
    client: TestClient, library: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", QUESTION, "-k", "3", "--json", "--library", library]) == 0
    assert searched(client, q=QUESTION, k=3)["hits"] == json.loads(capsys.readouterr().out)


def test_the_best_come_first(client: TestClient) -> None:
    scores = [hit["score"] for hit in searched(client, q=QUESTION, k=20)["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 20


def test_it_finds_as_many_as_are_read_to_answer(client: TestClient) -> None:
    assert len(searched(client, q=QUESTION)["hits"]) == Settings().passages


def test_filters_are_understood_and_left_out(client: TestClient) -> None:
    found = searched(client, q=FILTERED)
    [condition] = found["query"]["filters"]
    assert condition["key"] == "author:林晓舟"
    assert {"林晓舟"} <= {name for hit in found["hits"] for name in hit["authors"]}
    assert all("林晓舟" in hit["authors"] for hit in found["hits"])
    without = searched(client, q=FILTERED, without=[condition["key"], "author:nobody"])
    assert without["query"]["filters"] == []
    assert not all("林晓舟" in hit["authors"] for hit in without["hits"])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, "q"),
        ({"q": " "}, "empty"),
        ({"q": "长" * 2001}, "2001"),
        ({"q": "x", "k": 0}, "k"),
        ({"q": "x", "k": 101}, "k"),
        ({"q": "x", "k": "many"}, "k"),
        ({"q": "x", "without": ["a"] * 21}, "without"),
    ],
    ids=["nothing", "empty", "long", "none", "too many", "no number", "filters"],
)
def test_what_can_t_be_searched_for_is_told(
    client: TestClient, query: dict[str, Any], said: str
) -> None:
    answer = client.get("/api/search", params=query)
    assert answer.status_code == 422
    assert said in answer.json()["error"]["en"]
