"""What browsers are told: what the page may run, who may show it, and what isn't there."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from fastapi.testclient import TestClient
from scripted import FERRY, ScriptedAssistant

from chat.settings import Settings
from chat.web.api import create_app
from chat.web.guard.headers import NOTHING, page_policy

LOCAL = "http://127.0.0.1:7860"
SITE = "https://news.example"


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(ScriptedAssistant(), Settings(origins=SITE)), base_url=LOCAL)


def directives(policy: str) -> dict[str, list[str]]:
    parts = (part.split() for part in policy.split(";"))
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("path", ["/", "/embed/"])
def test_the_page_runs_only_what_the_server_wrote(client: TestClient, path: str) -> None:
    answer = client.get(path)
    policy = directives(answer.headers["content-security-policy"])
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", answer.text, re.DOTALL)
    hashes = [hashlib.sha256(script.encode()).digest() for script in inline]
    named = [f"'sha256-{base64.b64encode(each).decode()}'" for each in hashes]
    assert len(named) >= 4
    assert policy["script-src"] == ["'self'", *named]
    assert policy["default-src"] == policy["object-src"] == ["'none'"]
    assert policy["connect-src"] == policy["base-uri"] == ["'self'"]
    assert policy["img-src"] == ["'self'", "data:"]
    assert policy["frame-ancestors"] == ["'self'", SITE]


def test_no_site_may_frame_the_page_unless_it_is_listed() -> None:
    client = TestClient(create_app(ScriptedAssistant(), Settings()), base_url=LOCAL)
    policy = directives(client.get("/").headers["content-security-policy"])
    assert policy["frame-ancestors"] == ["'self'"]


@pytest.mark.parametrize(
    ("html", "scripts"),
    [
        (b"<script>a</script>", 1),
        (b"<script type=module>a</script><script>\nb</script>", 2),
        (b'<script src="a.js"></script>', 0),
        (b'<script type=module src = "a.js"></script>', 0),
        (b"<p>no script</p>", 0),
    ],
)
def test_inline_scripts_alone_are_named(html: bytes, scripts: int) -> None:
    assert page_policy(html, ()).count("'sha256-") == scripts


@pytest.mark.parametrize(
    "path", ["/healthz", "/api/library", "/api/nothing", "/widget.js", "/wenjin/page.js"]
)
def test_what_is_no_page_may_do_nothing(client: TestClient, path: str) -> None:
    assert client.get(path).headers["content-security-policy"] == NOTHING


def test_an_article_s_page_is_in_nobody_else_s_frame(client: TestClient) -> None:
    policy = client.get(f"/articles/{FERRY.id}").headers["content-security-policy"]
    assert directives(policy)["frame-ancestors"] == ["'self'"]


@pytest.mark.parametrize("root", ["", "/embed"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/gradio_api/run/predict"),
        ("GET", "/gradio_api/file=pyproject.toml"),
        ("GET", "/gradio_api/heartbeat/someone"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/startup-events"),
        ("GET", "/config"),
        ("GET", "/monitoring"),
        ("GET", "/login"),
        ("GET", "/static/fonts/IBMPlexMono/IBMPlexMono-Bold.woff2"),
        ("POST", "/"),
        ("GET", "/nothing"),
    ],
)
def test_what_the_page_doesn_t_need_is_shut(
    client: TestClient, root: str, method: str, path: str
) -> None:
    answer = client.request(method, f"{root}{path}", content=b"x")
    assert answer.status_code in {404, 405}
    assert "gradio" not in answer.text.lower()


@pytest.mark.parametrize("root", ["", "/embed"])
def test_what_the_page_is_made_of_is_there(client: TestClient, root: str) -> None:
    shell = client.get(f"{root}/").text
    (script,) = re.findall(r'src="\./(assets/index-[^"]+\.js)"', shell)
    assert client.get(f"{root}/{script}").status_code == 200
    assert client.head(f"{root}/").status_code == 200
    assert client.get(f"{root}/theme.css").status_code == 200
    frames = f"{root}/static/js/iframeResizer.contentWindow.min.js"
    assert client.get(frames).status_code == 200
