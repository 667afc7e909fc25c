"""What the chat page's handlers give to the page."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest
from chat.web.render import Turn
from scripted import FILTERED_QUESTION, FOLLOW_UP, FOLLOWED_UP, QUESTION, ScriptedAssistant

from chat.web.page import ChatPage
from ingest.errors import QuestionError

AUTHOR, PUBLISHED = "author:沈闻舟", "published:2026-01-01/2026-12-31"
PAGE = ChatPage(ScriptedAssistant(), "auto", "")


def test_the_conversation_grows_sentence_by_sentence() -> None:
    counts = [html.count('class="sentence"') for html, _ in PAGE.ask(QUESTION, [], "zh")]
    assert counts == [0, 0, 1, 2, 3, 4, 4]


def test_the_box_is_emptied_once() -> None:
    first, *later = [box for _, box in PAGE.ask(QUESTION, [], "zh")]
    assert first == ""
    assert all(box == gr.skip() for box in later)


def test_a_blank_question_asks_nothing() -> None:
    turns = [Turn(1, "先前的问题")]
    assert list(PAGE.ask(" \n", turns, "zh")) == [(gr.skip(), gr.skip())]
    assert len(turns) == 1


def test_turns_are_kept_and_numbered() -> None:
    turns = [Turn(1, "先前的问题")]
    *_, (html, _) = PAGE.ask(QUESTION, turns, "en")
    assert [turn.number for turn in turns] == [1, 2]
    assert "先前的问题" in html


def test_a_question_is_understood_from_those_before_it() -> None:
    turns: list[Turn] = []
    for question in (QUESTION, FOLLOW_UP):
        *_, (html, _) = PAGE.ask(question, turns, "zh")
    assert f"理解为：{FOLLOWED_UP}" in html


def test_a_dropped_filter_asks_again_in_the_same_place() -> None:
    turns: list[Turn] = []
    for question in (FILTERED_QUESTION, QUESTION):
        list(PAGE.ask(question, turns, "zh"))
    asked = [turn.question for turn in turns]
    list(PAGE.ask_again(turns, "zh", drop(1, PUBLISHED)))
    assert [each.key for each in turns[0].filters] == [AUTHOR]
    list(PAGE.ask_again(turns, "zh", drop(1, AUTHOR)))
    assert turns[0].filters == ()
    assert turns[0].sentences
    assert [turn.question for turn in turns] == asked


@pytest.mark.parametrize("number", [0, 2, -1, "1", None])
def test_a_click_on_what_is_not_there_changes_nothing(number: Any) -> None:
    turns: list[Turn] = []
    list(PAGE.ask(FILTERED_QUESTION, turns, "zh"))
    before = list(turns)
    assert list(PAGE.ask_again(turns, "zh", drop(number, AUTHOR))) == [gr.skip()]
    assert turns == before


def test_answers_that_come_at_the_same_time_each_keep_their_place() -> None:
    turns: list[Turn] = []
    list(PAGE.ask(FILTERED_QUESTION, turns, "zh"))
    again = PAGE.ask_again(turns, "zh", drop(1, AUTHOR))
    next(again)
    new = PAGE.ask(QUESTION, turns, "zh")
    for _ in zip(again, new, strict=False):
        pass
    for _ in (*again, *new):
        pass
    assert [len(turn.sentences) for turn in turns] == [1, 4]
    assert all(turn.ended for turn in turns)


def test_a_new_conversation_has_no_turns() -> None:
    turns, html = PAGE.start_again("zh")
    assert turns == []
    assert "想查什么" in html


def test_an_error_ends_the_turn() -> None:
    turns: list[Turn] = []
    *_, (html, _) = PAGE.ask("长" * 2001, turns, "en")
    (turn,) = turns
    assert isinstance(turn.error, QuestionError)
    assert turn.error.english in html


def test_a_switch_says_everything_in_the_other_language() -> None:
    turns: list[Turn] = []
    list(PAGE.ask(QUESTION, turns, "zh"))
    language, head, *_, invitation = PAGE.switch("zh", turns)
    assert (language, invitation) == ("en", "Try asking")
    assert "Articles: 4" in head
    assert PAGE.switch("en", turns)[0] == "zh"


def drop(turn: Any, *keys: str) -> gr.EventData:
    """A click that drops filters."""
    return gr.EventData(None, {"turn": turn, "filters": list(keys)})
