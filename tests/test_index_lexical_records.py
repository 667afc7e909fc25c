"""Records of passages, and what is counted in them, against plain Python."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_index_lexical import CHINESE, TEXTS

from index import tokens
from index.lexical.counting import count, field_of, wanted
from index.lexical.document import document_of
from index.lexical.records import RecordFile, RecordFiles, places, take_apart, text_of

TERMS = [
    *"京津冀桥哈河𠮷",
    "京津",
    "冀京",
    "哈哈",
    "𠮷河",
    "河𠮷",
    "𠮷𠮷",
    "city",
    "bb",
    "1200",
    "山",
    "石桥",
]


@given(st.lists(TEXTS, min_size=1, max_size=8), st.sets(st.sampled_from(TERMS + CHINESE)))
def test_terms_are_counted_in_all_records_at_once(texts: list[str], asked: set[str]) -> None:
    records = take_apart([document_of(text).record for text in texts])
    for field, unit in (("words", tokens.words), ("ngrams", tokens.ngrams)):
        terms = [one for one in sorted(asked) if field == "words" or is_ngram(one)]
        counted = count(wanted([(field, one) for one in terms]), records)
        assert counted.tolist() == [[unit(text).count(one) for text in texts] for one in terms]
        assert records.lengths[field].tolist() == [len(unit(text)) for text in texts]


def is_ngram(term: str) -> bool:
    return field_of("ngrams", term) == "ngrams" and len(term) <= 2


@given(TEXTS)
def test_a_record_has_the_normalised_text(text: str) -> None:
    assert text_of(document_of(text).record) == tokens.normalise(text)


@given(TEXTS, st.data())
def test_a_record_that_is_not_as_it_was_written_is_not_read(text: str, data: st.DataObject) -> None:
    record = bytearray(document_of(text).record)
    record[data.draw(st.integers(0, len(record) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    files = RecordFiles(None)
    with files.append("1.records", 0) as file:
        file.write(record)
    with pytest.raises(ValueError, match="damaged"):
        files.open("1.records", len(record)).read([(0, len(record))])


@pytest.mark.parametrize("in_memory", [True, False])
def test_records_are_read_where_they_were_written(tmp_path: Path, *, in_memory: bool) -> None:
    texts = ["石桥", "", "𠮷河 three cities", "河"]
    records = [document_of(text).record for text in texts]
    files = RecordFiles(None if in_memory else tmp_path)
    size = 0
    for record in records:
        with files.append("1.records", size) as file:
            file.write(record)
            file.write(b"what is written but doesn't count")
        size += len(record)
    opened: RecordFile = files.open("1.records", size)
    start = 0
    for record in records:
        assert opened.read([(start, len(record))]) == [record]
        start += len(record)
    if not in_memory:
        begin, sizes = places(tmp_path / "1.records", size)
        assert sizes.tolist() == [len(record) for record in records]
        assert begin.tolist()[1:] == sizes.cumsum().tolist()[:-1]
