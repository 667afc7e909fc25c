"""What turns text into vectors: the Embedder protocol and its kinds, chosen by a spec string.

`builtin` (or `builtin:FOLDER`, or `FOLDER` alone) · `sentence-transformers:NAME_OR_FOLDER` ·
`openai:http://host/v1#model`
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from index import static
from index.hub import digest, is_folder, loading
from index.pieces import Pieces
from index.remote import authorization, find_server
from index.static import unit
from index.types import FloatArray, IntArray, Translation
from ingest.errors import ModelError, SettingError

if TYPE_CHECKING:
    import httpx

BUILTIN = Path(__file__).parent / "builtin"

_BATCH = 256
_KEPT = 8192  # texts whose tokens are kept: some 10 MB
_TOKENS = 4096  # that a transformer is given at a time: on a CPU, more are no faster
_TOKENS_ELSEWHERE = 16_384  # what the library's batches have at most
_REQUEST_TEXTS = 64
_TIMEOUT_SECONDS = 60.0


class Embedder(Protocol):
    """Gives texts vectors of which the dot product says how well they belong together."""

    @property
    def name(self) -> str:
        """Changes with the model: vectors of two names can't be compared."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """(texts, dimension), unit rows; a text without any known token gets a zero row."""

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """The same for what is to be found."""


class BuiltinEmbedder:
    """The static model that ships with Wenjin, or a folder trained in its format."""

    def __init__(self, folder: Path = BUILTIN) -> None:
        """Load the model; raises ModelError if the folder holds none."""
        self.folder = folder
        self._model = static.load(folder)
        self._pieces = Pieces(self._model.tokenizer)
        # The same passages and their sentences are compared several times for a question.
        self._tokens = lru_cache(_KEPT)(self._pieces.tokens_of)
        self.name = f"builtin/{static.FORMAT}-{self._model.digest}"
        self.dimension = self._model.levels.shape[1]

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """(texts, dimension), unit rows."""
        if len(texts) <= _BATCH:
            return static.encode(self._model, self._pieces.tokens(texts))
        batches = [texts[first : first + _BATCH] for first in range(0, len(texts), _BATCH)]
        # While the sums of one batch are taken, the next is tokenised, which leaves the lock free.
        with ThreadPoolExecutor(1) as pool:
            rows = pool.map(self._pieces.tokens, batches)
            return np.concatenate([static.encode(self._model, batch) for batch in rows])

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """(texts, dimension), unit rows."""
        return self.encode_queries(texts)

    def token_vectors(self, text: str) -> FloatArray:
        """(tokens, dimension), unit rows: each token of the text by itself."""
        return self._units(self._tokens(text))

    def token_weights(self, text: str) -> FloatArray:
        """(tokens,): how much each token counts in the text's vector."""
        tokens = self._tokens(text)
        return self._lengths[tokens] * self._model.scales[tokens]

    def best_cosines(self, question: str, texts: Sequence[str]) -> FloatArray:
        """(texts, tokens): of each token of ``question`` with the nearest one of each text; -1 for
        a text without any.
        """
        asked, *rows = map(self._tokens, (question, *texts))
        best = np.full((len(texts), len(asked)), -1, np.float32)
        filled = [number for number, row in enumerate(rows) if len(row)]
        if len(asked) and filled:
            # Texts share most of their tokens, so that each is compared once.
            tokens, places = np.unique(np.concatenate(rows), return_inverse=True)
            cosines = (self._units(asked) @ self._units(tokens).T)[:, places]
            starts = np.cumsum([0, *(len(rows[number]) for number in filled[:-1])])
            best[filled] = np.maximum.reduceat(cosines, starts, axis=1).T
        return best

    def translate(self, text: str) -> list[list[Translation]]:
        """For each token of the text what it is in the other language, most probable first.

        A token without a translation stays as it is: names and numbers are spelt alike.
        """
        tokens = self._tokens(text)
        terms = zip(tokens.tolist(), self._pieces.cut(text), strict=True)
        return [self._translate(token) or [Translation(term, 1.0)] for token, term in terms]

    def _translate(self, token: int) -> list[Translation]:
        known = self._model.translations
        row = slice(*known.starts[token : token + 2])
        pairs = zip(known.tokens[row].tolist(), known.odds[row].tolist(), strict=True)
        return [Translation(self._pieces.piece(other), odds) for other, odds in pairs]

    def _units(self, tokens: static.TokenArray) -> FloatArray:
        """(tokens, dimension), unit rows."""
        return np.divide(self._model.levels[tokens], self._lengths[tokens, None], dtype=np.float32)

    @cached_property
    def _lengths(self) -> FloatArray:
        """(tokens,): of the rows of levels; 1 for a row of nothing."""
        levels = self._model.levels
        squares: FloatArray = np.einsum("td,td->t", levels, levels, dtype=np.float32)
        return np.sqrt(np.maximum(squares, 1, dtype=np.float32))


class SentenceTransformerEmbedder:
    """Any model of sentence-transformers, from a folder or by its name on the hub."""

    def __init__(self, name: str, *, device: str = "cpu", offline: bool = False) -> None:
        """Load the model; raises ModelError if it can't be had (offline: if it is no folder)."""
        here_alone = is_folder(name, offline=offline)
        from sentence_transformers import SentenceTransformer

        with loading(name, "an embedding model", "嵌入模型"):
            self._model = SentenceTransformer(
                name, device=None if device == "auto" else device, local_files_only=here_alone
            )
        # A folder may lie elsewhere tomorrow, or on another machine.
        self.name = f"sentence-transformers/{digest(Path(name)) if here_alone else name}"
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """(texts, dimension), unit rows; the model's own prompt for queries is used."""
        return self._encode(self._model.encode_query, texts)

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """(texts, dimension), unit rows; the model's own prompt for documents is used."""
        return self._encode(self._model.encode_document, texts)

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str]) -> FloatArray:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for rows in self._batches(texts):
            batch = [texts[row] for row in rows]
            vectors[rows] = encode(batch, batch_size=len(batch), show_progress_bar=False)
        return unit(vectors)

    def _batches(self, texts: Sequence[str]) -> Iterator[IntArray]:
        """The rows of all texts, the longest first, in batches in which few tokens are padding.

        The library batches by characters: of texts in two languages, 8 % more tokens are padding.
        """
        lengths = self._lengths(texts)
        order = np.argsort(-lengths, kind="stable")
        most = _TOKENS if self._model.device.type == "cpu" else _TOKENS_ELSEWHERE
        while len(order):
            count = max(1, most // max(1, int(lengths[order[0]])))
            yield order[:count]
            order = order[count:]

    def _lengths(self, texts: Sequence[str]) -> IntArray:
        """How many tokens each text has: (texts,); 0 where that makes no difference."""
        lengths = np.zeros(len(texts), np.int64)
        for start in range(0, len(texts) if len(texts) > 1 else 0, _BATCH):
            rows = slice(start, start + _BATCH)
            mask = self._model.preprocess(list(texts[rows])).get("attention_mask")
            if mask is not None:  # else nothing is padded
                lengths[rows] = mask.sum(1).numpy()
        return lengths


class OpenAIEmbedder:
    """A server that speaks OpenAI's ``/embeddings``."""

    def __init__(
        self,
        address: str,
        *,
        offline: bool = False,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """``address`` is ``http://host/v1#model``. Asks the server for one vector.

        Raises SettingError for another form, ModelError if the server may not be asked (see
        `find_server`) or gives no vector. ``transport`` replaces the network, for tests.
        """
        import httpx

        server = find_server(address, offline=offline)
        self._model = server.model
        self._client = httpx.Client(
            base_url=server.url,
            headers=authorization(),
            timeout=_TIMEOUT_SECONDS,
            transport=transport,
        )
        self.name = f"openai/{server.url}#{server.model}"
        self.dimension = self._request(["dimension"]).shape[1]

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """(texts, dimension), unit rows. Raises ModelError if the server fails."""
        parts = [
            self._request(texts[first : first + _REQUEST_TEXTS])
            for first in range(0, len(texts), _REQUEST_TEXTS)
        ]
        return np.concatenate([np.zeros((0, self.dimension), np.float32), *parts])

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """The same: the protocol doesn't tell queries from passages."""
        return self.encode_queries(texts)

    def _request(self, texts: Sequence[str]) -> FloatArray:
        import httpx

        try:
            body = {"model": self._model, "input": list(texts)}
            response = self._client.post("embeddings", json=body).raise_for_status()
            rows = sorted(response.json()["data"], key=lambda row: int(row["index"]))
            vectors = np.array([row["embedding"] for row in rows], np.float32)
            if vectors.shape[:1] != (len(texts),):
                raise ValueError(f"{len(vectors)} vectors for {len(texts)} texts")
            return unit(vectors)
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"the embedding server at {self._client.base_url} failed: {error}",
                f"嵌入服务 {self._client.base_url} 出错：{error}",
            ) from error


def _builtin(argument: str, **_: Any) -> Embedder:
    return BuiltinEmbedder(_folder(argument))


def _folder(argument: str) -> Path:
    return Path(argument) if argument else BUILTIN


def _sentence_transformers(argument: str, *, device: str, offline: bool) -> Embedder:
    return SentenceTransformerEmbedder(argument, device=device, offline=offline)


def _openai(argument: str, *, offline: bool, **_: Any) -> Embedder:
    return OpenAIEmbedder(argument, offline=offline)


_KINDS: Mapping[str, Callable[..., Embedder]] = {
    "builtin": _builtin,
    "sentence-transformers": _sentence_transformers,
    "openai": _openai,
}


def load_embedder(spec: str = "builtin", *, device: str = "cpu", offline: bool = False) -> Embedder:
    """The embedder of a spec: a kind, and after a colon which one; or a model's folder alone.

    ``device`` is ``auto``, ``cpu`` or ``cuda``; only sentence-transformers takes notice.
    Raises SettingError for an unknown kind, ModelError if the model can't be had.
    """
    kind, argument = _parsed(spec)
    if kind not in _KINDS or (kind != "builtin" and not argument):
        known = "builtin, FOLDER, sentence-transformers:NAME_OR_FOLDER, openai:http://host/v1#model"
        raise SettingError(
            f"unknown embedder {spec!r}; known: {known}", f"未知的嵌入模型 {spec!r}；可用：{known}"
        )
    return _KINDS[kind](argument, device=device, offline=offline)


def own_model(spec: str) -> Path | None:
    """The folder of a spec's model if it is of Wenjin's own format, so that every process can have
    it in no time; None for all others.
    """
    kind, argument = _parsed(spec)
    return _folder(argument).absolute() if kind == "builtin" else None


def _parsed(spec: str) -> tuple[str, str]:
    """The kind of a spec, which may be none that there is, and which one."""
    kind, _, argument = spec.partition(":")
    if spec and kind not in _KINDS and Path(spec).is_dir():
        is_foreign = (Path(spec) / "modules.json").is_file()
        return "sentence-transformers" if is_foreign else "builtin", spec
    return kind, argument
