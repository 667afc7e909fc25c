"""The rerankers: each kind puts passages in order, and the search goes by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from conftest import BigramEmbedder, make_article

from index.embed import BuiltinEmbedder, Embedder
from index.index import Index
from index.types import FloatArray
from ingest.errors import ModelError, SettingError
from ingest.types import Article, Passage
from retriever.candidates import Candidates
from retriever.coverage import TokenMatcher
from retriever.rerank import KINDS, load_reranker
from retriever.rerank_builtin import ACROSS_LANGUAGES, WITHIN_A_LANGUAGE
from retriever.rerank_features import FEATURES, features, phrases
from retriever.retriever import RERANKED, Retriever
from retriever.types import Query

FERRY = make_article("渡船每天开十班，票价两元。", title="渡船")
BRIDGE = make_article("大桥全长三百米，去年通车。", title="大桥")
LIBRARY = make_article("The library lends ladders to its members.", title="Ladders", language="en")


@pytest.fixture(scope="module")
def builtin() -> BuiltinEmbedder:
    return BuiltinEmbedder()


def found(articles: Sequence[Article], language: str = "zh") -> Candidates:
    """Each article as a passage, all found alike."""
    even = np.full(len(articles), 0.5, np.float32)
    return Candidates(
        np.arange(len(articles)),
        tuple(Passage(article.id, 0, len(article.text)) for article in articles),
        tuple(articles),
        even,
        even,
        np.array([article.language == language for article in articles], np.bool_),
    )


def fused(*scores: float) -> FloatArray:
    return np.array(scores, np.float32)


def texts(*texts: str, language: str = "zh") -> list[Article]:
    return [make_article(text, title=None, language=language) for text in texts]


def reranked(question: str, articles: Sequence[Article], embedder: Embedder) -> list[str]:
    """The texts, best first, which were found with scores that fall a little."""
    scores = np.linspace(0.5, 0.49, len(articles), dtype=np.float32)
    language = "zh" if question.isascii() is False else "en"
    new = load_reranker().scores(question, found(articles, language), scores, embedder=embedder)
    return [articles[place].text for place in np.argsort(-new, kind="stable")]


def test_the_questions_own_wording_wins(builtin: BuiltinEmbedder) -> None:
    scattered = "中国队今天战胜了对手，女足教练很高兴。"
    together = "今天中国女足战胜了海地队，教练很高兴。"
    assert reranked("中国女足战胜了哪个队？", texts(scattered, together), builtin)[0] == together


def test_the_same_in_english(builtin: BuiltinEmbedder) -> None:
    scattered = "The night bus ran late, and the service of the old ferry ended."
    together = "The ferry service ended late at night, and the old bus ran."
    articles = texts(scattered, together, language="en")
    assert reranked("When did the ferry service end?", articles, builtin)[0] == together


def test_tokens_of_like_meaning_win_across_languages(builtin: BuiltinEmbedder) -> None:
    river, money = "河流的水位上升了三米。", "银行的利率下降了一半。"
    assert reranked("How did the interest rate change?", texts(river, money), builtin)[0] == money


def test_other_passages_of_the_article_support_a_passage() -> None:
    long = make_article("渡船十班。渡船票价两元。", title="渡船")
    halves = [Passage(long.id, 0, 5), Passage(long.id, 5, len(long.text))]
    three = found([long, long, FERRY])
    three = Candidates(
        three.numbers,
        (*halves, three.passages[2]),
        three.articles,
        three.lexical,
        three.dense,
        three.same_language,
    )
    seen = features("票价？", three, fused(0.2, 0.4, 0.5), BigramEmbedder())
    assert seen[:, FEATURES.index("score of the article's other passages")] == pytest.approx(
        [0.8, 0.4, 0]
    )


def test_shares_of_phrases() -> None:
    question = "中国女足战胜了哪个队？"  # 中国女足战胜|了哪个|队: kept are the first part and 队
    shares = phrases(question, ["中国女足战胜海地队", "女足的中国教练", "Women", ""])
    assert [share[0] for share in shares] == pytest.approx([5 / 5, 4 / 8])
    assert [share[1] for share in shares] == pytest.approx([2 / 5, 0])
    assert [share[2:] for share in shares] == [[0, 0]] * 2


def test_words_count_whole_and_not_across_a_stop_word() -> None:
    pairs, threes = phrases("ferry service of night", ["a ferry servicer", "Ferry Service of"])
    assert pairs == [0, 1]
    assert threes == [0, 1 / 2]


@pytest.mark.parametrize("weights", [WITHIN_A_LANGUAGE, ACROSS_LANGUAGES])
def test_each_feature_has_a_weight_that_helps(weights: Sequence[float]) -> None:
    assert len(weights) == len(FEATURES)
    assert min(weights) >= 0


def test_scores_keep_their_mean_and_spread_in_each_language(builtin: BuiltinEmbedder) -> None:
    articles = [FERRY, BRIDGE, *texts("渡船停在桥下。"), LIBRARY]
    before = fused(0.5, 0.4, 0.1, 0.3)
    after = load_reranker().scores("渡船的票价？", found(articles), before, embedder=builtin)
    assert after[:3].mean() == pytest.approx(before[:3].mean(), rel=1e-4)
    assert after[:3].std() == pytest.approx(before[:3].std(), rel=1e-4)
    assert after[3] == before[3]  # alone in its language


def test_what_nothing_tells_apart_stays_in_order(builtin: BuiltinEmbedder) -> None:
    same = [FERRY, FERRY]
    after = load_reranker().scores("？", found(same), fused(0.5, 0.5), embedder=builtin)
    assert after.tolist() == [0.5, 0.5]


def test_nothing_found(builtin: BuiltinEmbedder) -> None:
    none = found([])
    for kind in ("builtin", "none"):
        assert len(load_reranker(kind).scores("渡船？", none, fused(), embedder=builtin)) == 0


def test_none_leaves_the_scores() -> None:
    before = fused(0.1, 0.5)
    after = load_reranker("none").scores(
        "？", found([FERRY, BRIDGE]), before, embedder=BigramEmbedder()
    )
    assert after.tolist() == before.tolist()


def test_best_cosines_are_those_of_the_tokens(builtin: BuiltinEmbedder) -> None:
    assert isinstance(builtin, TokenMatcher)
    question, others = "城市的河流", ["河水流过城市", "", "the river", "☂"]
    best = builtin.best_cosines(question, others)
    asked = builtin.token_vectors(question)
    for row, text in zip(best, others, strict=True):
        known = builtin.token_vectors(text)
        expected = (asked @ known.T).max(axis=1) if len(known) else np.full(len(asked), -1)
        assert row == pytest.approx(expected, abs=1e-5)
    assert builtin.best_cosines("", others).shape == (4, 0)
    assert builtin.best_cosines(question, []).shape == (0, len(asked))


class Backwards:
    """Prefers what was found last."""

    def scores(
        self, question: str, found: Candidates, fused: FloatArray, *, embedder: Embedder
    ) -> FloatArray:
        assert (question, embedder.name) == ("渡船", "bigrams")
        return 1 - fused


def test_a_search_goes_by_the_reranker_and_keeps_what_it_was_found_by(
    index: Index, embedder: BigramEmbedder
) -> None:
    index.add([FERRY, BRIDGE, LIBRARY])
    plain = Retriever(index, embedder, load_reranker("none")).search(Query("渡船"))
    turned = Retriever(index, embedder, Backwards()).search(Query("渡船"))
    assert [hit.article for hit in turned] == [hit.article for hit in plain][::-1]
    assert {hit.lexical for hit in turned} == {hit.lexical for hit in plain}


def test_what_was_found_far_down_stays_below(index: Index, embedder: BigramEmbedder) -> None:
    ways = [f"第{n}路渡船从{n}号码头开往{n + 1}号码头。" for n in range(RERANKED + 20)]
    index.add(texts(*ways))
    hits = Retriever(index, embedder, Backwards()).search(Query("渡船"), 1000)
    best = Retriever(index, embedder, load_reranker("none")).search(Query("渡船"), RERANKED)
    assert {hit.article.id for hit in hits[:RERANKED]} == {hit.article.id for hit in best}
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize(
    "spec", ["", "bm25", "cross-encoder", "cross-encoder:", "none:x", "builtin:"]
)
def test_an_unknown_kind_names_the_known_ones(spec: str) -> None:
    with pytest.raises(SettingError) as error:
        load_reranker(spec)
    assert all(kind in str(error.value) for kind in KINDS)


@pytest.fixture(scope="module")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Makes a cross-encoder of two layers that knows some characters and nothing else."""

    def make(labels: int) -> Path:
        import torch
        from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

        folder = tmp_path_factory.mktemp("model")
        characters = sorted(set(FERRY.text + BRIDGE.text + "的是多少？"))
        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]
        (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
        BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
        torch.manual_seed(7)
        config = BertConfig(
            vocab_size=len(words),
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=16,
            initializer_range=1.0,
        )
        config.num_labels = labels
        BertForSequenceClassification(config).save_pretrained(folder)
        return folder

    return make


def test_a_cross_encoder_reads_each_passage_below_its_title(
    make_model: Callable[[int], Path],
) -> None:
    from sentence_transformers import CrossEncoder

    folder = make_model(1)
    reranker = load_reranker(f"cross-encoder:{folder}", offline=True)
    question, two = "渡船的票价是多少？", found([FERRY, BRIDGE])
    scores = reranker.scores(question, two, fused(0.1, 0.2), embedder=BigramEmbedder())
    pairs = [(question, f"{article.title}\n{article.text}") for article in (FERRY, BRIDGE)]
    logits = CrossEncoder(str(folder)).predict(pairs, activation_fn=lambda logit: logit)
    assert scores == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-5)
    assert len(set(scores.tolist())) == 2
    assert len(reranker.scores(question, found([]), fused(), embedder=BigramEmbedder())) == 0


def test_a_model_that_is_no_reranker_is_refused(make_model: Callable[[int], Path]) -> None:
    with pytest.raises(ModelError, match="3 labels"):
        load_reranker(f"cross-encoder:{make_model(3)}", offline=True)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="can't be loaded"):
        load_reranker(f"cross-encoder:{tmp_path}")


def test_offline_refuses_a_model_of_the_hub() -> None:
    with pytest.raises(ModelError, match="folder"):
        load_reranker("cross-encoder:BAAI/bge-reranker-v2-m3", offline=True)
