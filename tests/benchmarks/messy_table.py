"""What Wenjin makes of a folder of files: ``python tests/benchmarks/messy_table.py FOLDER
[--out FILE.md] [--dump FOLDER]``.

Every file is read as ``wenjin ingest`` reads it, all in one run, and gives a line of a table.
``--dump`` writes what was read, for comparing with the originals by eye.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from index.making import Maker
from ingest.detect import find_format
from ingest.errors import ReadError
from ingest.files import Failed, Given, read_files
from ingest.formats import File
from ingest.read import find_files
from ingest.types import Article
from ingest.workers.tasks import source_of

WIDEST = 60  # characters of a cell
HEADER = "| file | format | articles | characters | language | title | problems |\n"


@dataclass(slots=True)
class Row:
    """What a file gave."""

    name: str
    format: str
    articles: list[Article] = field(default_factory=list)
    problems: list[ReadError] = field(default_factory=list)
    failed: bool = False

    def __str__(self) -> str:
        languages = Counter(article.language for article in self.articles)
        titles = [article.title or "—" for article in self.articles]
        cells = (
            self.name,
            self.format,
            "" if self.failed else str(len(self.articles)),
            "" if self.failed else str(sum(len(article.text) for article in self.articles)),
            " ".join(language for language, _ in languages.most_common(3)),
            cut(" / ".join(titles[:3])),
            ("**" if self.failed else "") + "; ".join(map(told, self.problems[:3])),
        )
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def told(problem: ReadError) -> str:
    return f"{type(problem).__name__}: {' '.join(str(problem).split())}"


def read_folder(folder: Path) -> Iterator[Row]:
    """A row for each file, as soon as it has been read."""
    rows: dict[str, Row] = {}
    for event in read_files(map(source_of, find_files([folder])), Maker(words=None)):
        name = event.source.name
        row = rows.setdefault(name, Row(str(Path(name).relative_to(folder)), kind(Path(name))))
        if isinstance(event, Failed):
            row.failed = True
            row.problems.append(event.error)
            yield row
        elif isinstance(event, Given):
            row.articles += event.reading.articles
            row.problems += event.reading.problems
            if event.last:
                yield row


def kind(path: Path) -> str:
    try:
        return find_format(File(str(path), path))
    except (ReadError, OSError):
        return "—"


def write(row: Row, folder: Path) -> None:
    """Every article of a file, with all that is known of it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{row.name.replace('/', '__')}.txt").open("w", encoding="utf-8") as stream:
        for problem in row.problems:
            print("!!", told(problem), file=stream)
        for article in row.articles:
            print("=" * 80, file=stream)
            for name in ("title", "subtitle", "authors", "affiliation", "source", "page"):
                print(f"{name}: {getattr(article, name)}", file=stream)
            for name in ("published", "language", "notes", "guessed", "path"):
                print(f"{name}: {getattr(article, name)}", file=stream)
            print("headings:", *(heading.text for heading in article.headings), file=stream)
            print("-" * 80, article.text, sep="\n", file=stream)


def summary(rows: Iterable[Row], seconds: float) -> str:
    rows = list(rows)
    failures = Counter(type(row.problems[0]).__name__ for row in rows if row.failed)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return (
        f"\n{len(rows)} files, {sum(not row.failed for row in rows)} read, "
        f"{sum(len(row.articles) for row in rows)} articles, "
        f"{sum(bool(row.problems) and not row.failed for row in rows)} with problems, "
        f"not read: {dict(failures)}; {seconds:.0f} s, largest worker {peak:.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--dump", type=Path)
    asked = parser.parse_args()
    started = time.perf_counter()
    lines = [HEADER + "|---|---|---|---|---|---|---|"]
    rows = []
    print(lines[0])
    for row in read_folder(asked.folder):
        rows.append(row)
        lines.append(str(row))
        print(lines[-1], flush=True)
        if asked.dump:
            write(row, asked.dump)
    lines.append(summary(rows, time.perf_counter() - started))
    print(lines[-1])
    if asked.out:
        asked.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.exit(any(row.failed and not row.problems for row in rows))


if __name__ == "__main__":
    main()
