"""What puts the passages found in their final order: the rerankers, chosen by a spec string.

`builtin` · `cross-encoder:NAME_OR_FOLDER` · `none`
"""

from __future__ import annotations

from typing import Protocol

from index.embed import Embedder
from index.types import FloatArray
from ingest.errors import SettingError
from retriever.candidates import Candidates

KINDS = ("builtin", "cross-encoder:NAME_OR_FOLDER", "none")


class Reranker(Protocol):
    """Scores the best of the passages found more closely than a search of all could."""

    def scores(
        self,
        question: str,
        found: Candidates,
        fused: FloatArray,
        *,
        embedder: Embedder,
    ) -> FloatArray:
        """The scores (n,) of n candidates, higher is better, about 0 to 1.

        ``fused`` (n,) are the scores by which they were found; ``embedder`` is the library's.
        """


class NoReranker:
    """Leaves the order as it is."""

    def scores(
        self,
        question: str,  # noqa: ARG002
        found: Candidates,  # noqa: ARG002
        fused: FloatArray,
        *,
        embedder: Embedder,  # noqa: ARG002
    ) -> FloatArray:
        """``fused`` itself."""
        return fused


def _builtin(name: str, *, device: str, offline: bool) -> Reranker:  # noqa: ARG001
    from retriever.rerank_builtin import BuiltinReranker

    return BuiltinReranker()


def _cross_encoder(name: str, *, device: str, offline: bool) -> Reranker:
    from retriever.rerank_cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(name, device=device, offline=offline)


def _none(name: str, *, device: str, offline: bool) -> Reranker:  # noqa: ARG001
    return NoReranker()


_CONSTRUCTORS = {"builtin": _builtin, "cross-encoder": _cross_encoder, "none": _none}


def load_reranker(spec: str = "builtin", *, device: str = "cpu", offline: bool = False) -> Reranker:
    """The reranker that ``spec`` names; one of ``KINDS``.

    ``device`` is ``auto``, ``cpu`` or ``cuda``; only a cross-encoder takes notice. Raises
    SettingError for an unknown kind, ModelError if the model can't be had.
    """
    kind, colon, name = spec.partition(":")
    wants_name = kind == "cross-encoder"
    if kind not in _CONSTRUCTORS or bool(name) != wants_name or (colon and not name):
        known = ", ".join(KINDS)
        raise SettingError(
            f"unknown reranker {spec!r}; known: {known}", f"未知的重排模型 {spec!r}；可用：{known}"
        )
    return _CONSTRUCTORS[kind](name, device=device, offline=offline)
