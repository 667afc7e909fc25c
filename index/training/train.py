"""Trains the built-in model: one vector per token, by contrast within batches.

A batch holds pairs of one task (`index.training.tasks`); the vector of a pair's query has to find
its passage among all of the batch's, and the other way round. What a step draws depends on the seed
and the step's number alone, so an interrupted run goes on from its checkpoint as if it hadn't
stopped. `index.training.adapt` goes the same way from a trained model on.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index import static
from index.training.checkpoint import Checkpoint, make_folder, uninterrupted
from index.training.data import read_corpus
from index.training.ragged import Ragged
from index.training.tasks import Batch, WeightedTask, build_tasks, encode_corpus
from index.training.tokenizer import build_tokenizer, chinese_tokens, count_words, general_english
from index.training.translations import learn_translations, retrofit, with_neighbours
from index.types import FloatArray

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor

_CHECKPOINT_STEPS = 100
_COMMON = 1e-3  # a token of this share of the text starts at half its weight


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the result depends on besides the data."""

    steps: int = 2000
    seed: int = 1
    batch: int = 4096
    dimension: int = 512
    vocabulary: int = 50_000
    learning_rate: float = 0.05
    scale: float = 20.0
    restraint: float = 0.0
    """What a text's vector loses by leaving the one that the start gives it."""


RECIPE = Recipe()


def train(
    data: Path, out: Path, *, recipe: Recipe = RECIPE, device: str = "cpu"
) -> static.StaticModel:
    """Train on the data sets in ``data``, write the model into ``out`` and return it.

    An interrupted run leaves a checkpoint in ``out``; the same call goes on from it.

    Raises ModelError if wordfreq isn't installed, if there is no data, if ``out`` holds something
    else, or if the checkpoint is of other data or another recipe.
    """
    general_english()  # if it can't be had, say so now
    corpus = read_corpus(data)
    make_folder(out)
    glosses = (text for pair in corpus.dictionary for text in pair)
    checkpoint = Checkpoint(
        out, asdict(recipe) | {"data": fingerprint(chain(corpus.texts(), glosses))}
    )
    counts = count_words(corpus.texts())
    tokenizer = build_tokenizer(counts, corpus.dictionary, size=recipe.vocabulary)
    texts = encode_corpus(corpus, tokenizer)
    chinese = chinese_tokens(tokenizer)
    translations = learn_translations([texts.parallel, texts.dictionary], chinese)
    tasks = build_tasks(texts, translations, tokenizer)
    start = retrofit(initial_table(tasks, len(chinese), recipe), translations)
    table = fit(start, tasks, recipe, checkpoint, device)
    model = static.quantise(
        tokenizer,
        retrofit(table, translations),
        with_neighbours(translations, table, chinese),
    )
    static.save(model, out)
    checkpoint.delete()
    return model


def fingerprint(texts: Iterable[str]) -> str:
    """Tells these texts, in this order, from others."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()


def fit(
    start: FloatArray,
    tasks: list[WeightedTask],
    recipe: Recipe,
    checkpoint: Checkpoint,
    device: str = "cpu",
) -> FloatArray:
    """Take all of the recipe's steps from the table ``start`` on; the table after them.

    Goes on from the checkpoint if there is one, and leaves one every few hundred steps, at the end
    and when the run is interrupted. The row of a token that no batch has stays as it is. ``device``
    is ``auto``, ``cpu`` or ``cuda``.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # read when torch is imported
    import torch
    from tqdm import trange

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    table = torch.tensor(start, device=device, requires_grad=True)
    anchor = None
    if recipe.restraint:
        anchor = Anchor(torch.tensor(start, device=device), recipe.restraint)
    optimizer = torch.optim.Adam([table], lr=recipe.learning_rate, fused=True)
    done = _resume(checkpoint, table, optimizer)
    progress = trange(
        done, recipe.steps, initial=done, total=recipe.steps, desc="training", unit=" steps"
    )
    try:
        for step in progress:
            optimizer.param_groups[0]["lr"] = recipe.learning_rate * (1 - step / recipe.steps)
            loss = learn(table, draw(tasks, recipe, step), recipe.scale, anchor)
            with uninterrupted():  # half a step can't be resumed
                optimizer.step()
                done = step + 1
            if done % _CHECKPOINT_STEPS == 0 or done == recipe.steps:
                progress.set_postfix(loss=f"{loss:.3f}")
                checkpoint.save(_state(table, optimizer, done))
    except KeyboardInterrupt:
        checkpoint.save(_state(table, optimizer, done))
        raise
    return table.detach().cpu().numpy()


def initial_table(tasks: list[WeightedTask], tokens: int, recipe: Recipe) -> FloatArray:
    """Random vectors, shorter the more frequent the token (smooth inverse frequency)."""
    random = np.random.default_rng(recipe.seed)
    batches = [task.task(random, recipe.batch) for task in tasks]
    seen = np.concatenate([side.ids for b in batches for side in (b.queries, b.passages)])
    share = np.bincount(seen, minlength=tokens) / len(seen)
    table = random.normal(0, 0.1, (tokens, recipe.dimension))
    table *= (_COMMON / (_COMMON + share))[:, None]
    table[0] = 0  # the unknown token says nothing
    return table.astype(np.float32)


def draw(tasks: list[WeightedTask], recipe: Recipe, step: int) -> Batch:
    """The batch of a step: one task's, drawn by the tasks' shares."""
    random = np.random.default_rng((recipe.seed, step))
    shares = np.array([task.share for task in tasks])
    return tasks[random.choice(len(tasks), p=shares / shares.sum())].task(random, recipe.batch)


@dataclass(frozen=True, slots=True)
class Anchor:
    """Adds to the loss ``weight`` times the mean of 1 - cosine, on both sides of a batch, of a
    text's vector and the one that ``table`` gives it.

    So a model keeps what it knew of texts that it is shown no more: what isn't in the batches stays
    comparable with what is.
    """

    table: Tensor
    weight: float


def learn(table: Tensor, batch: Batch, scale: float, anchor: Anchor | None = None) -> float:
    """Leave the gradient of the batch's loss in ``table.grad``; the loss without the anchor's."""
    import torch

    table.grad = None
    sides = batch.queries, batch.passages
    queries, passages = (_embed(table, side) for side in sides)
    loss, *gradients = contrast(queries.detach(), passages.detach(), scale)
    if anchor:
        for side, gradient in zip(sides, gradients, strict=True):
            gradient.sub_(_embed(anchor.table, side), alpha=anchor.weight / len(side))
    torch.autograd.backward([queries, passages], gradients)
    return loss


def _embed(table: Tensor, rows: Ragged) -> Tensor:
    import torch
    from torch.nn import functional

    ids = torch.from_numpy(rows.ids).to(table.device)
    starts = torch.from_numpy(rows.starts[:-1]).to(table.device)
    return functional.normalize(functional.embedding_bag(ids, table, starts, mode="sum"))


def contrast(queries: Tensor, passages: Tensor, scale: float) -> tuple[float, Tensor, Tensor]:
    """Symmetric InfoNCE of unit rows (n, dimension), and its gradients for both sides.

    The mean cross-entropy of ``scale`` times the cosines, over rows and over columns, where the
    diagonal is right (van den Oord et al. 2018; both ways as in Radford et al. 2021). Written out
    and not left to autograd, so that only the products are in bfloat16 and little is copied.
    """
    import torch

    q, p = queries.bfloat16(), passages.bfloat16()
    logits = (q @ p.T).float().mul_(scale)
    right = logits.diagonal().mean()
    loss = (logits.logsumexp(1).mean() + logits.logsumexp(0).mean()) / 2 - right
    share = torch.softmax(logits, 1).add_(torch.softmax(logits, 0))
    share.diagonal().sub_(2)
    share = share.mul_(scale / (2 * len(q))).bfloat16()
    return float(loss), (share @ p).float(), (share.T @ q).float()


def _state(table: Tensor, optimizer: torch.optim.Adam, done: int) -> dict[str, object]:
    return {"done": done, "table": table.detach(), "optimizer": optimizer.state_dict()}


def _resume(checkpoint: Checkpoint, table: Tensor, optimizer: torch.optim.Adam) -> int:
    """Bring the checkpoint's state back; the number of steps done, 0 without a checkpoint."""
    import torch

    state = checkpoint.load(str(table.device))
    if state is None:
        return 0
    with torch.no_grad():
        table.copy_(state["table"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["done"])
