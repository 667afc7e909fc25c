"""How fast PDFs with text are read, against nothing but pdfium's own text extraction.

``python tests/benchmarks/bench_pdf.py FILE… [--rounds N] [--processes N]``: pages a second of both,
in turns, and the median of their ratios. With processes, parts are read as `ingest` reads them.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

import pypdfium2 as pdfium

from ingest.formats import File, Options, pdf

OPTIONS = Options(ocr=False)


def bare(path: Path) -> int:
    """Extract all text with pdfium; gives the number of pages."""
    document = pdfium.PdfDocument(path)
    count = len(document)
    for page in document:
        text_page = page.get_textpage()
        text_page.get_text_range()
        text_page.close()
        page.close()
    document.close()
    return count


def ours(path: Path, pool: ProcessPoolExecutor | None) -> None:
    """Read the file as articles."""
    file = File(path.name, path)
    if pool is None:
        pdf.read(file, OPTIONS)
        return
    parts = pdf.parts(file, OPTIONS)
    same = [file] * len(parts), parts, [OPTIONS] * len(parts)
    pdf.join(file, list(pool.map(pdf.read_part, *same)), OPTIONS)


def compare(path: Path, rounds: int, pool: ProcessPoolExecutor | None) -> str:
    """A line of the table."""
    ratios, speeds, bare_speeds = [], [], []
    for _ in range(rounds):
        start = time.perf_counter()
        pages = bare(path)
        middle = time.perf_counter()
        ours(path, pool)
        end = time.perf_counter()
        bare_speeds.append(pages / (middle - start))
        speeds.append(pages / (end - middle))
        ratios.append(speeds[-1] / bare_speeds[-1])
    figures = f"{median(bare_speeds):8.0f} {median(speeds):8.0f} {median(ratios):6.2f}"
    return f"{path.name[:44]:44} {pages:5} {figures}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    print(f"{'file':44} {'pages':>5} {'bare/s':>8} {'ours/s':>8} {'ratio':>6}")
    if given.processes == 1:
        for path in given.files:
            print(compare(path, given.rounds, None))
        return
    with ProcessPoolExecutor(given.processes) as pool:
        for path in given.files:
            print(compare(path, given.rounds, pool))


if __name__ == "__main__":
    main()
