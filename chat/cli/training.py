"""The command that makes the built-in model anew, or adapts one to a library: ``train``."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from chat.cli.context import STOPPED, Context

if TYPE_CHECKING:
    from index.static import StaticModel

CHOICES = ("steps", "seed")


def train(options: Namespace, context: Context) -> int:
    """``wenjin train [--adapt] DATA OUT``: goes on where it was stopped, if it was."""
    from index.training.figures import check, figures

    if options.figures is not None:
        check(options.figures)  # now, and not after an hour
    try:
        model = (_adapted if options.adapt else _trained)(options, context)
    except KeyboardInterrupt:
        context.note("train.stopped")
        return STOPPED
    if options.figures is not None:
        sys.stdout.write(figures(model, options.figures))
    context.note("train.done", out=options.out)
    return 0


def _trained(options: Namespace, context: Context) -> StaticModel:
    from index.training.train import RECIPE
    from index.training.train import train as run

    recipe = replace(RECIPE, **_given(options))
    return run(options.data, options.out, recipe=recipe, device=context.settings.device)


def _adapted(options: Namespace, context: Context) -> StaticModel:
    """Goes on from the model that the library was made with."""
    from index.embed import load_embedder
    from index.index import Index
    from index.training.adapt import ADAPTING, adapt

    settings = context.settings
    embedder = load_embedder(settings.embedder, device=settings.device, offline=settings.offline)
    with Index.open(options.data, embedder) as index:
        articles = index.articles()
    recipe = replace(ADAPTING, **_given(options))
    return adapt(articles, embedder, options.out, recipe=recipe, device=settings.device)


def _given(options: Namespace) -> dict[str, int]:
    return {name: getattr(options, name) for name in CHOICES if hasattr(options, name)}
