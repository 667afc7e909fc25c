from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import BigramEmbedder, make_article

from chat import Assistant
from chat.settings import Settings
from chat.types import Claim, Done, Evidence, Found, Loading, Sentence
from index.index import Index
from ingest.errors import ArticleNotFound, LibraryNotFound, ModelError, QuestionError

FERRY = make_article(
    "青石镇渡船的票价是两元，三十年没有变过。船每天开十班。船由镇里养。", title="渡船"
)
BRIDGE = make_article("大桥全长三百米，去年通车。桥上不收费。", title="大桥")
PRICE = "青石镇渡船的票价是两元，三十年没有变过。"
ASKED = "青石镇渡船的票价是多少？"


class ScriptedGenerator:
    """Says what it was told to say, and counts how often it was asked."""

    def __init__(self, *claims: Claim) -> None:
        self.claims = claims
        self.asked = 0

    def generate(self, question: str, evidence: Sequence[Evidence]) -> Iterator[Claim]:
        self.asked += 1
        assert evidence
        yield from self.claims


@pytest.fixture
def library(index: Index) -> Index:
    index.add([FERRY, BRIDGE])
    return index


@pytest.fixture
def assistant(library: Index, embedder: BigramEmbedder) -> Assistant:
    return Assistant(library, embedder)


def test_every_sentence_of_an_answer_is_cited(assistant: Assistant) -> None:
    answer = assistant.ask(ASKED)
    assert not answer.abstained
    assert PRICE in answer.text
    assert [citation.number for citation in answer.citations] == list(
        range(1, len(answer.citations) + 1)
    )
    for citation in answer.citations:
        assert citation.quote == citation.article.text[citation.start : citation.end]
        assert citation.article == FERRY
    assert all(sentence.citations for sentence in answer.sentences)


def test_what_two_papers_print_is_read_and_cited_once(
    index: Index, embedder: BigramEmbedder
) -> None:
    again = make_article(f"本报讯 {FERRY.text}", title="水上交通")
    index.add([FERRY, again, BRIDGE])
    answer = Assistant(index, embedder).ask(ASKED)
    first, second = answer.hits
    assert {first.article, *first.reprints} == {FERRY, again}
    assert (second.article, second.reprints) == (BRIDGE, ())
    assert {citation.article for citation in answer.citations} == {first.article}


@pytest.mark.parametrize("question", ["为什么？", "谁？", "What is it?"])
def test_a_question_that_names_nothing_is_refused(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.abstained
    assert answer.probability == 0


def test_a_model_that_has_to_be_loaded_is_named_first(
    library: Index, embedder: BigramEmbedder, tmp_path: Path
) -> None:
    events = Assistant(library, embedder, f"transformers:{tmp_path}").stream(ASKED)
    assert isinstance(next(events), Found)
    assert next(events) == Loading(str(tmp_path))
    with pytest.raises(ModelError):  # an empty folder is none
        next(events)


def test_without_evidence_no_model_is_loaded(
    library: Index, embedder: BigramEmbedder, tmp_path: Path
) -> None:
    assistant = Assistant(library, embedder, f"transformers:{tmp_path}")
    assert assistant.ask("谁？").abstained


def test_an_answer_is_the_sum_of_its_events(assistant: Assistant) -> None:
    events = list(assistant.stream(ASKED))
    found, *sentences, done = events
    assert isinstance(found, Found)
    assert isinstance(done, Done)
    assert done.answer.hits == found.hits
    assert [s.text for s in sentences if isinstance(s, Sentence)] == [
        sentence.text for sentence in done.answer.sentences
    ]
    assert set(done.answer.timings) == {"search", "evidence", "generate", "total"}
    assert all(milliseconds >= 0 for milliseconds in done.answer.timings.values())


def test_without_evidence_the_generator_is_not_asked(
    library: Index, embedder: BigramEmbedder
) -> None:
    generator = ScriptedGenerator(Claim("电话是贝尔发明的。", (0,)))
    answer = Assistant(library, embedder, generator).ask("谁发明了电话？")
    assert answer.abstained
    assert answer.sentences == answer.citations == ()
    assert answer.hits
    assert generator.asked == 0


def test_what_has_no_support_is_not_shown(library: Index, embedder: BigramEmbedder) -> None:
    generator = ScriptedGenerator(
        Claim("票价是三元。", (0,)),
        Claim("渡船的票价是两元。", (0, 9)),
        Claim("票价是两元。", (7,)),
    )
    answer = Assistant(library, embedder, generator).ask(ASKED)
    assert [sentence.text for sentence in answer.sentences] == ["渡船的票价是两元。"]
    assert answer.sentences[0].citations == (1,)


def test_an_answer_without_support_is_a_refusal(library: Index, embedder: BigramEmbedder) -> None:
    answer = Assistant(library, embedder, ScriptedGenerator(Claim("票价是三元。", (0,)))).ask(ASKED)
    assert answer.abstained
    assert answer.citations == ()


def test_a_sentence_cited_twice_has_one_number(library: Index, embedder: BigramEmbedder) -> None:
    claims = (Claim("渡船的票价是两元。", (0,)), Claim("票价三十年没有变过。", (0,)))
    answer = Assistant(library, embedder, ScriptedGenerator(*claims)).ask(ASKED)
    assert [sentence.citations for sentence in answer.sentences] == [(1,), (1,)]
    assert len(answer.citations) == 1


@pytest.mark.parametrize("question", ["", " \n\t　", "问" * 2001])
def test_some_questions_cannot_be_asked(assistant: Assistant, question: str) -> None:
    for ask in (assistant.ask, assistant.stream, assistant.search):
        with pytest.raises(QuestionError):
            ask(question)


@pytest.mark.parametrize(
    "question", ["？", "的", "a", "😀", "问" * 2000, "\x00", "' OR 1=1 --", "AND"]
)
def test_any_other_question_gets_an_answer_or_a_refusal(
    assistant: Assistant, question: str
) -> None:
    assert assistant.ask(question).question == question


def test_an_empty_library_refuses(index: Index, embedder: BigramEmbedder) -> None:
    answer = Assistant(index, embedder).ask(ASKED)
    assert answer.abstained
    assert answer.hits == ()


def test_a_missing_library_is_said_to_be_missing(tmp_path: Path) -> None:
    settings = Settings(embedder="builtin")
    with pytest.raises(LibraryNotFound):
        Assistant.open(tmp_path / "nowhere", settings=settings)


def test_it_reads_as_many_passages_as_set(library: Index, embedder: BigramEmbedder) -> None:
    assistant = Assistant(library, embedder, settings=Settings(passages=1))
    assert len(assistant.ask(ASKED).hits) == len(assistant.search(ASKED)) == 1
    assert len(assistant.search(ASKED, 2)) == 2


def test_articles_are_shown_by_id_or_its_beginning(assistant: Assistant) -> None:
    assert assistant.article_count == len(assistant.articles()) == 2
    assert assistant.article(FERRY.id) == assistant.article(FERRY.id[:8]) == FERRY
    with pytest.raises(ArticleNotFound):
        assistant.article("nothing")


def test_several_threads_may_ask(assistant: Assistant) -> None:
    questions = [ASKED, "大桥全长多少米？"] * 8
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(assistant.ask, questions))
    assert [answer.text for answer in answers] == [assistant.ask(q).text for q in questions]
