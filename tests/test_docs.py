"""The READMEs are true: their snippets run, their tables are the code's."""

import argparse
import asyncio
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from chat.cli.main import main
from chat.settings import TABLE, load_settings

ROOT = Path(__file__).parent.parent
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}
SNIPPET = re.compile(
    r"(?:<!-- (?P<mark>\w+) -->\n)?^```(?P<kind>\w+)\n(?P<code>.*?)^```$", re.M | re.S
)
SECONDS = 60  # for what takes a few, on a machine with much else to do


def snippets(language, kind, mark=None):
    text = READMES[language].read_text(encoding="utf-8")
    return [
        found["code"]
        for found in SNIPPET.finditer(text)
        if found["kind"] == kind and found["mark"] == mark
    ]


@pytest.fixture(params=READMES)
def language(request):
    return request.param


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """A folder with what the READMEs suppose: pages of one's own, and questions about them."""
    shutil.copytree(ROOT / "samples" / "pages", tmp_path / "pages")
    lines = (ROOT / "samples" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "questions.jsonl").write_text("\n".join(lines[:3]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_snippet_is_of_a_kind_that_is_tested(language):
    text = READMES[language].read_text(encoding="utf-8")
    kinds = [(found["kind"], found["mark"]) for found in SNIPPET.finditer(text)]
    assert len(kinds) == text.count("\n```") / 2
    tested = {
        "sh": {None, "serves", "make", "asks"},
        "html": {"serves"},
        "python": {None, "asks"},
        "json": {None, "mcp"},
    }
    for kind, mark in kinds:
        assert mark in tested.get(kind, {None})
        assert kind in {"sh", "text", "python", "json", "toml", "html"}


def test_commands_and_scripts_run(language, workplace, capsys):
    """The shell's and Python's snippets, in their order: the first ones make the library."""
    for code in snippets(language, "sh"):
        for line in code.splitlines():
            program, *arguments = shlex.split(line, comments=True)
            assert program == "wenjin"
            assert main(arguments) == 0, line
    (shown,) = snippets(language, "text")
    assert shown in capsys.readouterr().out
    for code in snippets(language, "python"):
        exec(compile(code, str(READMES[language]), "exec"), {})
    assert capsys.readouterr().out


def test_settings_files_load(language, workplace):
    for code in snippets(language, "toml"):
        Path("wenjin.toml").write_text(code, encoding="utf-8")
        settings = load_settings(environment={})
        for name, value in tomllib.loads(code).items():
            assert getattr(settings, name) == value


def test_lines_of_questions_are_read(language, workplace):
    from retriever.questions import read_questions

    for code in snippets(language, "json"):
        Path("lines.jsonl").write_text(code, encoding="utf-8")
        assert [each.evidence for each in read_questions(Path("lines.jsonl"))] == [
            (json.loads(code)["evidence"],)
        ]


def test_the_table_of_settings_is_the_codes(language):
    text = READMES[language].read_text(encoding="utf-8")
    shown = text.split("<!-- settings -->\n")[1].split("<!-- /settings -->")[0]
    assert shown == settings_table(language)


def settings_table(language):
    head = {
        "en": "| flag | environment | default | what for |",
        "zh": "| 命令行参数 | 环境变量 | 默认值 | 用途 |",
    }[language]
    rows = [
        f"| `{row.flag}` | `{row.variable}` | `{default_of(row)}` | {row.help(language)} |"
        for row in TABLE
    ]
    return "\n".join([head, "|---|---|---|---|", *rows]) + "\n"


def default_of(row):
    return str(row.default).lower() if isinstance(row.default, bool) else row.default or "-"


def test_make_has_the_targets_that_the_readme_names(language):
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    (code,) = snippets(language, "sh", "make")
    for line in code.splitlines():
        program, target, *_ = shlex.split(line, comments=True)
        assert program == "make"
        assert target in targets


@pytest.mark.parametrize("document", sorted(ROOT.glob("*.md")), ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_the_servers_come_up_and_leave_cleanly(workplace, capsys):
    """What serves until Ctrl-C, in each README, and the demo; and the widget's address."""
    assert main(["ingest", "pages", "--quiet"]) == 0
    commands = {
        line for each in READMES for line in "".join(snippets(each, "sh", "serves")).splitlines()
    }
    (widget,) = {code for each in READMES for code in snippets(each, "html", "serves")}
    for line in [*commands, "wenjin demo"]:
        with serving(shlex.split(line, comments=True)[1:]) as address:
            assert httpx.get(f"{address}/").status_code == 200
            path = re.search(r'src="http://127\.0\.0\.1:7860(.*?)"', widget)[1]
            assert httpx.get(address + path).status_code == 200


def test_an_mcp_client_s_settings_are_all_it_needs(library):
    (settings,) = {code for each in READMES for code in snippets(each, "json", "mcp")}
    server = json.loads(settings)["mcpServers"]["wenjin"]
    assert server["command"] == "wenjin"
    arguments = [library if each == "/home/me/library" else each for each in server["args"]]
    assert library in arguments
    parameters = StdioServerParameters(
        command=sys.executable, args=["-m", "chat.cli.main", *arguments]
    )

    async def asked():
        async with Client(parameters, read_timeout_seconds=SECONDS) as client:
            return await client.call_tool("search", {"question": "夜间公交"})

    with ThreadPoolExecutor(1) as threads:  # in this one a browser's loop may be running
        found = threads.submit(asyncio.run, asked()).result()
    assert found.structured_content["passages"]


def test_the_server_is_asked_as_the_readmes_do(workplace, capsys):
    assert main(["ingest", "pages", "--quiet"]) == 0
    with serving(["serve"]) as address:
        for language in READMES:
            (code,) = snippets(language, "sh", "asks")
            answers = [curl(line, address) for line in code.splitlines()]
            whole, stream, found, listed, added = answers
            assert not whole.json()["abstained"]
            assert "event: done" in stream.text
            assert len(found.json()["hits"]) == 3
            assert len(listed.json()["articles"]) == 5
            assert '"failed": []' in added.text
            (code,) = snippets(language, "python", "asks")
            code = code.replace("http://127.0.0.1:7860", address)
            exec(compile(code, language, "exec"), {})
            assert "[1]" in capsys.readouterr().out


def curl(line, address):
    """What a command of curl's gets from the server at the address."""
    program, *arguments = shlex.split(line)
    assert program == "curl"
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("-G", action="store_true")
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("-d", "--data-urlencode", action="append", default=[])
    parser.add_argument("--data-binary")
    given = parser.parse_args(arguments)
    url = given.url.replace("http://127.0.0.1:7860", address)
    headers = dict(each.split(": ") for each in given.H)
    if given.G:
        query = dict(each.split("=") for each in given.data_urlencode)
        answer = httpx.get(url, params=query, headers=headers, timeout=SECONDS)
    else:
        file = given.data_binary
        content = Path(file.removeprefix("@")).read_bytes() if file else given.data_urlencode[0]
        answer = httpx.post(url, content=content, headers=headers, timeout=SECONDS)
    assert answer.status_code == 200, answer.text
    return answer


@contextmanager
def serving(arguments):
    """Run a command of Wenjin that serves; its address, once it listens there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "chat.cli.main", *arguments, "--port", str(port)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            assert address in process.stdout.readline()
            assert httpx.get(f"{address}/healthz", timeout=SECONDS).status_code == 200
            yield address
            process.send_signal(signal.SIGINT)
            assert process.wait(SECONDS) == 0
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()
