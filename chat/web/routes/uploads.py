"""``POST /api/articles``: a file whose articles are put into the library, told of as they come; or
removed ones, put back.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Annotated

from anyio import CancelScope, to_thread
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from chat.assistant import Assistant
from chat.ingest_report import problem_record, report_record
from chat.settings import Settings
from chat.web.errors import error_record, error_response
from chat.web.guard.changing import check_change
from chat.web.routes.restoring import restored
from chat.web.streaming import Named, event_stream
from index.embed import own_model
from index.files.update import Problem, Report, Update, UpdateOptions
from index.index import Index
from ingest.errors import LibraryBusy, WenjinError
from ingest.files import Event, Given
from ingest.formats import FORMATS, SUFFIXES, File
from ingest.prepare import Prepared
from ingest.read import LARGEST_STREAM, too_large
from ingest.workers.tasks import Source

Tell = Callable[[Named | None], None]


def upload_routes(assistant: Assistant, settings: Settings) -> APIRouter:
    """The route that takes articles: a file with them, or those that were removed."""
    router = APIRouter()
    reading = threading.Lock()  # one file at a time: each takes all cores and much memory

    @router.post("/api/articles")
    async def add(
        request: Request, name: Annotated[str | None, Query(min_length=1, max_length=255)] = None
    ) -> Response:
        check_change(settings, request)
        if name is None:
            articles = restored(await _body(request))
            added = await to_thread.run_sync(assistant.index.add, articles)
            return JSONResponse({"added": added})
        if reading.locked():
            raise _busy()
        folder = tempfile.TemporaryDirectory(prefix="wenjin-")
        with ExitStack() as stack:
            stack.enter_context(folder)
            file = await _received(request, Path(folder.name), shown(name))
            upload = _Upload(_Reader(assistant.index, own_model(settings.embedder), file, reading))
            first = await upload.first()
            if first[0] == "error":
                return error_response(first[1])
            stack.pop_all()  # the stream removes it
        return event_stream(_all(first, upload, folder))

    return router


def shown(name: str) -> str:
    """The name of a file without folders and without what can't be shown."""
    printable = "".join(character for character in name if character.isprintable())
    return PurePosixPath(printable.replace("\\", "/")).name or "file"


def largest(name: str) -> int:
    """The most bytes that a file so named may have."""
    kind = SUFFIXES.get(PurePosixPath(name).suffix.lower())
    return FORMATS[kind].largest if kind else LARGEST_STREAM


async def _received(request: Request, folder: Path, name: str) -> File:
    """What comes in, as a file in the folder. Raises FileTooLarge as soon as that is known."""
    limit = largest(name)
    if int(request.headers.get("content-length") or 0) > limit:
        raise too_large(name, limit)
    path = folder / "upload"
    size = 0
    with path.open("wb") as file:
        async for piece in request.stream():
            size += len(piece)
            if size > limit:
                raise too_large(name, limit)
            await to_thread.run_sync(file.write, piece)
    return File(name, path)


async def _body(request: Request) -> bytes:
    """All that comes in. Raises FileTooLarge."""
    pieces = bytearray()
    async for piece in request.stream():
        pieces += piece
        if len(pieces) > LARGEST_STREAM:
            raise too_large("JSON", LARGEST_STREAM)
    return bytes(pieces)


def _busy() -> LibraryBusy:
    return LibraryBusy(
        "another file is being read: try again when it is done",
        "正在读取另一个文件：请等它完成后再试",
    )


class _Reader:
    """Puts the articles of a file into the library, and tells how it gets on: `Update` listens to
    its methods.
    """

    def __init__(
        self, index: Index, model: Path | None, file: File, reading: threading.Lock
    ) -> None:
        self.stopped = threading.Event()
        self._index = index
        self._options = UpdateOptions(model=model)
        self._file = file
        self._reading = reading
        self._share = 0.0
        self._articles = 0
        self._tell: Tell

    def read(self, tell: Tell) -> None:
        """Do it, in a thread. None is told after the last, whatever happens."""
        self._tell = tell
        try:
            if not self._reading.acquire(blocking=False):
                raise _busy()
            try:
                tell(("done", report_record(self._update(), None)))
            finally:
                self._reading.release()
        except WenjinError as error:
            tell(("error", error_record(error)))
        finally:
            tell(None)

    def _update(self) -> Report:
        update = Update(self._index, self, self._options)
        return update.run(update.plan([self._file]), create=lambda: self._index)

    def begin(self, sources: Sequence[Source]) -> None:
        """Nothing has been read yet."""

    def take(self, event: Event[tuple[Prepared, ...]]) -> None:
        """A part of the file has been read."""
        if self.stopped.is_set():
            raise KeyboardInterrupt  # how an update is ended early; what it confirmed stays
        if isinstance(event, Given):
            self._share = min(self._share + event.share, 1.0)
            self._articles += len(event.reading.articles)
            record = {"share": round(self._share, 4), "articles": self._articles}
            self._tell(("progress", record))

    def tell(self, problem: Problem) -> None:
        """Something couldn't be read."""
        self._tell(("problem", problem_record(problem, None)))


class _Upload:
    """A reader in a thread, and what it tells, in the order in which it comes."""

    def __init__(self, reader: _Reader) -> None:
        self._reader = reader
        self._told: asyncio.Queue[Named | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def tell(said: Named | None) -> None:
            loop.call_soon_threadsafe(self._told.put_nowait, said)

        self._work = asyncio.ensure_future(to_thread.run_sync(reader.read, tell))

    async def first(self) -> Named:
        """What comes first. Raises what the reader met if it says nothing."""
        said = await self.next()
        if said is None:
            await self._work
        assert said is not None  # noqa: S101  # who says nothing has met something
        return said

    async def next(self) -> Named | None:
        """What comes next; None after the last."""
        return await self._told.get()

    async def end(self) -> None:
        """Stop what isn't done, and wait until it has stopped. Raises what it met."""
        self._reader.stopped.set()
        with CancelScope(shield=True):
            await self._work


async def _all(
    first: Named, upload: _Upload, folder: tempfile.TemporaryDirectory[str]
) -> AsyncGenerator[Named]:
    said: Named | None = first
    try:
        while said:
            yield said
            said = await upload.next()
    finally:
        await upload.end()
        folder.cleanup()
