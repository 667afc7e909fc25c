import pytest

from chat.types import Answer, AnswerSentence
from retriever.types import Query


@pytest.mark.parametrize(
    ("sentences", "text"),
    [
        (("桥长。", "水清。"), "桥长。水清。"),
        (("It is long.", "It is old."), "It is long. It is old."),
    ],
)
def test_the_text_of_an_answer_reads_well(sentences: tuple[str, ...], text: str) -> None:
    said = tuple(AnswerSentence(sentence, (1,)) for sentence in sentences)
    assert Answer("？", Query("？"), 0.9, said, (), (), abstained=False, timings={}).text == text
