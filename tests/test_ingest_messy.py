"""Real files of many kinds, broken ones among them, in one run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index.making import Maker
from ingest.errors import DamagedFile, ReadError
from ingest.files import Event, Failed, Given, read_files
from ingest.formats import Options
from ingest.prepare import Prepared
from ingest.read import find_files
from ingest.workers.tasks import source_of

MESSY = Path(__file__).parent.parent.parent / "shared" / "data" / "messy"
NOT_READ = 20  # of 130: locked, empty, or pictures, which are left alone here

Events = list[Event[tuple[Prepared, ...]]]

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not MESSY.is_dir(), reason="the real files aren't beside the checkout"),
]


@pytest.fixture(scope="module")
def events(show: Callable[[str], None]) -> Events:
    paths = list(find_files([MESSY]))
    found = list(read_files(map(source_of, paths), Maker(words=None), Options(ocr=False)))
    ended = [each for each in found if isinstance(each, Failed) or each.last]
    assert [each.source.name for each in ended] == [str(path) for path in paths]
    failed = [each for each in found if isinstance(each, Failed)]
    lines = [f"    {Path(each.source.name).name}: {type(each.error).__name__}" for each in failed]
    read = f"{len(paths) - len(failed)} of {len(paths)} real files read, pictures left alone"
    show("\n".join([f"{read}; not read:", *lines]))
    return found


def errors(events: Events) -> list[ReadError]:
    failed = [each.error for each in events if isinstance(each, Failed)]
    given = [each for each in events if isinstance(each, Given)]
    return [*failed, *(problem for each in given for problem in each.reading.problems)]


def test_every_file_gives_text_or_a_reason(events: Events) -> None:
    given: dict[str, int] = {}
    for each in events:
        if isinstance(each, Given):
            length = sum(len(article.text) for article in each.reading.articles)
            given[each.source.name] = given.get(each.source.name, 0) + length
    assert [name for name, length in given.items() if not length] == []
    assert sum(isinstance(each, Failed) for each in events) <= NOT_READ


def test_no_reader_breaks_down(events: Events) -> None:
    broken = [one for one in errors(events) if isinstance(one, DamagedFile)]
    assert [str(one) for one in broken if "by its reader" in str(one)] == []
    assert [str(one) for one in broken if "stops its reader" in str(one)] == []


def test_reasons_are_a_line_in_each_language(events: Events) -> None:
    for one in errors(events):
        assert "\n" not in one.english + one.chinese
        assert one.chinese != one.english


def test_passages_stand_in_their_articles(events: Events) -> None:
    for each in events:
        for prepared in each.made or () if isinstance(each, Given) else ():
            text = prepared.article.text
            for heading in prepared.article.headings:
                assert text[heading.start :].startswith(heading.text)
            ends = [0, *(passage.end for passage in prepared.passages)]
            for passage, before in zip(prepared.passages, ends, strict=False):
                assert before <= passage.start < passage.end <= len(text)
