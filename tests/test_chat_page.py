"""What the chat page's handlers give to the page."""

from __future__ import annotations

import gradio as gr
from scripted import QUESTION, ScriptedAssistant

from chat.page import ChatPage
from chat.render import Turn
from ingest.errors import QuestionError

PAGE = ChatPage(ScriptedAssistant(), "auto", "")


def test_the_conversation_grows_sentence_by_sentence() -> None:
    counts = [html.count('class="sentence"') for html, _, _ in PAGE.ask(QUESTION, (), "zh")]
    assert counts == [0, 0, 1, 2, 3, 4, 4]


def test_the_box_is_emptied_once() -> None:
    first, *later = [box for _, _, box in PAGE.ask(QUESTION, (), "zh")]
    assert first == ""
    assert all(box == gr.skip() for box in later)


def test_a_blank_question_asks_nothing() -> None:
    before = (Turn(1, "先前的问题"),)
    assert list(PAGE.ask(" \n", before, "zh")) == [(gr.skip(), gr.skip(), gr.skip())]


def test_turns_are_kept_and_numbered() -> None:
    before = (Turn(1, "先前的问题"),)
    *_, (html, turns, _) = PAGE.ask(QUESTION, before, "en")
    assert [turn.number for turn in turns] == [1, 2]
    assert "先前的问题" in html


def test_an_error_ends_the_turn() -> None:
    *_, (html, (turn,), _) = PAGE.ask("长" * 2001, (), "en")
    assert isinstance(turn.error, QuestionError)
    assert turn.error.english in html


def test_a_switch_says_everything_in_the_other_language() -> None:
    *_, (_, turns, _) = PAGE.ask(QUESTION, (), "zh")
    language, head, *_, invitation = PAGE.switch("zh", turns)
    assert (language, invitation) == ("en", "Try asking")
    assert "Articles: 4" in head
    assert PAGE.switch("en", turns)[0] == "zh"
