"""The MCP server: the library as tools for other programs' language models.

It needs the extra ``mcp``: importing this raises ModuleNotFoundError without it.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Annotated, Any, TypeVar

from anyio import to_thread
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, InputRequiredResult, TextContent, ToolAnnotations
from pydantic import Field, ValidationError

from chat import mcp_results as results
from chat.assistant import Assistant
from chat.i18n import text
from chat.records import Record
from chat.web.room import Room
from ingest.errors import WenjinError

MOST = 50  # passages of a search
USUAL = 8
LONGEST_PART = 20_000  # characters of an article at a time
USUAL_PART = 5_000

Given = TypeVar("Given")
Count = Annotated[int, Field(ge=1, le=MOST)]
Offset = Annotated[int, Field(ge=0)]
Limit = Annotated[int, Field(ge=1, le=LONGEST_PART)]
FoundPassages = Annotated[CallToolResult, results.Passages]
FoundAnswer = Annotated[CallToolResult, results.Answered]
FoundPart = Annotated[CallToolResult, results.Part]


def serve_stdio(assistant: Assistant, language: str) -> None:
    """Serve whoever started this process, until they close its standard input or end it."""
    # Ctrl-C can't wake the thread that reads; and there is nothing to leave in order.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    make_server(assistant, language).run("stdio")


def make_server(assistant: Assistant, language: str, room: Room | None = None) -> MCPServer:
    """The server over this library, which tells of itself and its errors in ``language``."""
    room = room or Room()
    server = _Server(
        "wenjin",
        title=text("page.name", language),
        version=version("wenjin"),
        instructions=text("api.mcp.instructions", language),
        log_level="WARNING",  # questions are nothing for a log
    )
    server.language = language

    async def work(do: Callable[[], Given]) -> Given:
        with room.place():
            return await to_thread.run_sync(do, limiter=room.searching)

    async def search(question: str, count: Count = USUAL) -> FoundPassages:
        hits = await work(partial(assistant.search, question, count))
        return _result(results.passages_text(hits, language), results.passages_record(hits))

    async def ask(question: str) -> FoundAnswer:
        answer = await work(partial(assistant.ask, question))
        return _result(results.answer_text(answer), results.answer_record(answer))

    async def read_article(
        article_id: str, offset: Offset = 0, limit: Limit = USUAL_PART
    ) -> FoundPart:
        article = await work(partial(assistant.article, article_id))
        record = results.part_record(article, offset, limit)
        return _result(results.part_text(article, record, language), record)

    for tool, title, note in (
        (search, "api.mcp.search", "api.mcp.search.note"),
        (ask, "api.mcp.ask", "api.mcp.ask.note"),
        (read_article, "api.mcp.read", "api.mcp.read.note"),
    ):
        server.add_tool(
            tool,
            title=text(title, language),
            description=text(note, language),
            annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
        )
    return server


class _Server(MCPServer[Any]):
    """Tells what failed in plain words."""

    language = "en"

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool. Raises ToolError with nothing in it but what failed and what to do."""
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            cause = error.__cause__
            if isinstance(cause, WenjinError):
                raise ToolError(cause.in_language(self.language)) from error
            if isinstance(cause, ValidationError):
                raise ToolError(_misread(cause, self.language)) from error
            raise


def _misread(error: ValidationError, language: str) -> str:
    """Which arguments aren't as they should be."""
    places = dict.fromkeys(".".join(map(str, each["loc"])) for each in error.errors())
    comma = {"zh": "、"}.get(language, ", ")
    return text("api.mcp.mend", language, arguments=comma.join(places))


def _result(said: str, record: Record) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=said)], structured_content=record)
