"""Fits the weights of chat/evidence.py and shows how good they are.

    python tests/benchmarks/fit_evidence.py FOLDER

FOLDER holds cmrc2018_trial.json.gz and drcd_dev.json.gz (questions on paragraphs of Wikipedia, in
simplified and in traditional characters) and cedict_ts.u8.gz (a dictionary). Each of the two sets
of questions is also a test for what was fitted on the other.

A question can't be answered when its paragraph is gone from what was found, or when it was written
for the other set. Libraries of two sizes are built, because a question's words are rarer in a large
one. The built-in model was trained on the same questions, so within a language its cosine of
question and passage is left out: it wouldn't be as good on others. For want of English questions
the Chinese ones are translated word by word; their sentence weights are for show, those fitted
within a language do as well.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from chat.choose import choose
from chat.evidence import (
    ANSWER_FEATURES,
    SENTENCE_FEATURES,
    SENTENCE_WEIGHTS,
    Candidates,
    candidates_by_language,
)
from chat.types import Evidence
from index.embed import load_embedder
from index.index import Index
from index.tokens import content, words
from ingest.types import Article, article_id
from retriever.retriever import Retriever
from retriever.types import Hit

Floats = npt.NDArray[np.float64]

PASSAGES = 8
SIZES = ((15, 4), (150, 1))  # paragraphs in a library, and how many such libraries
SENTENCE_PENALTY, ANSWER_PENALTY = 1e-2, 1e-3


@dataclass(frozen=True)
class Asked:
    """A question, the id of the article that answers it, and how to know a sentence that does."""

    question: str
    article: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """What was found for a question: with its article, without it, or for a foreign question."""

    question: str
    kind: str  # "answerable", "gone", "foreign"
    library: int  # its size
    candidates: Candidates
    right: npt.NDArray[np.bool_]  # which sentences hold the answer


Pages = list[tuple[Article, list[Asked]]]


def article(text: str, language: str = "zh") -> Article:
    return Article(
        article_id(None, text), None, (), None, None, None, None, language, (), text, "benchmark"
    )


def questions_on_paragraphs(file: Path) -> Pages:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        content = json.load(lines)
    found = []
    for document in content["data"] if isinstance(content, dict) else content:
        for paragraph in document["paragraphs"]:
            page = article(paragraph["context"])
            asked = [
                Asked(entry["question"], page.id, tuple(a["text"] for a in entry["answers"]))
                for entry in paragraph["qas"]
            ]
            found.append((page, asked))
    return found


def glosses(file: Path) -> dict[str, list[str]]:
    """The English of the words of CC-CEDICT, without explanations."""
    entry = re.compile(r"\S+ (\S+) \[[^]]*\] /(.*)/")
    found: dict[str, list[str]] = {}
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for match in filter(None, map(entry.match, lines)):
            plain = re.sub(
                r"\([^)]*\)|\b(?:CL|variant of|old variant of|surname)\b[^/]*", "", match[2]
            )
            meant = [text.strip().removeprefix("to ") for text in plain.split("/")]
            short = [text for text in meant if text and len(text.split()) <= 3]
            found.setdefault(match[1], []).extend(short)
    return found


def in_english(pages: Pages, dictionary: dict[str, list[str]], chance: random.Random) -> Pages:
    """The same paragraphs, asked in something like English: word by word, unknown ones left out."""
    translated = []
    for page, asked in pages:
        questions = []
        for one in asked:
            known = [dictionary[word] for word in content_words(one.question) if word in dictionary]
            text = " ".join(["What", *(chance.choice(meanings) for meanings in known if meanings)])
            if len(text.split()) > 3:
                questions.append(Asked(f"{text}?", one.article, one.answers))
        if questions:
            translated.append((page, questions))
    return translated


def content_words(question: str) -> list[str]:
    return list(dict.fromkeys(words(content(question))))


def cases(own: Pages, foreign: Pages, chance: random.Random) -> Iterator[Case]:
    """Libraries of paragraphs of ``own``, asked what they answer and what they don't."""
    embedder = load_embedder()
    for size, libraries in SIZES:
        for _ in range(libraries):
            pages = chance.sample(own, min(size, len(own)))
            strange = [chance.choice(asked) for _, asked in chance.sample(foreign, len(pages))]
            with tempfile.TemporaryDirectory() as folder:
                index = Index.open(Path(folder), embedder, create=True)
                index.add([page for page, _ in pages])
                asked = [one for _, all_asked in pages for one in chance.sample(all_asked, 1)]
                yield from _cases(Retriever(index, embedder), asked, strange, size)
                index.close()


def _cases(
    retriever: Retriever, own: Sequence[Asked], foreign: Sequence[Asked], size: int
) -> Iterator[Case]:
    for asked in own:
        hits = retriever.search(asked.question, 3 * PASSAGES)
        yield case(retriever, asked, hits[:PASSAGES], "answerable", size)
        others = [hit for hit in hits if hit.article.id != asked.article]
        yield case(retriever, asked, others[:PASSAGES], "gone", size)
    for asked in foreign:
        hits = retriever.search(asked.question, PASSAGES)
        yield case(retriever, asked, hits, "foreign", size)


def case(retriever: Retriever, asked: Asked, hits: Sequence[Hit], kind: str, size: int) -> Case:
    [candidates] = candidates_by_language(
        asked.question, hits, idf=retriever.index.idf, embedder=retriever.embedder
    )
    right = [
        sentence.article.id == asked.article
        and any(answer in sentence.text for answer in asked.answers)
        for sentence in candidates.sentences
    ]
    return Case(asked.question, kind, size, candidates, np.array(right))


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
    answers = [choose(case.question, case.candidates.scored()) for case in asked]
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


SENTENCE_HEAD = (
    "\n| fitted → tested | questions | best sentence right | one of two |\n|---|---|---|---|"
)
ANSWER_HEAD = (
    "\n| fitted → tested | paragraphs | refused wrongly "
    "| gone: AUROC | refused | at 5 % | foreign: AUROC | refused | at 5 % |"
    "\n|---|---|---|---|---|---|---|---|---|"
)


def report(title: str, sets: dict[str, list[Case]], *, without: Sequence[str]) -> None:
    """Fit on each set, test on each, then fit on all and print the weights.

    ``without``: answer features that get no weight.
    """
    allowed = [feature not in without for feature in ANSWER_FEATURES]
    everything = [case for found in sets.values() for case in found]
    fits = {**sets, "all": everything}
    print(f"\n## {title}{SENTENCE_HEAD}")
    for name, found in fits.items():
        weights = fit_sentences(found)
        for other, tested in sets.items():
            show_sentences(f"{name} → {other}", tested, weights)
    for other, tested in sets.items():
        show_sentences(f"as shipped → {other}", tested, np.array(SENTENCE_WEIGHTS))
    for other, tested in sets.items():
        show_answers(other, tested)
    print("sentence weights", rounded(fit_sentences(everything)))
    print(ANSWER_HEAD)
    for name, found in fits.items():
        weights, constant = fit_answerable(found, allowed)
        for other, tested in sets.items():
            show_answerable(f"{name} → {other}", tested, weights, constant)
    weights, constant = fit_answerable(everything, allowed)
    print("answer weights", rounded(weights), "constant", round(constant, 2))


def rounded(weights: Floats) -> tuple[float, ...]:
    return tuple(round(float(weight), 2) for weight in weights)


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
