"""What lets a training run be stopped at any moment and go on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import ModelError

_CHECKPOINT, _UNFINISHED = "checkpoint.pt", "checkpoint.new"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of the run that writes its model into ``folder``."""

    folder: Path
    run: Mapping[str, object]
    """What the result depends on: a state is never taken for another run's."""

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / _CHECKPOINT

    def save(self, state: Mapping[str, object]) -> None:
        """Replace the saved state, or leave it whole if that fails. ``state`` is torch's to save.

        Raises OSError.
        """
        import torch

        unfinished = self.folder / _UNFINISHED
        torch.save({"run": dict(self.run), "state": dict(state)}, unfinished)
        unfinished.replace(self.path)

    def load(self, device: str) -> dict[str, Any] | None:
        """The saved state with its tensors on ``device``; None without one.

        Raises ModelError if it is another run's, or no checkpoint at all.
        """
        import torch

        if not self.path.exists():
            return None
        try:
            saved = torch.load(self.path, map_location=device, weights_only=True)
            run, state = saved["run"], saved["state"]
        except Exception as error:  # torch and pickle raise whatever the damage leads to
            raise ModelError(
                f"{self.path} can't be read; delete it to begin anew",
                f"无法读取 {self.path}；请删除它，从头开始",
            ) from error
        if run != dict(self.run):
            raise ModelError(
                f"{self.path} belongs to a run on other data or with other settings; delete it to "
                "begin anew",
                f"{self.path} 属于另一次训练（数据或设置不同）；请删除它，从头开始",
            )
        return dict(state)

    def delete(self) -> None:
        """Forget the state: the run is done."""
        for name in (_CHECKPOINT, _UNFINISHED):
            (self.folder / name).unlink(missing_ok=True)


def make_folder(out: Path) -> None:
    """Make the folder that a model is to be written into, unless it is there.

    Raises ModelError if it is a file or holds anything but a run's checkpoint, and OSError if it
    can't be made.
    """
    names = {path.name for path in out.iterdir()} if out.is_dir() else set()
    if (out.exists() and not out.is_dir()) or (
        _CHECKPOINT not in names and not names <= {_UNFINISHED}
    ):
        raise ModelError(
            f"{out} isn't empty and holds no unfinished training; give a new folder",
            f"{out} 不是空文件夹，其中也没有未完成的训练；请另选一个新文件夹",
        )
    out.mkdir(parents=True, exist_ok=True)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait until the end of what stands within."""
    if threading.current_thread() is not threading.main_thread():  # others aren't interrupted
        yield
        return
    came: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if came:
        signal.raise_signal(signal.SIGINT)
