"""Fits chat/answers/answerable.py and shows how well it tells what can be answered from what can't.

    python tests/benchmarks/fit_answerable.py DATA [NEWS]

DATA is that of `answerable_cases`; NEWS is a library of the news in it, if there is one.

Within a language what is fitted on the libraries of one set of questions is tested on those of the
other; across languages what is fitted on even documents is tested on odd ones. What is shipped is
fitted on everything but the odd documents of XQuAD and the news.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from answerable_cases import Case, in_news, within_a_language, xquad
from scipy.optimize import minimize

from chat.answers.answerable import (
    ACROSS_LANGUAGES,
    ANSWER_FEATURES,
    ANSWERED_SHARE,
    PRIOR,
    WITHIN_A_LANGUAGE,
    Answerable,
)

Floats = npt.NDArray[np.float64]

PENALTY = 1e-3
BINS = 10
WITHOUT = ("foreign", "gone", "cut")
# The cosine flatters the built-in model where it was trained on the questions; across languages all
# libraries are of one size.
NO_COSINE = tuple(name != "best cosine of a passage" for name in ANSWER_FEATURES)
NO_SIZE = tuple(name != "logarithm of the library's size" for name in ANSWER_FEATURES)


@dataclass(frozen=True)
class Fitted:
    """Weights (0 for features that weren't allowed) and the constant, without the prior."""

    weights: Floats
    constant: float

    def odds(self, found: Sequence[Case]) -> Floats:
        """The logarithm of the odds of each case, with the prior."""
        features = np.array([case.candidates.answer_features for case in found])
        return np.asarray(features @ self.weights + self.constant + PRIOR)


def fit(found: Sequence[Case], allowed: Sequence[bool]) -> Fitted:
    """A logistic regression. Questions with an answer and without weigh the same, and so do all
    libraries and all kinds of questions without.
    """
    found = [case for case in found if case.found or case.kind != "answerable"]
    features = np.array([case.candidates.answer_features for case in found], dtype=float)
    features *= allowed
    sign = np.where([case.kind == "answerable" for case in found], 1.0, -1.0)
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    inputs = np.c_[(features - mean) / scale, np.ones(len(found))]
    share = balanced(found)
    penalized = np.r_[np.full(len(mean), PENALTY), 0.0]

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = sign * (inputs @ weights)
        value = share @ np.logaddexp(0, -odds) + penalized @ weights**2
        slope = inputs.T @ (-share * sign / (1 + np.exp(odds)))
        return float(value), slope + 2 * penalized * weights

    fitted = minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B").x
    weights = fitted[:-1] / scale * allowed
    return Fitted(weights, float(fitted[-1] - weights @ mean))


def balanced(found: Sequence[Case], answered: float = 0.5) -> Floats:
    """Weights of the cases, 1 in all, of which so much is on those with an answer."""
    groups = [(case.library, case.kind) for case in found]
    counts = {group: groups.count(group) for group in set(groups)}
    weights = np.array([1 / counts[group] for group in groups])
    yes = np.array([case.kind == "answerable" for case in found])
    weights[yes] *= answered / weights[yes].sum()
    weights[~yes] *= (1 - answered) / weights[~yes].sum()
    return weights


HEAD = (
    "\n| fitted on → library | passages | refused wrongly | foreign: AUROC | at 5 % | refused "
    "| gone: AUROC | at 5 % | refused | cut: AUROC | at 5 % | refused | Brier | ECE |"
    f"\n|{'---|' * 14}"
)


def show(name: str, tested: Sequence[Case], fitted: Fitted) -> None:
    """A row for each library: AUROC, what is refused at 5 % false refusals, and at the threshold
    that is shipped; how well the probabilities are calibrated.
    """
    for library in dict.fromkeys(case.library for case in tested):
        found = [case for case in tested if case.library == library]
        odds, kinds = fitted.odds(found), np.array([case.kind for case in found])
        yes = odds[kinds == "answerable"]
        cells = [f"{np.mean([case.size for case in found]):.0f}", f"{(yes < 0).mean():.1%}"]
        for kind in WITHOUT:
            no = odds[kinds == kind]
            cells += _separated(yes, no) if len(no) else ["–"] * 3
        print(f"| {name} → {library} | {' | '.join([*cells, *_calibrated(found, odds)])} |")


def _separated(yes: Floats, no: Floats) -> list[str]:
    auroc = (yes[:, None] > no).mean() + 0.5 * (yes[:, None] == no).mean()
    at_five_percent = (no < np.quantile(yes, 0.05)).mean()
    return [f"{auroc:.3f}", f"{at_five_percent:.1%}", f"{(no < 0).mean():.1%}"]


def _calibrated(found: Sequence[Case], odds: Floats) -> tuple[str, str]:
    """Brier score and ECE, where as many questions have an answer as are expected to."""
    chances = 1 / (1 + np.exp(-odds))
    yes = np.array([case.kind == "answerable" for case in found], dtype=float)
    weights = balanced(found, ANSWERED_SHARE)
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    gaps = [abs((weights * (chances - yes))[bins == each].sum()) for each in np.unique(bins)]
    return f"{weights @ (chances - yes) ** 2:.3f}", f"{sum(gaps):.3f}"


def shipped(model: Answerable) -> Fitted:
    return Fitted(np.array(model.weights), model.constant - PRIOR)


def print_constants(name: str, fitted: Fitted) -> None:
    weights = ", ".join(f"{weight:.2f}" for weight in fitted.weights)
    print(f"{name} = Answerable(({weights}), {fitted.constant:.2f} + PRIOR)", flush=True)


def report_within(found: Sequence[Case], held_out: Sequence[Case]) -> None:
    """Fit on each set and test on the other, then fit on all and test on what was held out."""
    print(f"\n## Within a language\n{HEAD}")
    sets = {
        name: [case for case in found if case.group == name]
        for name in dict.fromkeys(case.group for case in found)
    }
    for name, other in (("cmrc", "drcd"), ("drcd", "cmrc")):
        show(name, sets[other], fit(sets[name], NO_COSINE))
    everything = fit(found, NO_COSINE)
    show("all", held_out, everything)
    show("as shipped", [*found, *held_out], shipped(WITHIN_A_LANGUAGE))
    print_constants("WITHIN_A_LANGUAGE", everything)


def report_across(found: Sequence[Case]) -> None:
    """Fit on even documents, test on odd ones."""
    print(f"\n## Across languages\n{HEAD}")
    fitted = fit([case for case in found if case.half == "dev"], NO_SIZE)
    tested = [case for case in found if case.half == "test"]
    show("dev", tested, fitted)
    show("as shipped", tested, shipped(ACROSS_LANGUAGES))
    print_constants("ACROSS_LANGUAGES", fitted)


def main(data: Path, library_of_news: Path | None = None) -> None:
    chance = random.Random(7)
    started = time.perf_counter()
    within = list(within_a_language(data, chance))
    same = [*xquad(data, "zh", "zh", chance), *xquad(data, "en", "en", chance)]
    within += [case for case in same if case.half == "dev"]
    held_out = [case for case in same if case.half == "test"]
    if library_of_news:
        held_out += in_news(data, library_of_news, chance)
    report_within(within, held_out)
    report_across([*xquad(data, "en", "zh", chance), *xquad(data, "zh", "en", chance)])
    print(f"\n{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
