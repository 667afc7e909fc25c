"""Models that others have made: in a folder, or by their name on the Hugging Face hub."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import ModelError


def is_folder(model: str, *, offline: bool) -> bool:
    """Whether the model is a folder, and so to be loaded from there alone.

    Raises ModelError when it is none and ``offline`` forbids the hub. To be called before anything
    of Hugging Face is imported.
    """
    found = Path(model).is_dir()
    if offline:
        if not found:
            raise ModelError(
                f"{model}: not a folder, and offline mode forbids fetching a model; "
                "give a folder that holds one, or allow the network",
                f"{model}：不是文件夹，而离线模式不允许下载模型；请指定存有模型的文件夹，或允许联网",
            )
        os.environ["HF_HUB_OFFLINE"] = "1"  # read when the libraries are imported
    return found


def files(folder: Path) -> dict[str, Path]:
    """The files of the model in ``folder``, by their paths below it; hidden ones are none of it."""
    named = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    return {name: path for name, path in named.items() if path.is_file() and "/." not in f"/{name}"}


def digest(folder: Path) -> str:
    """Twelve hexadecimal digits that tell the model in ``folder`` from others, wherever it lies: of
    all its files but those to be read.
    """
    whole = hashlib.sha256()
    for name, path in files(folder).items():
        if path.suffix != ".md":
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            whole.update(f"{name}\n{content}\n".encode())
    return whole.hexdigest()[:12]


@contextmanager
def loading(model: str, english: str, chinese: str) -> Iterator[None]:
    """What is inside loads the model: if it fails, ModelError says what the model isn't good as."""
    from safetensors import SafetensorError

    try:
        yield
    # Torch says with an assertion that it was built without CUDA.
    except (OSError, ValueError, KeyError, RuntimeError, AssertionError, SafetensorError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"{model}: can't be loaded as {english}: {reason}",
            f"{model}：无法作为{chinese}加载：{reason}",
        ) from error
