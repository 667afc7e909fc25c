from pathlib import Path

import pytest

from chat.evaluation.citations import (
    citation_precision,
    citation_recall,
    exact,
    invalid,
    lexical,
    quoted,
    stands,
    uncited,
)
from chat.evaluation.nli import load_judge
from chat.evaluation.replies import Reply, Source
from chat.types import AnswerSentence
from ingest.errors import ModelError

ARTICLES = {"a": "大桥于1957年通车。桥长1670米。", "b": "江上有船。"}
OPENED, LENGTH, BOATS = (
    Source("大桥于1957年通车。", "a", start=0, end=11),
    Source("桥长1670米。", "a", start=11, end=19),
    Source("江上有船。", "b", start=0, end=5),
)


def reply(*sentences: tuple[str, tuple[int, ...]], sources: tuple[Source, ...]) -> Reply:
    return Reply(
        " ".join(text for text, _ in sentences),
        tuple(AnswerSentence(text, numbers) for text, numbers in sentences),
        dict(enumerate(sources, start=1)),
    )


ALL = (OPENED, LENGTH, BOATS)
BOTH = "大桥于1957年通车，桥长1670米。"


@pytest.mark.parametrize(
    ("sentences", "recall", "precision"),
    [
        ([(OPENED.quote, (1,))], 1, 1),
        ([(OPENED.quote, (3,))], 0, 0),
        ([(OPENED.quote, ())], 0, 0),
        ([(OPENED.quote, (9,))], 0, 0),
        ([(OPENED.quote, (1, 3))], 1, 0.5),  # 3 is beside the point
        ([(OPENED.quote, (1, 9))], 1, 0.5),
        ([(BOTH, (1, 2))], 1, 1),  # neither is enough alone, both are needed
        ([(BOTH, (1,))], 0, 0),
        ([(OPENED.quote, (1,)), (BOATS.quote, ())], 0.5, 1),
    ],
)
def test_recall_and_precision_are_those_of_alce(
    sentences: list[tuple[str, tuple[int, ...]]], recall: float, precision: float
) -> None:
    judged = reply(*sentences, sources=ALL)
    assert citation_recall(judged, lexical) == recall
    assert citation_precision(judged, lexical) == precision


def test_a_citation_that_supports_alone_is_precise_beside_others() -> None:
    twice = reply((OPENED.quote, (1, 2)), sources=(OPENED, OPENED))
    assert citation_precision(twice, lexical) == 1


def test_a_sentence_is_quoted_word_for_word_or_not() -> None:
    assert quoted("大桥于 1957 年通车。", [OPENED.quote])
    assert not quoted("大桥1957年通车。", [OPENED.quote])
    assert lexical("大桥1957年通车。", [OPENED.quote])
    assert not lexical("大桥于1958年通车。", [OPENED.quote])


def test_shares_of_what_is_uncited_and_invalid() -> None:
    judged = reply((OPENED.quote, (1, 9)), (BOATS.quote, ()), sources=(OPENED,))
    assert uncited(judged) == 0.5
    assert invalid(judged, ARTICLES.get) == 0.5


@pytest.mark.parametrize(
    ("judged", "is_exact"),
    [
        (reply((OPENED.quote, (1,)), sources=(OPENED,)), True),
        (reply((OPENED.quote, ()), sources=()), False),
        (reply((OPENED.quote, (1,)), sources=(OPENED, BOATS)), False),
        (reply((OPENED.quote, (1, 2)), sources=(OPENED,)), False),
        (reply((OPENED.quote, (1,)), sources=(Source("大桥", "a", start=1, end=3),)), False),
        (reply((OPENED.quote, (1,)), sources=(Source("", "a", start=2, end=2),)), False),
    ],
    ids=["exact", "uncited", "unused", "invented", "beside the span", "nothing quoted"],
)
def test_exact_is_to_the_character(judged: Reply, *, is_exact: bool) -> None:
    assert exact(judged, ARTICLES.get) is is_exact


def test_without_the_article_a_quote_stands_in_what_was_read() -> None:
    source = Source("桥长1670米。", "unknown")
    assert stands(source, ["又说桥长 1670 米。"], ARTICLES.get)
    assert not stands(source, ["桥长1760米。"], ARTICLES.get)
    assert not stands(source, [], ARTICLES.get)


# --- a model as the judge ---------------------------------------------------------------------


def save_model(folder: Path, labels: dict[int, str], *, favoured: int) -> str:
    """A tiny classifier of sentence pairs that always chooses the label ``favoured``."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    words = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=16
    ).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        max_position_embeddings=16,
        id2label=labels,
        label2id={name: number for number, name in labels.items()},
    )
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.copy_(torch.eye(len(labels))[favoured])
    model.save_pretrained(folder)
    return str(folder)


LABELS = {0: "CONTRADICTION", 1: "Entailment", 2: "neutral"}


@pytest.mark.parametrize("favoured", LABELS)
def test_a_model_supports_what_it_finds_entailed(tmp_path: Path, favoured: int) -> None:
    supports = load_judge(save_model(tmp_path, LABELS, favoured=favoured), offline=True)
    long = "很 长 的 引文 " * 20  # longer than the model takes
    assert supports("大桥通车。", [OPENED.quote, long]) is (favoured == 1)


def test_a_model_that_knows_no_entailment_is_told(tmp_path: Path) -> None:
    folder = save_model(tmp_path, {0: "positive", 1: "negative"}, favoured=0)
    with pytest.raises(ModelError, match="positive, negative"):
        load_judge(folder)


def test_a_model_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="offline"):
        load_judge("some/model", offline=True)
    with pytest.raises(ModelError, match="can't be loaded"):
        load_judge(str(tmp_path))
