"""Fits chat/answerable.py and shows how well it tells what can be answered from what can't.

    python tests/benchmarks/fit_answerable.py DATA

DATA is that of `evidence_cases`. Each of its two sets of questions is also a test for what was
fitted on the other. The built-in model was trained on some of the same questions, so within a
language its cosine of question and passage is left out: it wouldn't be as good on others.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from evidence_cases import Case, cases, glosses, in_english, questions_on_paragraphs
from scipy.optimize import minimize

from chat.answerable import ANSWER_FEATURES

Floats = npt.NDArray[np.float64]

ANSWER_PENALTY = 1e-3


def fit_answerable(found: Sequence[Case], allowed: Sequence[bool]) -> tuple[Floats, float]:
    """Weights (0 for features not ``allowed``) and constant of a logistic regression.

    Both classes weigh the same.
    """
    features = np.array([case.candidates.answer_features for case in found], dtype=float)
    features *= allowed
    sign = np.where([case.kind == "answerable" for case in found], 1.0, -1.0)
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    inputs = np.c_[(features - mean) / scale, np.ones(len(found))]
    share = np.where(sign > 0, 0.5 / (sign > 0).sum(), 0.5 / (sign < 0).sum())
    penalized = np.r_[np.full(len(mean), ANSWER_PENALTY), 0.0]

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = sign * (inputs @ weights)
        value = share @ np.logaddexp(0, -odds) + penalized @ weights**2
        slope = inputs.T @ (-share * sign / (1 + np.exp(odds)))
        return float(value), slope + 2 * penalized * weights

    fitted = minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B").x
    weights = fitted[:-1] / scale
    return weights, float(fitted[-1] - weights @ mean)


def show_answerable(name: str, found: Sequence[Case], weights: Floats, constant: float) -> None:
    """AUROC, and what is refused at even odds and at 5 % false refusals, by size of the library."""
    for size in sorted({case.library for case in found}):
        odds = {
            kind: np.array(
                [
                    case.candidates.answer_features @ weights + constant
                    for case in found
                    if case.kind == kind and case.library == size
                ]
            )
            for kind in ("answerable", "gone", "foreign")
        }
        yes = odds["answerable"]
        cells = [f"{(yes < 0).mean():.1%}"]
        for kind in ("gone", "foreign"):
            no = odds[kind]
            auroc = (yes[:, None] > no).mean() + 0.5 * (yes[:, None] == no).mean()
            at_five_percent = (no < np.quantile(yes, 0.05)).mean()
            cells += [f"{auroc:.3f}", f"{(no < 0).mean():.1%}", f"{at_five_percent:.1%}"]
        print(f"| {name} | {size} | {' | '.join(cells)} |")


HEAD = (
    "\n| fitted → tested | paragraphs | refused wrongly "
    "| gone: AUROC | refused | at 5 % | foreign: AUROC | refused | at 5 % |"
    "\n|---|---|---|---|---|---|---|---|---|"
)


def report(title: str, sets: dict[str, list[Case]], *, without: Sequence[str]) -> None:
    """Fit on each set, test on each, then fit on all and print the weights.

    ``without``: features that get no weight.
    """
    allowed = [feature not in without for feature in ANSWER_FEATURES]
    everything = [case for found in sets.values() for case in found]
    print(f"\n## {title}{HEAD}")
    for name, found in {**sets, "all": everything}.items():
        weights, constant = fit_answerable(found, allowed)
        for other, tested in sets.items():
            show_answerable(f"{name} → {other}", tested, weights, constant)
    weights, constant = fit_answerable(everything, allowed)
    print("weights", [round(float(w), 2) for w in weights], "constant", round(constant, 2))


def main(folder: Path) -> None:
    chance = random.Random(7)
    cmrc = questions_on_paragraphs(folder / "cmrc2018_trial.json.gz")
    drcd = questions_on_paragraphs(folder / "drcd_dev.json.gz")
    within = {
        "cmrc": list(cases(cmrc, drcd, chance)),
        "drcd": list(cases(drcd, cmrc, chance)),
    }
    report("within a language", within, without=ANSWER_FEATURES[3:])
    dictionary = glosses(folder / "cedict_ts.u8.gz")
    english_cmrc = in_english(cmrc, dictionary, chance)
    english_drcd = in_english(drcd, dictionary, chance)
    across = {
        "cmrc": list(cases(english_cmrc, english_drcd, chance)),
        "drcd": list(cases(english_drcd, english_cmrc, chance)),
    }
    report("across languages", across, without=ANSWER_FEATURES[:2])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
