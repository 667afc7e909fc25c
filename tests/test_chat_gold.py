"""The whole road, on real newspaper pages and on the samples, with questions of known answers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chat.assistant import Assistant
from chat.evaluation.evaluate import Evaluation, evaluate
from chat.evaluation.report_text import evaluation_table, report_markdown
from index.embed import load_embedder
from index.index import Index
from ingest.read import find_files, read_file
from retriever.questions import read_questions

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


def ask_all(pages: Path, questions: Path, library: Path) -> Evaluation:
    embedder = load_embedder()
    with Index.open(library, embedder, create=True) as index:
        index.add(article for file in find_files([pages]) for article in read_file(file).articles)
        return evaluate(Assistant(index, embedder), read_questions(questions))


def tables(title: str, found: Evaluation) -> str:
    """The table in short, and what was found of answers and refusals."""
    _, answers, abstention, _ = (report_markdown(report, "en") for report in found.reports)
    return "\n\n".join([title, evaluation_table(found), answers, abstention])


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory, show: Callable[[str], None]) -> Evaluation:
    if not SHARED.is_dir():
        pytest.skip("the real newspaper pages aren't beside this checkout")
    questions = SHARED / "gold" / "questions.jsonl"
    found = ask_all(SHARED / "corpus", questions, tmp_path_factory.mktemp("gold"))
    show(tables("real pages", found))
    return found


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory, show: Callable[[str], None]) -> Evaluation:
    questions = ROOT / "samples" / "questions.jsonl"
    found = ask_all(ROOT / "samples" / "pages", questions, tmp_path_factory.mktemp("samples"))
    show(tables("samples", found))
    return found


def value(found: Evaluation, name: str, language: str | None = None) -> float:
    measured = found.figure(name, language).value
    assert measured is not None, name
    return measured


def count(found: Evaluation, name: str, language: str | None = None) -> float:
    """Of how many questions it is true."""
    return sum(found.figure(name, language).values.values())


@pytest.mark.shared
def test_the_evidence_is_among_the_first_passages(gold: Evaluation) -> None:
    assert value(gold, "success@5", "zh") == 1
    assert value(gold, "success@5", "en") >= 2 / 3


@pytest.mark.shared
def test_the_answers_hold_the_evidence(gold: Evaluation) -> None:
    assert count(gold, "answer_holds_evidence", "zh") >= 24


@pytest.mark.shared
def test_the_citations_are_exact_and_of_the_right_article(gold: Evaluation) -> None:
    assert value(gold, "citations_exact") == value(gold, "sentences_quoted") == 1
    assert value(gold, "citation_recall") >= 0.95
    assert value(gold, "citation_precision") >= 0.97
    assert value(gold, "right_article") == 1


@pytest.mark.shared
def test_what_the_pages_do_not_say_is_refused_and_nothing_else(gold: Evaluation) -> None:
    assert count(gold, "unanswerable_refused") >= 5
    assert count(gold, "answerable_refused") <= 1


def test_the_samples_are_answered(samples: Evaluation) -> None:
    """Harder than the real pages: many questions use other words than the articles do."""
    assert value(samples, "success@5") >= 0.9
    assert value(samples, "answer_holds_evidence") >= 0.55
    assert value(samples, "citations_exact") == 1
    assert count(samples, "unanswerable_refused") >= 3
