"""What the probability of an answer is made of."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import BigramEmbedder, make_article
from hypothesis import given
from hypothesis import strategies as st

from chat.answers.answerable import (
    ACROSS_LANGUAGES,
    ANSWER_FEATURES,
    WITHIN_A_LANGUAGE,
    Calibration,
    answer_features,
    log_odds,
    probability,
)
from index.embed import load_embedder
from ingest.types import Article, Passage
from retriever.coverage import by_meaning
from retriever.types import Hit

QUESTION = "石桥镇的图书馆有多少册藏书？"


def hit(article: Article, *, lexical: float = 0.5, dense: float = 0.5) -> Hit:
    passage = Passage(article.id, 0, len(article.text), None)
    return Hit(passage, article, lexical, lexical, dense)


def features(question: str, hits: list[Hit], *, library: float = 5.0) -> dict[str, float]:
    embedder = load_embedder()
    sentences = [each.text for each in hits]
    values = answer_features(
        question,
        hits,
        by_meaning(question, sentences, embedder),
        idf=lambda word: library,
        embedder=embedder,
    )
    return dict(zip(ANSWER_FEATURES, values.tolist(), strict=True))


def test_there_is_a_weight_for_every_feature() -> None:
    for model in (WITHIN_A_LANGUAGE, ACROSS_LANGUAGES):
        assert len(model.weights) == len(ANSWER_FEATURES)


def test_what_answers_is_more_probable_than_what_is_about_something_else() -> None:
    right = make_article("石桥镇的图书馆有藏书三万册。", title="藏书")
    wrong = make_article("面包师每天四点起床和面。", title="面包")
    answered, not_answered = (
        np.array(list(features(QUESTION, [hit(article, lexical=lexical)]).values()))
        for article, lexical in ((right, 0.8), (wrong, 0.05))
    )
    assert WITHIN_A_LANGUAGE.probability(answered) > 0.8
    assert WITHIN_A_LANGUAGE.probability(not_answered) < 0.1


def test_other_passages_of_the_best_article_are_no_others() -> None:
    best, other = (
        make_article("石桥镇的图书馆有藏书三万册。"),
        make_article("桥上有人。", title="人"),
    )
    alone = features(QUESTION, [hit(best, lexical=0.8), hit(best, lexical=0.6)])
    beside = features(QUESTION, [hit(best, lexical=0.8), hit(other, lexical=0.6)])
    assert alone["lexical score of other articles"] == 0
    assert beside["lexical score of other articles"] == pytest.approx(0.6)


def test_the_author_and_the_title_count_as_the_passage() -> None:
    signed = make_article("补贴一停就撑不住。", title="社区食堂", authors=["罗启明"])
    unsigned = make_article("补贴一停就撑不住。", title=None, authors=[])
    asked = "罗启明怎么看社区食堂？"
    name = "share of the question's meaning in the best passage"
    assert features(asked, [hit(signed)])[name] > features(asked, [hit(unsigned)])[name] + 0.3


def test_an_embedder_without_tokens_does(embedder: BigramEmbedder) -> None:
    found = [hit(make_article())]
    texts = [each.text for each in found]
    coverage = by_meaning("石桥在哪里？", texts, embedder)
    values = answer_features(
        "石桥在哪里？", found, coverage, idf=lambda word: 1.0, embedder=embedder
    )
    assert np.isfinite(values).all()


@given(st.floats(0, 1))
def test_a_calibration_of_nothing_changes_nothing(chance: float) -> None:
    assert Calibration().applied(chance) == pytest.approx(chance, abs=1e-8)


@given(st.floats(0.01, 10), st.floats(-5, 5), st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_a_calibration_keeps_the_order(scale: float, shift: float, a: float, b: float) -> None:
    calibration = Calibration(scale, shift)
    low, high = sorted((a, b))
    assert 0 <= calibration.applied(low) <= calibration.applied(high) <= 1


@given(st.floats(-1e4, 1e4))
def test_odds_are_probabilities_and_back(odds: float) -> None:
    chance = probability(odds)
    assert 0 <= chance <= 1
    if abs(odds) < 15:
        assert log_odds(chance) == pytest.approx(odds, abs=1e-3)
