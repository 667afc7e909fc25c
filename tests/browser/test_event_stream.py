"""What the scripts make of an event stream, cut anywhere, beside what its definition says.
(https://html.spec.whatwg.org/multipage/server-sent-events.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page
from sites import Site

pytestmark = pytest.mark.browser

READ = """async ([module, streams]) => {
  const { eventsIn } = await import(module);
  const read = async (pieces) => {
    const all = [];
    const bytes = new ReadableStream({
      start(stream) {
        for (const piece of pieces) stream.enqueue(new Uint8Array(piece));
        stream.close();
      },
    });
    for await (const event of eventsIn(bytes)) all.push(event);
    return all;
  };
  return Promise.all(streams.map(read));
}"""

BREAKS = ("\n", "\r", "\r\n", "\n\n")
LINES = ("data: ", "data:", "data", "event: sentence", "event:", ": a note", "id: 1", "retry: 5")
ODD = ("\ufeff", "\x00", "\x0b", "\x85", "\u2028", "渡船", "🚢", '{"text": "a\\nb"}', " ", ":")
TEXTS = st.lists(st.sampled_from((*BREAKS * 3, *LINES * 2, *ODD)) | st.text(max_size=3))
STREAMS = TEXTS.map(lambda parts: "".join(parts).encode()) | st.lists(
    st.sampled_from([b"data: ", b"\n\n", b"\xf0\x9f", b"\xe6\xb8", b"\xff", b"\xef\xbb\xbf"])
).map(b"".join)
CUTS = st.lists(st.integers(0, 60), max_size=8) | st.just([*range(200)])  # or byte by byte


def meant(stream: bytes) -> list[dict[str, str]]:
    """The events of the whole stream."""
    text = stream.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    events, name, data = [], "", []
    for line in re.split("\r\n|\r|\n", text)[:-1]:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if line and field == "event":
            name = value
        elif line and field == "data":
            data.append(value)
        elif not line:
            if data:
                events.append({"event": name or "message", "data": "\n".join(data)})
            name, data = "", []
    return events


def pieces(stream: bytes, cuts: list[int]) -> list[list[int]]:
    """The stream, cut at these places; some pieces may be empty."""
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    return [[*stream[start:end]] for start, end in pairwise(places)]


@pytest.fixture(scope="module")
def blank(browser: Browser, site: Site) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(site.put("<!doctype html><title>t</title>"))
    yield page
    page.close()


@given(st.lists(st.tuples(STREAMS, CUTS), min_size=5, max_size=25))
@settings(max_examples=20, deadline=None)
def test_events_are_read_however_the_stream_is_cut(
    blank: Page, address: str, streams: list[tuple[bytes, list[int]]]
) -> None:
    cut = [pieces(*each) for each in streams]
    read = blank.evaluate(READ, [f"{address}/wenjin/events.js", cut])
    assert read == [meant(stream) for stream, _ in streams]
