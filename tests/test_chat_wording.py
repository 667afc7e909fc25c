"""Filters in words, and reprints."""

from __future__ import annotations

from typing import Literal

import pytest

from chat.wording import filter_text
from retriever.types import Filter


@pytest.mark.parametrize(
    ("interval", "chinese", "english"),
    [
        ("2023-01-01/2023-12-31", "2023年", "2023"),
        ("2021-01-01/2023-12-31", "2021年 至 2023年", "2021 to 2023"),
        ("2023-04-01/2023-04-30", "2023-04", "2023-04"),
        ("2024-02-01/2024-02-28", "2024-02-01 至 2024-02-28", "2024-02-01 to 2024-02-28"),
        ("2023-11-01/2024-02-29", "2023-11 至 2024-02", "2023-11 to 2024-02"),
        ("2023-05-18/2023-05-18", "2023-05-18", "2023-05-18"),
        ("2023-01-01/..", "2023-01-01 以后", "since 2023-01-01"),
        ("../2023-12-31", "2023-12-31 以前", "until 2023-12-31"),
    ],
)
def test_an_interval_is_as_short_as_it_can_be(interval: str, chinese: str, english: str) -> None:
    published = Filter("published", interval, "")
    assert filter_text(published, "zh") == f"发表时间：{chinese}"
    assert filter_text(published, "en") == f"Published: {english}"


@pytest.mark.parametrize(
    ("kind", "words"), [("author", ("作者", "Author")), ("source", ("来源", "Source"))]
)
def test_names_say_whose_they_are(
    kind: Literal["author", "source"], words: tuple[str, str]
) -> None:
    named = Filter(kind, "青石日报", "")
    assert filter_text(named, "zh") == f"{words[0]}：青石日报"
    assert filter_text(named, "en") == f"{words[1]}: 青石日报"
