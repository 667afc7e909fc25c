"""The commands that ask the library: ``ask`` and ``search``."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from chat import i18n
from chat.cli.batch import ask_batch
from chat.cli.context import Context, print_json
from chat.plain import article_line, hit_text, marks, nearest_articles, source_text
from chat.records import answer_record, hit_record
from chat.types import Answer, Done, Found, Sentence
from chat.wording import filter_text, place_text, reprints
from ingest.errors import QuestionError
from ingest.types import Article
from retriever.types import Query

if TYPE_CHECKING:
    from chat.assistant import Assistant


def ask(options: Namespace, context: Context) -> int:
    """``wenjin ask QUESTION``: the answer with its sources, or a plain refusal; 0 for both.

    With ``--batch FILE``, the answers to all questions of the file.
    """
    if options.batch is not None:
        return ask_batch(options, context)
    if options.question is None:
        raise QuestionError(*(_missing(language) for language in ("en", "zh")))
    with context.open_assistant() as assistant:
        if options.json:
            print_json(answer_record(assistant.ask(options.question, without=options.without)))
        else:
            _print_answer(options, assistant, context)
    return 0


def _missing(language: str) -> str:
    help_ = i18n.text("cli.complaint.help", language, program="wenjin ask")
    return i18n.text("cli.complaint.required", language, what="QUESTION") + help_


def _print_answer(options: Namespace, assistant: Assistant, context: Context) -> None:
    """Print the sentences as they come, then what they rest on."""
    for event in assistant.stream(options.question, without=options.without):
        if isinstance(event, Found):
            _note_query(options.question, event.query, context)
        elif isinstance(event, Sentence):
            numbers = marks(citation.number for citation in event.citations)
            print(f"{event.text}{numbers}", flush=True)
        elif isinstance(event, Done):
            _print_sources(event.answer, context)


def _note_query(question: str, query: Query, context: Context) -> None:
    """Say what a question was understood to ask, where that isn't what it says itself."""
    if query.text != question.strip():
        context.note("query.understood", question=query.text)
    for condition in query.filters:
        words = filter_text(condition, context.language)
        context.note("query.filter", filter=words, without=shlex.quote(condition.key))


def _print_sources(answer: Answer, context: Context) -> None:
    if answer.abstained:
        print(context.text("ask.refused"))
        if answer.hits:
            print("\n" + context.text("ask.nearest"))
        for article in nearest_articles(answer.hits):
            print(f"  {article_line(article)}")
        return
    if answer.disagreement:
        print(context.text("ask.disagreement"))
    print()
    for citation in answer.citations:
        print(source_text(citation))
        _print_reprints(reprints(citation.article, answer.hits), context)


def _print_reprints(articles: Sequence[Article], context: Context) -> None:
    if articles:
        words = ", ".join(place_text(article) for article in articles)
        print("    " + context.text("ask.reprints", articles=words))


def search(options: Namespace, context: Context) -> int:
    """``wenjin search QUESTION``: the best passages, best first."""
    with context.open_assistant() as assistant:
        hits = assistant.search(options.question, without=options.without)
        query = assistant.understand(options.question, without=options.without)
    if options.json:
        print_json([hit_record(hit, query.topic) for hit in hits])
        return 0
    _note_query(options.question, query, context)
    for rank, hit in enumerate(hits, start=1):
        print(hit_text(rank, hit))
        _print_reprints(hit.reprints, context)
    return 0
