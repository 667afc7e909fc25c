"""The page below a path of another site: ``https://site/wenjin/``, behind a proxy that takes that
path away."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect
from scripted import QUESTION, ScriptedAssistant
from serving import ask, serving
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from chat.settings import Settings
from chat.web.api import create_app

pytestmark = pytest.mark.browser

PREFIX = "/wenjin"


def proxy(target: str) -> Starlette:
    """Hands on what is below PREFIX, without it, and has nothing else."""
    client = httpx.AsyncClient(base_url=target, timeout=None)

    async def hand_on(request: Request) -> Response:
        path = request.path_params["path"]
        address = httpx.URL(path=f"/{path}", query=request.url.query.encode())
        sent = client.build_request(
            request.method, address, headers=request.headers.raw, content=await request.body()
        )
        answer = await client.send(sent, stream=True)
        response = StreamingResponse(
            answer.aiter_raw(), answer.status_code, background=BackgroundTask(answer.aclose)
        )
        response.raw_headers = answer.headers.raw
        return response

    return Starlette(routes=[Route(PREFIX + "/{path:path}", hand_on, methods=["GET", "POST"])])


@pytest.fixture(scope="module")
def below() -> Iterator[str]:
    app = create_app(ScriptedAssistant(), Settings(root_path=PREFIX))
    with serving(app) as target, serving(proxy(target)) as address:
        yield address


@pytest.mark.parametrize("place", ["", "embed/"], ids=["page", "frame"])
def test_a_question_and_its_article_below_a_path(page: Page, below: str, place: str) -> None:
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(f"{answer.status} {answer.url}"))
    page.goto(f"{below}{PREFIX}/{place}?lang=zh")
    page.locator(".welcome").wait_for()
    ask(page, QUESTION)
    page.locator("#source-1-1 a.number").click()
    expect(page.locator("#reader")).to_be_visible()
    own = page.locator("#reader .own")
    expect(own).to_be_visible()
    with page.expect_popup() as opened:
        own.click()
    article = opened.value
    expect(article.locator("mark").first).to_be_visible()
    assert article.url.startswith(f"{below}{PREFIX}/articles/")
    article.close()
    assert [each for each in asked if not each.startswith(("200 ", "204 "))] == []
    assert all(f"{below}{PREFIX}/" in each for each in asked)
