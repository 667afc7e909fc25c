"""The commands that take a library elsewhere: ``pack`` and ``unpack``."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chat.cli.context import Context, print_json
from chat.cli.progress import bar
from chat.settings import OF_LIBRARY, SERVER, SETTINGS_FILE, Settings, Value, library_settings
from ingest.errors import WenjinError

if TYPE_CHECKING:
    from index.upkeep.pack import Member

_MODELS = ("embedder", "reranker", "generator")


def pack(options: Namespace, context: Context) -> int:
    """``wenjin pack FILE``: the library, what shapes its answers, and its models, in one file."""
    from chat.answers.calibrate import FILE_NAME as CALIBRATION
    from chat.feedback import FILE_NAME as FEEDBACK
    from chat.feedback import lines
    from index.upkeep.pack import MODELS, model_files
    from index.upkeep.pack import pack as run

    settings = context.settings
    library = Path(settings.library)
    context.open_index().close()  # what can't be opened here can't be elsewhere
    folders = _model_folders(settings)
    kept = _kept(settings, {name: f"{MODELS}/{name}" for name in folders})
    files: dict[str, Path | bytes] = {SETTINGS_FILE.name: _as_toml(kept)}
    if (library / CALIBRATION).is_file():
        files[CALIBRATION] = library / CALIBRATION
    if feedback := lines(library):
        files[FEEDBACK] = feedback
    for name, folder in folders.items():
        files |= model_files(folder, name)
    with bar(quiet=options.quiet, unit="B") as progress:
        members = run(library, options.pack, files=files, progress=progress)
    _note_models(settings, folders, context)
    return _tell("pack.done", options, members, context, file=options.pack)


def unpack(options: Namespace, context: Context) -> int:
    """``wenjin unpack FILE``: a library that `pack` made, in a new folder, ready to be asked."""
    from index.upkeep.pack import unpack as run

    library = Path(context.settings.library)
    with bar(quiet=options.quiet, unit="B") as progress:
        members = run(options.pack, library, check=_check_settings, progress=progress)
    kept = library_settings(library)
    for name, value in kept.items():
        context.note("unpack.setting", name=name, value=value)
    settings = replace(context.settings, **kept)  # type: ignore[arg-type]  # checked on reading
    try:
        replace(context, settings=settings).open_index().close()  # makes anew what is derived
    except WenjinError as error:
        reason = error.in_language(context.language)
        context.note("unpack.unopened", library=library, reason=reason)
    return _tell("unpack.done", options, members, context, library=library)


def _check_settings(folder: Path) -> None:
    library_settings(folder)


def _model_folders(settings: Settings) -> dict[str, Path]:
    """The folders of models that don't come with Wenjin, by their settings."""
    named = {name: str(getattr(settings, name)) for name in _MODELS}
    folders = {name: Path(spec.partition(":")[2] or spec) for name, spec in named.items()}
    return {name: folder for name, folder in folders.items() if folder.is_dir()}


def _kept(settings: Settings, packed: Mapping[str, str]) -> dict[str, Value]:
    """What is set, as it is to be elsewhere: models ``packed`` there by their places."""
    kept: dict[str, Value] = {name: getattr(settings, name) for name in OF_LIBRARY}
    for name, place in packed.items():
        kind, colon, folder = str(kept[name]).partition(":")
        kept[name] = f"{kind}:{place}" if colon and folder else place
    return {name: value for name, value in kept.items() if not str(value).startswith(SERVER)}


def _as_toml(values: Mapping[str, Value]) -> bytes:
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items()]
    return "".join(lines).encode()


def _note_models(settings: Settings, folders: Mapping[str, Path], context: Context) -> None:
    """Which models aren't in the file, though they don't come with Wenjin."""
    for name in _MODELS:
        spec = str(getattr(settings, name))
        if spec.startswith(SERVER):
            context.note("pack.server", name=name, spec=spec)
        elif ":" in spec and name not in folders:
            context.note("pack.hub", name=name, spec=spec)


def _tell(
    key: str, options: Namespace, members: tuple[Member, ...], context: Context, **values: Any
) -> int:
    size = sum(member.size for member in members)
    if options.json:
        entries = [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in members]
        print_json({"members": entries})
    elif not options.quiet:
        context.note(key, files=len(members), megabytes=f"{size / 1e6:,.1f}", **values)
    return 0
