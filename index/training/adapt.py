"""Adapts a trained model to a library: the same loss on the library's own articles.

So that the adapted model still knows what it knew, each text is held near to where the model had it
(`index.training.train.Anchor`), some of the batches ask in the other language, by the model's
translations, and the vectors of tokens that no batch can have stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from index import static
from index.embed import BuiltinEmbedder, Embedder
from index.training.checkpoint import Checkpoint, make_folder
from index.training.data import Pair
from index.training.ragged import IntArray, Ragged, Random
from index.training.tasks import (
    Batch,
    Task,
    WeightedTask,
    build_lexicon,
    crops,
    encode,
    pairs,
    translated_crops,
)
from index.training.train import Recipe, fingerprint, fit
from ingest.errors import ModelError
from ingest.types import Article

_PIECE = 1000  # characters that one example is taken from
_LEAST = 20  # pieces: fewer say nothing of what tells one text from another
_LEAST_TOKENS = 10  # of a piece
_HEADINGS, _TRANSLATED = 0.3, 0.3  # shares of the batches

ADAPTING = Recipe(steps=120, batch=512, learning_rate=0.03, restraint=20.0)


def adapt(
    articles: Sequence[Article],
    embedder: Embedder,
    out: Path,
    *,
    recipe: Recipe = ADAPTING,
    device: str = "cpu",
) -> static.StaticModel:
    """Go on training ``embedder``'s model on the articles, write it into ``out`` and return it.

    An interrupted run leaves a checkpoint in ``out``; the same call goes on from it.

    Raises ModelError if the embedder is of another kind, if the articles hold too little text, if
    ``out`` holds something else, or if the checkpoint is of another run.
    """
    if not isinstance(embedder, BuiltinEmbedder):
        raise ModelError(
            f"the embedder {embedder.name} can't be adapted: only those of Wenjin's own format can",
            f"嵌入模型 {embedder.name} 无法适配：只有问津格式的模型可以",
        )
    model = static.load(embedder.folder)
    texts = [piece for article in articles for piece in _pieces(article)]
    tokenizer = Tokenizer.from_str(model.tokenizer)
    above, bodies = (encode(tokenizer, [pair[side] for pair in texts]) for side in (0, 1))
    long = np.flatnonzero(bodies.lengths >= _LEAST_TOKENS)
    above, bodies = above.take(long), bodies.take(long)
    if len(bodies) < _LEAST:
        raise ModelError(
            f"the articles hold too little text to learn from: {len(bodies)} pieces of up to "
            f"{_PIECE} characters, where {_LEAST} are needed",
            f"文章的文字太少，无法学习：只有 {len(bodies)} 段（每段最多 {_PIECE} 字），"
            f"至少需要 {_LEAST} 段",
        )
    make_folder(out)
    data = fingerprint([model.digest, *(text for pair in texts for text in pair)])
    checkpoint = Checkpoint(out, asdict(recipe) | {"data": data})
    table = model.table()
    tokens, tasks = _tasks(above, bodies, model, tokenizer)
    table[tokens] = fit(table[tokens], tasks, recipe, checkpoint, device)
    adapted = static.quantise(tokenizer, table, model.translations)
    static.save(adapted, out)
    checkpoint.delete()
    return adapted


def _pieces(article: Article) -> Iterator[Pair]:
    """The article in pieces that don't cross a heading, each with what stands above it, or ""."""
    ends = [*(heading.start for heading in article.headings), len(article.text)]
    sections = [(article.title or "", article.text[: ends[0]])]
    for heading, end in zip(article.headings, ends[1:], strict=True):
        above = " ".join(filter(None, (article.title, heading.text)))
        sections.append((above, article.text[heading.start + len(heading.text) : end]))
    for above, text in sections:
        for start in range(0, len(text), _PIECE):
            yield above, text[start : start + _PIECE]


def _tasks(
    above: Ragged, bodies: Ragged, model: static.StaticModel, tokenizer: Tokenizer
) -> tuple[IntArray, list[WeightedTask]]:
    """The tokens that the tasks' batches may hold, and the tasks; they number these tokens alone.

    A batch's token ``i`` is the tokeniser's ``tokens[i]``.
    """
    none, known = Ragged.of([]), model.translations
    unused = np.zeros(len(model.scales), np.int64)
    lexicon = build_lexicon(none, none, unused, known, tokenizer)
    shown = np.unique(np.concatenate([bodies.ids, above.ids]))
    others = [Ragged(known.tokens, known.starts), lexicon.letters]
    drawn = np.concatenate([rows.take(shown).ids for rows in others])
    spelt = lexicon.letters.take(np.unique(drawn)).ids
    tokens = np.unique(np.concatenate([shown, drawn, spelt, lexicon.questions.ids]))
    place = np.zeros_like(unused)
    place[tokens] = np.arange(len(tokens))

    def within(task: Task) -> Task:
        def renumbered(random: Random, size: int) -> Batch:
            batch = task(random, size)
            sides = (
                Ragged(place[side.ids], side.starts) for side in (batch.queries, batch.passages)
            )
            return Batch(*sides)

        return renumbered

    tasks = [WeightedTask(1 - _HEADINGS - _TRANSLATED, within(crops(bodies, lexicon)))]
    if len(known.tokens):  # so that words stay with what they are in the other language
        tasks.append(WeightedTask(_TRANSLATED, within(translated_crops(bodies, lexicon))))
    headed = np.flatnonzero(above.lengths)
    if len(headed) >= _LEAST:
        from_above = pairs(above.take(headed), bodies.take(headed), lexicon)
        tasks.append(WeightedTask(_HEADINGS, within(from_above)))
    return tokens, tasks
