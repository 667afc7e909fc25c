"""What ships for servers: the image, the service, the proxies' examples, and the wheel in them."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from scripted import FERRY, QUESTION, WaitingAssistant
from serving import serving

from chat.settings import SECRETS, TABLE, Settings
from chat.web.api import create_app

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PACKAGES = ("ingest", "index", "retriever", "chat")
PATIENCE = 60  # seconds for what takes few
STREAM = {"Accept": "text/event-stream"}


def tool(name: str) -> str:
    """Where that program is; skips the test where it isn't."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    return found or pytest.skip(f"no {name} on this machine")


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(each) for each in command],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=ROOT,
    )


def test_the_dockerfile_has_nothing_to_mend() -> None:
    checked = run(tool("hadolint"), ROOT / "Dockerfile")
    assert (checked.stdout, checked.returncode) == ("", 0)


def copied() -> list[str]:
    """What the image is built of."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M)
    return " ".join(lines).split()


def test_what_the_dockerfile_copies_is_there_and_nothing_else_is_sent() -> None:
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in allowed
    assert sorted(line[1:] for line in allowed if line.startswith("!")) == sorted(copied())
    assert [each for each in copied() if not (ROOT / each).exists()] == []
    assert set(PACKAGES) < set(copied())


def test_the_image_runs_as_nobody_in_particular_and_sets_what_there_is() -> None:
    assert re.search(r"^USER (?!0|root)\d+:\d+$", DOCKERFILE, re.M)
    variables = set(re.findall(r"\b(WENJIN_\w+)=", DOCKERFILE))
    assert variables <= {row.variable for row in TABLE}
    assert {"WENJIN_HOST", "WENJIN_LIBRARY", "WENJIN_OFFLINE"} <= variables
    assert re.search(r"^HEALTHCHECK .*(?:\n.*)*/healthz", DOCKERFILE, re.M)


def test_the_health_check_passes_where_the_server_is_healthy_only() -> None:
    code = re.search(r'CMD \["python", "-c", "(.*)"\]', DOCKERFILE)
    assert code
    program = code[1].replace('\\"', '"').replace("timeout=4", f"timeout={PATIENCE}")

    def check(port: int) -> int:
        environment = {"WENJIN_PORT": str(port)}
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE)
        return done.returncode

    with serving(create_app(WaitingAssistant(), Settings(host="0.0.0.0"))) as url:
        port = httpx.URL(url).port
        assert port
        assert check(port) == 0
    assert check(port) == 1


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files of the wheel that the image's sources make, and of nothing else."""
    pytest.importorskip("hatchling", reason="the build's backend isn't installed")
    folder = tmp_path_factory.mktemp("image")
    sources = folder / "source"
    sources.mkdir()
    for each in copied():
        if (ROOT / each).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(ROOT / each, sources / each, ignore=ignored)
        else:
            shutil.copy(ROOT / each, sources)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    made = run(*command, "--no-index", "--wheel-dir", folder, sources)
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        return set(archive.namelist())


def test_the_wheel_has_all_that_the_packages_have(wheel: set[str]) -> None:
    kept = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert kept - wheel == set()


@pytest.mark.parametrize(
    "part",
    ["index/builtin/", "chat/samples/pages/", "chat/web/static/", "chat/web/widget", "chat/i18n/"],
)
def test_the_wheel_has_model_samples_page_and_widget(wheel: set[str], part: str) -> None:
    assert any(name.startswith(part) for name in wheel)


def test_the_service_is_one_that_systemd_takes(tmp_path: Path) -> None:
    analyze = tool("systemd-analyze")
    unit = tmp_path / "wenjin.service"
    text = (DEPLOY / "wenjin.service").read_text(encoding="utf-8")
    start = re.search(r"^ExecStart=(\S+)", text, re.M)
    assert start
    unit.write_text(text.replace(start[1], sys.executable), encoding="utf-8")
    checked = run(analyze, "verify", unit)
    assert (checked.stderr, checked.returncode) == ("", 0)
    rated = run(analyze, "security", "--offline=yes", "--threshold=20", unit)  # of 100
    assert rated.returncode == 0, rated.stdout


def test_the_service_sets_what_there_is() -> None:
    text = (DEPLOY / "wenjin.service").read_text(encoding="utf-8")
    assert set(re.findall(r"\b(WENJIN_\w+)=(?!…)", text)) <= {row.variable for row in TABLE}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def nginx(target: str, port: int, folder: Path) -> list[str]:
    """The example with these addresses, and how it is run."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("127.0.0.1:7860", target)
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr;\n"
        f"events {{}}\nhttp {{ access_log off; {places}\n{text}\n}}\n"
    )
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    return [tool("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(target: str, port: int, folder: Path) -> list[str]:
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8").replace("127.0.0.1:7860", target)
    text = re.sub(r"^(\w+\.example) \{", rf"http://\1:{port} {{", text, flags=re.M)
    (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text, encoding="utf-8")
    return [tool("caddy"), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


Example = Callable[[str, int, Path], list[str]]


@contextmanager
def proxied(example: Example, target: str, folder: Path) -> Iterator[httpx.Client]:
    """A client that asks through the proxy."""
    port = free_port()
    command = example(target, port, folder)
    output = (folder / "log").open("wb")
    with output, subprocess.Popen(command, stdout=output, stderr=output, cwd=folder) as process:
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE)
        try:
            while not answers(client):
                assert process.poll() is None, (folder / "log").read_text()
            yield client
        finally:
            process.terminate()


def answers(client: httpx.Client) -> bool:
    try:
        client.get("/")
    except httpx.TransportError:
        return False
    return True


@pytest.mark.parametrize("example", [nginx, caddy], ids=["nginx", "Caddy"])
def test_a_proxy_serves_it_as_the_example_says(example: Example, tmp_path: Path) -> None:
    assistant = WaitingAssistant()
    host = {"Host": "site.example", "Origin": "https://site.example"}
    settings = Settings(root_path="/wenjin", origins="https://site.example")
    with ExitStack() as stack:
        target = stack.enter_context(serving(create_app(assistant, settings)))
        target = target.removeprefix("http://")
        client = stack.enter_context(proxied(example, target, tmp_path))
        assert "/wenjin/" in client.get("/wenjin", headers=host).headers["location"]
        page = client.get("/wenjin/", headers=host)
        assert page.status_code == 200
        assert page.headers["x-request-id"]
        for path in ("wenjin/page.js", "widget.js", "healthz", f"articles/{FERRY.id}"):
            assert client.get(f"/wenjin/{path}", headers=host).status_code == 200
        body = {"question": QUESTION}
        with client.stream(
            "POST", "/wenjin/api/ask", json=body, headers={**host, **STREAM}
        ) as answer:
            lines = answer.iter_lines()
            assert next(lines) == "event: found"  # while the rest of the answer is being made
            assistant.go.set()
            assert "event: done" in lines


def test_the_readmes_say_the_same_and_lead_somewhere() -> None:
    texts = [(DEPLOY / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md")]
    english, chinese = (re.findall(r"^```sh\n.*?^```$", text, re.M | re.S) for text in texts)
    assert english == chinese
    for text in texts:
        assert set(re.findall(r"\bWENJIN_[A-Z_]+", text)) <= {
            *(row.variable for row in TABLE),
            *SECRETS,
        }
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert (DEPLOY / target).exists(), target
