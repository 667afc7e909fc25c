"""A judge of citations that understands more than words: natural language inference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chat.evaluation.citations import Supports
from index.hub import is_folder, loading
from ingest.errors import ModelError

ENTAILS = "entail"  # how the label of the class begins, in any case


def load_judge(model: str, *, offline: bool = False) -> Supports:
    """The judge that a sequence classification model (a folder, or a name on the Hugging Face hub)
    is: quotes support a sentence if, taken as the premise, they most probably entail it.

    Raises ModelError when the model can't be had or has no label for entailment.
    """
    tokenizer, classifier = _load(model, here_alone=is_folder(model, offline=offline))
    names = {number: name.lower() for number, name in classifier.config.id2label.items()}
    entails = next((n for n, name in names.items() if name.startswith(ENTAILS)), None)
    if entails is None:
        raise ModelError(
            f"{model}: none of its labels ({', '.join(names.values())}) is entailment; "
            "choose a model for natural language inference",
            f"{model}：其标签（{'、'.join(names.values())}）中没有 entailment；"
            "请选择自然语言推理模型",
        )

    def supports(sentence: str, quotes: Sequence[str]) -> bool:
        import torch

        pair = tokenizer("\n".join(quotes), sentence, truncation="only_first", return_tensors="pt")
        with torch.inference_mode():
            return bool(classifier(**pair).logits.argmax() == entails)

    return supports


def _load(model: str, *, here_alone: bool) -> tuple[Any, Any]:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    with loading(model, "a classification model", "分类模型"):
        tokenizer = AutoTokenizer.from_pretrained(model, local_files_only=here_alone)
        classifier: Any = AutoModelForSequenceClassification.from_pretrained(
            model, local_files_only=here_alone
        )
    return tokenizer, classifier.eval()
