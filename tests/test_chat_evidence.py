from collections.abc import Sequence

import pytest
from conftest import BigramEmbedder, make_article

from chat.answers.answerable import ANSWER_FEATURES
from chat.answers.evidence import SENTENCE_FEATURES, candidates_by_language, find_evidence
from chat.types import Evidence
from ingest.types import Article, Passage
from retriever.types import Hit

BRIDGE = make_article(
    "大桥全长三百米。大桥去年五月通车。因为两岸要来往，所以修了桥。桥有多长？", title="大桥"
)
LADDERS = make_article("The library lends ladders.", title="Ladders", language="en")


def hit(article: Article, *, score: float = 2.0, lexical: float = 0.7, dense: float = 0.6) -> Hit:
    return Hit(Passage(article.id, 0, len(article.text)), article, score, lexical, dense)


def idf(word: str) -> float:
    return 3.0


def found(question: str, hits: Sequence[Hit]) -> tuple[Evidence, ...]:
    return find_evidence(question, hits, idf=idf, embedder=BigramEmbedder()).sentences


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("大桥全长多少米？", "大桥全长三百米。"),
        ("大桥去年几月通车？", "大桥去年五月通车。"),
        ("两岸为什么修了桥？", "因为两岸要来往，所以修了桥。"),
    ],
)
def test_the_sentence_that_answers_is_among_the_evidence(question: str, answer: str) -> None:
    evidence = found(question, [hit(BRIDGE)])
    assert answer in [sentence.text for sentence in evidence]
    assert max(evidence, key=lambda sentence: sentence.score).text == answer


def test_a_question_is_no_answer() -> None:
    assert "桥有多长？" not in [sentence.text for sentence in found("大桥有多长？", [hit(BRIDGE)])]


def test_foreign_words_are_no_evidence() -> None:
    assert found("谁发明了电话？", [hit(BRIDGE, lexical=0.0, dense=0.1)]) == ()


def test_nothing_found_is_no_evidence() -> None:
    assert found("大桥全长多少米？", []) == ()


def test_evidence_comes_from_the_passages_found() -> None:
    first = Hit(Passage(BRIDGE.id, 0, 8), BRIDGE, 2.0, 0.6, 0.6)
    for sentence in found("大桥去年几月通车？", [first]):
        assert sentence.end <= 8


def test_languages_are_judged_apart() -> None:
    groups = candidates_by_language(
        "大桥全长多少米？", [hit(LADDERS), hit(BRIDGE)], idf=idf, embedder=BigramEmbedder()
    )
    languages = [{s.article.language for s in group.sentences} for group in groups]
    assert languages == [{"zh"}, {"en"}]
    for group in groups:
        assert group.features.shape == (len(group.sentences), len(SENTENCE_FEATURES))
        assert group.answer_features.shape == (len(ANSWER_FEATURES),)
        assert 0 <= group.probability <= 1
