"""The server: routes, errors, headers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from scripted import FERRY, LIBRARY, QUESTION, REPRINT, ScriptedAssistant

from chat.settings import Settings
from chat.web.api import READING_POLICY, create_app
from ingest.errors import LibraryBusy, ModelError, WenjinError
from ingest.types import Article

TESTS = Path(__file__).parent


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(
        create_app(ScriptedAssistant(), Settings()), base_url="http://127.0.0.1"
    ) as client:
        yield client


def test_the_page_and_its_frame_answer(client: TestClient) -> None:
    for path in ("/", "/embed?lang=zh", "/embed/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "问津 Wenjin" in answer.text


def test_the_icon_is_ours(client: TestClient) -> None:
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_an_article_has_a_page(client: TestClient) -> None:
    answer = client.get(f"/articles/{FERRY.id}?start=0&end=8&lang=en")
    assert answer.status_code == 200
    assert '<mark id="quote">每天清晨五点半，</mark>' in answer.text
    assert "Back to Wenjin" in answer.text
    assert answer.headers["content-security-policy"] == READING_POLICY


def test_an_article_s_page_leads_to_its_reprints(client: TestClient) -> None:
    page = client.get(f"/articles/{LIBRARY.id}?lang=en").text
    assert f'href="../articles/{REPRINT.id}?' in page
    assert "Also printed in" in page


@pytest.mark.parametrize("span", ["", "?start=5&end=2", "?start=99999&end=100000"])
def test_a_span_that_is_none_highlights_nothing(client: TestClient, span: str) -> None:
    answer = client.get(f"/articles/{FERRY.id}{span}")
    assert answer.status_code == 200
    assert "<mark" not in answer.text


def test_a_span_that_is_no_number_is_refused(client: TestClient) -> None:
    assert client.get(f"/articles/{FERRY.id}?start=-1").status_code == 422
    assert client.get(f"/articles/{FERRY.id}?end=x").status_code == 422


@pytest.mark.parametrize(
    ("accept", "said"),
    [("zh-CN,zh;q=0.9", "没有编号为 none 的文章"), ("en", "no article has the id none")],
)
def test_an_unknown_article_is_404_in_the_reader_s_language(
    client: TestClient, accept: str, said: str
) -> None:
    answer = client.get("/articles/none", headers={"Accept-Language": accept})
    assert answer.status_code == 404
    assert said in answer.text


class _Failing(ScriptedAssistant):
    def __init__(self, error: WenjinError) -> None:
        super().__init__()
        self._error = error

    def article(self, wanted: str) -> Article:
        raise self._error


@pytest.mark.parametrize(
    ("error", "status"), [(LibraryBusy("busy", "忙"), 503), (ModelError("missing", "没有"), 500)]
)
def test_errors_have_their_status(error: WenjinError, status: int) -> None:
    client = TestClient(
        create_app(_Failing(error), Settings(language="en")), base_url="http://127.0.0.1"
    )
    answer = client.get("/articles/any")
    assert answer.status_code == status
    assert error.english in answer.text


@pytest.mark.parametrize("path", ["/", "/embed/", "/healthz", "/widget.js", "/articles/none"])
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_examples_are_on_the_page() -> None:
    client = TestClient(
        create_app(ScriptedAssistant(), Settings(), examples=(QUESTION,)),
        base_url="http://127.0.0.1",
    )
    assert client.get("/api/library").json()["examples"] == [QUESTION]
