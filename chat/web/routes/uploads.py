"""``POST /api/articles``: a file whose articles are put into the library, told of as they come; or
removed ones, put back.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path, PurePosixPath
from typing import Annotated

from anyio import CancelScope, to_thread
from fastapi import APIRouter, Query, Request
from fastapi import Path as PathValue
from fastapi.responses import JSONResponse, Response

from chat.assistant import Assistant
from chat.ingest_report import problem_record, report_record
from chat.settings import Settings
from chat.web.ending import Ending
from chat.web.errors import error_record, error_response
from chat.web.guard.changing import check_change
from chat.web.openapi import TOKEN_WANTED
from chat.web.routes.restoring import restored
from chat.web.schemas.examples import SENT_ARTICLES
from chat.web.schemas.failures import ALWAYS, BODY, CHANGE, events, failures
from chat.web.schemas.library import Added, Stopped
from chat.web.streaming import Named, event_stream
from index.embed import own_model
from index.files.update import Problem, Report, Update, UpdateOptions
from index.index import Index
from ingest.errors import LibraryBusy, ServerStopping, WenjinError
from ingest.files import Event, Given
from ingest.formats import FORMATS, SUFFIXES, File
from ingest.prepare import Prepared
from ingest.read import LARGEST_STREAM, too_large
from ingest.workers.tasks import Source

Tell = Callable[[Named | None], None]
NAME = "The file's name, when the body is a file."
Name = Annotated[str | None, Query(min_length=1, max_length=255, description=NAME)]
CALLED = "What its reading is called, to be stopped by that: letters and digits of your choice."
KEY = "^[A-Za-z0-9-]{8,64}$"
Called = Annotated[str | None, Query(pattern=KEY, description=CALLED)]
Upload = Annotated[str, PathValue(pattern=KEY, description=CALLED)]


def upload_routes(assistant: Assistant, settings: Settings, ending: Ending) -> APIRouter:
    """The routes that take articles, in a file or removed ones, and that stop a file's reading."""
    router = APIRouter(tags=["library"], responses=ALWAYS)
    reading = threading.Lock()  # one file at a time: each takes all cores and much memory
    readers: dict[str, _Reader] = {}  # those under way that can be stopped, by what they are called

    @router.post(
        "/api/articles",
        operation_id="add_articles",
        summary="Add articles · 添加文章",
        response_model=Added,
        response_description="How many were put back; or, for a file, how its reading gets on.",
        responses={**CHANGE, **BODY, **failures(503), **events("UploadEvent")},
        openapi_extra={**TOKEN_WANTED, **SENT_ARTICLES},
    )
    async def add(request: Request, name: Name = None, upload: Called = None) -> Response:
        """With `name`, the body is a file, and its articles are put into the library as they are
        found: the answer are events, any number of `progress` and `problem`, then `done`. To go
        away stops it, and so does `DELETE /api/uploads/…` with what it is called by `upload`; what
        has been read stays. One file is read at a time.

        Without `name`, the body is JSON with articles that were removed, which are put back.
        """
        check_change(settings, request)
        if name is None:
            articles = restored(await _body(request))
            added = await to_thread.run_sync(assistant.index.add, articles)
            return JSONResponse({"added": added})
        if reading.locked():
            raise _busy()
        async with AsyncExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="wenjin-"))
            file = await _received(request, Path(folder), shown(name))
            reader = _Reader(assistant.index, own_model(settings.embedder), file, reading)
            work = _Upload(reader)
            stack.push_async_callback(work.end)
            if upload:
                readers[upload] = reader
                stack.callback(readers.pop, upload, None)
            first = await ending.wait(asyncio.ensure_future(work.first()))
            if first[0] == "error":
                return error_response(first[1])
            last = stack.pop_all()  # what there is to do at the end of the stream
        return event_stream(_all(first, work, ending, last))

    @router.delete(
        "/api/uploads/{upload}",
        operation_id="stop_upload",
        summary="Stop reading a file · 停止读取文件",
        response_model=Stopped,
        response_description="Whether it was being read.",
        responses={**CHANGE, **failures(422)},
        openapi_extra=TOKEN_WANTED,
    )
    def stop(upload: Upload, request: Request) -> JSONResponse:
        """No more is read of the file; what has been read stays. Its own answer ends with `done`,
        which tells what became of it.
        """
        check_change(settings, request)
        reader = readers.get(upload)
        if reader:
            reader.stop()
        return JSONResponse({"stopped": reader is not None})

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

    def stop(self) -> None:
        """End it early: what has been read is stored."""
        self._options.stopped.set()

    def begin(self, sources: Sequence[Source]) -> None:
        """Nothing has been read yet."""

    def take(self, event: Event[tuple[Prepared, ...]]) -> None:
        """A part of the file has been read."""
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
        self._reader.stop()
        with CancelScope(shield=True):
            await self._work


async def _all(
    first: Named, upload: _Upload, ending: Ending, last: AsyncExitStack
) -> AsyncGenerator[Named]:
    said: Named | None = first
    async with last:
        try:
            while said:
                yield said
                said = await ending.wait(asyncio.ensure_future(upload.next()))
        except ServerStopping as error:
            yield "error", error_record(error)
