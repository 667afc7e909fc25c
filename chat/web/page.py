"""The chat page: a Gradio page whose conversation is HTML of our own (``chat.web.render``).

Imports Gradio, which takes two seconds: to be imported when a server starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
from fastapi import FastAPI

from chat.assistant import Assistant
from chat.i18n import choose_language, text
from chat.questions.conversation import Exchange
from chat.web.render import Turn, conversation
from chat.web.view import View
from ingest.errors import WenjinError

TITLE = "问津 Wenjin"
MAX_EXAMPLES = 4
AT_ONCE = 8  # questions answered at the same time; the others wait
MAX_WAITING = 64
MAX_UPLOAD = "1kb"  # nothing is uploaded here, but Gradio's route for it is open
SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "sans-serif")
STYLES = ("reading", "page", "conversation")
DROP = """
element.addEventListener("click", ({ target }) => {
  const button = target.closest(".drop")?.dataset;
  if (button) trigger("drop", { turn: +button.turn, filters: JSON.parse(button.filters) });
});"""  # what a click in the conversation tells the server

Turns = list[Turn]  # one list a session: answers that come at the same time each keep their place


def mount_page(
    app: FastAPI,
    assistant: Assistant,
    path: str,
    *,
    language: str = "auto",
    examples: Sequence[str] = (),
) -> None:
    """Put the chat page into ``app`` at ``path``: ``/``, or a path one level below it, where it is
    the bare chat for a frame. ``language`` is "auto" for what the browser asks for.
    """
    root = "" if path == "/" else "../"
    gr.mount_gradio_app(
        app,
        ChatPage(assistant, language, root).build(examples),
        path,
        footer_links=[],
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        max_file_size=MAX_UPLOAD,
        theme=_theme(),
        head="".join(f'<link rel="stylesheet" href="{root}wenjin/{name}.css">' for name in STYLES)
        + f'<script type="module" src="{root}wenjin/page.js"></script>',
    )


def _theme() -> gr.themes.Base:
    """Gradio's plainest theme in system fonts, so that nothing is fetched; page.css colours it."""
    return gr.themes.Base(font=SANS, font_mono=("monospace",))


@dataclass(frozen=True, slots=True)
class ChatPage:
    """What the page's handlers share. ``root`` is the way from the page to the server's root."""

    assistant: Assistant
    language: str
    root: str

    def build(self, examples: Sequence[str]) -> gr.Blocks:
        """The page's components, and what happens when they are used."""
        page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
        with page:
            language, turns = gr.State("zh"), gr.State([])
            with gr.Row(elem_id="top"):
                top = gr.HTML(apply_default_css=False, elem_id="head")
                new = gr.Button(elem_id="new", size="sm")
                switch = gr.Button(elem_id="language", size="sm")
            talk = gr.HTML(apply_default_css=False, elem_id="talk", js_on_load=DROP)
            with gr.Row(elem_id="composer"):
                box = gr.Textbox(
                    show_label=False, container=False, lines=1, max_lines=5, elem_id="question"
                )
                send = gr.Button(elem_id="send", variant="primary")
            with gr.Column(elem_id="examples", visible=bool(examples)):
                invitation = gr.HTML(apply_default_css=False)
                buttons = [gr.Button(example, size="sm") for example in examples[:MAX_EXAMPLES]]
            words = [language, top, new, switch, talk, box, send, invitation]
            private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
            page.load(self.start, None, words, **private)
            switch.click(self.switch, [language, turns], words, **private)
            asked = [talk, box]
            answers: list[dict[str, Any]] = [
                button.click(self.ask, [button, turns, language], asked, **private)
                for button in buttons
            ]
            answers += [
                gr.on(
                    [box.submit, send.click],
                    self.ask,
                    [box, turns, language],
                    asked,
                    trigger_mode="always_last",  # what is sent during an answer comes after it
                    **private,
                ),
                talk.drop(
                    self.ask_again, [turns, language], talk, trigger_mode="multiple", **private
                ),
            ]
            new.click(self.start_again, language, [turns, talk], cancels=answers, **private)
        page.queue(max_size=MAX_WAITING, default_concurrency_limit=AT_ONCE)
        return page

    def start(self, request: gr.Request) -> list[Any]:
        """The page in the reader's language: the address's, the setting's, or the browser's."""
        wish = request.query_params.get("lang") or self.language
        return self.words(choose_language(wish, request.headers.get("accept-language", "")), [])

    def switch(self, language: str, turns: Turns) -> list[Any]:
        """The page, with everything already answered, in the other language."""
        return self.words("en" if language == "zh" else "zh", turns)

    def words(self, language: str, turns: Turns) -> list[Any]:
        """Everything on the page that has words in it."""
        view = self.view(language)
        prompt = text("page.placeholder", language)
        return [
            language,
            head(view),
            gr.update(value=text("page.new", language)),
            gr.update(value=text("page.language", language)),
            conversation(turns, view),
            gr.update(placeholder=prompt, label=prompt),
            gr.update(value=text("page.send", language)),
            view.say("page.examples"),
        ]

    def ask(self, question: str, turns: Turns, language: str) -> Iterator[tuple[Any, Any]]:
        """The conversation as the answer to ``question`` comes in.

        The box is emptied once, at the start: the next question may be in it before the answer
        ends. A blank question asks nothing, and leaves the box alone for the same reason.
        """
        if not question.strip():
            yield gr.skip(), gr.skip()  # Gradio wants every handler to say a thing
            return
        turns.append(Turn(len(turns) + 1, question.strip()))
        box: Any = ""
        for now in self.answer(turns, len(turns) - 1, language):
            yield now, box
            box = gr.skip()

    def ask_again(self, turns: Turns, language: str, event: gr.EventData) -> Iterator[Any]:
        """The conversation as a turn's question is answered anew, without the filters dropped."""
        for place, turn in enumerate(turns):
            if turn.number == event.turn and turn.ended:
                dropped = [each.key for each in turn.filters if each.key in event.filters]
                turns[place] = Turn(turn.number, turn.question, (*turn.without, *dropped))
                yield from self.answer(turns, place, language)
                return
        yield gr.skip()

    def start_again(self, language: str) -> tuple[Turns, str]:
        """A new conversation."""
        return [], conversation((), self.view(language))

    def answer(self, turns: Turns, place: int, language: str) -> Iterator[str]:
        """The conversation as ``turns[place]`` grows: before each event, and after the last."""
        view = self.view(language)
        for turn in self.growing(turns[place], turns[:place]):
            turns[place] = turn
            yield conversation(turns, view)

    def growing(self, turn: Turn, before: Sequence[Turn]) -> Iterator[Turn]:
        """The turn as it is, after each event, or with the error that ended it."""
        yield turn
        history = [Exchange.of(each.answer) for each in before if each.answer]
        try:
            for event in self.assistant.stream(
                turn.question, history=history, without=turn.without
            ):
                turn = turn.after(event)
                yield turn
        except WenjinError as error:
            yield replace(turn, error=error)

    def view(self, language: str) -> View:
        """How to show things now."""
        return View(language, self.assistant.article_count, self.root)


def head(view: View) -> str:
    """The top of the page: the name, how many articles there are, and the dialog they open in.

    In a frame the page around it shows the name.
    """
    say = view.say
    name = '<span class="name">问津</span> <span class="latin">Wenjin</span>'
    return (
        f'<header lang="{view.tag}">{"" if view.root else name}'
        f'<span class="count">{say("page.count", count=view.articles)}</span></header>'
        f'<dialog id="reader" aria-label="{say("page.article")}" '
        f'data-unreachable="{say("page.unreachable")}"><div class="bar">'
        f'<span class="title"></span>'
        f'<button type="button" class="close">{say("page.close")}</button></div>'
        f'<div class="sheet"></div></dialog>'
    )
