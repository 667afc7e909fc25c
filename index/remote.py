"""Servers that speak OpenAI's interface: where they are, their key, whether they may be asked."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

from ingest.errors import ModelError, SettingError

KEY_VARIABLES = ("WENJIN_API_KEY", "OPENAI_API_KEY")  # the first that is set is sent


@dataclass(frozen=True, slots=True)
class Server:
    """A model behind an address: ``http://host/v1`` and the model's name."""

    url: str
    model: str


def find_server(address: str, *, offline: bool = False) -> Server:
    """The server of an ``address`` such as ``http://127.0.0.1:8000/v1#Qwen3-0.6B``.

    Raises SettingError for an address of another form, ModelError when ``offline`` and the host is
    another machine.
    """
    url, model = urldefrag(address)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not model:
        raise SettingError(
            f"openai:{address} isn't an address with a model: write openai:http://host/v1#model",
            f"openai:{address} 不是带模型的地址：请写成 openai:http://主机/v1#模型",
        )
    if offline and not _is_this_machine(parts.hostname):
        raise ModelError(
            f"{url}: offline mode forbids hosts other than this machine; "
            "choose a local one, or allow the network",
            f"{url}：离线模式不允许访问其他主机；请选择本机地址，或允许联网",
        )
    return Server(url.rstrip("/"), model)


def authorization(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The header with the key, if the environment has one."""
    key = next((environment[name] for name in KEY_VARIABLES if environment.get(name)), None)
    return {"Authorization": f"Bearer {key}"} if key else {}


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost"
