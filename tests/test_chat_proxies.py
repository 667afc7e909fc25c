"""Behind a proxy: whose word counts, and paths with a prefix before them."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from scripted import FERRY, QUESTION, ScriptedAssistant

from chat.settings import Settings
from chat.web.api import create_app
from chat.web.proxies import TrustedProxies, WithoutPrefix, WithPrefix, prefix_of

PROXY, READER = ("10.0.0.1", 1), ("192.0.2.7", 1)


def told(peer: tuple[str, int], trusted: str, **headers: str) -> dict[str, Any]:
    """What a server learns of such a request."""
    app = FastAPI()
    app.add_middleware(TrustedProxies, trusted=trusted)

    @app.get("/")
    def tell(request: Request) -> dict[str, Any]:
        assert request.client is not None
        return {
            "address": request.client.host,
            "scheme": request.url.scheme,
            "headers": sorted(set(request.headers) & {name.lower() for name in headers}),
        }

    answer: dict[str, Any] = TestClient(app, client=peer).get("/", headers=headers).json()
    return answer


FORWARDED = {"X-Forwarded-For": "198.51.100.3", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize("trusted", ["10.0.0.1", "10.0.0.0/8", "192.0.2.1, 10.0.0.1", "*"])
def test_a_trusted_proxy_says_who_asks(trusted: str) -> None:
    said = told(PROXY, trusted, **FORWARDED)
    assert (said["address"], said["scheme"]) == ("198.51.100.3", "https")


@pytest.mark.parametrize("trusted", ["127.0.0.1", "10.0.0.2", "10.1.0.0/16", "nobody"])
def test_nobody_else_does(trusted: str) -> None:
    said = told(PROXY, trusted, **FORWARDED)
    assert said == {"address": "10.0.0.1", "scheme": "http", "headers": []}


def test_what_a_client_forwards_by_itself_is_overruled_by_the_proxy() -> None:
    headers = {"X-Forwarded-For": "127.0.0.1, 198.51.100.3"}
    assert told(PROXY, "10.0.0.1", **headers)["address"] == "198.51.100.3"


@pytest.mark.parametrize("peer", [PROXY, READER], ids=["proxy", "reader"])
def test_a_forwarded_host_is_heard_from_nobody(peer: tuple[str, int]) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "X-Gradio-Server": "http://evil.example"}
    assert told(peer, "10.0.0.1", **headers)["headers"] == []


def test_a_foreign_host_is_nowhere_on_the_page() -> None:
    client = TestClient(create_app(ScriptedAssistant(), Settings()), base_url="http://127.0.0.1")
    for name in ("X-Forwarded-Host", "X-Gradio-Server"):
        assert "evil" not in client.get("/", headers={name: "http://evil.example"}).text


@pytest.mark.parametrize(
    ("setting", "prefix"),
    [
        ("", ""),
        ("/", ""),
        ("wenjin", "/wenjin"),
        ("/wenjin/", "/wenjin"),
        ("/news/ask", "/news/ask"),
    ],
)
def test_a_prefix_may_be_written_anyhow(setting: str, prefix: str) -> None:
    assert prefix_of(setting) == prefix


def path_within(prefix: str, path: str) -> dict[str, str]:
    """The path that guards see, and the one that routes get."""
    app = FastAPI()
    seen: dict[str, str] = {}

    async def watching(scope: Any, receive: Any, send: Any) -> None:
        seen["guard"] = scope["path"]
        await inner(scope, receive, send)

    async def answering(scope: Any, receive: Any, send: Any) -> None:
        seen["whole"] = scope["path"]
        await app(scope, receive, send)

    @app.get("/api/ask")
    @app.get("/articles/{article}")
    @app.get("/wenjin/{file}")
    @app.get("/{anything}")
    def route(request: Request) -> str:
        return str(request.scope["route"].path)

    inner = WithPrefix(answering, prefix)
    client = TestClient(WithoutPrefix(watching, prefix, [*app.openapi()["paths"]], app.routes))
    return {**seen, "route": client.get(path).json(), **seen}


@pytest.mark.parametrize(
    ("prefix", "path", "inner"),
    [
        ("/wenjin", "/wenjin/api/ask", "/api/ask"),
        ("/wenjin", "/api/ask", "/api/ask"),
        ("/wenjin", "/wenjin/page.js", "/wenjin/page.js"),
        ("/wenjin", "/wenjin/wenjin/page.js", "/wenjin/page.js"),
        ("/articles", "/articles/3f2a", "/articles/3f2a"),
        ("/articles", "/articles/articles/3f2a", "/articles/3f2a"),
        ("/news/ask", "/news/ask/api/ask", "/api/ask"),
        ("/news", "/newspaper", "/newspaper"),
    ],
)
def test_a_prefix_is_known_whether_the_proxy_strips_it_or_not(
    prefix: str, path: str, inner: str
) -> None:
    said = path_within(prefix, path)
    assert (said["guard"], said["whole"]) == (inner, prefix + inner)


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = create_app(ScriptedAssistant(), Settings(root_path="/wenjin"))
    return TestClient(app, base_url="http://127.0.0.1:7860")


ADDRESSES = [
    "/",
    "/embed/",
    "/widget.js",
    "/healthz",
    "/wenjin/page.js",
    "/wenjin/texts/zh.json",
    f"/articles/{FERRY.id}",
    "/api/library",
    "/theme.css",
]


@pytest.mark.parametrize("path", ADDRESSES)
def test_everything_is_below_the_prefix(client: TestClient, path: str) -> None:
    whole, stripped = client.get(f"/wenjin{path}"), client.get(path)
    assert whole.status_code == stripped.status_code == 200
    assert whole.headers["content-type"] == stripped.headers["content-type"]


@pytest.mark.parametrize("prefix", ["", "/wenjin"], ids=["stripped", "whole"])
def test_a_question_is_answered_below_the_prefix(client: TestClient, prefix: str) -> None:
    answer = client.post(f"{prefix}/api/ask", json={"question": QUESTION})
    assert answer.json()["question"] == QUESTION


@pytest.mark.parametrize("prefix", ["", "/wenjin"], ids=["stripped", "whole"])
def test_errors_of_the_api_stay_json_below_the_prefix(client: TestClient, prefix: str) -> None:
    answer = client.post(f"{prefix}/api/ask", json={})
    assert answer.status_code == 422
    assert set(answer.json()["error"]) == {"en", "zh"}


def test_the_bare_prefix_leads_to_the_page(client: TestClient) -> None:
    answer = client.get("/wenjin?lang=zh", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/wenjin/?lang=zh")


@pytest.mark.parametrize("frame", ["", "embed/"])
def test_gradio_knows_the_prefix(client: TestClient, frame: str) -> None:
    root = f"http://127.0.0.1:7860/wenjin/{frame}".rstrip("/")
    assert f'"root":"{root}"' in client.get(f"/{frame}").text


def test_the_frame_leads_below_the_prefix(client: TestClient) -> None:
    answer = client.get("/embed?lang=zh", follow_redirects=False)
    # Relative to ``/wenjin/embed``, as the browser sees it.
    assert answer.headers["location"] == "embed/?lang=zh"
