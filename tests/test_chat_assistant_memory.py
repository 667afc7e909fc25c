"""However often it is asked, an assistant keeps nothing of it."""

import functools
import gc
import threading
import tracemalloc
from pathlib import Path

import pytest
from conftest import BigramEmbedder, make_article

from chat.assistant import Assistant
from index.index import Index

DIFFERENT = 20  # questions, asked in rounds
ROUNDS = 10
TRACED_ROUNDS = 3  # tracing takes its time
FEW_OBJECTS = 100  # fewer than one for each question asked
FEW_BYTES = 60_000  # fewer than a thousand for each


@pytest.fixture
def assistant(index: Index, embedder: BigramEmbedder) -> Assistant:
    index.add(
        make_article(f"第{n}号渡船的票价是{n}元。渡船由林家看管。", title=f"渡船{n}")
        for n in range(DIFFERENT)
    )
    return Assistant(index, embedder)


def ask(assistant: Assistant, first: int = 0) -> None:
    for number in range(first, first + DIFFERENT):
        assert assistant.ask(f"第{number}号渡船的票价是多少？").hits


def held() -> dict[str, int]:
    """What this process holds on to."""
    gc.collect()
    return {
        "objects": len(gc.get_objects()),
        "threads": threading.active_count(),
        "files": len(list(Path("/dev/fd").iterdir())),
    }


def test_asking_again_and_again_keeps_nothing(assistant: Assistant) -> None:
    for _ in range(2):
        ask(assistant)  # what is loaded once, and what is cached of these questions
    before = held()
    for _ in range(ROUNDS):
        ask(assistant)
    grown = {name: number - before[name] for name, number in held().items()}
    assert grown["objects"] < FEW_OBJECTS
    assert grown["threads"] <= 0
    assert grown["files"] <= 0


def test_asking_again_and_again_takes_no_memory(assistant: Assistant) -> None:
    ask(assistant)
    tracemalloc.start()
    try:
        ask(assistant)
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(TRACED_ROUNDS):
            ask(assistant)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < FEW_BYTES


def test_new_questions_fill_only_caches_that_have_an_end(assistant: Assistant) -> None:
    ask(assistant)
    kind = type(functools.lru_cache(str))
    endless = [
        each
        for each in gc.get_objects()
        if isinstance(each, kind) and each.cache_info().maxsize is None
    ]
    before = [each.cache_info().currsize for each in endless]
    ask(assistant, first=DIFFERENT)
    assert [each.cache_info().currsize for each in endless] == before
