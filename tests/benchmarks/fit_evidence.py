"""Fits the weights of the sentences in chat/answers/evidence.py and shows how good they are.

    python tests/benchmarks/fit_evidence.py DATA

DATA is the folder that `retrieval_sets` reads. Within a language, each of two sets of questions is
also a test for what was fitted on the other. Between languages, a fit on the dev half of XQuAD is
tested on the other: it does no better than the weights shipped, so there is but one set of them.
Ranked are the sentences of the eight passages found for a question (``cmrc``), or of the very
paragraph that answers it (``cmrc given``).
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from evidence_cases import Case, cases, given_cases, questions_on_paragraphs, xquad
from scipy.optimize import minimize

from chat.answers.choose import choose
from chat.answers.evidence import SENTENCE_FEATURES, SENTENCE_WEIGHTS
from chat.types import Evidence

Floats = npt.NDArray[np.float64]

SENTENCE_PENALTY = 1e-2
HEAD = "| fitted → tested | questions | best sentence right | one of two |\n|---|---|---|---|"


def fit_sentences(found: Sequence[Case]) -> Floats:
    """Weights that make the right sentences of each question the most probable ones (a
    conditional logit, McFadden 1974)."""
    data = [
        (case.candidates.features.astype(float), case.right) for case in found if case.right.any()
    ]
    scale = np.concatenate([features for features, _ in data]).std(axis=0) + 1e-9

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, gradient = 0.0, np.zeros_like(weights)
        for features, right in data:
            scores = features / scale @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            good = float(chances[right].sum()) + 1e-12
            total -= np.log(good)
            gradient -= (chances * right / good - chances) @ (features / scale)
        penalty = SENTENCE_PENALTY * weights
        return total / len(data) + penalty @ weights, gradient / len(data) + 2 * penalty

    fitted = minimize(loss, np.zeros(len(SENTENCE_FEATURES)), jac=True, method="L-BFGS-B")
    return np.asarray(fitted.x / scale)


def show_sentences(name: str, found: Sequence[Case], weights: Floats) -> None:
    """How often the best sentence, and one of the best two, is right."""
    asked = [case for case in found if case.right.any()]
    order = [np.argsort(-(case.candidates.features @ weights), kind="stable") for case in asked]
    best, two = (
        np.mean([case.right[o[:n]].any() for case, o in zip(asked, order, strict=True)])
        for n in (1, 2)
    )
    print(f"| {name} | {len(asked)} | {best:.1%} | {two:.1%} |")


def show_answers(name: str, found: Sequence[Case]) -> None:
    """How long the answers are, and how many hold what was asked."""
    asked = [case for case in found if case.right.any()]
    answers = [choose(case.question, case.candidates.scored()).sentences for case in asked]
    right = [
        {span(s) for s, good in zip(case.candidates.sentences, case.right, strict=True) if good}
        for case in asked
    ]
    held = np.mean([any(span(s) in r for s in a) for a, r in zip(answers, right, strict=True)])
    print(
        f"answers of {name}: {np.mean([len(a) for a in answers]):.2f} sentences, {held:.1%} right"
    )


def span(sentence: Evidence) -> tuple[str, int]:
    return sentence.article.id, sentence.start


def report(
    title: str,
    fits: Mapping[str, Sequence[Case]],
    tests: Mapping[str, Sequence[Case]],
) -> None:
    """What is fitted on each of ``fits``, and what is shipped, tested on each of ``tests``."""
    print(f"\n## {title}\n{HEAD}")
    for name, found in fits.items():
        weights = fit_sentences(found)
        for other, tested in tests.items():
            show_sentences(f"{name} → {other}", tested, weights)
    for other, tested in tests.items():
        show_sentences(f"as shipped → {other}", tested, np.array(SENTENCE_WEIGHTS))
    for other, tested in tests.items():
        show_answers(other, tested)
    weights = fit_sentences([case for found in fits.values() for case in found])
    print("weights", tuple(round(float(weight), 2) for weight in weights))


def within_a_language(data: Path, chance: random.Random) -> None:
    files = {"cmrc": "cmrc2018_trial", "drcd": "drcd_dev"}
    tests: dict[str, list[Case]] = {}
    for name, file in files.items():
        pages = questions_on_paragraphs(data / f"train/{file}.json.gz")
        tests[name] = list(cases(pages, chance))
        tests[f"{name} given"] = list(given_cases(pages, chance))
    fits = {name: [*tests[name], *tests[f"{name} given"]] for name in files}
    report("within a language", fits, tests)


def across_languages(data: Path, chance: random.Random) -> None:
    fits: dict[str, list[Case]] = {"dev": []}
    tests: dict[str, list[Case]] = {}
    for asking, answering in (("en", "zh"), ("zh", "en")):
        name = f"{asking}→{answering}"
        dev, test = (xquad(data, asking, answering, half) for half in ("dev", "test"))
        fits["dev"] += [*cases(dev, chance), *given_cases(dev, chance)]
        tests[name] = list(cases(test, chance))
        tests[f"{name} given"] = list(given_cases(test, chance))
    report("across languages", fits, tests)


def main(data: Path) -> None:
    chance = random.Random(7)
    within_a_language(data, chance)
    across_languages(data, chance)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
