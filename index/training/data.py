"""What the built-in model learns from: the data sets as plain text.

A data set that isn't in the folder is left out.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.errors import ModelError

Pair = tuple[str, str]

_ENTRY = re.compile(r"^\S+ (?P<word>\S+) \[(?P<reading>[^]]*)\] /(?P<senses>.*)/")
_TONE = re.compile(r"[1-5:]")
# In brackets, or another headword with its reading: 個|个[ge4].
_REMARK = re.compile(r"\([^)]*\)|[\u3400-\u9fff|]+\[[^]]*\]")
# Senses that explain the entry instead of translating it.
_NO_GLOSS = re.compile(
    r"^\s*(?:CL:|classifier |see |used in |erhua |also written)|variant of|pr\. "
)
_LEADING = re.compile(r"^(?:to be |to |the |an |a |abbr\. for |also called )", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All of the training text, by what it can teach."""

    parallel: list[Pair] = field(default_factory=list)
    """Chinese and English that say the same."""
    titles: list[Pair] = field(default_factory=list)
    """A title and the running text under it."""
    questions: list[Pair] = field(default_factory=list)
    """A question and the paragraph that answers it."""
    dictionary: list[Pair] = field(default_factory=list)
    """A word and one of its translations."""

    def texts(self) -> Iterator[str]:
        """All of the running text, for counting words."""
        for pairs in (self.parallel, self.titles, self.questions):
            for pair in pairs:
                yield from pair


def read_corpus(folder: Path) -> Corpus:
    """Read the data sets in ``folder``.

    Raises ModelError if there is none.
    """
    corpus = Corpus()
    for name, read in _READERS.items():
        path = folder / f"{name}.gz"
        if path.exists():
            with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
                read(lines, corpus)
    if not any(corpus.texts()) and not corpus.dictionary:
        raise ModelError(
            f"{folder} holds no training data; it should hold one of: {', '.join(_READERS)} (.gz)",
            f"{folder} 里没有训练数据；应有以下文件之一：{'、'.join(_READERS)}（.gz）",
        )
    return corpus


def read_squad(data: dict[str, Any]) -> list[Pair]:
    """(question, paragraph) of a data set in SQuAD's format, but for the unanswerable."""
    return [
        (question["question"], paragraph["context"])
        for article in data["data"]
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
        if question.get("is_impossible") != "true"
    ]


def _parallel(lines: Iterator[str], corpus: Corpus) -> None:
    for row in map(json.loads, lines):
        corpus.parallel.append((row["zh"], row["en"]))


def _tatoeba(lines: Iterator[str], corpus: Corpus) -> None:
    for english, chinese in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        corpus.parallel.append((chinese, english))


def _cedict(lines: Iterator[str], corpus: Corpus) -> None:
    for line in lines:
        if match := _ENTRY.match(line):
            glosses = clean_glosses(match["senses"])
            if len(match["word"]) == 1:  # names are written by their sound
                glosses.append(_TONE.sub("", match["reading"]))
            corpus.dictionary.extend((match["word"], gloss) for gloss in glosses)


def clean_glosses(senses: str) -> list[str]:
    """The English of an entry's senses: no remarks in brackets, no articles, no Chinese."""
    parts = (part for sense in senses.split("/") for part in _REMARK.sub("", sense).split(";"))
    kept = (part.strip() for part in parts if not _NO_GLOSS.search(part))
    return [gloss for part in kept if (gloss := _LEADING.sub("", part))]


def _titles(lines: Iterator[str], corpus: Corpus) -> None:
    for row in map(json.loads, lines):
        corpus.titles.append((row["q"], row["pos"]))


def _laws(lines: Iterator[str], corpus: Corpus) -> None:
    """The law's name and a chapter's heading are the title of the chapter's articles."""
    chapters: dict[Pair, list[str]] = {}
    for row in map(json.loads, lines):
        chapters.setdefault((row["law"], row["chapter"] or ""), []).append(row["text"])
    for (law, chapter), articles in chapters.items():
        corpus.titles.append((f"{law} {chapter}", " ".join(articles)))


def _squad(lines: Iterator[str], corpus: Corpus) -> None:
    corpus.questions.extend(read_squad(json.loads("".join(lines))))


def _half_of_squad(lines: Iterator[str], corpus: Corpus) -> None:
    """Every other article: what a model does with the rest can be measured."""
    articles = json.loads("".join(lines))["data"]
    corpus.questions.extend(read_squad({"data": articles[::2]}))


_READERS = {
    "zh_en_paragraphs.jsonl": _parallel,
    "pydocs_zh_en.jsonl": _parallel,
    "tatoeba_zh_en.tsv": _tatoeba,
    "cedict_ts.u8": _cedict,
    "title_body.jsonl": _titles,
    "laws_zh.jsonl": _laws,
    "drcd_dev.json": _half_of_squad,
    "cmrc2018_trial.json": _squad,
    "cail2019_dev.json": _squad,
}
