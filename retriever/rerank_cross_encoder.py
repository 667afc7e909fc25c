"""The reranker that reads question and passage together: a cross-encoder."""

from __future__ import annotations

import numpy as np

from index.embed import Embedder
from index.hub import is_folder, loading
from index.index import below
from index.types import FloatArray
from ingest.errors import ModelError
from retriever.candidates import Candidates

_BATCH = 16


class CrossEncoderReranker:
    """Any cross-encoder of sentence-transformers, from a folder or by its name on the hub."""

    def __init__(self, name: str, *, device: str = "cpu", offline: bool = False) -> None:
        """Load the model; raises ModelError if it can't be had (offline: if it is no folder) or
        gives more than one score for a pair.
        """
        here_alone = is_folder(name, offline=offline)
        from sentence_transformers import CrossEncoder

        with loading(name, "a reranker", "重排模型"):
            self._model = CrossEncoder(
                name, device=None if device == "auto" else device, local_files_only=here_alone
            )
        if self._model.num_labels != 1:
            raise ModelError(
                f"{name} tells {self._model.num_labels} labels apart: a reranker gives one score",
                f"{name} 区分 {self._model.num_labels} 个类别：重排模型应只给出一个分数",
            )

    def scores(
        self,
        question: str,
        found: Candidates,
        fused: FloatArray,  # noqa: ARG002
        *,
        embedder: Embedder,  # noqa: ARG002
    ) -> FloatArray:
        """(n,): from 0 to 1, how sure the model is that each passage answers."""
        from torch.nn import Sigmoid

        pairs = [
            (
                question,
                below((article.title, passage.heading), article.text[passage.start : passage.end]),
            )
            for article, passage in zip(found.articles, found.passages, strict=True)
        ]
        if not pairs:
            return np.zeros(0, np.float32)
        scores = self._model.predict(
            pairs, batch_size=_BATCH, activation_fn=Sigmoid(), show_progress_bar=False
        )
        return np.asarray(scores, np.float32)
