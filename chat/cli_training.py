"""The command that makes the built-in model anew: ``train``."""

from __future__ import annotations

from argparse import Namespace

from chat.cli_context import Context

RECIPE = ("steps", "seed")


def train(options: Namespace, context: Context) -> int:
    """``wenjin train DATA OUT``: goes on where it was stopped, if it was."""
    from index.train import Recipe
    from index.train import train as run

    given = {name: getattr(options, name) for name in RECIPE if hasattr(options, name)}
    run(
        options.data,
        options.out,
        recipe=Recipe(**given),
        evaluation=options.figures,
        device=context.settings.device,
    )
    return 0
