"""A judge of citations that understands more than words: natural language inference."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chat.evaluate_citations import Supports
from ingest.errors import ModelError

ENTAILS = "entail"  # how the label of the class begins, in any case


def load_judge(model: str, *, offline: bool = False) -> Supports:
    """The judge that a sequence classification model (a folder, or a name on the Hugging Face hub)
    is: quotes support a sentence if, taken as the premise, they most probably entail it.

    Raises ModelError when the model can't be had or has no label for entailment.
    """
    is_folder = Path(model).is_dir()
    if offline and not is_folder:
        raise ModelError(
            f"{model}: not a folder, and offline mode forbids fetching a model; "
            "give a folder that holds one, or allow the network",
            f"{model}：不是文件夹，而离线模式不允许下载模型；请指定存有模型的文件夹，或允许联网",
        )
    tokenizer, classifier = _load(model, here_alone=is_folder)
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
    from safetensors import SafetensorError
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(model, local_files_only=here_alone)
        classifier: Any = AutoModelForSequenceClassification.from_pretrained(
            model, local_files_only=here_alone
        )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        reason = str(error).strip().split("\n")[0]
        raise ModelError(
            f"{model}: can't be loaded as a classification model: {reason}",
            f"{model}：无法作为分类模型加载：{reason}",
        ) from error
    return tokenizer, classifier.eval()
