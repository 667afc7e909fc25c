"""What goes over ``/v1``, as OpenAI's interface has it: as much of it as Wenjin takes and gives."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Json

from chat.web.schemas.model import Count, Model
from chat.web.schemas.requests import Sent

MOST_MESSAGES = 2000


class MessagePart(Sent):
    """A part of a message. Of the user's question, only texts are read."""

    type: str
    text: str = ""


class ChatMessage(Sent):
    """A turn of the conversation. Those of a system, a developer or a tool change nothing."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[MessagePart] | None = None

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""

    @property
    def has_more_than_text(self) -> bool:
        """Whether there are parts that aren't read."""
        parts = self.content if isinstance(self.content, list) else []
        return any(part.type != "text" for part in parts)


class StreamOptions(Sent):
    """What else a stream tells."""

    include_usage: bool | None = None
    """Tell the usage at its end."""


class CompletionRequest(Sent):
    """A conversation to be answered. What isn't named here (`temperature`, `max_tokens`, …) changes
    nothing.
    """

    model: str = Field(json_schema_extra={"const": "wenjin"})
    """There is no other."""
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=MOST_MESSAGES)]
    """The last one of the user is the question; those before it complete it."""
    stream: bool | None = None
    """Answer sentence by sentence, as server-sent events."""
    stream_options: StreamOptions | None = None
    n: Annotated[int | None, Field(json_schema_extra={"enum": [1, None]})] = None
    """There is one answer."""
    response_format: dict[str, Any] | None = None
    """Of the type `text`: answers are nothing else."""
    tool_choice: str | dict[str, Any] | None = None
    """`auto` or `none`: tools are never called."""
    modalities: list[str] | None = None
    """Nothing but `text`."""


class UrlCitation(Model):
    """A mark such as `[1]`, and where what it stands for can be read."""

    start_index: Count
    """Where the mark begins in `content`, in characters."""
    end_index: Count
    title: str
    """That of the article."""
    url: str
    """The article, with the quote highlighted."""


class UrlAnnotation(Model):
    """A place of the message that cites."""

    type: Literal["url_citation"]
    url_citation: UrlCitation


class CompletionMessage(Model):
    """The answer: sentences with marks, and below them the sources. A refusal names the nearest
    articles instead.
    """

    role: Literal["assistant"]
    content: str
    refusal: str | None
    """That the articles don't answer, if they don't."""
    annotations: list[UrlAnnotation]


class CompletionChoice(Model):
    """The one answer."""

    index: Literal[0]
    message: CompletionMessage
    logprobs: None
    finish_reason: Literal["stop"]


class CompletionUsage(Model):
    """Counts of characters, since Wenjin has no tokens: those of the messages, of the answer, and
    both together.
    """

    prompt_tokens: Count
    completion_tokens: Count
    total_tokens: Count


class Completion(Model):
    """A conversation's next message."""

    id: str
    object: Literal["chat.completion"]
    created: Count
    """When, in seconds since 1970."""
    model: Literal["wenjin"]
    choices: Annotated[list[CompletionChoice], Field(min_length=1, max_length=1)]
    usage: CompletionUsage


class ChunkDelta(Model):
    """What a chunk adds to the message."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    refusal: str | None = None
    annotations: list[UrlAnnotation] | None = None


class ChunkChoice(Model):
    """What is new of the one answer."""

    index: Literal[0]
    delta: ChunkDelta
    logprobs: None
    finish_reason: Literal["stop"] | None


class Chunk(Model):
    """An event of a stream: one a sentence, then one with the sources, then one that ends it."""

    id: str
    object: Literal["chat.completion.chunk"]
    created: Count
    model: Literal["wenjin"]
    choices: list[ChunkChoice]
    usage: CompletionUsage | None = None
    """Told by a last chunk without choices, if it was asked for."""


class OpenAIProblem(Model):
    """What failed, and what to do."""

    message: str
    """In the language that `Accept-Language` names, or in both."""
    type: str
    param: str | None
    """The part of the request to change."""
    code: str | None


class OpenAIFailure(Model):
    """What is answered when that can't be done."""

    error: OpenAIProblem


class ChunkEvent(Model):
    """An event of a stream: a chunk, or what failed in the middle; `[DONE]` comes last."""

    data: Literal["[DONE]"] | Json[Chunk | OpenAIFailure]


class LanguageModel(Model):
    """The one model."""

    id: Literal["wenjin"]
    object: Literal["model"]
    created: Count
    owned_by: str


class LanguageModels(Model):
    """All models."""

    object: Literal["list"]
    data: list[LanguageModel]
