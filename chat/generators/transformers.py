"""Answers worded by a language model that runs on this machine (Hugging Face transformers)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore, Event
from typing import Any

from chat.generators.prompt import MAX_ANSWER_TOKENS, messages, read_claims
from chat.types import Claim, Evidence
from index.hub import is_folder, loading
from ingest.errors import ModelError

_AT_ONCE = 8  # answers: more of them would make each slower than anybody likes to read


class TransformersGenerator:
    """A causal language model with a chat template, from a folder or from the Hugging Face hub.

    ``device`` is "auto", "cpu" or "cuda". Raises ModelError when the model can't be had; with
    ``offline``, only a folder can.
    """

    def __init__(self, model: str, *, device: str = "cpu", offline: bool = False) -> None:
        here_alone = is_folder(model, offline=offline)
        place = _torch_device(device)
        self._tokenizer, self._model = _load(model, here_alone=here_alone)
        self._model.to(place)
        self._places = BoundedSemaphore(_AT_ONCE)

    def generate(self, question: str, evidence: Sequence[Evidence]) -> Iterator[Claim]:
        """The model's claims as it says them, always the same ones for the same question.

        Raises ModelError when the model fails while it answers.
        """
        with self._places:
            yield from read_claims(self._stream(question, evidence))

    def _stream(self, question: str, evidence: Sequence[Evidence]) -> Iterator[str]:
        """The model's words in pieces. A thread makes them; it stops when nobody wants more."""
        from transformers import StoppingCriteriaList, TextIteratorStreamer

        inputs = self._prompt(question, evidence)
        streamer: Any = TextIteratorStreamer(
            self._tokenizer, skip_prompt=True, skip_special_tokens=True
        )
        unwanted = Event()

        def work() -> None:
            try:
                self._model.generate(
                    **inputs,
                    streamer=streamer,
                    stopping_criteria=StoppingCriteriaList([lambda *_: unwanted.is_set()]),
                    max_new_tokens=MAX_ANSWER_TOKENS,
                    do_sample=False,
                    temperature=None,  # models bring values that only sampling would use
                    top_p=None,
                    top_k=None,
                )
            finally:
                streamer.end()  # or the reader below would wait for ever after an error

        with ThreadPoolExecutor(max_workers=1) as pool:
            working = pool.submit(work)
            try:
                yield from streamer
            finally:
                unwanted.set()
            if error := working.exception():
                raise _failure(error) from error

    def _prompt(self, question: str, evidence: Sequence[Evidence]) -> Any:
        """The conversation as the model's template writes it, in tokens on the model's device."""
        from jinja2 import TemplateError

        try:
            inputs = self._tokenizer.apply_chat_template(
                messages(question, evidence),
                add_generation_prompt=True,
                enable_thinking=False,  # templates that know no such switch ignore it
                return_dict=True,
                return_tensors="pt",
            )
        except TemplateError as error:  # some want no instructions before the question
            raise _failure(error) from error
        return inputs.to(self._model.device)


def _failure(error: BaseException) -> ModelError:
    reason = str(error).partition("\n")[0]
    return ModelError(
        f"the language model failed: {reason}; try another one, or --device cpu",
        f"语言模型出错：{reason}；请换一个模型，或使用 --device cpu",
    )


def _load(model: str, *, here_alone: bool) -> tuple[Any, Any]:
    """The tokenizer and the model, ready to answer; ``here_alone``: the hub is never asked."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with loading(model, "a language model", "语言模型"):
        tokenizer = AutoTokenizer.from_pretrained(model, local_files_only=here_alone)
        causal: Any = AutoModelForCausalLM.from_pretrained(
            model, local_files_only=here_alone, dtype="auto"
        )
    if not tokenizer.chat_template:
        raise ModelError(
            f"{model}: has no chat template, so it can't follow instructions; "
            "choose a model made for chat, such as Qwen/Qwen3-0.6B",
            f"{model}：没有对话模板，无法按指示作答；请选择对话模型，如 Qwen/Qwen3-0.6B",
        )
    return tokenizer, causal.eval()


def _torch_device(device: str) -> str:
    import torch

    if device == "cpu" or torch.cuda.is_available():
        return "cpu" if device == "cpu" else "cuda"
    if device == "auto":
        return "cpu"
    raise ModelError(
        "device is cuda, but this machine has no CUDA device that torch can use; "
        "set device to cpu or auto",
        "device 设为 cuda，但本机没有 torch 可用的 CUDA 设备；请改为 cpu 或 auto",
    )
