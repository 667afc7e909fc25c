"""Who may do what: a table of every route and everyone who may ask it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from scripted import FERRY, ScriptedAssistant
from starlette.datastructures import Headers
from starlette.routing import BaseRoute

from chat.settings import Settings
from chat.web.api import create_app
from chat.web.guard.origins import host_name, listed_origins, who_asks
from ingest.errors import SettingError

LOCAL = "http://127.0.0.1:7860"
SITE = "https://news.example"
EVIL = "https://evil.example"

# Everyone who may ask: what a browser sends for them.
WHO: dict[str, dict[str, str]] = {
    "own page": {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"},
    "own page that reads": {"Sec-Fetch-Site": "same-origin"},
    "own page in an old browser": {"Origin": LOCAL},
    "listed site": {"Origin": SITE, "Sec-Fetch-Site": "cross-site"},
    "listed site in an old browser": {"Origin": SITE},
    "foreign site": {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"},
    "foreign site in an old browser": {"Origin": EVIL},
    "foreign site's image": {"Sec-Fetch-Site": "cross-site"},
    "another port of this machine": {"Origin": "http://127.0.0.1:1"},
    "image on another port": {"Sec-Fetch-Site": "same-site"},
    "own name with another scheme": {
        "Origin": LOCAL.replace("http", "https"),
        "Sec-Fetch-Site": "same-site",
    },
    "site that only begins like it": {"Origin": f"{SITE}.evil.example"},
    "nobody's page": {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    "nobody's page in an old browser": {"Origin": "null"},
    "script": {},
    "address bar": {"Sec-Fetch-Site": "none"},
}
OWN = {each for each in WHO if each.startswith("own page")}
LISTED = {each for each in WHO if each.startswith("listed")}
NOBODY = {"script", "address bar"}

# What may be done, and by whom.
MAY = {
    "everyone": set(WHO),
    "ask and read": OWN | LISTED | NOBODY,
    "change": OWN | NOBODY,
}

# Every route: what it takes to use it.
ROUTES: dict[tuple[str, str], str] = {
    ("POST", "/api/ask"): "ask and read",
    ("GET", "/api/search"): "ask and read",
    ("GET", "/api/library"): "ask and read",
    ("GET", "/api/articles"): "ask and read",
    ("GET", "/api/articles/{article_id}"): "ask and read",
    ("GET", "/api/statistics"): "ask and read",
    ("GET", "/api/references"): "ask and read",
    ("POST", "/api/feedback"): "ask and read",
    ("POST", "/v1/chat/completions"): "ask and read",
    ("GET", "/v1/models"): "ask and read",
    ("GET", "/v1/models/{name:path}"): "ask and read",
    ("GET", "/metrics"): "ask and read",
    ("POST", "/api/articles"): "change",
    ("DELETE", "/api/articles/{article_id}"): "change",
    ("DELETE", "/api/uploads/{upload}"): "change",
    ("GET", "/"): "everyone",
    ("GET", "/embed"): "everyone",
    ("GET", "/embed/"): "everyone",
    ("GET", "/wenjin/page.js"): "everyone",
    ("GET", "/wenjin/texts/{language}.json"): "everyone",
    ("GET", "/wenjin/widget/texts/{language}.js"): "everyone",
    ("GET", "/widget.js"): "everyone",
    ("GET", "/favicon.ico"): "everyone",
    ("GET", "/articles/{article_id}"): "everyone",
    ("GET", "/healthz"): "everyone",
    ("GET", "/readyz"): "everyone",
    ("GET", "/openapi.json"): "everyone",
    ("HEAD", "/openapi.json"): "everyone",
}
MOUNTED = {"/wenjin": "/wenjin/page.js", "/embed": "/embed/", "": "/"}
SHARED = {"/wenjin/page.js", "/wenjin/widget/texts/{language}.js", "/widget.js"}
VALUES = {"article_id": FERRY.id, "language": "zh", "upload": "0" * 16, "name:path": "wenjin"}


@pytest.fixture(scope="module")
def client() -> TestClient:
    settings = Settings(origins=SITE, questions_per_minute=0)
    app = create_app(ScriptedAssistant(), settings)
    here = ("127.0.0.1", 50_000)
    return TestClient(app, base_url=LOCAL, client=here, raise_server_exceptions=False)


def routes(of: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    for route in of:
        if router := getattr(route, "original_router", None):
            yield from routes(router.routes)
        elif methods := getattr(route, "methods", None):
            yield from ((method, route.path) for method in methods)
        elif (path := getattr(route, "path", None)) is not None:
            yield "GET", MOUNTED[path]


def test_every_route_is_in_the_table(client: TestClient) -> None:
    app: Any = client.app
    assert set(routes(app.routes)) == set(ROUTES)
    named = {path.replace("{name}", "{name:path}") for path in app.openapi()["paths"]}
    assert named <= {path for _, path in ROUTES}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_who_may_do_what(client: TestClient, method: str, path: str, who: str) -> None:
    filled = re.sub(r"{(.+?)}", lambda found: VALUES[found[1]], path)
    answer = client.request(method, filled, headers=WHO[who], follow_redirects=False)
    if who in MAY[ROUTES[method, path]]:
        assert answer.status_code not in {401, 403}
    else:
        assert answer.status_code == 403
        assert answer.json()["error"]
    leave = SITE if who in LISTED else "*" if path in SHARED else None
    assert answer.headers.get("access-control-allow-origin") == leave
    assert "access-control-allow-credentials" not in answer.headers


def test_a_refusal_says_in_both_languages_what_to_do(client: TestClient) -> None:
    told = client.get("/api/library", headers={"Origin": EVIL}).json()["error"]
    assert "--origins" in told["en"]
    assert "--origins" in told["zh"]
    said = client.get("/v1/models", headers={"Origin": EVIL}).json()["error"]
    assert said["code"] == "permission_denied"


@pytest.mark.parametrize(
    ("origin", "method", "status"),
    [
        (SITE, "POST", 200),
        (SITE, "GET", 200),
        (SITE, "DELETE", 400),
        (EVIL, "POST", 403),
        ("null", "POST", 403),
    ],
)
def test_browsers_are_told_beforehand(
    client: TestClient, origin: str, method: str, status: int
) -> None:
    wish = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type,authorization",
    }
    answer = client.options("/api/ask", headers=wish)
    assert answer.status_code == status
    assert "DELETE" not in answer.headers.get("access-control-allow-methods", "")
    assert answer.headers.get("access-control-allow-origin") == (SITE if origin == SITE else None)


def test_a_listed_site_sees_why_it_isn_t_answered(client: TestClient) -> None:
    answer = client.get("/api/search", headers={"Origin": SITE})
    assert answer.status_code == 422
    assert answer.headers["access-control-allow-origin"] == SITE
    assert "Retry-After" in answer.headers["access-control-expose-headers"]


def test_nobody_is_let_in_unless_listed() -> None:
    client = TestClient(create_app(ScriptedAssistant(), Settings()), base_url=LOCAL)
    answer = client.get("/api/library", headers={"Origin": SITE})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("setting", "origins"),
    [
        ("", set()),
        (" , ", set()),
        ("https://news.example", {"https://news.example"}),
        ("HTTPS://News.Example/", {"https://news.example"}),
        (
            "https://a.example, http://b.example:8080",
            {"https://a.example", "http://b.example:8080"},
        ),
        ("https://a.example:443 http://b.example:80", {"https://a.example", "http://b.example"}),
        ("http://[::1]:3000", {"http://[::1]:3000"}),
        ("https://xn--fiqs8s.example", {"https://xn--fiqs8s.example"}),
    ],
)
def test_origins_are_read_as_browsers_write_them(setting: str, origins: set[str]) -> None:
    assert listed_origins(setting) == origins


@pytest.mark.parametrize(
    "setting",
    [
        *("*", "null", "news.example", "https://*.example", "https://news.example/page"),
        *("https://user@news.example", "ftp://news.example", "https://", "https://a;b"),
        *("https://news.example?x", "https://a.example,*", "https://新闻.example"),
    ],
)
def test_what_is_no_origin_is_refused(setting: str) -> None:
    with pytest.raises(SettingError, match="origins") as caught:
        create_app(ScriptedAssistant(), Settings(origins=setting))
    assert "https://news.example" in caught.value.chinese


@given(
    st.text() | st.sampled_from(["http://", "null", "http://[", "http://a.example"]),
    st.text() | st.sampled_from(["", "a.example", "["]),
)
def test_only_the_very_origin_is_the_own_one(origin: str, host: str) -> None:
    raw = [(b"origin", origin.encode()), (b"host", host.encode())]
    headers = Headers(raw=raw)
    own = bool(host) and headers["origin"].lower() in {
        f"{scheme}://{headers['host'].lower()}" for scheme in ("http", "https")
    }
    assert who_asks(headers, frozenset({SITE})) == ("own" if own else "foreign")


# Names under which a server for this computer alone answers.
@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1:7860", True),
        ("localhost:7860", True),
        ("LOCALHOST", True),
        ("wenjin.localhost", True),
        ("[::1]:7860", True),
        ("192.168.1.7:7860", True),
        ("news.example", True),
        ("evil.example", False),
        ("evil.example:7860", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("news.example.evil.example", False),
        ("evil.example@127.0.0.1", False),
        ("127.0.0.1, evil.example", False),
        ("[::1", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/library", "/wenjin/page.js"])
def test_only_known_names_mean_this_computer(
    client: TestClient, path: str, host: str, *, known: bool
) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == (200 if known else 403)


def test_a_foreign_name_is_refused_though_the_browser_calls_it_the_page_s_own() -> None:
    client = TestClient(create_app(ScriptedAssistant(), Settings()), base_url=LOCAL)
    rebound = {
        "Host": "evil.example:7860",
        "Origin": "http://evil.example:7860",
        "Sec-Fetch-Site": "same-origin",
    }
    answer = client.get("/api/library", headers=rebound)
    assert answer.status_code == 403
    assert "--origins" in answer.json()["error"]["en"]


def test_a_server_for_others_answers_to_any_name() -> None:
    app = create_app(ScriptedAssistant(), Settings(host="0.0.0.0"))
    assert TestClient(app, base_url="http://wenjin.example").get("/api/library").status_code == 200


@given(st.text(max_size=40))
def test_any_host_header_is_read(host: str) -> None:
    assert isinstance(host_name(host), str)
