import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from conftest import make_article
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import QuestionError
from ingest.types import Article, Passage
from retriever.evaluate import (
    Found,
    evaluate_retrieval,
    holds,
    qrels_of,
    report_of_found,
    report_of_run,
    run_of,
    search_all,
)
from retriever.questions import Question
from retriever.report import Report
from retriever.types import Hit

TEXT = "面积 21.6 万平方公里。总人口１.１２亿人。"
PLACE = make_article(TEXT, title="省情", path="pages/a.txt")
BRIDGE = make_article("河水流过石桥。", title="石桥", path="b.txt")
HILL = make_article("山上有一座古庙。", title=None, path="b.txt")


def hit(article: Article, start: int = 0, end: int | None = None) -> Hit:
    end = len(article.text) if end is None else end
    return Hit(Passage(article.id, start, end), article, 1.0, 0.0, 0.0)


AREA, PEOPLE = hit(PLACE, 0, 15), hit(PLACE, 15)


def run_of_ranks(ranks: dict[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    return {key: {name: -float(n) for n, name in enumerate(one)} for key, one in ranks.items()}


def values(report: Report, name: str) -> dict[str, float]:
    figure = report.figure(name)
    assert figure is not None, name
    return dict(figure.values)


def value(report: Report, name: str) -> float | None:
    figure = report.figure(name)
    assert figure is not None, name
    return figure.value


def test_evidence_is_compared_without_white_space_and_width() -> None:
    assert holds("面积 21.6 万\n平方公里", ["21.6万平方公里"])
    assert holds("总人口１.１２亿人", ["1.12 亿人"])
    assert not holds("总人口", ["总人口1.12亿人"])


# Three relevant documents of four places: a (grade 2) at rank 2, b (grade 1) at rank 4, c nowhere;
# d is judged as not relevant, x and y aren't judged.
QRELS = {"q": {"a": 2, "b": 1, "c": 1, "d": 0}}
RUN = run_of_ranks({"q": ["x", "a", "d", "b", "y"]})
IDEAL = 2 + 1 / math.log2(3) + 1 / math.log2(4)


@pytest.mark.parametrize(
    ("name", "by_hand"),
    [
        ("recall@1", 0),
        ("recall@3", 1 / 3),
        ("recall@5", 2 / 3),
        ("recall@20", 2 / 3),
        ("precision@1", 0),
        ("precision@3", 1 / 3),
        ("precision@5", 2 / 5),
        ("precision@20", 2 / 20),
        ("success@1", 0),
        ("success@3", 1),
        ("mrr@1", 0),
        ("mrr@10", 1 / 2),
        ("ndcg@1", 0),
        ("ndcg@3", (2 / math.log2(3)) / IDEAL),
        ("ndcg@5", (2 / math.log2(3) + 1 / math.log2(5)) / IDEAL),
        ("map", (1 / 2 + 2 / 4) / 3),
        ("judged@1", 0),
        ("judged@3", 2 / 3),
        ("judged@5", 3 / 5),
        ("ndcg@5_judged", (2 + 1 / math.log2(4)) / IDEAL),  # a, d, b
        ("bpref", (1 + (1 - 1 / 1)) / 3),  # before b stands the one that is judged not relevant
    ],
)
def test_figures_agree_with_what_is_computed_by_hand(name: str, by_hand: float) -> None:
    assert value(report_of_run(RUN, QRELS), name) == pytest.approx(by_hand)


def test_only_judgements_of_both_kinds_give_figures_without_the_unjudged() -> None:
    report = report_of_run(RUN, {"q": {"a": 1}})
    assert report.figure("bpref") is None
    assert report.figure("ndcg@5_judged") is None


@given(
    st.lists(st.integers(0, 30), unique=True, max_size=25),
    st.dictionaries(st.integers(0, 30), st.integers(-1, 3), max_size=12),
)
def test_figures_agree_with_their_definitions(ranking: list[int], judged: dict[int, int]) -> None:
    """Written down from the definitions, beside trec_eval's code that ir_measures runs."""
    qrels = {"q": {str(key): grade for key, grade in judged.items()}, "known": {"a": 1}}
    run = run_of_ranks({"q": [str(key) for key in ranking], "known": ["a"]})
    report = report_of_run(run, qrels, cutoffs=(5,))
    relevant = [key for key, grade in judged.items() if grade > 0]
    if not relevant:
        assert "q" not in values(report, "recall@5")
        return
    gains = [max(judged.get(key, 0), 0) for key in ranking]
    found = sum(gain > 0 for gain in gains[:5])
    best = sorted((max(grade, 0) for grade in judged.values()), reverse=True)
    expected = {
        "recall@5": found / len(relevant),
        "precision@5": found / 5,
        "success@5": float(found > 0),
        "mrr@5": next((1 / n for n, gain in enumerate(gains[:5], 1) if gain), 0),
        "ndcg@5": discounted(gains[:5]) / discounted(best[:5]),
        "judged@5": sum(key in judged for key in ranking[:5]) / max(1, len(ranking[:5])),
    }
    measured = {name: values(report, name)["q"] for name in expected}
    assert measured == pytest.approx(expected)


def discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))


def test_what_is_missing_is_missing_and_not_zero() -> None:
    qrels = {"q1": {"a": 1}, "only 0": {"a": 0}, "not in the run": {"a": 1}}
    report = report_of_run(run_of_ranks({"q1": ["a"], "unjudged": ["a"], "only 0": ["a"]}), qrels)
    assert values(report, "recall@1") == {"q1": 1, "not in the run": 0}
    assert report.facts["questions"] == 2
    assert report.facts["unjudged"] == 2
    assert report.facts["unanswered"] == 1


def test_a_run_of_other_questions_is_refused() -> None:
    with pytest.raises(QuestionError, match="same ids"):
        report_of_run(RUN, {"7": {"a": 1}})


def test_rows_and_the_curve() -> None:
    report = report_of_run(RUN, QRELS, questions=[Question("q", "桥在哪里？")])
    [row] = report.rows
    assert row == {"id": "q", "question": "桥在哪里？", "rank": 2, "relevant": 3, "found": 5}
    assert report.curves["recall by k"] == (
        (1, 0),
        (2, pytest.approx(1 / 3)),
        (3, pytest.approx(1 / 3)),
        (5, pytest.approx(2 / 3)),
    )


def test_nothing_found_at_all() -> None:
    report = report_of_run({"q": {}}, QRELS)
    assert {name: value(report, name) for name in ("recall@5", "map", "ndcg@5")} == {
        "recall@5": 0,
        "map": 0,
        "ndcg@5": 0,
    }
    assert report.curves["recall by k"] == ((1, 0),)


QUESTIONS = [
    Question("area", "面积？", evidence=("21.6万",)),
    Question("people", "人口？", evidence=("1.12亿", "没有的")),
    Question("nothing", "别的？", evidence=("没有",)),
    Question("unanswerable", "谁？", answerable=False, evidence=("面积",)),
    Question("unjudged", "不知道证据？"),
]


def test_passages_are_measured_by_the_evidence_they_hold() -> None:
    asked: list[tuple[str, int]] = []

    def search(question: str, k: int) -> list[Hit]:
        asked.append((question, k))
        return [AREA, PEOPLE]

    report = evaluate_retrieval(search, QUESTIONS, depth=7)
    assert asked == [("面积？", 7), ("人口？", 7), ("别的？", 7)]
    assert values(report, "recall@5") == {"area": 1, "people": 0.5, "nothing": 0}
    assert values(report, "success@1") == {"area": 1, "people": 0, "nothing": 0}
    assert [row["rank"] for row in report.rows] == [1, 2, None]
    assert report.facts == {
        "level": "passage",
        "questions": 3,
        "unjudged": 2,
        "unanswered": 0,
        "depth": 7,
    }


def test_another_passage_with_the_same_evidence_takes_no_place() -> None:
    found = [Found(Question("q", "?", evidence=("面积", "石桥")), (AREA, AREA, hit(BRIDGE)))]
    report = report_of_found(found, "passage")
    assert value(report, "recall@3") == 1
    assert value(report, "precision@3") == pytest.approx(2 / 3)
    assert run_of(found, "passage") == {"q": {"evidence-1": 2.0, "evidence-2": 1.0}}


def test_a_passage_may_be_a_part_of_longer_evidence() -> None:
    long = "全省的情况：" + TEXT + "这些是去年的数字。"
    whole = Found(Question("q", "?", evidence=(long,)), (hit(PLACE),))
    assert value(report_of_found([whole], "passage"), "recall@1") == 1
    word = Found(Question("q", "?", evidence=(long,)), (hit(PLACE, 0, 2),))
    assert value(report_of_found([word], "passage"), "recall@1") == 0


@pytest.mark.parametrize("name", [BRIDGE.id, "石桥"])
def test_articles_are_known_by_id_or_title(name: str) -> None:
    found = [Found(Question("q", "?", docs={name: 1}), (AREA, PEOPLE, hit(BRIDGE)))]
    report = report_of_found(found, "article")
    assert value(report, "mrr@10") == 0.5  # the two passages of one article are one
    assert run_of(found, "article") == {"q": {PLACE.id: 2.0, name: 1.0}}


@pytest.mark.parametrize("name", ["pages/a.txt", "a.txt"])
def test_articles_are_known_by_path_or_file(name: str) -> None:
    found = [Found(Question("q", "?", docs={name: 2}), (hit(BRIDGE), AREA))]
    assert value(report_of_found(found, "article"), "mrr@10") == 0.5


@pytest.mark.parametrize(
    ("question", "rank"),
    [
        (Question("q", "?", article="石桥", file="b.txt"), 2),
        (Question("q", "?", file="b.txt"), 1),
        (Question("q", "?", article="石桥"), 2),
        (Question("q", "?", article="石桥", file="a.txt"), None),
    ],
)
def test_an_article_may_be_named_by_title_and_file(question: Question, rank: int | None) -> None:
    [row] = report_of_found([Found(question, (hit(HILL), hit(BRIDGE)))], "article").rows
    assert row["rank"] == rank


def test_the_level_is_that_of_the_evidence_unless_named() -> None:
    both = replace(QUESTIONS[0], docs={PLACE.id: 1})
    search = lambda question, k: [PEOPLE, AREA]  # noqa: E731
    assert value(evaluate_retrieval(search, [both]), "mrr@10") == 0.5
    assert value(evaluate_retrieval(search, [both], level="article"), "mrr@10") == 1
    only = replace(both, evidence=())
    assert evaluate_retrieval(search, [only]).facts["level"] == "article"


def test_without_any_judgement_there_are_no_figures() -> None:
    report = evaluate_retrieval(lambda question, k: [AREA], QUESTIONS[3:])
    assert (report.figures, report.rows) == ((), ())
    assert report.facts["unjudged"] == 2


def test_searching_shows_how_far_it_is() -> None:
    seen: list[str] = []

    def progress(questions: Sequence[Question]):
        for question in questions:
            seen.append(question.id)
            yield question

    found = search_all(lambda question, k: [AREA], QUESTIONS[:2], progress=progress)
    assert seen == ["area", "people"]
    assert [each.hits for each in found] == [(AREA,), (AREA,)]


def test_a_run_measured_elsewhere_has_the_same_judgements() -> None:
    """What is written for another tool: run and judgements name the same documents."""
    found = search_all(lambda question, k: [AREA, PEOPLE], QUESTIONS)
    run, qrels = run_of(found, "passage"), qrels_of(QUESTIONS, "passage")
    assert qrels == {
        "area": {"evidence-1": 1},
        "people": {"evidence-1": 1, "evidence-2": 1},
        "nothing": {"evidence-1": 1},
    }
    assert run["people"] == {f"{PLACE.id}:0-15": 2.0, "evidence-1": 1.0}


@pytest.mark.parametrize(
    "question",
    [
        Question("q", "?", docs={PLACE.id: 1, BRIDGE.id: 1}),
        Question("q", "?", docs={"c.txt": 1}),
        Question("q", "?", article="又一座石桥", file="c.txt"),
    ],
)
def test_a_reprint_is_found_where_the_article_is_that_it_repeats(question: Question) -> None:
    reprint = replace(BRIDGE, title="又一座石桥", path="pages/c.txt")
    first = replace(hit(PLACE), reprints=(reprint,))
    [row] = report_of_found([Found(question, (hit(HILL), first))], "article").rows
    assert (row["rank"], row["found"]) == (2, 1 + len(question.docs or ["c.txt"]))
