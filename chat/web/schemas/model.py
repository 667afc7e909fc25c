"""What all models share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """A record of the API. What is written below a field describes it, and ``None`` (or empty)
    means that nobody knows it.
    """

    model_config = ConfigDict(use_attribute_docstrings=True)


class Words(Model):
    """A text in both languages."""

    zh: str
    en: str


class Failure(Model):
    """What the API answers when it can't do what was asked."""

    status: int
    """The HTTP status."""
    error: Words
    """What failed and what to do."""


ArticleId = Annotated[str, Field(description="The article's id, which comes from its content.")]
Position = Annotated[int, Field(ge=0, description="A place in the article's text, in characters.")]
Count = Annotated[int, Field(ge=0)]
