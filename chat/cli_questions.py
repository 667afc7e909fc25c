"""The commands that ask the library: ``ask``, ``search`` and ``eval``."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from chat.cli_context import Context, print_json
from chat.cli_text import article_line, hit_text, marks, nearest_articles, source_text
from chat.records import answer_record, hit_record
from chat.types import Answer, Done, Sentence

if TYPE_CHECKING:
    from chat.assistant import Assistant


def ask(options: Namespace, context: Context) -> int:
    """``wenjin ask QUESTION``: the answer with its sources, or a plain refusal; 0 for both."""
    with context.open_assistant() as assistant:
        if options.json:
            print_json(answer_record(assistant.ask(options.question)))
        else:
            _print_answer(options.question, assistant, context)
    return 0


def _print_answer(question: str, assistant: Assistant, context: Context) -> None:
    """Print the sentences as they come, then what they rest on."""
    for event in assistant.stream(question):
        if isinstance(event, Sentence):
            numbers = marks(citation.number for citation in event.citations)
            print(f"{event.text}{numbers}", flush=True)
        elif isinstance(event, Done):
            _print_sources(event.answer, context)


def _print_sources(answer: Answer, context: Context) -> None:
    if answer.abstained:
        print(context.text("ask.refused"))
        if answer.hits:
            print("\n" + context.text("ask.nearest"))
        for article in nearest_articles(answer.hits):
            print(f"  {article_line(article)}")
        return
    print()
    for citation in answer.citations:
        print(source_text(citation))


def search(options: Namespace, context: Context) -> int:
    """``wenjin search QUESTION``: the best passages, best first."""
    with context.open_assistant() as assistant:
        hits = assistant.search(options.question)
    if options.json:
        print_json([hit_record(hit) for hit in hits])
    else:
        for rank, hit in enumerate(hits, start=1):
            print(hit_text(rank, hit))
    return 0


def evaluate(options: Namespace, context: Context) -> int:
    """``wenjin eval FILE``: figures over questions with known answers."""
    from chat.evaluate import evaluate as ask_all
    from retriever.evaluate import read_questions

    questions = read_questions(options.file)
    with context.open_assistant() as assistant:
        report = ask_all(assistant, questions)
    if options.json:
        print_json(report.record())
    else:
        print(report.table())
    return 0
