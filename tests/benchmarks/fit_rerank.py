"""Fits what the features of retriever/rerank_features.py weigh, for retriever/rerank_builtin.py.

    python tests/benchmarks/fit_rerank.py DATA [--sets NAME ...]

DATA is that of `retrieval_sets`. Weights are fitted on the dev halves, those within a language and
those across two apart; the test halves are there to report. What is maximised is the probability of
the right article among all candidates, as a softmax of their scores gives it. (ListNet: Cao et al.,
Learning to rank: from pairwise approach to listwise approach, 2007.)
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from fit_fusion import Asked, ask
from retrieval_sets import SETS
from scipy.optimize import minimize

from index.embed import Embedder, load_embedder
from index.types import FloatArray
from retriever.fuse import fuse
from retriever.rerank import load_reranker
from retriever.rerank_builtin import ACROSS_LANGUAGES, WITHIN_A_LANGUAGE
from retriever.rerank_features import FEATURES, features
from retriever.retriever import RERANKED

Floats = npt.NDArray[np.float64]

WITHIN = ("score found by", *FEATURES[3:])
ACROSS = ("words", "meaning of the whole", *FEATURES[5:7])
SHARES = {"news": 2.0}  # the set most like the libraries that people have counts twice
PENALTY = 10.0


@dataclass(frozen=True, slots=True)
class Case:
    """The best candidates of a question, with their features, and which are the right article's."""

    set: str
    half: str
    across: bool
    features: Floats
    """(n, ``FEATURES``)"""
    articles: tuple[str, ...]
    right: str
    scores: FloatArray
    """(n,): what the reranker makes of it as it is."""

    def rank(self, scores: FloatArray | Floats) -> float:
        """The place of the right article among articles, from 1; infinite if it wasn't found."""
        order = np.argsort(-scores, kind="stable")
        articles = list(dict.fromkeys(self.articles[i] for i in order.tolist()))
        return articles.index(self.right) + 1 if self.right in articles else np.inf


def case(asked: Asked, embedder: Embedder) -> Case:
    """What the reranker sees of the question."""
    fused = fuse(asked.found.lexical, asked.found.dense, asked.found.same_language)
    best = np.lexsort((asked.found.numbers, -fused))[:RERANKED]
    found, fused = asked.found.at(best), fused[best]
    return Case(
        asked.set,
        asked.half,
        not found.same_language.any(),
        features(asked.question, found, fused, embedder).astype(float),
        tuple(article.id for article in found.articles),
        asked.right,
        load_reranker().scores(asked.question, found, fused, embedder=embedder),
    )


def fit(cases: Sequence[Case], allowed: Sequence[str]) -> Floats:
    """The weights (``FEATURES``,), 1 in all; 0 for those that aren't ``allowed``."""
    cases = [one for one in cases if one.right in one.articles]
    columns = [FEATURES.index(name) for name in allowed]
    lists = [one.features[:, columns] for one in cases]
    scale = np.concatenate([rows - rows.mean(axis=0) for rows in lists]).std(axis=0) + 1e-9
    starts = np.cumsum([0, *(len(rows) for rows in lists[:-1])])
    inputs = np.concatenate(lists) / scale
    question = np.repeat(np.arange(len(cases)), [len(rows) for rows in lists])
    right = np.concatenate([np.array(one.articles) == one.right for one in cases])
    share = np.array([SHARES.get(one.set, 1.0) for one in cases])

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = inputs @ weights
        odds = np.exp(scores - np.maximum.reduceat(scores, starts)[question])
        total, won = np.add.reduceat(odds, starts), np.add.reduceat(odds * right, starts)
        slope = (odds / total[question] - odds * right / won[question]) * share[question]
        value = share @ (np.log(total) - np.log(won)) + PENALTY / 2 * weights @ weights
        return float(value), inputs.T @ slope + PENALTY * weights

    bounds = [(0, None)] * len(columns)
    fitted = minimize(loss, np.ones(len(columns)), jac=True, method="L-BFGS-B", bounds=bounds).x
    weights = np.zeros(len(FEATURES))
    weights[columns] = fitted / scale
    return np.asarray(weights / weights.sum())


def table(cases: Sequence[Case], within: Floats, across: Floats) -> str:
    """recall@1, recall@10 and MRR@10 in percent, set by set and half by half."""
    lines = ["| set | half | questions | fused | as it is | fitted |", "|---|---|---|---|---|---|"]
    for name, half in dict.fromkeys((one.set, one.half) for one in cases):
        own = [one for one in cases if (one.set, one.half) == (name, half)]
        ranks = [
            [one.rank(one.features[:, 0]) for one in own],
            [one.rank(one.scores) for one in own],
            [one.rank(one.features @ (across if one.across else within)) for one in own],
        ]
        cells = " | ".join(map(_figures, ranks))
        lines.append(f"| {name} | {half} | {len(own)} | {cells} |")
    return "\n".join(lines)


def _figures(ranks: Sequence[float]) -> str:
    places = np.array(ranks)
    reciprocal = np.where(places <= 10, 1 / places, 0)
    shares = ((places <= 1).mean(), (places <= 10).mean(), reciprocal.mean())
    return " / ".join(f"{100 * share:.1f}" for share in shares)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fits the built-in reranker.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS), metavar="NAME")
    chosen = parser.parse_args()
    embedder = load_embedder()
    cases = [
        case(asked, embedder)
        for read in dict.fromkeys(SETS[name] for name in chosen.sets)
        for asked in ask(read(chosen.data), embedder, sets=chosen.sets)
    ]
    dev = [one for one in cases if one.half == "dev"]
    within = fit([one for one in dev if not one.across], WITHIN)
    across = fit([one for one in dev if one.across], ACROSS)
    shipped = zip(FEATURES, WITHIN_A_LANGUAGE, within, ACROSS_LANGUAGES, across, strict=True)
    for name, *weights in shipped:
        print(f"{name}: " + " · ".join(f"{weight:.3f}" for weight in weights))
    print(table(cases, within, across))


if __name__ == "__main__":
    main()
