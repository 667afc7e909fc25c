"""Answers worded by a language model behind an OpenAI-compatible address."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from chat.generators.prompt import MAX_ANSWER_TOKENS, messages, read_claims
from chat.types import Claim, Evidence
from index.remote import KEY_VARIABLES, authorization, find_server
from ingest.errors import ModelError

CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 120.0  # a large model on a slow machine thinks long before its first word


class OpenAIGenerator:
    """The model of an ``address`` such as ``http://127.0.0.1:8000/v1#Qwen3-0.6B``.

    Raises SettingError for an address of another form, ModelError when ``offline`` and the host is
    another machine. ``transport`` replaces the network, for tests.
    """

    def __init__(
        self,
        address: str,
        *,
        offline: bool = False,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        server = find_server(address, offline=offline)
        self._url, self._model = server.url, server.model
        self._client = httpx.Client(
            headers=authorization(),
            timeout=httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
            transport=transport,
        )

    def generate(self, question: str, evidence: Sequence[Evidence]) -> Iterator[Claim]:
        """The model's claims as they arrive.

        Raises ModelError when the host can't be reached, refuses, or doesn't stream an answer.
        """
        return read_claims(self._stream(question, evidence))

    def _stream(self, question: str, evidence: Sequence[Evidence]) -> Iterator[str]:
        request = {
            "model": self._model,
            "messages": messages(question, evidence),
            "stream": True,
            "temperature": 0,
            "max_tokens": MAX_ANSWER_TOKENS,
        }
        url = f"{self._url}/chat/completions"
        with self._failures_told(), self._client.stream("POST", url, json=request) as response:
            if not response.is_success:
                response.read()
                raise self._refused(response)
            yield from self._words(response.iter_lines())

    def _words(self, lines: Iterable[str]) -> Iterator[str]:
        """The words in a stream of server-sent events."""
        events = 0
        for line in lines:
            data = line.removeprefix("data:").strip()
            if not line.startswith("data:") or data == "[DONE]":
                continue
            events += 1
            try:
                yield from _delta(json.loads(data))
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise self._nonsense(data) from error
        if not events:
            raise self._nonsense("")

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise ModelError(
                f"{self._url}: no answer from the language model: {reason}; is it running?",
                f"{self._url}：语言模型没有应答：{reason}；请检查它是否在运行",
            ) from error

    def _refused(self, response: httpx.Response) -> ModelError:
        status, reason = response.status_code, " ".join(response.text[:200].split())
        names = " / ".join(KEY_VARIABLES)
        english, chinese = {
            401: (f"set a key in {names}", f"请在 {names} 中设置密钥"),
            403: (f"check the key in {names}", f"请检查 {names} 中的密钥"),
            404: (
                f"check the address and the model's name {self._model!r}",
                f"请检查地址和模型名称“{self._model}”",
            ),
            429: ("too many requests: wait a while", "请求过多：请稍后再试"),
        }.get(status, ("look at the server's log", "请查看服务器的日志"))
        return ModelError(
            f"{self._url}: the language model refused with {status}: {english} ({reason})",
            f"{self._url}：语言模型拒绝了请求（{status}）：{chinese}（{reason}）",
        )

    def _nonsense(self, data: str) -> ModelError:
        return ModelError(
            f"{self._url}: not the stream of an OpenAI-compatible server: {data[:100]!r}; "
            "check the address, which mostly ends with /v1",
            f"{self._url}：返回的不是 OpenAI 兼容的数据流：“{data[:100]}”；"
            "请检查地址，通常以 /v1 结尾",
        )


def _delta(event: Any) -> Iterator[str]:
    """The words that an event brings: some bring none (the role, the end, the usage)."""
    for choice in event["choices"]:
        if words := choice["delta"].get("content"):
            yield words
