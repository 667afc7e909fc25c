"""What a worker may be made to do by a file: by the first line that it gives."""

from __future__ import annotations

import os
import signal

from ingest.types import Reading


def obey(reading: Reading) -> tuple[str, ...]:
    """The titles; but hang, crash or fail if the first text says so."""
    order = reading.articles[0].text.split("。")[0]
    if order == "停住":
        signal.pause()
    if order == "中止":
        os.abort()
    if order == "被杀":
        os.kill(os.getpid(), signal.SIGKILL)
    if order == "出错":
        raise RuntimeError("no reader should raise it")
    return tuple(article.text for article in reading.articles)
