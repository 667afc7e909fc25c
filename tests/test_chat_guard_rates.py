"""How much one may ask: of one address, of one site; and that counting stays small."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from chat.settings import Settings
from chat.web.guard.rates import MORE, REMEMBERED, Rates, one_of
from chat.web.guard.wall import add_guard

LOCAL = "http://127.0.0.1:7860"
SITE = "https://news.example"
PATHS = ("/api/ask", "/api/search", "/v1/chat/completions", "/api/library", "/", "/wenjin/page.js")


async def answer(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.url.path)


def guarded(questions: int, **settings: str) -> Starlette:
    app = Starlette(routes=[Route(path, answer, methods=["GET", "POST"]) for path in PATHS])
    add_guard(app, Settings(questions_per_minute=questions, **settings))
    return app


def asker(app: Starlette, address: str = "192.0.2.7") -> TestClient:
    return TestClient(app, base_url=LOCAL, client=(address, 50_000))


def statuses(client: TestClient, path: str, count: int, **headers: str) -> list[int]:
    return [client.post(path, headers=headers).status_code for _ in range(count)]


def test_who_asks_too_much_is_told_when_to_come_again() -> None:
    client = asker(guarded(3))
    assert statuses(client, "/api/ask", 3) == [200] * 3
    refused = client.post("/api/ask")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    wait = refused.headers["retry-after"]
    assert f"{wait} s" in refused.json()["error"]["en"]
    assert f"{wait} 秒" in refused.json()["error"]["zh"]


def test_all_ways_to_ask_are_counted_together() -> None:
    client = asker(guarded(3))
    for path in ("/api/ask", "/api/search", "/v1/chat/completions"):
        assert statuses(client, path, 1) == [200]
    refused = client.post("/v1/chat/completions")
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert int(refused.headers["retry-after"]) >= 1


def test_each_address_has_its_own_count() -> None:
    app = guarded(1)
    assert statuses(asker(app), "/api/ask", 2) == [200, 429]
    assert statuses(asker(app, "192.0.2.8"), "/api/ask", 2) == [200, 429]


def test_one_subscriber_has_one_count_with_all_addresses() -> None:
    app = guarded(1)
    assert statuses(asker(app, "2001:db8:1:2::1"), "/api/ask", 1) == [200]
    assert statuses(asker(app, "2001:db8:1:2:ffff::9"), "/api/ask", 1) == [429]
    assert statuses(asker(app, "2001:db8:1:3::1"), "/api/ask", 1) == [200]


def test_what_takes_less_work_is_allowed_more_often() -> None:
    client = asker(guarded(1))
    assert statuses(client, "/api/library", MORE + 1) == [200] * MORE + [429]
    assert statuses(client, "/api/ask", 1) == [200]


def test_a_page_s_parts_aren_t_counted() -> None:
    assert statuses(asker(guarded(1)), "/wenjin/page.js", 3 * MORE) == [200] * 3 * MORE


def test_a_site_s_pages_are_counted_together() -> None:
    app = guarded(1, origins=SITE)
    asked = [
        statuses(asker(app, f"192.0.2.{n}"), "/api/ask", 1, Origin=SITE) for n in range(MORE + 1)
    ]
    assert asked == [[200]] * MORE + [[429]]
    assert statuses(asker(app, "192.0.2.99"), "/api/ask", 1) == [200]  # not on that site


def test_a_listed_site_can_read_when_to_come_again() -> None:
    client = asker(guarded(1, origins=SITE))
    statuses(client, "/api/ask", 1, Origin=SITE)
    refused = client.post("/api/ask", headers={"Origin": SITE})
    assert refused.status_code == 429
    assert refused.headers["access-control-allow-origin"] == SITE
    assert "Retry-After" in refused.headers["access-control-expose-headers"]


def test_who_is_refused_for_another_reason_costs_nobody_anything() -> None:
    client = asker(guarded(1))
    assert statuses(client, "/api/ask", 3, Origin="https://evil.example") == [403] * 3
    assert statuses(client, "/api/ask", 1) == [200]


def test_zero_is_no_limit() -> None:
    assert statuses(asker(guarded(0)), "/api/ask", 30) == [200] * 30


async def nothing(*_: object) -> None:
    """Answers nothing."""


def test_many_addresses_don_t_take_ever_more_memory() -> None:
    rates = Rates(nothing, 1, frozenset())
    for number in range(REMEMBERED + 10):
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        scope = {"method": "POST", "path": "/api/ask", "headers": [], "client": (address, 1)}
        assert rates._wait(scope) == 0
        assert len(rates._counts.storage) <= REMEMBERED + 1


@pytest.mark.parametrize(
    ("client", "one"),
    [
        (("192.0.2.7", 1), "192.0.2.7"),
        (("::ffff:192.0.2.7", 1), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (("fe80::1%eth0", 1), "fe80::/64"),
        (("testclient", 1), "testclient"),
        (None, ""),
    ],
)
def test_who_is_one(client: tuple[str, int] | None, one: str) -> None:
    assert one_of({"client": client}) == one


@given(st.text())
def test_any_name_of_a_client_is_one(name: str) -> None:
    assert isinstance(one_of({"client": (name, 1)}), str)
