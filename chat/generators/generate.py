"""Who writes the answer: the generators, chosen by a spec such as ``transformers:Qwen/Qwen3-0.6B``.

A generator gets the evidence and says what it makes of it, claim by claim. It is not trusted: only
claims that pass the citation check are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from chat.types import Claim, Evidence
from ingest.errors import SettingError

KINDS = ("extractive", "transformers:NAME_OR_FOLDER", "openai:http://host/v1#model")


class Generator(Protocol):
    """Says, sentence by sentence, how the evidence answers the question."""

    def generate(self, question: str, evidence: Sequence[Evidence]) -> Iterator[Claim]:
        """The claims in the order in which they should be read. ``evidence`` isn't empty.

        Raises ModelError when the model can't be had or doesn't answer.
        """


class ExtractiveGenerator:
    """Says the evidence itself, word for word."""

    def generate(self, question: str, evidence: Sequence[Evidence]) -> Iterator[Claim]:  # noqa: ARG002
        """One claim for each sentence, in the order given."""
        for position, sentence in enumerate(evidence):
            yield Claim(sentence.text, (position,))


def _extractive(name: str, *, device: str, offline: bool) -> Generator:  # noqa: ARG001
    return ExtractiveGenerator()


def _transformers(name: str, *, device: str, offline: bool) -> Generator:
    from chat.generators.transformers import TransformersGenerator

    return TransformersGenerator(name, device=device, offline=offline)


def _openai(name: str, *, device: str, offline: bool) -> Generator:  # noqa: ARG001
    from chat.generators.openai import OpenAIGenerator

    return OpenAIGenerator(name, offline=offline)


_CONSTRUCTORS = {"extractive": _extractive, "transformers": _transformers, "openai": _openai}


def model_to_load(spec: str) -> str | None:
    """The model that ``spec`` has this machine load, which takes a while; None for other kinds."""
    kind, _, name = spec.partition(":")
    return name if kind == "transformers" else None


def load_generator(
    spec: str = "extractive", *, device: str = "cpu", offline: bool = False
) -> Generator:
    """The generator that ``spec`` names; one of ``KINDS``.

    Raises SettingError for any other spec, ModelError when the model can't be had.
    """
    kind, _, name = spec.partition(":")
    if kind not in _CONSTRUCTORS or bool(name) == (kind == "extractive"):
        raise SettingError(
            f"unknown generator {spec!r}; known are: {', '.join(KINDS)}",
            f"未知的回答方式“{spec}”；可用的有：{'、'.join(KINDS)}",
        )
    return _CONSTRUCTORS[kind](name, device=device, offline=offline)
