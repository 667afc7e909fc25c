"""How a server bears many who ask at once, over loopback:

    python tests/benchmarks/load_figures.py crowd LIBRARY QUESTIONS [--clients N] [--seconds S]
    python tests/benchmarks/load_figures.py memory LIBRARY QUESTIONS [--count N]
    python tests/benchmarks/load_figures.py streams [--clients N]

``crowd``: so many clients who each ask as soon as they are answered, beside one who asks alone.
``memory``: what the server holds after each tenth of so many questions. ``streams``: answers worded
at a hundred tokens a second, as a language model's, to many at once. Who asks is a process of its
own on the same cores.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from page_figures import SAMPLES, wait_until_there
from processes import resident

from chat.assistant import Assistant
from chat.settings import Settings
from chat.types import Claim, Evidence
from chat.web.api import create_app
from index.embed import load_embedder
from index.index import Index
from retriever.questions import read_questions

ALONE = 100  # questions asked one after another
CROWD, STREAMS = 5.0, 1.35  # what is wanted: times
SENTENCES, PAUSE = 24, 0.25  # of an answer of 600 tokens, at a hundred a second
PATIENCE = 60.0  # seconds
DOCUMENTED = {200, 429, 503}


class Slow:
    """Says the first evidence again and again, as slowly as a language model."""

    def generate(self, question: str, evidence: Sequence[Evidence]) -> Iterator[Claim]:
        """One claim after each pause."""
        for _ in range(SENTENCES):
            time.sleep(PAUSE)
            yield Claim(evidence[0].text, (0,))


@contextmanager
def started(command: Sequence[str]) -> Iterator[tuple[str, int]]:
    """A server in a process of its own, once it answers; gives its address and its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *command, "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_there(address)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(PATIENCE)


def serving(library: Path) -> list[str]:
    """What serves a library without counting who asks how often."""
    command = ["-m", "chat.cli.main", "serve", "--library", str(library)]
    return [*command, "--questions-per-minute", "0"]


async def ask(client: httpx.AsyncClient, question: str) -> tuple[int, float]:
    """The status, and the seconds until the whole answer has come."""
    begun = time.perf_counter()
    answer = await client.post(
        "/api/ask", json={"question": question}, headers={"Accept": "text/event-stream"}
    )
    if answer.status_code == 200:
        assert "event: done" in answer.text, answer.text[-500:]
    return answer.status_code, time.perf_counter() - begun


def client_of(address: str, clients: int) -> httpx.AsyncClient:
    """With a connection for each."""
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    return httpx.AsyncClient(base_url=address, timeout=PATIENCE, limits=limits)


async def crowd(address: str, questions: Sequence[str], clients: int, seconds: float) -> None:
    """Print how long answers take to come to one, and to many at once."""
    asked = itertools.cycle(questions)
    async with client_of(address, clients) as client:
        for _ in range(ALONE):  # caches are filled
            await ask(client, next(asked))
        alone = [(await ask(client, next(asked)))[1] for _ in range(ALONE)]
        end = time.perf_counter() + seconds
        statuses: Counter[int] = Counter()
        spent: list[float] = []

        async def one() -> None:
            while time.perf_counter() < end:
                status, took = await ask(client, next(asked))
                statuses[status] += 1
                if status == 200:
                    spent.append(took)

        await asyncio.gather(*(one() for _ in range(clients)))
    p50 = statistics.median(alone)
    p99 = statistics.quantiles(spent, n=100)[98]
    fair = p50 * clients / (os.cpu_count() or 1)
    print(f"one alone: p50 {1000 * p50:.0f} ms · {clients} at once for {seconds:.0f} s:")
    print(
        f"{len(spent)} answers ({len(spent) / seconds:.1f} a second), p50 "
        f"{1000 * statistics.median(spent):.0f} ms, p99 {1000 * p99:.0f} ms: {p99 / fair:.2f} "
        f"times p50 × {clients} / {os.cpu_count()} cores (wanted {CROWD:g})"
    )
    print(f"statuses {dict(statuses)} (wanted none but {sorted(DOCUMENTED)})")


async def memory(address: str, process: int, questions: Sequence[str], count: int) -> None:
    """Print what the server holds as it goes on answering."""
    asked = itertools.cycle(questions)
    async with client_of(address, 8) as client:

        async def some(number: int) -> None:
            for _ in range(number):
                status, _ = await ask(client, next(asked))
                assert status == 200, status

        for part in range(11):
            await asyncio.gather(*(some(count // 80) for _ in range(8 if part else 1)))
            megabytes = resident(process) / 1e6
            print(f"after {part * (count // 80) * 8:>6} questions: {megabytes:.0f} MB", flush=True)


async def streams(address: str, question: str, clients: int) -> None:
    """Print how long slowly worded answers take to come to many at once."""
    async with client_of(address, clients) as client:
        await ask(client, question)
        _, alone = await ask(client, question)
        begun = time.perf_counter()
        got = await asyncio.gather(*(ask(client, question) for _ in range(clients)))
        together = time.perf_counter() - begun
    ideal = SENTENCES * PAUSE
    statuses = dict(Counter(status for status, _ in got))
    print(
        f"{clients} streams at once: {together:.2f} s, one alone {alone:.2f} s, ideal {ideal:.2f} "
        f"s: {together / ideal:.2f} times the ideal (wanted {STREAMS:g}); statuses {statuses}"
    )


def serve_slowly(library: Path, port: int) -> None:
    """Serve a library whose answers are worded slowly, until this process is ended."""
    embedder = load_embedder()
    with Assistant(Index.open(library, embedder), embedder, Slow()) as assistant:
        settings = Settings(library=str(library), questions_per_minute=0)
        app = create_app(assistant, settings)
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figure", choices=("crowd", "memory", "streams", "serve-slowly"))
    parser.add_argument("library", type=Path, nargs="?")
    parser.add_argument("questions", type=Path, nargs="?")
    parser.add_argument("--clients", type=int)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.figure == "serve-slowly":
        serve_slowly(options.library, options.port)
        return
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    if options.figure == "streams":
        with tempfile.TemporaryDirectory() as folder:
            ingest = ["-m", "chat.cli.main", "ingest", str(SAMPLES / "pages"), "--quiet"]
            subprocess.run([sys.executable, *ingest, "--library", folder], check=True)
            entries = read_questions(SAMPLES / "questions.jsonl")
            question = next(each.question for each in entries if each.answerable)
            with started([__file__, "serve-slowly", folder]) as (address, _):
                asyncio.run(streams(address, question, options.clients or 100))
        return
    questions = [each.question for each in read_questions(options.questions)]
    with started(serving(options.library)) as (address, process):
        if options.figure == "crowd":
            asyncio.run(crowd(address, questions, options.clients or 64, options.seconds))
        else:
            asyncio.run(memory(address, process, questions, options.count))


if __name__ == "__main__":
    main()
