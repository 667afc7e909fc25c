"""The reranker that reads question and passage together: a cross-encoder."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from index.embed import Embedder
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
        is_folder = Path(name).is_dir()
        if offline:
            if not is_folder:
                raise ModelError(
                    f"offline, a reranker must be a folder, and {name} is none",
                    f"离线时重排模型必须是本地文件夹，而 {name} 不是",
                )
            os.environ["HF_HUB_OFFLINE"] = "1"  # read when the libraries are imported
        from sentence_transformers import CrossEncoder

        try:
            self._model = CrossEncoder(
                name,
                device=None if device == "auto" else device,
                local_files_only=is_folder,
            )
        # Torch says with an assertion that it was built without CUDA.
        except (OSError, ValueError, RuntimeError, KeyError, AssertionError) as error:
            reason = str(error).partition("\n")[0]
            raise ModelError(
                f"sentence-transformers can't load {name} on {device}: {reason}",
                f"sentence-transformers 无法在 {device} 上加载 {name}：{reason}",
            ) from error
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
