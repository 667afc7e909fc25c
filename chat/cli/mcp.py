"""The command that serves other programs' language models: ``mcp``."""

from __future__ import annotations

from argparse import Namespace
from contextlib import suppress

from chat.cli.context import Context
from ingest.errors import NotInstalled


def mcp(options: Namespace, context: Context) -> int:
    """``wenjin mcp``: an MCP server on standard input and output, or over HTTP, until it is ended.

    Raises NotInstalled without the extra that it needs.
    """
    try:
        from chat.mcp import serve_stdio
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("mcp"):
            raise
        raise NotInstalled(
            "the MCP server needs another package: pip install 'wenjin[mcp]'",
            "MCP 服务器需要另一个软件包：pip install 'wenjin[mcp]'",
        ) from error
    with context.open_assistant() as assistant, suppress(KeyboardInterrupt):
        if options.http:
            from chat.web.mcp import serve_http

            serve_http(assistant, context.settings, context.language)
        else:
            serve_stdio(assistant, context.language)
    return 0
