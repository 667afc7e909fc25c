"""The MCP server, as the SDK's own client sees it: in this process, over stdio, over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from scripted import (
    DISPUTED_QUESTION,
    FERRY,
    LIBRARY,
    QUESTION,
    UNANSWERABLE,
    WELLS,
    ScriptedAssistant,
)
from serving import serving

from chat.mcp import make_server
from chat.settings import Settings
from chat.types import Answer, Done
from chat.web.mcp import PATH, http_app
from chat.web.room import Room
from ingest.errors import ModelError
from retriever.types import Hit

SAMPLE_QUESTION = "What did the inquiry into the flood warning find?"
SECONDS = 60  # for what takes a few, on a machine with much else to do
Result = TypeVar("Result")


class Scripted(ScriptedAssistant):
    """Has what the tools use, too."""

    def ask(self, question: str) -> Answer:
        (answer,) = (event.answer for event in self.stream(question) if isinstance(event, Done))
        return answer

    def search(self, question: str, k: int) -> list[Hit]:
        return list(self.ask(question).hits)[:k]


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """What it gives, in a thread of its own: in this one a browser's loop may be running."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


async def calling(server: Any, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """What a client gets for these calls of tools."""
    async with Client(server, read_timeout_seconds=SECONDS) as client:
        return [await client.call_tool(name, arguments) for name, arguments in calls]


def called(name: str, language: str = "zh", **arguments: Any) -> Any:
    (result,) = run(calling(make_server(Scripted(), language), (name, arguments)))
    return result


def text_of(result: Any) -> str:
    (content,) = result.content
    return str(content.text)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_tools_describe_themselves(language: str) -> None:
    async def listed() -> tuple[str, list[Any]]:
        async with Client(make_server(Scripted(), language)) as client:
            return str(client.instructions), (await client.list_tools()).tools

    instructions, tools = run(listed())
    assert [tool.name for tool in tools] == ["search", "ask", "read_article"]
    assert ("引文" if language == "zh" else "quotes") in instructions
    for tool in tools:
        assert all(name in tool.description for name in tool.input_schema["properties"])
        assert tool.output_schema["type"] == "object"
        assert tool.annotations.read_only_hint


def test_an_answer_has_quotes_with_numbers_and_sources() -> None:
    result = called("ask", question=QUESTION)
    assert not result.is_error
    said, first, *_, last = text_of(result).split("\n\n")
    assert said.split("\n")[0] == "停掉的六个班次省下十一万元。[1]"
    assert first == (
        "[1] 一条渡线的去与留 · 钱从哪里来 · 沈闻舟、林一苇 · 青石县乡村发展研究中心 · "
        f"青石日报 3 · 2026-05-18 · {FERRY.id}\n    停掉的六个班次省下十一万元。"
    )
    assert last.startswith(f"[5] {LIBRARY.label} · 贺小满 · ")
    record = result.structured_content
    assert not record["abstained"]
    assert record["sentences"][2]["quotes"] == [3, 4]
    for quote in record["quotes"]:
        article = FERRY if quote["article_id"] == FERRY.id else LIBRARY
        assert quote["quote"] == article.text[quote["start"] : quote["end"]]


def test_a_refusal_names_what_is_nearest() -> None:
    result = called("ask", "en", question=UNANSWERABLE)
    first, head, nearest, *_ = text_of(result).split("\n")
    assert (first, head) == ("这些文章没有回答这个问题。", "最接近的文章：")
    assert nearest.startswith(f"- {FERRY.title} · ")
    record = result.structured_content
    assert (record["abstained"], record["sentences"], record["quotes"]) == (True, [], [])
    assert [each["article_id"] for each in record["nearest"]] == [FERRY.id, LIBRARY.id, WELLS.id]


def test_that_articles_differ_is_said() -> None:
    result = called("ask", question=DISPUTED_QUESTION)
    assert "以上各篇说法不一。" in text_of(result)
    assert result.structured_content["disagreement"]


def test_a_search_gives_passages_with_their_places() -> None:
    result = called("search", question=QUESTION, count=2)
    (first, second) = result.structured_content["passages"]
    assert first["text"] == FERRY.text[first["start"] : first["end"]]
    assert (first["article_id"], second["title"]) == (FERRY.id, LIBRARY.label)
    assert text_of(result).startswith(f"1. {FERRY.title} · ")
    assert "\n\n2. " in text_of(result)


def test_an_article_is_read_part_by_part() -> None:
    parts, offset = [], 0
    while offset is not None:
        result = called("read_article", article_id=FERRY.id, offset=offset, limit=250)
        record = result.structured_content
        assert record["offset"] == offset
        parts.append(record["text"])
        assert record["text"] in text_of(result)
        offset = record["next_offset"]
        assert ("接着读请用 offset" in text_of(result)) == (offset is not None)
    assert "".join(parts) == FERRY.text
    assert [len(part) for part in parts[:-1]] == [250] * (len(parts) - 1)


@pytest.mark.parametrize(
    ("name", "arguments", "english", "chinese"),
    [
        ("read_article", {"article_id": "x"}, "no article has the id x", "没有编号为 x 的文章"),
        (
            "ask",
            {"question": "长" * 2001},
            "the question is too long: shorten it",
            "问题太长：请缩短",
        ),
        (
            "search",
            {"count": "many"},
            "these arguments are missing or aren't as they should be: question, count",
            "这些参数缺失或不符合要求：question、count",
        ),
    ],
    ids=["article", "question", "arguments"],
)
def test_what_fails_is_told_in_plain_words(
    name: str, arguments: dict[str, Any], english: str, chinese: str
) -> None:
    for language, said in (("en", english), ("zh", chinese)):
        result = called(name, language, **arguments)
        assert result.is_error
        assert text_of(result) == said


class _Breaking(Scripted):
    def ask(self, question: str) -> Answer:
        if question == QUESTION:
            raise ModelError("the model is gone: start it", "模型不在了：请启动它")
        raise ValueError("a secret of ours")


def test_failures_of_ours_are_told_and_secrets_are_not() -> None:
    calls = [("ask", {"question": QUESTION}), ("ask", {"question": UNANSWERABLE})]
    told, kept = run(calling(make_server(_Breaking(), "en"), *calls))
    assert text_of(told) == "the model is gone: start it"
    assert kept.is_error
    assert "secret" not in text_of(kept)


def test_only_so_many_are_answered_at_once() -> None:
    full = make_server(Scripted(), "en", Room(at_once=1, waiting=-1))
    (result,) = run(calling(full, ("ask", {"question": QUESTION})))
    assert text_of(result).startswith("too many questions are waiting")


def server_command(library: str, *more: str) -> list[str]:
    return [sys.executable, "-m", "chat.cli.main", "mcp", "--library", library, *more]


def test_over_stdio(library: str) -> None:
    """The real thing: what a client starts, on a library of the sample pages."""
    command, *arguments = server_command(library, "--language", "en")
    parameters = StdioServerParameters(command=command, args=arguments)

    async def asked() -> tuple[Any, Any, Any]:
        async with Client(parameters, read_timeout_seconds=SECONDS) as client:
            answer = await client.call_tool("ask", {"question": SAMPLE_QUESTION})
            found = await client.call_tool("search", {"question": SAMPLE_QUESTION, "count": 3})
            wanted = answer.structured_content["quotes"][0]["article_id"]
            return answer, found, await client.call_tool("read_article", {"article_id": wanted})

    answer, found, read = run(asked())
    (quote,) = answer.structured_content["quotes"]
    assert "tree trunk had jammed the gauge" in quote["quote"]
    assert len(found.structured_content["passages"]) == 3
    text = read.structured_content["text"]
    assert text[quote["start"] : quote["end"]] == quote["quote"]


INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@contextmanager
def started(command: list[str], **streams: Any) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **streams
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_nothing_but_the_protocol_is_on_standard_output(library: str) -> None:
    """Nor does Ctrl-C leave a word there, or wait for who has started it."""
    with started(server_command(library), stdin=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("nonsense\n" + json.dumps(INITIALIZE) + "\n")
        process.stdin.flush()
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == -signal.SIGINT
        assert "protocolVersion" in json.loads(first)["result"]
        assert process.stdout.read() == ""
        assert process.stderr
        assert "Traceback" not in process.stderr.read()


def test_over_http_from_the_command_line(library: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with started(server_command(library, "--http", "--port", str(port))) as process:
        assert process.stdout
        address = f"http://127.0.0.1:{port}{PATH}"
        assert address in process.stdout.readline()
        (answer,) = run(calling(address, ("ask", {"question": SAMPLE_QUESTION})))
        assert "tree trunk had jammed the gauge" in text_of(answer)
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0
        assert process.stderr
        errors = process.stderr.read()
    assert f"POST {PATH} 200" in errors
    assert "flood" not in errors


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    settings = Settings(origins="https://news.example", questions_per_minute=0)
    with serving(http_app(Scripted(), settings, "en")) as served:
        yield served + PATH


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "https://news.example"}, 200),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Host": "rebound.example"}, 403),
    ],
    ids=["none", "listed", "foreign", "null", "cross-site", "host"],
)
def test_over_http_only_who_may_gets_in(address: str, headers: dict[str, str], status: int) -> None:
    accepted = {"Accept": "application/json, text/event-stream"}
    answer = httpx.post(address, json=INITIALIZE, headers=accepted | headers)
    assert answer.status_code == status
    assert ("result" in answer.json()) == (status == 200)


def test_without_the_extra_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['mcp'] = None; from chat.cli.main import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "mcp"],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        timeout=SECONDS,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "wenjin: the MCP server needs another package: pip install 'wenjin[mcp]'\n"
    )
    assert done.stdout == ""
