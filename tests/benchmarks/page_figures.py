"""How long people wait for the page: until it can be used, until the first cited sentence is on the
screen, and when many ask at once. On the sample library, with a Chromium on this machine.

    python tests/benchmarks/page_figures.py [--questions N] [--people N] [--starts N]
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent / "browser")]

from serving import LAUNCH, PATIENCE  # noqa: E402

from retriever.questions import read_questions  # noqa: E402

SAMPLES = HERE.parent.parent / "samples"
QUESTION_BOX = "#wenjin textarea"
START, FIRST, CROWD = 5.0, 400.0, 3.0  # what is wanted: seconds, milliseconds, times
# Notes when the scripts have labelled the box that is asked in, which they do last, and when the
# first mark of a turn is drawn.
WATCH = """
new MutationObserver(() => {
  const box = document.querySelector("#wenjin textarea");
  if (box && box.placeholder && box.offsetParent) window.usable ??= performance.now();
  if (document.querySelectorAll(".turn .mark").length > (window.marks ?? 0)) {
    window.marks = Infinity;
    requestAnimationFrame(() => { window.cited = performance.now(); });
  }
}).observe(document, { childList: true, subtree: true, attributes: true });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  window.marks = document.querySelectorAll(".turn .mark").length;
  window.cited = null;
  window.sent = performance.now();
}, true);
"""


@contextmanager
def served(library: str) -> Iterator[str]:
    """A server of the library in a process of its own; gives its address at once."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "chat.cli.main", "serve", "--library", library]
    command += ["--questions-per-minute", "0"]
    process = subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE / 1000)


def wait_until_there(address: str) -> None:
    """Return as soon as the server answers. Raises TimeoutError when it never does."""
    end = time.perf_counter() + 4 * PATIENCE / 1000
    while time.perf_counter() < end:
        try:
            httpx.get(f"{address}/healthz").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(address)


def start_seconds(library: str, page: Page) -> float:
    """From the start of the process until the page, opened as soon as it answers, can be used."""
    begun = time.perf_counter()
    with served(library) as address:
        wait_until_there(address)
        page.goto(address, wait_until="commit")
        page.wait_for_function("window.usable")
        return time.perf_counter() - begun


def first_sentence(page: Page, questions: Sequence[str]) -> list[float]:
    """Milliseconds from Enter until a citation of the answer is drawn; refusals don't count."""
    spent = []
    for number, question in enumerate(questions, start=1):
        box = page.locator(QUESTION_BOX).first
        box.fill(question)
        box.press("Enter")
        turn = page.locator(f"#turn-{number}")
        turn.locator(".facts, .failed").first.wait_for()
        cited = page.evaluate("window.cited && window.cited - window.sent")
        if cited:
            spent.append(cited)
    return spent


def ask(client: httpx.Client, question: str) -> float:
    """Seconds for a whole answer over the API."""
    begun = time.perf_counter()
    with client.stream(
        "POST",
        "/api/ask",
        json={"question": question},
        headers={"Accept": "text/event-stream"},
    ) as answer:
        answer.raise_for_status()
        assert "event: done" in "".join(answer.iter_text())
    return time.perf_counter() - begun


def alone_and_together(
    address: str, questions: Sequence[str], people: int, rounds: int = 5
) -> tuple[float, float]:
    """Seconds of one who asks alone (median), and of the slowest of many who ask at once (median
    of some rounds).
    """
    limits = httpx.Limits(max_connections=people)
    with (
        httpx.Client(base_url=address, timeout=PATIENCE / 1000, limits=limits) as client,
        ThreadPoolExecutor(people) as pool,
    ):
        crowd = [questions[number % len(questions)] for number in range(people)]
        ask_one = lambda question: ask(client, question)  # noqa: E731
        list(pool.map(ask_one, crowd))  # connections are made, and caches filled
        alone = [ask_one(question) for question in crowd]
        slowest = [max(pool.map(ask_one, crowd)) for _ in range(rounds)]
    return statistics.median(alone), statistics.median(slowest)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=30)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--starts", type=int, default=3)
    options = parser.parse_args()
    entries = [each for each in read_questions(SAMPLES / "questions.jsonl") if each.answerable]
    questions = [each.question for each in entries][: options.questions]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        library = str(Path(folder) / "library")
        command = [sys.executable, "-m", "chat.cli.main", "ingest", str(SAMPLES / "pages")]
        subprocess.run([*command, "--quiet", "--library", library], check=True)
        browser = playwright.chromium.launch(**LAUNCH)

        def opened() -> Page:
            page = browser.new_page(bypass_csp=True)  # wait_for_function evaluates text
            page.set_default_timeout(2 * PATIENCE)
            page.add_init_script(WATCH)
            return page

        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
        starts = [start_seconds(library, opened()) for _ in range(options.starts)]
        row("process start to usable page, s", starts, START)
        with served(library) as address:
            wait_until_there(address)
            page = opened()
            page.goto(address)
            page.wait_for_function("window.usable")
            row("question sent to first citation, ms", first_sentence(page, questions), FIRST)
            browser.close()
            alone, slowest = alone_and_together(address, questions, options.people)
        ideal = options.people / (os.cpu_count() or 1)
        print(
            f"{options.people} at once: slowest {slowest * 1000:.0f} ms, one alone "
            f"{alone * 1000:.0f} ms: {slowest / alone:.1f} times (wanted {CROWD:g}; "
            f"{ideal:.0f} if the cores did nothing else)"
        )
        print(f"load {os.getloadavg()[0]:.1f} at the end")


def row(name: str, values: Sequence[float], wanted: float) -> None:
    """Print the median and the worst of what was measured."""
    print(
        f"{name}: p50 {statistics.median(values):.3g}, worst {max(values):.3g}, "
        f"of {len(values)} (wanted {wanted:g})"
    )


if __name__ == "__main__":
    main()
