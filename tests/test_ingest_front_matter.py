from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats import File, Options
from ingest.formats.front_matter import split_front_matter
from ingest.formats.text import read
from ingest.types import Article

BODY = "河边的石桥修好了，来往的人比从前多了一倍。\n"


def only(text: str, name: str = "note.md") -> Article:
    (article,) = read(File(name, content=text.encode()), Options()).articles
    return article


def test_front_matter_is_metadata_and_no_text() -> None:
    article = only(
        '---\ntitle: "石桥修好以后"\nauthor: "[[周明]]"\ndate: 2024-06-05T10:00:00+08:00\n'
        f"tags: [桥, 交通]\nsource: 河边日报\n---\n\n# 石桥修好以后\n\n{BODY}"
    )
    assert (article.title, article.authors) == ("石桥修好以后", ("周明",))
    assert (article.published, article.source) == ("2024-06-05", "河边日报")
    assert article.text == BODY.strip()


@pytest.mark.parametrize(
    "authors",
    [
        "authors:\n  - Jane Doe\n  - Li Lan",
        "authors: [Jane Doe, 'Li Lan']",
        "authors:\n- Jane Doe\n- Li Lan",
    ],
)
def test_lists_name_several_authors(authors: str) -> None:
    stated, text = split_front_matter(f"---\n{authors}\n---\nText.")
    assert stated.authors == ("Jane Doe", "Li Lan")
    assert text == "Text."


@pytest.mark.parametrize(
    "text",
    [
        "---\n河边的石桥修好了。\n---\n正文。",
        "---\ntitle: open\n正文。",
        "title: x\n---\n正文。",
        "---\n---\n",
    ],
)
def test_anything_else_is_left_as_it_is(text: str) -> None:
    assert split_front_matter(text)[1] == text


def test_plain_text_has_no_front_matter() -> None:
    assert "title: x" in only(f"---\ntitle: x\n---\n{BODY}", "note.txt").text


@given(st.text(), st.text())
def test_any_text_is_split_at_most_once(inside: str, below: str) -> None:
    text = f"---\n{inside}\n---\n{below}"
    assert text.endswith(split_front_matter(text)[1])
