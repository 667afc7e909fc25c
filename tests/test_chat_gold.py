"""The whole road, on real newspaper pages and on the samples, with questions of known answers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chat.assistant import Assistant
from chat.evaluate import Report, evaluate
from index.embed import load_embedder
from index.index import Index
from ingest.read import find_files, read_file
from retriever.evaluate import read_questions

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


def ask_all(pages: Path, questions: Path, library: Path) -> Report:
    embedder = load_embedder()
    with Index.open(library, embedder, create=True) as index:
        index.add(article for file in find_files([pages]) for article in read_file(file))
        return evaluate(Assistant(index, embedder), read_questions(questions))


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory, show: Callable[[str], None]) -> Report:
    if not SHARED.is_dir():
        pytest.skip("the real newspaper pages aren't beside this checkout")
    questions = SHARED / "gold" / "questions.jsonl"
    report = ask_all(SHARED / "corpus", questions, tmp_path_factory.mktemp("gold"))
    show(f"real pages\n{report.table()}")
    return report


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory, show: Callable[[str], None]) -> Report:
    questions = ROOT / "samples" / "questions.jsonl"
    report = ask_all(ROOT / "samples" / "pages", questions, tmp_path_factory.mktemp("samples"))
    show(f"samples\n{report.table()}")
    return report


@pytest.mark.shared
def test_the_evidence_is_among_the_first_passages(gold: Report) -> None:
    chinese, english = gold.of_language("zh").retrieval, gold.of_language("en").retrieval
    assert chinese.recall(5) == 1
    assert english.recall(5) >= 2 / 3


@pytest.mark.shared
def test_the_answers_hold_the_evidence(gold: Report) -> None:
    assert gold.of_language("zh").held.part >= 24


@pytest.mark.shared
def test_the_citations_are_exact_and_of_the_right_article(gold: Report) -> None:
    assert gold.exact.value == 1
    assert gold.right_article.value == 1


@pytest.mark.shared
def test_what_the_pages_do_not_say_is_refused_and_nothing_else(gold: Report) -> None:
    assert gold.refused.part >= 5
    assert gold.refused_wrongly.part <= 1


def test_the_samples_are_answered(samples: Report) -> None:
    """Harder than the real pages: many questions use other words than the articles do."""
    assert samples.retrieval.recall(5) >= 0.9
    assert (samples.held.value or 0) >= 0.55
    assert samples.exact.value == 1
    assert samples.refused.part >= 3
