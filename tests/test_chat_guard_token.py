"""The administrator's token: what needs it, and that nothing else will do."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import httpx
import pytest
from conftest import BigramEmbedder
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from scripted import FERRY, LIBRARY, WELLS, ScriptedAssistant
from starlette.requests import Request

from chat.assistant import Assistant
from chat.settings import ADMIN_TOKEN, Settings, load_settings
from chat.web.api import create_app
from chat.web.guard import token
from chat.web.guard.changing import check_change
from chat.web.guard.token import SHORTEST, admin_token, check_token
from index.index import Index
from ingest.errors import NotAllowed, SettingError, Unauthorized

TOKEN = "a-token-of-the-test-0123456789"
WITH_TOKEN = {"Authorization": f"Bearer {TOKEN}"}
LOCAL = "http://127.0.0.1:7860"
ABROAD = "http://wenjin.example"
HERE = ("127.0.0.1", 50_000)
AT_HOME = {"Host": "127.0.0.1"}
AWAY = ("192.0.2.7", 50_000)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    index = Index.open(tmp_path_factory.mktemp("library"), BigramEmbedder(), create=True)
    index.add([FERRY, LIBRARY, WELLS])
    with Assistant(index, BigramEmbedder()) as assistant, pytest.MonkeyPatch.context() as patch:
        patch.setenv(ADMIN_TOKEN, TOKEN)
        yield assistant


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> TestClient:
    site = "https://news.example"
    settings = Settings(allow_upload="yes", host="0.0.0.0", origins=site, questions_per_minute=0)
    return TestClient(create_app(assistant, settings), base_url=ABROAD, client=AWAY)


def guarded(client: TestClient, peer: tuple[str, int]) -> TestClient:
    """The same server, as somebody else asks it."""
    return TestClient(client.app, base_url=ABROAD, client=peer)


def test_who_has_the_token_may_change_the_library(client: TestClient) -> None:
    removed = client.delete(f"/api/articles/{FERRY.id}", headers=WITH_TOKEN)
    assert removed.status_code == 200
    assert client.get("/api/library").json()["articles"] == 2
    content = {"articles": [removed.json()]}
    assert client.post("/api/articles", json=content, headers=WITH_TOKEN).json() == {"added": 1}


CHANGES = [
    ("DELETE", f"/api/articles/{FERRY.id}"),
    ("POST", "/api/articles"),
    ("POST", "/api/articles?name=a.txt"),
    ("DELETE", f"/api/uploads/{'0' * 16}"),
]


@pytest.mark.parametrize(("method", "path"), CHANGES)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Bearer {TOKEN.upper()}"},
        {"Authorization": "Bearer 口令".encode()},
        {"Cookie": f"{ADMIN_TOKEN}={TOKEN}; token={TOKEN}"},
        {"X-Api-Key": TOKEN},
    ],
    ids=str,
)
def test_nothing_else_will_do(
    client: TestClient, method: str, path: str, headers: dict[str, Any]
) -> None:
    answer = client.request(method, path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert set(answer.json()["error"]) == {"zh", "en"}
    assert client.get("/api/library").json()["articles"] == 3


@pytest.mark.parametrize("name", ["token", "access_token", "authorization", "key", ADMIN_TOKEN])
@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_no_address_has_the_token(client: TestClient, method: str, path: str, name: str) -> None:
    sign = "&" if "?" in path else "?"
    assert client.request(method, f"{path}{sign}{name}={TOKEN}").status_code == 401
    address = f"http://{TOKEN}@wenjin.example{path}"  # which makes it Basic
    assert client.request(method, address).status_code == 401


@pytest.mark.parametrize("origin", ["https://news.example", "https://evil.example", "null"])
def test_a_site_can_t_change_anything_even_with_the_token(client: TestClient, origin: str) -> None:
    headers = {**WITH_TOKEN, "Origin": origin}
    assert client.delete(f"/api/articles/{FERRY.id}", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("settings", "base_url", "headers", "status"),
    [
        ({"allow_upload": "no"}, LOCAL, WITH_TOKEN, 403),
        ({"host": "0.0.0.0"}, LOCAL, WITH_TOKEN, 403),
        ({}, ABROAD, WITH_TOKEN, 403),
        ({}, LOCAL, {}, 401),
        ({}, LOCAL, WITH_TOKEN, None),
        ({"allow_upload": "yes"}, ABROAD, {}, 401),
        ({"allow_upload": "yes"}, ABROAD, WITH_TOKEN, None),
    ],
)
def test_the_setting_and_the_token_are_needed_both(
    assistant: Assistant,
    settings: dict[str, Any],
    base_url: str,
    headers: dict[str, str],
    status: int | None,
) -> None:
    url = httpx.URL(base_url)
    raw = [(b"host", url.netloc), *((k.lower().encode(), v.encode()) for k, v in headers.items())]
    request = Request({"type": "http", "headers": raw})
    kind = {401: Unauthorized, 403: NotAllowed}.get(status or 0)
    with pytest.raises(kind) if kind else nullcontext():
        check_change(Settings(**settings), request)


def test_who_asks_needs_no_token(client: TestClient) -> None:
    assert client.get("/api/articles").status_code == 200


def test_a_library_open_to_everyone_doesn_t_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADMIN_TOKEN, raising=False)
    with pytest.raises(SettingError, match=ADMIN_TOKEN) as caught:
        create_app(ScriptedAssistant(), Settings(allow_upload="yes"))
    assert ADMIN_TOKEN in caught.value.chinese


@pytest.mark.parametrize("bad", ["short", "口令" * 10, "with spaces in the token", "tab\t" * 9])
def test_a_token_that_is_no_token_is_refused(monkeypatch: pytest.MonkeyPatch, bad: str) -> None:
    monkeypatch.setenv(ADMIN_TOKEN, bad)
    with pytest.raises(SettingError, match=str(SHORTEST)) as caught:
        create_app(ScriptedAssistant(), Settings())
    assert bad not in caught.value.english + caught.value.chinese


def test_an_empty_token_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADMIN_TOKEN, "")
    assert admin_token() is None


def test_the_token_is_no_setting() -> None:
    assert load_settings(environment={ADMIN_TOKEN: TOKEN}) == Settings()


def request_with(authorization: bytes) -> Request:
    return Request({"type": "http", "headers": [(b"authorization", authorization)]})


@given(st.binary(max_size=40), st.sampled_from([TOKEN, "0123456789abcdef", None]))
def test_no_other_bytes_pass(given_bytes: bytes, wanted: str | None) -> None:
    if wanted is None or given_bytes.strip() != wanted.encode():
        with pytest.raises(Unauthorized):
            check_token(request_with(b"Bearer " + given_bytes), wanted)


def test_the_scheme_may_be_written_as_one_likes() -> None:
    for scheme in (b"Bearer", b"bearer", b"BEARER"):
        check_token(request_with(scheme + b"  " + TOKEN.encode()), TOKEN)


def test_comparing_takes_as_long_for_every_token() -> None:
    source = inspect.getsource(token)
    assert "not compare_digest(" in source
    assert "== token" not in source


# Who may read the server's figures: by address, by the header that proxies set, by token.
@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        (HERE, AT_HOME, 200),
        (("::1", 1), {"Host": "[::1]:7860"}, 200),
        (AWAY, {}, 401),
        (AWAY, {"Authorization": "Bearer another"}, 401),
        (AWAY, WITH_TOKEN, 200),
        (HERE, {"X-Forwarded-For": "192.0.2.7"}, 401),
        (HERE, {"X-Forwarded-For": "127.0.0.1", **AT_HOME}, 401),
        (HERE, {}, 401),  # through a proxy that tells nothing but the name
        (HERE, {"X-Forwarded-For": "192.0.2.7", **WITH_TOKEN}, 200),
        (AWAY, {"X-Forwarded-For": "127.0.0.1"}, 401),
        (("somewhere", 1), {}, 401),
    ],
)
def test_figures_are_for_this_machine_or_for_the_token(
    client: TestClient, peer: tuple[str, int], headers: dict[str, str], status: int
) -> None:
    asking = guarded(client, peer)
    assert asking.get("/metrics", headers=headers).status_code == status


def test_without_a_token_figures_are_for_this_machine_alone(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ADMIN_TOKEN)
    answer = client.get("/metrics", headers=WITH_TOKEN)
    assert answer.status_code == 403
    assert ADMIN_TOKEN in answer.json()["error"]["en"]


def test_no_log_has_the_token(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "wenjin"):
        client.delete("/api/articles/none", headers=WITH_TOKEN)
        client.delete("/api/articles/none", headers={"Authorization": f"Basic {TOKEN}"})
        client.delete(f"/api/articles/none?token={TOKEN}", headers=WITH_TOKEN)
        client.post("/api/articles", content=b"{", headers=WITH_TOKEN)
        client.get(f"/nothing/{ADMIN_TOKEN}", headers=WITH_TOKEN)
    ours = [each for each in caplog.records if not each.name.startswith("httpx")]
    written = "\n".join(f"{each.getMessage()} {vars(each)}" for each in ours)
    assert "/api/articles/none" in written
    assert TOKEN not in written
