"""Trains the built-in model: one vector per token, by contrast within batches.

A batch holds pairs of one task (`index.train_tasks`); the vector of a pair's query has to find its
passage among all of the batch's, and the other way round. What a step draws depends on the seed and
the step's number alone, so an interrupted run goes on from its checkpoint as if it hadn't stopped.
"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

from index import static
from index.train_data import read_corpus
from index.train_figures import figures
from index.train_ragged import Ragged
from index.train_tasks import Batch, WeightedTask, build_tasks
from index.train_tokenizer import build_tokenizer, count_words
from index.types import FloatArray
from ingest.errors import ModelError

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor

_CHECKPOINT = "checkpoint.pt"
_CHECKPOINT_STEPS = 250
_COMMON = 1e-3  # a token of this share of the text starts at half its weight


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the result depends on besides the data."""

    steps: int = 1600
    seed: int = 1
    batch: int = 3072
    dimension: int = 512
    vocabulary: int = 40_000
    learning_rate: float = 0.05
    scale: float = 20.0


def train(
    data: Path,
    out: Path,
    *,
    recipe: Recipe | None = None,
    evaluation: Path | None = None,
    device: str = "cpu",
) -> static.StaticModel:
    """Train on the data sets in ``data``, write the model into ``out`` and return it.

    An interrupted run leaves a checkpoint in ``out``; the same call goes on from it. With
    ``evaluation``, a folder with XQuAD, the figures are printed at the end.

    Raises ModelError if there is no data, or if the checkpoint is of another recipe.
    """
    recipe = recipe or Recipe()
    corpus = read_corpus(data)
    counts = count_words(corpus.texts())
    tokenizer = build_tokenizer(counts, corpus.dictionary, size=recipe.vocabulary)
    table = fit(build_tasks(corpus, tokenizer), tokenizer, recipe, out / _CHECKPOINT, device)
    model = static.quantise(tokenizer, table)
    static.save(model, out)
    (out / _CHECKPOINT).unlink(missing_ok=True)
    if evaluation is not None:
        sys.stdout.write(figures(model, evaluation))
    return model


def fit(
    tasks: list[WeightedTask],
    tokenizer: Tokenizer,
    recipe: Recipe,
    checkpoint: Path,
    device: str = "cpu",
) -> FloatArray:
    """Take all of the recipe's steps, from the checkpoint on if there is one; the table.

    ``device`` is ``auto``, ``cpu`` or ``cuda``.

    The checkpoint is written every few hundred steps and when the run is interrupted.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # read when torch is imported
    import torch
    from tqdm import trange

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    start = initial_table(tasks, tokenizer.get_vocab_size(), recipe)
    table = torch.from_numpy(start).to(device).requires_grad_()
    optimizer = torch.optim.Adam([table], lr=recipe.learning_rate, fused=True)
    done = _resume(checkpoint, table, optimizer, recipe)
    progress = trange(
        done, recipe.steps, initial=done, total=recipe.steps, desc="training", unit=" steps"
    )
    try:
        for step in progress:
            optimizer.param_groups[0]["lr"] = recipe.learning_rate * (1 - step / recipe.steps)
            loss = learn(table, draw(tasks, recipe, step), recipe.scale)
            optimizer.step()
            done = step + 1
            if done % _CHECKPOINT_STEPS == 0:
                progress.set_postfix(loss=f"{loss:.3f}")
                _save_checkpoint(checkpoint, table, optimizer, recipe, done)
    except KeyboardInterrupt:
        _save_checkpoint(checkpoint, table, optimizer, recipe, done)
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


def learn(table: Tensor, batch: Batch, scale: float) -> float:
    """Leave the gradient of the batch's loss in ``table.grad``; the loss."""
    import torch

    table.grad = None
    queries, passages = _embed(table, batch.queries), _embed(table, batch.passages)
    loss, *gradients = contrast(queries.detach(), passages.detach(), scale)
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


def _save_checkpoint(
    path: Path, table: Tensor, optimizer: torch.optim.Adam, recipe: Recipe, done: int
) -> None:
    import torch

    path.parent.mkdir(parents=True, exist_ok=True)
    state = {
        "recipe": asdict(recipe),
        "done": done,
        "table": table.detach(),
        "optimizer": optimizer.state_dict(),
    }
    unfinished = path.with_suffix(".new")
    torch.save(state, unfinished)
    unfinished.replace(path)


def _resume(path: Path, table: Tensor, optimizer: torch.optim.Adam, recipe: Recipe) -> int:
    """Bring a checkpoint's state back; the number of steps done, 0 without a checkpoint."""
    import torch

    if not path.exists():
        return 0
    state = torch.load(path, map_location=table.device, weights_only=True)
    if state["recipe"] != asdict(recipe):
        raise ModelError(
            f"{path} belongs to another training run; delete it or give the same settings",
            f"{path} 属于另一次训练；请删除它，或使用相同的设置",
        )
    with torch.no_grad():
        table.copy_(state["table"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["done"])
