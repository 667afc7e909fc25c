"""A corpus as large as wanted: ``python tests/benchmarks/mixed_news.py news_docs.jsonl.gz 450000
OUT.jsonl`` cuts real news documents into runs of sentences, and mixes articles of these.

Every article has runs of several documents, in an order of its own, so that hardly any repeats
another one, though each run comes again and again in a large corpus. About 3.5 passages are made of
each. The same seed makes the same corpus.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

_SENTENCE = re.compile(r"[^。！？]+[。！？]*")
_RUN = 240  # characters
_RUNS = (2, 5)  # in an article
_FIRST = date(1950, 1, 1)
_DAYS = 27_000
_SOURCES = [f"第{number}日报" for number in range(1, 41)]


def runs(documents: Path) -> list[str]:
    """Runs of sentences from documents, a little longer than ``_RUN``; what is left of one is
    dropped.
    """
    found: list[str] = []
    with gzip.open(documents, "rt", encoding="utf-8") as lines:
        for line in lines:
            run = ""
            for sentence in _SENTENCE.findall(json.loads(line)["text"]):
                run += sentence
                if len(run) >= _RUN:
                    found.append(run)
                    run = ""
    return found


def articles(documents: Path, count: int, seed: int = 7) -> Iterator[dict[str, str]]:
    """``count`` articles, each with a title, a date and a source."""
    choose = random.Random(seed)
    pieces = runs(documents)
    for number in range(count):
        chosen = [choose.choice(pieces) for _ in range(choose.randint(*_RUNS))]
        yield {
            "title": f"{chosen[0][:12].strip()}（{number}）",
            "date": (_FIRST + timedelta(choose.randrange(_DAYS))).isoformat(),
            "source": choose.choice(_SOURCES),
            "text": "\n".join(chosen),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    with options.out.open("w", encoding="utf-8") as out:
        for article in articles(options.documents, options.count):
            out.write(json.dumps(article, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
