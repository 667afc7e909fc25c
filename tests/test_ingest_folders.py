"""Articles that go on in another file of their folder."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from conftest import make_article

from ingest.errors import EmptyFile
from ingest.files import Event, Failed, Given
from ingest.folders import join_folders
from ingest.types import Jump, Reading
from ingest.workers.tasks import Source

FIRST = "县里今年修了三座石桥。村民说，以后过河不用再绕路，孩子上学也近了，石桥的"
REST = "栏杆上刻着捐钱人的名字。村民每年给石桥上一次漆，修桥的工匠也会回来看看。"


def size(reading: Reading) -> int:
    return sum(len(article.text) for article in reading.articles)


def given(key: str, text: str, jump: Jump | None = None, page: str = "1") -> Given[int]:
    name = Path(key).name
    article = replace(make_article(text, path=name), page=page)
    reading = Reading((article,), jumps=(jump,) if jump else ())
    return Given(Source(key, Path(name)), key, reading, size(reading))


def joined(*events: Event[int], jumping: Collection[str] = ()) -> list[Event[int]]:
    return list(join_folders(iter(events), [event.source for event in events], size, jumping))


def test_what_has_no_jumps_is_not_held_back() -> None:
    event = given("/a/1.txt", FIRST)

    def events() -> Iterator[Event[int]]:
        yield event
        raise AssertionError("read on before the first was passed on")

    sources = [event.source, Source("/a/2.txt", Path("2.txt"))]
    assert next(join_folders(events(), sources, size)) is event


def test_a_beginning_waits_for_its_folder_and_no_other() -> None:
    first = given("/a/第1版.txt", FIRST, Jump(0, "3", onward=True), "1")
    plain, other = given("/a/第2版.txt", "别的。"), given("/b/1.txt", "另一件。")
    failed = Failed(Source("/a/第4版.txt", Path("4")), EmptyFile("empty", "空"))
    rest = given("/a/第3版.txt", REST, Jump(0, "1", onward=False), "3")
    result = joined(first, other, plain, rest, failed)
    assert result[:3] == [other, plain, failed]
    held = {event.source.key: event for event in result[3:]}
    assert set(held) == {first.source.key, rest.source.key}


def test_halves_are_joined_and_made_anew_and_keep_their_jumps() -> None:
    first = given("/a/第1版.txt", FIRST, Jump(0, "3", onward=True, title="石桥"), "1")
    rest = given("/a/第3版.txt", REST, Jump(0, "1", onward=False, title="石桥"), "3")
    start, end = joined(first, rest)
    assert isinstance(start, Given)
    assert isinstance(end, Given)
    (article,) = start.reading.articles
    assert article.text == FIRST + REST
    assert (start.made, end.made) == (len(FIRST + REST), 0)
    assert end.reading.articles == ()
    assert start.reading.jumps == first.reading.jumps
    assert end.reading.jumps == rest.reading.jumps


def test_a_half_does_not_replace_what_was_whole_while_the_other_fails() -> None:
    first = given("/a/第1版.txt", FIRST, Jump(0, "3", onward=True), "1")
    new = given("/a/第5版.txt", "新来的一页。", Jump(0, "6", onward=True), "5")
    lost = Failed(Source("/a/第3版.txt", Path("第3版.txt")), EmptyFile("empty", "空"))
    before = [first.source.key, lost.source.key]
    _, kept, taken = joined(first, new, lost, jumping=before)
    assert isinstance(kept, Failed)
    assert kept.source == first.source
    assert "第1版.txt" in kept.error.chinese
    assert taken == new
    # What fails was no part of anything before.
    assert joined(first, lost, jumping=[first.source.key]) == [lost, first]


def test_a_half_does_not_replace_what_was_whole_while_the_other_is_read_in_part() -> None:
    first = given("/a/第1版.txt", FIRST, Jump(0, "3", onward=True), "1")
    rest = replace(given("/a/第3版.txt", REST, None, "3"), whole=False)
    result = joined(first, rest, jumping=[first.source.key, rest.source.key])
    assert result[0] == rest
    assert isinstance(result[1], Failed)
