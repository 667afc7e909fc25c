"""The settings: one table that the flags, the environment, ``wenjin.toml`` and the README share.

A setting is taken from the first of these that names it: a flag (``--port 80``), the environment
(``WENJIN_PORT=80``), the settings file (``port = 80``), the settings file in the library's folder
(which may only shape answers), the default.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ingest.errors import SettingError

ENVIRONMENT_PREFIX = "WENJIN_"
SETTINGS_FILE = Path("wenjin.toml")
# A key is a secret: it is read from the environment where it is needed, never from flags or files.
ADMIN_TOKEN = "WENJIN_ADMIN_TOKEN"  # noqa: S105  # the variable's name
SECRETS = frozenset({"WENJIN_API_KEY", ADMIN_TOKEN})

# What a library's own settings file may say: another's library opens no port, and asks no server.
OF_LIBRARY = ("embedder", "reranker", "generator", "passages", "certainty")
SERVER = "openai:"

Value = str | int | bool

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the table. ``choices`` (text) or ``limits`` (numbers, inclusive) bound its value."""

    name: str
    default: Value
    english: str
    chinese: str
    choices: tuple[str, ...] = ()
    limits: tuple[int, int] | None = None

    @property
    def flag(self) -> str:
        """The name on the command line."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def variable(self) -> str:
        """The name in the environment."""
        return f"{ENVIRONMENT_PREFIX}{self.name.upper()}"

    def help(self, language: str) -> str:
        """What the setting is for, in ``language`` ("zh", or anything else for English)."""
        return self.chinese if language == "zh" else self.english


def _setting(
    default: Value,
    english: str,
    chinese: str,
    *,
    choices: tuple[str, ...] = (),
    limits: tuple[int, int] | None = None,
) -> Any:
    row = Setting("", default, english, chinese, choices, limits)  # the field knows its name
    return field(default=default, metadata={"row": row})


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set, with its default."""

    library: str = _setting("library", "folder of the library", "文库所在的文件夹")
    host: str = _setting("127.0.0.1", "address that the web page listens on", "网页监听的地址")
    port: int = _setting(
        7860, "port that the web page listens on", "网页监听的端口", limits=(1, 65535)
    )
    device: str = _setting(
        "cpu",
        "where models run: `auto`, `cpu`, `cuda`",
        "模型在哪里运行：`auto`、`cpu`、`cuda`",
        choices=("auto", "cpu", "cuda"),
    )
    embedder: str = _setting(
        "builtin",
        "what compares meanings: `builtin`, `FOLDER`, "
        "`sentence-transformers:NAME_OR_FOLDER`, "
        "`openai:http://host/v1#model`",
        "比较语义的模型：`builtin`、`文件夹`、`sentence-transformers:名称或文件夹`、"
        "`openai:http://主机/v1#模型`",
    )
    reranker: str = _setting(
        "builtin",
        "what puts the passages found in order: `builtin`, `cross-encoder:NAME_OR_FOLDER`, `none`",
        "为找到的段落排序的模型：`builtin`、`cross-encoder:名称或文件夹`、`none`",
    )
    generator: str = _setting(
        "extractive",
        "what words the answers: `extractive`, `transformers:NAME_OR_FOLDER`, "
        "`openai:http://host/v1#model`",
        "组织回答的方式：`extractive`、`transformers:名称或文件夹`、`openai:http://主机/v1#模型`",
    )
    language: str = _setting(
        "auto",
        "language of messages: `auto`, `zh`, `en`",
        "提示信息的语言：`auto`、`zh`、`en`",
        choices=("auto", "zh", "en"),
    )
    passages: int = _setting(
        8, "how many passages are read to answer", "回答时阅读多少个段落", limits=(1, 1000)
    )
    certainty: int = _setting(
        50,
        "how probable an answer has to be, in percent, for the question not to be refused",
        "有多大把握才回答（百分比），不足则拒答",
        limits=(0, 100),
    )
    user_dictionary: str = _setting(
        "",
        "file of Chinese words that terms are cut by from now on: a `word [frequency [tag]]` a "
        "line; without it, those that the library has",
        "分词用的中文用户词典文件，自此生效：每行一个“`词语 [词频 [词性]]`”；不给则沿用文库已有的",
    )
    allow_upload: str = _setting(
        "auto",
        "whether articles can be added and removed on the web page: `auto` (only on this computer, "
        "where `host` is its own address), `yes` (by who has the token in `WENJIN_ADMIN_TOKEN`), "
        "`no`",
        "能否在网页上添加和删除文章：`auto`（`host` 为本机地址时，仅限本机）、"
        "`yes`（凭 `WENJIN_ADMIN_TOKEN` 中的口令）、`no`",
        choices=("auto", "yes", "no"),
    )
    origins: str = _setting(
        "",
        "sites whose pages may embed the chat and ask: `https://news.example,https://other.example`",
        "哪些网站的网页可以嵌入问答：`https://news.example,https://other.example`",
    )
    questions_per_minute: int = _setting(
        60,
        "how many questions an address may ask in a minute, a site's pages together ten times as "
        "many; `0` for no limit",
        "每个地址每分钟最多问几个问题，同一网站的所有网页合计为其十倍；`0` 为不限",
        limits=(0, 1_000_000),
    )
    timeout: int = _setting(
        120, "how many seconds an answer may take", "一个回答最多用多少秒", limits=(1, 3600)
    )
    root_path: str = _setting(
        "",
        "path below which a proxy serves Wenjin: `/wenjin`",
        "代理服务器把问津放在哪个路径下：`/wenjin`",
    )
    trusted_proxies: str = _setting(
        "127.0.0.1",
        "proxies that are believed who asks (`X-Forwarded-For`): `10.0.0.1,10.1.0.0/16`",
        "可信的代理服务器（采信其 `X-Forwarded-For`）：`10.0.0.1,10.1.0.0/16`",
    )
    log_format: str = _setting(
        "text",
        "how the log is written: `text`, `json`",
        "日志的格式：`text`、`json`",
        choices=("text", "json"),
    )
    offline: bool = _setting(
        default=False,
        english="refuse models and hosts that need the network",
        chinese="拒绝需要联网的模型和主机",
    )


TABLE: tuple[Setting, ...] = tuple(
    replace(item.metadata["row"], name=item.name) for item in fields(Settings)
)
_ROWS = {row.name: row for row in TABLE}


def load_settings(
    flags: Mapping[str, Value | None] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> Settings:
    """The settings from ``flags`` (by name, ``None`` for those not given), the environment
    (``os.environ`` unless given) and the settings file (``wenjin.toml`` in the current folder if
    there is one, unless ``config`` names another).

    Raises SettingError for an unknown name or a bad value, saying where it stands.
    """
    variables = os.environ if environment is None else environment
    values = _from_file(config) | _from_environment(variables) | _from_flags(flags or {})
    library = Path(str(values.get("library", Settings().library)))
    if library.resolve() != (config or SETTINGS_FILE).resolve().parent:  # else it has been read
        values = library_settings(library) | values
    return replace(Settings(), **values)  # type: ignore[arg-type]  # each checked by its row


def library_settings(library: Path) -> dict[str, Value]:
    """What the settings file in the library's folder says; nothing if there is none.

    A model's folder that lies in the library's is meant where there is one of that name. Raises
    SettingError for what such a file may not say.
    """
    path = library / SETTINGS_FILE
    values = _from_file(path) if path.is_file() else {}
    for name, value in values.items():
        if name not in OF_LIBRARY or str(value).startswith(SERVER):
            raise SettingError(
                f"{path}: {name} = {str(value)!r} can't be a library's own setting: give it as "
                f"{_ROWS[name].flag}",
                f"{path}：文库自己的设置不能包含 {name} = “{value}”：请改用 {_ROWS[name].flag}",
            )
    return {name: _in_folder(value, library) for name, value in values.items()}


def _in_folder(value: Value, folder: Path) -> Value:
    if not isinstance(value, str):
        return value
    kind, colon, name = value.rpartition(":")
    return f"{kind}{colon}{folder / name}" if (folder / name).is_dir() else value


def _from_flags(flags: Mapping[str, Value | None]) -> dict[str, Value]:
    return {
        name: _checked(_row(name, "flags", "参数"), value, f"--{name}")
        for name, value in flags.items()
        if value is not None
    }


def _from_environment(variables: Mapping[str, str]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for variable, value in variables.items():
        if variable.startswith(ENVIRONMENT_PREFIX) and variable not in SECRETS:
            name = variable.removeprefix(ENVIRONMENT_PREFIX).lower()
            row = _row(name, f"the environment ({variable})", f"环境变量（{variable}）")
            values[name] = _checked(row, value, variable)
    return values


def _from_file(config: Path | None) -> dict[str, Value]:
    path = config or SETTINGS_FILE
    if config is None and not path.is_file():
        return {}
    import tomllib  # most often there is no such file

    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingError(
            f"{path}: the settings file can't be read: {reason}; name another with --config",
            f"{path}：无法读取设置文件：{reason}；请用 --config 指定另一个文件",
        ) from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise SettingError(
            f"{path}: not a TOML file in UTF-8: {error}; lines look like: port = 7860",
            f"{path}：不是 UTF-8 编码的 TOML 文件：{error}；每行形如：port = 7860",
        ) from error
    return {
        name: _checked(_row(name, str(path), str(path)), value, f"{path}: {name}")
        for name, value in entries.items()
    }


def _row(name: str, place: str, place_chinese: str) -> Setting:
    if name in _ROWS:
        return _ROWS[name]
    raise SettingError(
        f"unknown setting {name!r} in {place}; known are: {', '.join(_ROWS)}",
        f"{place_chinese}中有未知的设置“{name}”；可用的有：{'、'.join(_ROWS)}",
    )


def _checked(row: Setting, value: object, place: str) -> Value:
    """``value`` as the row's type; text stands for numbers and switches too, as flags give it."""
    if isinstance(row.default, bool):
        return _switch(value, place)
    if isinstance(row.default, int):
        return _number(row, value, place)
    return _text(row, value, place)


def _switch(value: object, place: str) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise SettingError(
        f"{place} is {str(value)!r}, but must be true or false (1 or 0)",
        f"{place} 的值是“{value}”，但只能是 true 或 false（1 或 0）",
    )


def _number(row: Setting, value: object, place: str) -> int:
    low, high = row.limits or (0, 2**31)
    try:
        number = int(value) if isinstance(value, (str, int)) else low - 1
    except ValueError:
        number = low - 1
    if low <= number <= high and not isinstance(value, bool):
        return number
    raise SettingError(
        f"{place} is {str(value)!r}, but must be a whole number from {low} to {high}",
        f"{place} 的值是“{value}”，但只能是 {low} 到 {high} 之间的整数",
    )


def _text(row: Setting, value: object, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise SettingError(
            f"{place} is {str(value)!r}, but must be text that isn't empty",
            f"{place} 的值是“{value}”，但必须是非空的文本",
        )
    if row.choices and value not in row.choices:
        raise SettingError(
            f"{place} is {value!r}, but must be one of: {', '.join(row.choices)}",
            f"{place} 的值是“{value}”，但只能是：{'、'.join(row.choices)}",
        )
    return value
