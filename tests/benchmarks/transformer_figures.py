"""How fast a library is filled with a transformer's vectors, beside the transformer alone:
``python tests/benchmarks/transformer_figures.py news_docs.jsonl [--passages N] [--rounds N]``.

The transformer is of the size of a small multilingual one, with random weights; its words are
learned from the articles. Alone it is given all texts at once, which sentence-transformers sorts by
length, in batches of each of several sizes: the best counts.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from index.embed import Embedder, load_embedder
from index.index import Index
from index.making import with_vectors
from index.upkeep.reindex import reindex
from ingest.prepare import Prepared, below, prepare_article
from ingest.types import Article, article_id

LEAST_SHARE = 0.95
BATCHES = (16, 32)
MODEL = {
    "hidden_size": 384,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
    "max_position_embeddings": 512,
}
WORDS = 8000


def articles_of(path: Path, passages: int) -> list[Prepared]:
    """The first articles of a file, which have so many passages."""
    found, count = [], 0
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if count >= passages:
                break
            text = json.loads(line)["text"]
            article = Article(
                id=article_id(None, text),
                title=None,
                authors=(),
                affiliation=None,
                source=None,
                page=None,
                published=None,
                language="zh",
                headings=(),
                text=text,
                path=path.name,
            )
            found.append(prepare_article(article))
            count += len(found[-1].passages)
    return found


def texts_of(articles: Iterable[Prepared]) -> list[str]:
    """What of the articles is embedded."""
    return [
        below((passage.heading,), one.article.text[passage.start : passage.end])
        for one in articles
        for passage in one.passages
    ]


def make_model(folder: Path, texts: list[str]) -> None:
    """A transformer with random weights in ``folder``, which knows the commonest words."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = BertWordPieceTokenizer(lowercase=True)
    words.train_from_iterator(texts, vocab_size=WORDS, show_progress=False)
    tokenizer = BertTokenizerFast(tokenizer_object=words._tokenizer, model_max_length=512)
    tokenizer.save_pretrained(str(folder / "bert"))
    model = BertModel(BertConfig(vocab_size=len(tokenizer), **MODEL))
    model.save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"))
    pooling = Pooling(MODEL["hidden_size"])
    SentenceTransformer(modules=[transformer, pooling]).save(str(folder / "model"))


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """By the clock, and of this process's processors."""
    started, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - used


def alone(model: Any, texts: list[str], batch: int) -> None:
    model.encode_document(texts, batch_size=batch, show_progress_bar=False)


def added(articles: list[Prepared], embedder: Embedder) -> None:
    """All in a new library, by way of `Index.add`."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Index.open(Path(folder), embedder, create=True) as index,
    ):
        index.add(one.article for one in articles)


class Renamed:
    """The same embedder by another name, so that a library has to be made anew for it."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = f"{embedder.name} anew"
        self.dimension = embedder.dimension
        self.encode_queries = embedder.encode_queries
        self.encode_passages = embedder.encode_passages


def ways(
    articles: list[Prepared], embedder: Any, library: Path
) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is measured, by name."""
    model = embedder._model
    texts = texts_of(articles)
    for batch in BATCHES:
        yield f"alone, by {batch}", partial(alone, model, texts, batch)
    yield "with_vectors, all at once", lambda: with_vectors(articles, embedder)
    yield "Index.add", lambda: added(articles, embedder)
    yield "reindex", lambda: reindex(library, Renamed(embedder), force=True)


def main() -> None:
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as ``wenjin`` does
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--passages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    articles = articles_of(options.articles, options.passages)
    texts = texts_of(articles)
    with tempfile.TemporaryDirectory() as folder:
        make_model(Path(folder), texts)
        embedder = load_embedder(f"sentence-transformers:{folder}/model", offline=True)
        library = Path(folder, "library")
        with Index.open(library, embedder, create=True) as index:
            index.add(one.article for one in articles)
        measured: dict[str, list[tuple[float, float]]] = {}
        for _ in range(options.rounds):
            for name, work in ways(articles, embedder, library):
                measured.setdefault(name, []).append(seconds(work))
    medians = {
        name: tuple(map(statistics.median, zip(*times, strict=True)))
        for name, times in measured.items()
    }
    best = [min(each) for each in zip(*(medians[f"alone, by {n}"] for n in BATCHES), strict=True)]
    print(f"{len(articles)} articles, {len(texts)} passages; wanted: {LEAST_SHARE:.0%} of the best")
    print("| way | seconds | of the best alone | processor seconds | of the best alone |")
    print("|---|---|---|---|---|")
    for name, (clock, used) in medians.items():
        shares = f"{best[0] / clock:.0%} | {used:.1f} | {best[1] / used:.0%}"
        print(f"| {name} | {clock:.1f} | {shares} |")


if __name__ == "__main__":
    main()
