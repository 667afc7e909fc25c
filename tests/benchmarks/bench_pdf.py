"""How fast PDFs with text are read, against nothing but pdfium's own text extraction.

``python tests/benchmarks/bench_pdf.py FILE… [--rounds N] [--workers N]``: pages a second of bare
extraction in one process, of reading in one process from the path to articles, and of `read_files`
with workers, their start included; and how many times bare extraction the latter two are. They take
turns, and the medians count. A file of few pages is read often enough to be timed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pypdfium2 as pdfium

from ingest.files import Failed, read_files
from ingest.formats import File, Options, pdf
from ingest.workers.tasks import Source, source_of

OPTIONS = Options(ocr=False)
FEWEST = 500  # pages in one timing


def bare(path: Path) -> None:
    """Extract all text with pdfium."""
    document = pdfium.PdfDocument(path)
    for page in document:
        text_page = page.get_textpage()
        text_page.get_text_range()
        text_page.close()
        page.close()
    document.close()


def whole(path: Path) -> None:
    """Read the file as articles."""
    pdf.read(File(path.name, path), OPTIONS)


def shared_out(paths: list[Path], workers: int) -> None:
    """Read the files as `wenjin ingest` does, with so many workers. Raises the first error."""
    sources: list[Source] = [source_of(path) for path in paths]
    for event in read_files(sources, bool, OPTIONS, workers=workers):
        if isinstance(event, Failed):
            raise event.error


def compare(path: Path, rounds: int, workers: int) -> str:
    """A line of the table."""
    document = pdfium.PdfDocument(path)
    pages = len(document)
    document.close()
    times = -(-FEWEST // pages)

    def timed(work: Callable[[], object]) -> float:
        start = time.perf_counter()
        work()
        return pages * times / (time.perf_counter() - start)

    bare(path)
    whole(path)  # imports, and compiles its patterns
    figures = []
    for _ in range(rounds):
        least = timed(lambda: [bare(path) for _ in range(times)])
        one = timed(lambda: [whole(path) for _ in range(times)])
        many = timed(lambda: shared_out([path] * times, workers))
        figures.append((least, one, one / least, many, many / least))
    least, one, ratio, many, gain = map(median, zip(*figures, strict=True))
    read = f"{one:8.0f} {ratio:6.2f} {many:8.0f} {gain:6.2f}"
    return f"{path.name[:40]:40} {pages:5} {least:8.0f} {read}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    head = f"{'file':40} {'pages':>5} {'bare/s':>8} {'read/s':>8} {'ratio':>6}"
    print(f"{head} {f'by {given.workers}/s':>8} {'ratio':>6}")
    for path in given.files:
        print(compare(path, given.rounds, given.workers), flush=True)


if __name__ == "__main__":
    main()
